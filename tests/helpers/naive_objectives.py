"""The losses of `test_objectives.py` in plain loops, of a pendulum by hand."""

import numpy as np


def field(state):
    """The same pendulum by hand, one state."""
    return np.array([state[1] / 0.6, -2.2 * np.sin(state[0])])


def rk4(state, h):
    k1 = field(state)
    k2 = field(state + h / 2 * k1)
    k3 = field(state + h / 2 * k2)
    k4 = field(state + h * k3)
    return state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def mean_square(differences):
    return sum(float(d) ** 2 for row in differences for d in row) / np.size(differences)


def naive_derivative(s):
    return mean_square([field(x) - y for x, y in zip(s["state"], s["time_derivative"], strict=True)])


def naive_inverse_dynamics(s):
    rows = zip(s["position"], s["acceleration"], s["force"], strict=True)
    return mean_square([0.6 * a + 2.2 * np.sin(q) - force for q, a, force in rows])


def naive_forward_dynamics(s):
    rows = zip(s["position"], s["acceleration"], s["force"], strict=True)
    return mean_square([(force - 2.2 * np.sin(q)) / 0.6 - a for q, a, force in rows])


def naive_one_step(s):
    columns = zip(s["state"], s["next_state"], s["time_step"], strict=True)
    return mean_square([rk4(x, dt.item()) - y for x, y, dt in columns])


def naive_weak(s):
    variances = []
    for times, states in zip(s["times"], s["states"], strict=True):
        motion = [np.zeros(2)]
        for j in range(len(times) - 1):
            h, curvature, weights = times[j + 1] - times[j], 0, 0
            for i in (j - 1, j):
                if 0 <= i <= len(times) - 3:
                    t = times[i : i + 3]
                    # The leading coefficient of the parabola through three points, by Lagrange.
                    c = np.array([1 / (t[k] - t[k - 1]) / (t[k] - t[k - 2]) for k in range(3)])
                    weight = 1 / (c @ c)
                    curvature += weight * sum(c[k] * field(states[i + k]) for k in range(3))
                    weights += weight
            trapezoid = h * (field(states[j]) + field(states[j + 1])) / 2
            motion.append(motion[-1] + trapezoid - h**3 / 6 * curvature / weights)
        rest = states - motion
        variances += [np.var(rest[first : first + 10], axis=0, ddof=1) for first in range(len(times) - 9)]
    return np.mean(variances)


def segments(s):
    """Rolled-out and observed rows, each observation once, and the gap between two segments of 12 times."""
    rows, gaps = [], []
    for b, times in enumerate(s["times"]):
        for start, first, last in ((s["initial_state"][b, 0], 0, 6), (s["initial_state"][b, 1], 6, 12)):
            state = start
            for j in range(first, last):
                rows.append((state, b, j))
                if j < 11:
                    state = rk4(state, times[j + 1] - times[j])
            if first == 0:
                gaps.append(state - s["initial_state"][b, 1])
    return rows, gaps


def naive_trajectory(s):
    rows, gaps = segments(s)
    return mean_square([state - s["states"][b, j] for state, b, j in rows]) + mean_square(gaps)


def naive_combined(s):
    derivatives = [field(state) - s["time_derivatives"][b, j] for state, b, j in segments(s)[0]]
    return naive_trajectory(s) + mean_square(derivatives)
