"""Tables of simulated measurements."""

import pathlib

import numpy as np

from hnn_tf.data.measured.prepared import prepared
from hnn_tf.data.measured.schema import Schema
from hnn_tf.data.tables.table import Source, Table


def table_of(columns, labels=None, source=None, files=("run.csv",)):
    """A table as a reader of text files gives it, with the first reading in line 2."""
    count = len(next(iter(columns.values())))
    return Table(
        {name: np.array(values, float) for name, values in columns.items()},
        {name: np.array(values, dtype=object) for name, values in (labels or {}).items()},
        tuple(Source(pathlib.Path(file), count, "0" * 64, "line") for file in files),
        np.zeros(count, int) if source is None else np.asarray(source),
        np.arange(count) + 2,
    )


def oscillation(count=200, step=0.1, rate=1.3, noise=0.0, seed=0):
    """Columns t, x and v of x = sin(rate t)."""
    rng = np.random.default_rng(seed)
    times = step * np.arange(count)
    noise_of_x, noise_of_v = noise * rng.normal(size=[2, count])
    return {"t": times, "x": np.sin(rate * times) + noise_of_x, "v": rate * np.cos(rate * times) + noise_of_v}


def prepare(columns, *, labels=None, source=None, files=("run.csv",), **roles):
    """The prepared recordings, by default of the columns t, x and, if it is there, v."""
    roles = {"time": "t", "positions": ("x",)} | roles
    if "v" in columns and "momenta" not in roles:
        roles = {"velocities": ("v",)} | roles
    return prepared(table_of(columns, labels, source, files), Schema(**roles))
