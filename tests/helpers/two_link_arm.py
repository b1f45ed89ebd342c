"""An arm of two links by hand, in NumPy: mass matrix, forces, and files of its motions."""

import numpy as np

LONG, COUPLING, SHORT = 1.4, 0.5, 0.6
"""Of the mass matrix: M_11 = LONG + 2 COUPLING cos q2, M_12 = SHORT + COUPLING cos q2, M_22 = SHORT."""

WEIGHTS = (2.5, 1.5)
"""Of the potential: V = WEIGHTS[0] sin q1 + WEIGHTS[1] sin(q1 + q2)."""


def mass_matrix(q):
    """M `[N, 2, 2]` at positions `[N, 2]`."""
    cosine, one = np.cos(q[:, 1]), np.ones(len(q))
    first = [LONG + 2 * COUPLING * cosine, SHORT + COUPLING * cosine]
    second = [SHORT + COUPLING * cosine, SHORT * one]
    return np.stack([np.stack(first, -1), np.stack(second, -1)], -2)


def gravity(q):
    """dV/dq `[N, 2]`."""
    outer = WEIGHTS[1] * np.cos(q[:, 0] + q[:, 1])
    return np.stack([WEIGHTS[0] * np.cos(q[:, 0]) + outer, outer], 1)


def coriolis(q, v):
    """The velocities' part of the force `[N, 2]`."""
    h = COUPLING * np.sin(q[:, 1])
    return np.stack([-h * (2 * v[:, 0] * v[:, 1] + v[:, 1] ** 2), h * v[:, 0] ** 2], 1)


def inertial(q, a):
    """M a `[N, 2]`."""
    return np.einsum("bij,bj->bi", mass_matrix(q), a)


def samples(rng, count, *, friction=0.0):
    """The columns of `InverseDynamics` of random motions."""
    q, v, a = rng.uniform(-1.5, 1.5, [count, 2]), rng.normal(size=[count, 2]), 3 * rng.normal(size=[count, 2])
    force = inertial(q, a) + coriolis(q, v) + gravity(q) + friction * v
    return {"position": q, "velocity": v, "acceleration": a, "force": force}


def arrays(rng, labels="abceqv", length=40):
    """The arrays of a file of smooth motions, `length` readings for each character."""
    times = 0.04 * np.arange(length)
    parts = []
    for _ in labels:
        size, rate, phase = rng.uniform(0.3, 0.8, [3, 1, 2]) * np.array([1.0, 4.0, 6.0])[:, None, None]
        angle = rate * times[:, None] + phase
        parts.append((size * np.sin(angle), size * rate * np.cos(angle), -size * rate**2 * np.sin(angle)))
    q, v, a = (np.concatenate(each) for each in zip(*parts, strict=True))
    of_parts = {"inertial": inertial(q, a), "coriolis": coriolis(q, v), "gravity": gravity(q)}
    return {
        "label": np.array(list(labels)),
        "length": np.full(len(labels), length),
        "time": np.tile(times, len(labels)),
        "position": q,
        "velocity": v,
        "acceleration": a,
        "torque": sum(of_parts.values()),
        **{f"{name}_torque": part for name, part in of_parts.items()},
    }
