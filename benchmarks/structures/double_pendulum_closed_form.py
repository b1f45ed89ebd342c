"""The closed form of a double pendulum, with and without the knowledge that its kinetic energy is quadratic in p."""

import time
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import closed_form
from hnn_tf.models.random_feature_hamiltonian import RandomFeatureHamiltonian
from hnn_tf.models.random_feature_mechanical_hamiltonian import RandomFeatureMechanicalHamiltonian
from hnn_tf.systems.double_pendulum import DoublePendulum

PUBLISHED_ERROR = 4.1e-3
"""The relative error of H with 1000 neurons (Rahma, Datar, Dietrich, arXiv:2411.17511)."""

_ANGLES = (0, 1)
_LARGEST_STATE = np.array([np.pi, np.pi, 1.0, 1.0])
"""The states are uniform with |q_i| <= pi rad and |p_i| <= 1 kg m^2/s."""
_NUM_STATES, _NUM_TEST_STATES = 20_000, 10_000
_MECHANICAL_UNITS = 232
"""With 14 polynomials of the angles' sines and cosines, H has 3 + 4 (232 + 14) = 987 features."""
_FULL_UNITS = 973
"""With 6 inputs and their 21 products, H has 1000 features."""


def measure(seed: int) -> dict[str, Any]:
    """Fits both structures to exact derivatives of a double pendulum with all constants 1, and measures H.

    Args:
      seed: The seed of the features and of all states.

    Returns:
      `hamiltonian_error`, the relative error of the mechanical H; its `num_features` and `fit_seconds`; and
      `full_hamiltonian_error`, the error of an H of features of the whole state.
    """
    system, rng = DoublePendulum(), np.random.default_rng(seed)
    states, test = (_LARGEST_STATE * rng.uniform(-1.0, 1.0, [count, 4]) for count in (_NUM_STATES, _NUM_TEST_STATES))
    samples = {"state": states, "time_derivative": system(tf.constant(states)).numpy()}
    mechanical = RandomFeatureMechanicalHamiltonian(num_features=_MECHANICAL_UNITS, periodic=_ANGLES, dtype="float64")
    full = RandomFeatureHamiltonian(num_features=_FULL_UNITS, periodic=_ANGLES, dtype="float64")
    start = time.perf_counter()
    closed_form.fit(mechanical, samples, seed=seed)
    seconds = time.perf_counter() - start
    closed_form.fit(full, samples, seed=seed)
    truth = system.hamiltonian(tf.constant(test)).numpy()
    return {
        "hamiltonian_error": _relative_error(mechanical(tf.constant(test)).numpy(), truth),
        "num_features": int(mechanical.coefficients.shape[0]),
        "fit_seconds": seconds,
        "full_hamiltonian_error": _relative_error(full(tf.constant(test)).numpy(), truth),
    }


def _relative_error(energy: np.ndarray, truth: np.ndarray) -> float:
    """Returns |H - H_true| / |H_true|, both `[N]` and without their means, because H is known only up to a constant.

    The truth has its smallest norm without its mean. The relative error for any other constant is therefore smaller.
    """
    energy, truth = energy - energy.mean(), truth - truth.mean()
    return float(np.linalg.norm(energy - truth) / np.linalg.norm(truth))
