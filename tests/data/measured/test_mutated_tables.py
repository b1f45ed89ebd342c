"""Mutated tables of measurements are refused in one line, or are recordings of what stands in the file."""

import csv
import math
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hnn_tf.data.measured.prepared import prepared
from hnn_tf.data.measured.schema import Schema
from hnn_tf.data.tables.reading import read_table
from hnn_tf.input_error import InputError

SCHEMA = Schema(time="t", positions=("x",), recording="run")
SETTINGS = {"deadline": None, "database": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}
CELLS = ["", "NaN", "nan", "NA", "inf", "-inf", "1e308", "1e400", "0", "-0", "0,5", "1.5.2", "x", "0x10", "1_0", "٣",
         '"0.5"', '"', " 0.25 ", "0.5\t", "1e-320", "#", "a b", "true", "2026-01-01", "\ufeff", "é"]  # fmt: skip
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"]

MUTATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("cell"), st.integers(0, 60), st.integers(0, 3), st.sampled_from(CELLS)),
        st.tuples(st.just("time"), st.integers(0, 60), st.just(0), st.floats(-5, 5).map(repr)),
        st.tuples(st.just("delete row"), st.integers(0, 60), st.integers(1, 40), st.just("")),
        st.tuples(st.just("repeat row"), st.integers(0, 60), st.just(0), st.just("")),
        st.tuples(st.just("swap rows"), st.integers(0, 60), st.integers(0, 60), st.just("")),
        st.tuples(st.just("repeat block"), st.integers(0, 60), st.integers(2, 30), st.just("")),
        st.tuples(st.just("name"), st.just(0), st.integers(0, 3), st.sampled_from(["t", "x", "run", "", "y", "1"])),
        st.tuples(st.just("delete cell"), st.integers(0, 60), st.integers(0, 3), st.just("")),
        st.tuples(st.just("add cell"), st.integers(0, 60), st.just(0), st.sampled_from(["", "7", "x"])),
        st.tuples(st.just("swap columns"), st.integers(0, 3), st.integers(0, 3), st.just("")),
        st.tuples(st.just("label"), st.integers(0, 60), st.integers(1, 30), st.sampled_from(["a", "b", "c", "1", ""])),
        st.tuples(st.just("line"), st.integers(0, 60), st.just(0), st.sampled_from(["", "# note", ",,,", "  "])),
    ),
    max_size=4,
)


def grid():
    """The header and 60 rows of two runs of a damped spring, as texts; the column note is not used."""
    rows = [["t", "x", "run", "note"]]
    for k in range(60):
        time = 0.1 * (k % 36)
        rows.append([repr(round(time, 9)), repr(math.exp(-0.1 * time) * math.cos(2 * time + k // 36)), "ab"[k // 36],
                     "n"])  # fmt: skip
    return rows


def mutated(rows, mutations):
    for kind, row, column, text in mutations:
        at = row % len(rows)
        if kind in ("cell", "time", "name"):
            place = 0 if kind == "name" else at
            if rows[place]:
                rows[place][column % len(rows[place])] = text
        elif kind == "label":
            for each in rows[at : at + column]:
                each[2:3] = [text]
        elif kind == "delete row":
            del rows[at : at + column]
        elif kind == "repeat row":
            rows.insert(at, list(rows[at]))
        elif kind == "repeat block":
            rows += [list(each) for each in rows[at : at + column]]
        elif kind == "swap rows":
            other = column % len(rows)
            rows[at], rows[other] = rows[other], rows[at]
        elif kind == "delete cell":
            del rows[at][column : column + 1]
        elif kind == "add cell":
            rows[at].append(text)
        elif kind == "swap columns":
            for each in rows:
                if len(each) == 4:
                    each[row % 4], each[column % 4] = each[column % 4], each[row % 4]
        else:
            rows.insert(at, [text])
        if not rows:
            return [[""]]
    return rows


def naive(data, delimiter, decimal):
    """The times, positions and labels of all rows, by Python's own reader of CSV."""
    lines = data.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    while not lines[0].strip() or lines[0].lstrip().startswith("#"):
        lines.pop(0)
    names, *rows = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    places = [[name.strip() for name in names].index(name) for name in ("t", "x", "run")]
    found = []
    for row in rows:
        cells = [cell.strip() for cell in row] + [""] * len(names)
        if any(cell.lower() not in MISSING for cell in cells):
            time, position, label = (cells[place] for place in places)
            found.append((number(time, decimal), number(position, decimal), label))
    return found


MISSING = {"", "na", "n/a", "nan", "null", "none", "-", "--"}


def number(cell, decimal):
    if cell.lower() in MISSING:
        return math.nan
    return float(cell.replace(",", ".") if decimal == "," else cell)


def check(path, mutations, delimiter, decimal, encoding, line_end):
    rows = mutated(grid(), mutations)
    cells = [[cell.replace(".", decimal) if k < 2 else cell for k, cell in enumerate(row)] for row in rows]
    data = line_end.join([*(delimiter.join(row) for row in cells), ""]).encode(encoding, "replace")
    path.write_bytes(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = prepared(read_table([path], SCHEMA.number_columns(), ["run"]), SCHEMA)
    except InputError as error:
        message = str(error)
        assert "\n" not in message
        assert str(path) in message
        return "refused"
    compare(found, naive(data, delimiter, decimal))
    return "read"


def compare(found, expected):
    """Each reading is one of the file, in its order, and each reading of the file is there, or the report says why."""
    assert found.recordings.width == 2
    for recording in found.recordings:
        rows = [(time, position) for time, position, label in expected if label == as_label(recording.name)]
        at = 0
        for time, state, seen in zip(recording.times, recording.states[:, 0], observed(recording), strict=True):
            same = [k for k in range(at, len(rows)) if rows[k][0] == time and (not seen or rows[k][1] == state)]
            assert same, (recording.name, time, state)
            at = same[0] + 1
            if not seen:
                outliers = [each["time"] for report in found.report["recordings"] for each in report["outliers"]]
                assert math.isnan(rows[same[0]][1]) or time in outliers
    kept = sum(map(len, found.recordings))
    left = sum(each["duplicates_dropped"] + each["readings_in_short_parts"] for each in found.report["recordings"])
    assert kept + left + found.report["single_rows_dropped"] == len(expected)


def as_label(name):
    return name


def observed(recording):
    return np.ones(len(recording), bool) if recording.observed is None else recording.observed[:, 0]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("tables") / "table.csv"


TABLES = {
    "mutations": MUTATIONS,
    "format": st.sampled_from([(",", "."), (";", ","), ("\t", "."), (";", "."), ("|", ".")]),
    "encoding": st.sampled_from(ENCODINGS + ["utf-8"] * 6),
    "line_end": st.sampled_from(["\n", "\r\n"]),
}


def test_unchanged_tables_are_read(path):
    for delimiter, decimal in [(",", "."), (";", ","), ("\t", ".")]:
        assert check(path, [], delimiter, decimal, "utf-8", "\n") == "read"


@given(**TABLES)
@settings(max_examples=40, **SETTINGS)
def test_mutated_tables_are_refused_or_read(path, mutations, format, encoding, line_end):
    check(path, mutations, *format, encoding, line_end)


@pytest.mark.slow
def test_many_mutated_tables_are_refused_or_read(path):
    outcomes = []

    @given(**TABLES)
    @settings(max_examples=500, **SETTINGS)
    def run(mutations, format, encoding, line_end):
        outcomes.append(check(path, mutations, *format, encoding, line_end))

    run()
    assert outcomes.count("read") > 50
    assert outcomes.count("refused") > 50
