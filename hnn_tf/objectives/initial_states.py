"""Initial states of trajectories for a model that is given: what its loss on new trajectories needs."""

from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from hnn_tf.data.segments import Segments
from hnn_tf.objectives.shooting import roll_out, since_first
from hnn_tf.typing import Samples, VectorField

if TYPE_CHECKING:
    from hnn_tf.objectives.trajectory_matching import TrajectoryMatching

_DIFFERENCE = 1e-2
"""Of the central differences, relative to a coordinate's spread: their error is of order its square."""

_ITERATIONS = 12


def estimate_initial_states(model: VectorField, objective: "TrajectoryMatching", samples: Samples) -> np.ndarray:
    """Initial states `[N, W, 2n]` from which a model's rollouts fit observed trajectories best, in least squares.

    Levenberg-Marquardt, for every segment by itself; the model stays as it is.

    Args:
      model: A vector field.
      objective: Its integrator, substeps and noise are used.
      samples: The objective's columns; `initial_state` is where to begin.
    """
    dtype = getattr(model, "compute_dtype", "float64")
    times, states = tf.constant(since_first(samples["times"]), dtype), tf.constant(samples["states"], dtype)
    start = np.asarray(samples["initial_state"], dtype)
    count, num_segments, width = start.shape
    segments = Segments(times.shape[1], num_segments)
    seen = np.diff(segments.indices, axis=1, prepend=-1) > 0  # ends of segments are seen from both sides
    scale = np.broadcast_to(objective.noise_scale, [width]).astype(dtype)
    spread = np.maximum(np.std(samples["states"], (0, 1)), 1e-6).astype(dtype)
    # All of a segment's rollouts in one batch: its own, and one to either side in each coordinate.
    sides = np.concatenate([np.zeros([1, width]), np.eye(width), -np.eye(width)]).astype(dtype) * _DIFFERENCE * spread
    tiled_times = tf.repeat(times[tf.newaxis], len(sides), 0)

    @tf.function(autograph=False)
    def residuals(start: tf.Tensor) -> tf.Tensor:
        starts = tf.reshape(start + sides[:, tf.newaxis, tf.newaxis], [-1, num_segments, width])
        paths = roll_out(
            model,
            starts,
            tf.reshape(tiled_times, [-1, times.shape[1]]),
            integrator=objective.integrator,
            substeps=objective.num_substeps,
        )
        paths = tf.reshape(paths, [len(sides), count, *segments.indices.shape, width])
        observed = tf.gather(states, segments.indices, axis=1)
        return tf.where(seen[..., np.newaxis], (paths - observed) / scale, tf.zeros_like(paths))

    def linearised(start: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        flat = residuals(tf.constant(start)).numpy().reshape(len(sides), count, num_segments, -1).astype(np.float64)
        jacobian = np.moveaxis(flat[1 : width + 1] - flat[width + 1 :], 0, -1) / (2 * _DIFFERENCE * spread)
        gram, moment = np.einsum("nwki,nwkj->nwij", jacobian, jacobian), np.einsum("nwki,nwk->nwi", jacobian, flat[0])
        return gram, moment, np.sum(flat[0] ** 2, -1)

    gram, moment, cost = linearised(start)
    damping = np.full([count, num_segments], 1e-3)
    for _ in range(_ITERATIONS):
        diagonal = np.einsum("nwii->nwi", gram) * damping[..., np.newaxis] + 1e-12
        step = np.linalg.solve(gram + diagonal[..., np.newaxis] * np.eye(width), -moment[..., np.newaxis])[..., 0]
        tried = (start + step).astype(dtype)
        new_gram, new_moment, new_cost = linearised(tried)
        better = new_cost < cost  # NaN isn't
        start = np.where(better[..., np.newaxis], tried, start)
        gram = np.where(better[..., np.newaxis, np.newaxis], new_gram, gram)
        moment = np.where(better[..., np.newaxis], new_moment, moment)
        cost = np.where(better, new_cost, cost)
        damping = np.clip(np.where(better, damping / 10.0, damping * 10.0), 1e-9, 1e9)
    return start
