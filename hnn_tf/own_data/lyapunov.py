"""The largest Lyapunov exponent of a learned motion."""

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.rollouts.rollout_at_times import rollout_at_times

_DISTANCE = 1e-3
"""The distance of neighbouring states, relative to the spread. In float32, rounding is about 1e-4 of it."""

_RESTARTS = 40
"""The times at which the distance is measured and made small again."""


def lyapunov_time(model: keras.Model, start: np.ndarray, *, duration: float, step: float) -> float | None:
    """Returns the time in which a small distance grows by a factor e, or None if it grows by less than e^3 in all.

    The method is that of Benettin: the distance of two neighbouring motions is measured and made small again at equal
    times.

    Args:
      model: A dimensionless model of states `[2n]` of about the size 1, without inputs and parameters.
      start: A state `[2n]`.
      duration: The time over which the growth is measured.
      step: The longest step of the integrator.

    References:
      Benettin, Galgani, Giorgilli, Strelcyn. Lyapunov characteristic exponents. Meccanica 15, 1980.
    """
    direction = np.random.default_rng(0).normal(size=start.shape)
    state, growth = start, 0.0
    direction /= np.linalg.norm(direction)

    @tf.function(autograph=False)
    def moved(states: tf.Tensor) -> tf.Tensor:
        times = tf.constant([0.0, duration / _RESTARTS], model.compute_dtype)
        return rollout_at_times(model, states, times, max_step_size=step, integrator="rk4")[:, -1]

    for _ in range(_RESTARTS):
        pair = np.stack([state, state + _DISTANCE * direction])
        state, neighbour = moved(tf.constant(pair, model.compute_dtype)).numpy().astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):  # where the motion diverges
            distance = float(np.linalg.norm(neighbour - state))
        if not np.isfinite(distance) or distance == 0.0:
            return None
        growth += float(np.log(distance / _DISTANCE))
        direction = (neighbour - state) / distance
    # A regular motion's distances grow linearly, which is a factor of about the phase.
    return duration / growth if growth > max(3.0, 1.5 * np.log(duration + 1.0)) else None
