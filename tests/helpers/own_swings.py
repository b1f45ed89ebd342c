"""Recordings of damped pendulums as a user measures them: angles alone, irregular, with noise and missing readings."""

import numpy as np
from measured_tables import table_of

from hnn_tf.data.measured.prepared import prepared
from hnn_tf.data.measured.schema import Schema

FRICTION = 0.1
NOISE = 0.01


def columns(*, runs=2, readings=120, step=0.15, seed=0, degrees=False, milliseconds=False, friction=FRICTION):
    """The columns t, angle and run; some angles are missing."""
    rng = np.random.default_rng(seed)
    found = {"t": [], "angle": [], "run": []}
    for run in range(runs):
        times = np.cumsum(rng.uniform(0.5, 1.5, readings)) * step
        state, at = np.array([1.2 + 0.3 * run, 0.0]), 0.0
        for time in times:
            while at < time - 1e-12:
                h = min(0.02, time - at)
                a = motion(state, friction)
                b = motion(state + h / 2 * a, friction)
                c = motion(state + h / 2 * b, friction)
                d = motion(state + h * c, friction)
                state, at = state + h / 6 * (a + 2 * b + 2 * c + d), at + h
            found["t"].append(time)
            found["angle"].append(state[0] + NOISE * rng.normal())
            found["run"].append(f"run {run}")
    angle = np.where(rng.uniform(size=len(found["t"])) < 0.03, np.nan, found["angle"])
    return {
        "t": np.array(found["t"]) * (1e3 if milliseconds else 1.0),
        "angle": np.degrees(angle) if degrees else angle,
        "run": found["run"],
    }


def recordings(*, degrees=False, milliseconds=False, **options):
    """The prepared recordings of `columns`."""
    given = columns(degrees=degrees, milliseconds=milliseconds, **options)
    table = table_of({"t": given["t"], "angle": given["angle"]}, {"run": given["run"]})
    units = (f"t={'ms' if milliseconds else 's'}", f"angle={'deg' if degrees else 'rad'}")
    schema = Schema(time="t", positions=("angle",), angles=("angle",), recording="run", units=units)
    return prepared(table, schema).recordings


def write(path, **options):
    """Writes `columns` as CSV."""
    given = columns(**options)
    rows = zip(given["t"], given["angle"], given["run"], strict=True)
    lines = [f"{float(t)!r},{'' if a != a else repr(float(a))},{run}" for t, a, run in rows]
    path.write_text("\n".join(["t,angle,run", *lines, ""]), encoding="utf-8")


def motion(state, friction=FRICTION):
    return np.array([state[1], -np.sin(state[0]) - friction * state[1]])
