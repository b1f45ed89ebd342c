"""The fit of initial states of trajectories for a given model, which the model's loss on new trajectories needs."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

import numpy as np
import tensorflow as tf

from hnn_tf.data.segments import Segments
from hnn_tf.declarations import declared
from hnn_tf.integrators import Integrator
from hnn_tf.numerics.pieces import rows_in_pieces
from hnn_tf.objectives.shooting import roll_out, since_first
from hnn_tf.typing import Samples, VectorField

_DIFFERENCE = 1e-2
"""The step of the central differences, relative to a coordinate's spread; their error is of order its square."""

_ITERATIONS = 12


class Shooting(Protocol):
    """The properties of an objective that rolls out trajectories."""

    @property
    def integrator(self) -> Integrator:
        """The integrator that takes the steps."""

    @property
    def num_substeps(self) -> int:
        """The number of integrator steps within each interval."""

    @property
    def noise_scale(self) -> float | np.ndarray:
        """The noise's standard deviation: a number, or one for each coordinate. It is 1 if it is unknown."""


Linearised: TypeAlias = tuple[np.ndarray, np.ndarray, np.ndarray]
"""The arrays J^T J, J^T r and |r|^2 of segments, `[N, W, ...]`, where r are residuals and J is their Jacobian."""


def estimate_initial_states(model: VectorField, objective: Shooting, samples: Samples) -> np.ndarray:
    """Returns the initial states `[N, W, 2n]` from which a model's rollouts fit observed trajectories best.

    The method is least squares by Levenberg-Marquardt, for every segment separately, in pieces of bounded memory. The
    model does not change.

    Args:
      model: A vector field.
      objective: The objective whose integrator, substeps and noise are used.
      samples: The objective's columns; the iteration begins at `initial_state`.
    """
    dtype = declared(model, "compute_dtype") or "float64"
    columns = {name: samples[name] for name in ("times", "states", "initial_state")}
    given = {name: samples[name] for name in ("inputs", "end_inputs", "parameters", "observed") if name in samples}
    num_times, width = np.shape(columns["states"])[1:]
    num_segments = np.shape(columns["initial_state"])[1]
    segments = Segments(num_times, num_segments)
    seen = np.diff(segments.indices, axis=1, prepend=-1) > 0  # both segments count the observation that they share
    scale = np.broadcast_to(objective.noise_scale, [width]).astype(dtype)
    spread = np.maximum(np.std(columns["states"], (0, 1)), 1e-6).astype(dtype)
    # The rollouts of a segment are one batch: from its state, and from one state on each side in each coordinate.
    sides = np.concatenate([np.zeros([1, width]), np.eye(width), -np.eye(width)]).astype(dtype) * _DIFFERENCE * spread

    @tf.function(autograph=False)
    def residuals(start: tf.Tensor, times: tf.Tensor, states: tf.Tensor, given: dict[str, tf.Tensor]) -> tf.Tensor:
        starts = tf.reshape(start + sides[:, tf.newaxis, tf.newaxis], [-1, num_segments, width])
        weights = given.get("observed")
        given = {name: tf.concat([values] * len(sides), 0) for name, values in given.items() if name != "observed"}
        paths = roll_out(
            model,
            starts,
            tf.tile(times, [len(sides), 1]),
            integrator=objective.integrator,
            substeps=objective.num_substeps,
            inputs=(given["inputs"], given["end_inputs"]) if "inputs" in given else None,
            parameters=given.get("parameters"),
        )
        paths = tf.reshape(paths, [len(sides), -1, *segments.indices.shape, width])
        observed = tf.gather(states, segments.indices, axis=1)
        left = tf.where(seen[..., np.newaxis], (paths - observed) / scale, tf.zeros_like(paths))
        return left if weights is None else left * tf.sqrt(tf.gather(weights, segments.indices, axis=1))

    def of_piece(piece: slice) -> np.ndarray:
        times = tf.constant(since_first(columns["times"][piece]), dtype)
        states = tf.constant(columns["states"][piece], dtype)
        of_rows = {name: tf.constant(column[piece], dtype) for name, column in given.items()}

        def linearised(start: np.ndarray) -> Linearised:
            flat = residuals(tf.constant(start), times, states, of_rows).numpy()
            flat = flat.reshape(len(sides), len(start), num_segments, -1).astype(np.float64)
            jacobian = np.moveaxis(flat[1 : width + 1] - flat[width + 1 :], 0, -1) / (2 * _DIFFERENCE * spread)
            gram = np.einsum("nwki,nwkj->nwij", jacobian, jacobian)
            return gram, np.einsum("nwki,nwk->nwi", jacobian, flat[0]), np.sum(flat[0] ** 2, -1)

        return _levenberg_marquardt(linearised, np.asarray(columns["initial_state"][piece], dtype))

    return rows_in_pieces(of_piece, len(columns["initial_state"]), states_each=len(sides) * num_times)


def _levenberg_marquardt(linearised: Callable[[np.ndarray], Linearised], start: np.ndarray) -> np.ndarray:
    """Returns the states `[N, W, 2n]` of least squares, each one separately."""
    dtype, width = start.dtype, start.shape[-1]
    gram, moment, cost = linearised(start)
    damping = np.full(start.shape[:2], 1e-3)
    for _ in range(_ITERATIONS):
        diagonal = np.einsum("nwii->nwi", gram) * damping[..., np.newaxis] + 1e-12
        step = np.linalg.solve(gram + diagonal[..., np.newaxis] * np.eye(width), -moment[..., np.newaxis])[..., 0]
        tried = (start + step).astype(dtype)
        new_gram, new_moment, new_cost = linearised(tried)
        better = new_cost < cost  # the comparison is false for NaN
        start = np.where(better[..., np.newaxis], tried, start)
        gram = np.where(better[..., np.newaxis, np.newaxis], new_gram, gram)
        moment = np.where(better[..., np.newaxis], new_moment, moment)
        cost = np.where(better, new_cost, cost)
        damping = np.clip(np.where(better, damping / 10.0, damping * 10.0), 1e-9, 1e9)
    return start
