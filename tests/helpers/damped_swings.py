"""Noisy readings of damped pendulums, exact but for their noise."""

import numpy as np

FRICTION = 0.05


def swings(rng, *, regular, noise_std=0.02, count=6, num_times=50):
    """Noisy readings of pendulums with friction 0.05, the angles up to 1.8; irregular gaps are up to 1.6."""
    irregular = np.sort(rng.uniform(0.0, 15.0, [count, num_times]), 1)
    times = np.tile(np.linspace(0.0, 15.0, num_times), [count, 1]) if regular else irregular
    radius, phase = rng.uniform(0.8, 1.8, count), rng.uniform(0.0, 2 * np.pi, count)
    states = [np.stack([radius * np.cos(phase), radius * np.sin(phase)], 1)]
    for gaps in np.diff(times, axis=1).T:
        states.append(_moved(states[-1], gaps[:, np.newaxis]))
    clean = np.stack(states, 1)
    return {"times": times, "states": clean + noise_std * rng.normal(size=clean.shape)}


def _moved(state, gap):
    """By Runge-Kutta in NumPy, at steps of at most 0.04: its error is 1e-8."""
    num = max(1, int(np.ceil(gap.max() / 0.04)))
    for _ in range(num):
        h = gap / num
        a = motion(state)
        b = motion(state + h / 2 * a)
        c = motion(state + h / 2 * b)
        state = state + h / 6 * (a + 2 * b + 2 * c + motion(state + h * c))
    return state


def motion(state):
    rates = np.empty_like(state)
    rates[..., 0] = state[..., 1]
    rates[..., 1] = -np.sin(state[..., 0]) - FRICTION * state[..., 1]
    return rates
