"""The start of a fit of whole trajectories: precision, prior scales, and the coefficients of one linear regression."""

from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf.closed_form.evidence import posterior
from hnn_tf.closed_form.input_gains import InputGains
from hnn_tf.closed_form.linear_field import LinearField
from hnn_tf.closed_form.weak_fit import weak_regression
from hnn_tf.declarations import declared
from hnn_tf.derivative_estimators import SmoothingSpline
from hnn_tf.objectives.weak_form import WeakForm
from hnn_tf.typing import Samples

_WINDOW = 10
"""The window of the weak form, which gives the first coefficients if there are no derivatives."""

_FREE_SCALE = 1e3
"""The prior scale of friction and gains relative to the coefficients of random features, which have H's unit.

The scale is in units of the effect on the motion. The scale is so large that friction and gains are practically free.
"""


def smoothed(times: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Returns smoothed states, which are nearer to the truth, or the observed states if there are too few of them."""
    spline = SmoothingSpline()
    return spline.estimate(times, states).states if states.shape[1] >= spline.min_points else states


def friction_scale(times: np.ndarray, states: np.ndarray) -> float:
    """Returns the friction's prior scale.

    H is about q dp/dt, and friction is about (dp/dt) / (dq/dt), which is 1 / (q dq/dt) times H.
    """
    q = states[..., : states.shape[-1] // 2]
    velocity = np.diff(q, axis=1) / np.diff(times, axis=1)[..., np.newaxis]
    return _FREE_SCALE / float(np.sqrt(np.mean(np.var(q, (0, 1))) * np.mean(velocity**2)))


def gain_scales(gains: InputGains | None, samples: Samples) -> np.ndarray:
    """Returns the prior scales of unknown gains, row by row.

    H is about q_i dp_i/dt, and the gain B_ij is about (dp_i/dt) / u_j, which is 1 / (q_i u_j) times H.
    """
    if gains is None or not gains.num_unknown:
        return np.zeros([0])
    q, inputs = samples["states"][..., : gains.dof], np.asarray(samples["inputs"], np.float64)
    size = np.sqrt(np.mean(inputs**2, (0, 1)))[gains.acting]
    return _FREE_SCALE / np.outer(np.std(q, (0, 1)), size).ravel()


def in_float64(hamiltonian: Any, width: int | None = None) -> Any:
    """Returns the layer itself, or a copy in double precision, because sums of features lose many digits."""
    if declared(hamiltonian, "compute_dtype") in (None, "float64"):
        return hamiltonian
    copy = type(hamiltonian).from_config(_double(hamiltonian.get_config()))
    if hamiltonian.built:
        copy.build([None, hamiltonian.input_spec.axes[-1] if width is None else width])
        for variable, value in zip(copy.weights, hamiltonian.weights, strict=True):
            variable.assign(value)
    return copy


def _double(config: Any) -> Any:
    """Returns a layer's configuration, with the precision of the layer and of all inner layers set to float64."""
    if not isinstance(config, dict):
        return config
    return {name: "float64" if name == "dtype" else _double(value) for name, value in config.items()}


def first_coefficients(hamiltonian: Any, gains: InputGains | None, samples: Samples, scales: np.ndarray) -> np.ndarray:
    """Returns gains and coefficients of one regression, on derivatives at the given states or on the weak form."""
    none = tf.zeros([0], tf.float64)
    states = np.asarray(samples["states"], np.float64)
    if "time_derivatives" in samples:
        flat = tf.constant(states.reshape(-1, states.shape[-1]))
        targets = np.reshape(samples["time_derivatives"], flat.shape)
        inputs = None if gains is None else tf.constant(np.reshape(samples["inputs"], [len(flat), -1]), tf.float64)
        field = LinearField(hamiltonian, gains=gains)
        columns, known = field.columns(flat, none, inputs), field.known_motion(flat)
        if gains is not None:
            targets = targets - gains.known_motion(inputs)
        if known is not None:
            targets = targets - known
        rows, targets = columns.numpy().reshape(-1, columns.shape[-1]), np.reshape(targets, -1)
    else:
        weak, field = WeakForm(window=min(_WINDOW, states.shape[1])), LinearField(hamiltonian)
        rows, targets = weak_regression(
            lambda state: field.columns(state, none), gains, samples, weak, known_motion=field.known_motion
        )
    rows, targets = tf.constant(rows, tf.float64), tf.constant(targets, tf.float64)
    return posterior(
        tf.matmul(rows, rows, transpose_a=True),
        tf.linalg.matvec(rows, targets, transpose_a=True),
        tf.reduce_sum(targets**2),
        int(targets.shape[0]),
        tf.constant(scales),
    ).mean.numpy()
