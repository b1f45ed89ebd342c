"""A spring of known mass, whose energy is linear in one coefficient, and exact recordings of its motion."""

import numpy as np
import tensorflow as tf

from hnn_tf.data.recording import Recording
from hnn_tf.data.recordings import Recordings


class KnownSpring:
    """H = p^2 / 2 + w q^2: the kinetic energy has no coefficients."""

    coefficient_scales = np.full(1, 1e3)
    coefficients = None

    def known_gradient(self, state):
        return tf.stack([tf.zeros_like(state[..., 0]), state[..., 1]], -1)

    def feature_gradients(self, state):
        by_q = 2.0 * state[..., 0]
        return tf.stack([by_q, tf.zeros_like(by_q)], -1)[..., tf.newaxis]

    def assign_coefficients(self, values):
        self.coefficients = values


def motion(times, start, *, rate=1.0, friction=0.0):
    """The exact states [T, 2] of d^2q/dt^2 = -rate^2 q - friction dq/dt from a start (q, p)."""
    decay = friction / 2.0
    fast = np.sqrt(rate**2 - decay**2)
    q0, p0 = start
    envelope, cosine, sine = np.exp(-decay * times), np.cos(fast * times), np.sin(fast * times)
    other = (p0 + decay * q0) / fast
    q = envelope * (q0 * cosine + other * sine)
    p = -decay * q + envelope * fast * (other * cosine - q0 * sine)
    return np.stack([q, p], -1)


def recordings(lengths=(40, 60), *, step=0.2, noise_std=0.0, seed=0, positions_only=False, missing=0.0, **spring):
    """Recordings of unequal length; numbers that were not observed have roughly right guesses."""
    rng = np.random.default_rng(seed)
    found = []
    for i, length in enumerate(lengths):
        times = np.cumsum(rng.uniform(0.5, 1.5, length)) * step
        clean = motion(times - times[0], (1.0 - 0.3 * i, 0.4), **spring)
        states, seen = clean + noise_std * rng.normal(size=clean.shape), np.ones(clean.shape, bool)
        if positions_only:
            seen[:, 1] = False
        seen[:, 0] = rng.uniform(size=length) >= missing
        states = np.where(seen, states, clean + 0.05 * rng.normal(size=clean.shape))
        observed = None if seen.all() else seen
        found.append(Recording(times=times, states=states, observed=observed, true_states=clean, name=f"run {i}"))
    return Recordings(tuple(found), state_names=("x", "v"), second_half="velocities", time_unit="s")
