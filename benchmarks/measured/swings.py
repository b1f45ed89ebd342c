"""Simulated swings of a damped pendulum, as a newcomer would record them: the angle alone, irregular and noisy."""

import numpy as np
from scipy import integrate

from benchmarks.measured.csv_fit import fitted
from hnn_tf.data.measured import Schema

FRICTION = 0.05
NOISE = 0.01
MODEL = "known_mass_random_features_friction"


def degrees(draw: int) -> dict[str, float]:
    """Returns friction and its interval of two swings of 30 s in degrees, with 1 % noise and 3 % of rows missing."""
    rng = np.random.default_rng(1000 + draw)
    columns, labels = _table(rng, gaps=False)
    columns["theta"] = np.degrees(columns["theta"])
    return _measured(columns, labels, ("theta=deg",))


def gaps(draw: int) -> dict[str, float]:
    """Returns the same of swings in rad with gaps of up to a quarter of a period."""
    rng = np.random.default_rng(2000 + draw)
    columns, labels = _table(rng, gaps=True)
    return _measured(columns, labels, ())


def units() -> dict[str, float]:
    """Returns the largest relative difference of predictions after a fit in rad and s, and one in degrees and ms."""
    columns, labels = _table(np.random.default_rng(0), gaps=False)
    other = {"t": 1e3 * columns["t"], "theta": np.degrees(columns["theta"])}
    first = fitted(columns, _schema(()), labels=labels, model=MODEL)
    second = fitted(other, _schema(("t=ms", "theta=deg")), labels=labels, model=MODEL)
    times, state, scale = np.linspace(0.0, 20.0, 200), np.array([1.0, 0.2]), 180.0 / np.pi * np.array([1.0, 1e-3])
    path = first.rollout(state, times)
    same = second.rollout(state * scale, 1e3 * times) / scale
    return {"difference": float(np.max(np.abs(same - path)) / np.max(np.abs(path)))}


def _schema(units_given: tuple[str, ...]) -> Schema:
    return Schema(time="t", positions=("theta",), angles=("theta",), recording="run", units=units_given)


def _measured(columns: dict[str, np.ndarray], labels: np.ndarray, units_given: tuple[str, ...]) -> dict[str, float]:
    metrics = fitted(columns, _schema(units_given), labels=labels, model=MODEL).metrics
    low, high = metrics["friction_interval"]
    return {
        "friction": metrics["friction"],
        "covered": float(low <= FRICTION <= high),
        "relative_error": abs(metrics["friction"] / FRICTION - 1.0),
        "band_coverage": metrics["band_coverage"],
    }


def _table(rng: np.random.Generator, *, gaps: bool) -> tuple[dict[str, np.ndarray], np.ndarray]:
    times, angles, labels = [], [], []
    for run in range(2):
        t = np.sort(rng.uniform(0.0, 30.0, 300))
        t = t[rng.random(len(t)) > 0.03]
        if gaps:  # five gaps of up to a quarter of a period of 2 pi
            for start in rng.uniform(2.0, 28.0, 5):
                t = t[(t < start) | (t > start + rng.uniform(0.5, np.pi / 2))]
        swing = integrate.solve_ivp(
            lambda _, s: [s[1], -np.sin(s[0]) - FRICTION * s[1]],
            (0.0, 30.0),
            [rng.uniform(0.8, 1.6), rng.uniform(-0.3, 0.3)],
            t_eval=t,
            rtol=1e-10,
            atol=1e-12,
        ).y[0]
        times.append(t)
        angles.append(swing + NOISE * np.std(swing) * rng.normal(size=len(t)))
        labels.append(np.full(len(t), f"run {run}"))
    return {"t": np.concatenate(times), "theta": np.concatenate(angles)}, np.concatenate(labels)
