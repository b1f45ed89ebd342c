"""A driven and damped pendulum as a function, its solutions by SciPy, and recordings of it."""

import functools

import numpy as np
import scipy.integrate
import tensorflow as tf

from hnn_tf.data import Recordings

GAIN, FRICTION = 1.5, 0.2
TIMES = np.linspace(0.0, 2.0, 21)


def driven_pendulum(state, inputs):
    """H = p^2 + 3 (1 - cos q) with friction on the velocity 2 p, and a torque."""
    q, p = state[..., :1], state[..., 1:]
    return tf.concat([2.0 * p, -3.0 * tf.sin(q) - FRICTION * 2.0 * p + GAIN * inputs], -1)


def solved(state, times, torque):
    """The states `[T, 2]` at the times, under torque(t), with steps that end at every time."""

    def motion(t, s):
        return [2.0 * s[1], -3.0 * np.sin(s[0]) - FRICTION * 2.0 * s[1] + GAIN * torque(t)]

    found = [state]
    for first, last in zip(times[:-1], times[1:], strict=True):
        # Inside the interval, because a held input jumps at its end.
        inner = np.nextafter(last, first)
        path = scipy.integrate.solve_ivp(motion, (first, inner), found[-1], method="DOP853", rtol=1e-12, atol=1e-13)
        found.append(path.y[:, -1])
    return np.array(found)


def torque_of(times, samples, interpolation):
    """The torque as a function of time, of samples `[T]`."""
    if interpolation == "linear":
        return lambda t: np.interp(t, times, samples)
    return lambda t: samples[np.searchsorted(times, t, side="right") - 1]


@functools.cache
def example(interpolation, count=3, seed=0):
    """Initial states `[count, 2]`, torques `[count, T, 1]` and states `[count, T, 2]` at `TIMES`."""
    rng = np.random.default_rng(seed)
    torques, states = rng.normal(size=[count, len(TIMES), 1]), rng.uniform(-1.5, 1.5, size=[count, 2])
    paths = [
        solved(state, TIMES, torque_of(TIMES, torque[:, 0], interpolation))
        for state, torque in zip(states, torques, strict=True)
    ]
    return states, torques, np.stack(paths)


def recordings(interpolation="zero_order_hold", count=3, seed=0):
    _, torques, paths = example(interpolation, count, seed)
    derivatives = driven_pendulum(tf.constant(paths), inputs=tf.constant(torques)).numpy()
    return Recordings.from_arrays(
        TIMES,
        paths,
        time_derivatives=derivatives,
        inputs=torques,
        true_states=paths,
        input_interpolation=interpolation,
    )
