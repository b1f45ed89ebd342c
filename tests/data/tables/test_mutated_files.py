"""Damaged files are refused in one line, or read as an independent reading reads them."""

import csv
import gzip
import math
import re
import warnings

import numpy as np
import pytest
import table_bytes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hnn_tf.data.tables import column_summary, reading
from hnn_tf.input_error import InputError

MISSING = {"", "na", "n/a", "nan", "null", "none", "-", "--"}
TEXTS = {"csv": (",", "."), "crlf": (",", "."), "tsv": ("\t", "."), "semicolon": (";", ","), "gz": (",", ".")}

BYTES = st.one_of(
    st.binary(min_size=1, max_size=4), st.sampled_from([b'"', b",", b"\n", b"\r", b"\0", b"#", b"e", b"-"])
)
MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(["flip", "delete", "insert", "truncate", "duplicate"]),
        st.integers(0, 1 << 20),
        st.integers(1, 40),
        BYTES,
    ),
    min_size=1,
    max_size=4,
)
SETTINGS = {"deadline": None, "database": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}


def mutated(data, mutations):
    for kind, place, length, new in mutations:
        at = place % (len(data) + 1)
        if kind == "flip":
            data = data[:at] + bytes(byte ^ (1 << place % 8) for byte in data[at : at + 1]) + data[at + 1 :]
        elif kind == "delete":
            data = data[:at] + data[at + length :]
        elif kind == "insert":
            data = data[:at] + new + data[at:]
        elif kind == "truncate":
            data = data[:at]
        else:
            data = data[:at] + data[at : at + length] * 2 + data[at + length :]
    return data


def number(cell, decimal):
    """The number in a cell, NaN if it is missing, or an error."""
    cell = cell.strip(" \t")
    if cell.lower() in MISSING:
        return math.nan
    if decimal == ",":
        cell = re.fullmatch("[^.]*", cell).group().replace(",", ".")
    if not cell.isascii() or "_" in cell or cell.strip() != cell:
        raise ValueError(cell)
    return float(cell)


def naive(data, delimiter, decimal):
    """The columns of a text by Python's own readers: an error if it is no table."""
    text = data.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    while not lines[0].strip() or lines[0].lstrip().startswith("#"):
        lines.pop(0)
    (names, *rows) = csv.reader([line + "\n" for line in lines], delimiter=delimiter, skipinitialspace=True)
    places = [[name.strip() for name in names].index(name) for name in ("t", "x", "run")]
    found = []
    for row in rows:
        if any(cell.strip().lower() not in MISSING for cell in row[: len(names)]):
            cells = row + [""] * len(names)
            label = cells[places[2]].strip()
            found.append(
                (
                    number(cells[places[0]], decimal),
                    number(cells[places[1]], decimal),
                    "" if label.lower() in MISSING else label,
                )
            )
        assert not any(row[len(names) :])
    return found


def check(path, format_name, mutations):
    data = mutated(table_bytes.FORMATS[format_name], mutations)
    path.write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for read in (
            lambda: column_summary.summarised([path]),
            lambda: reading.read_table([path], ["t", "x"], ["run"]),
        ):
            table, message = None, ""
            try:
                table = read()
            except InputError as error:
                message = str(error)
            assert table is not None or str(path) in message
            assert "\n" not in message
    if table is None or format_name not in TEXTS:
        return
    try:
        expected = naive(gzip.decompress(data) if format_name == "gz" else data, *TEXTS[format_name])
    except (ValueError, AttributeError, IndexError, csv.Error, gzip.BadGzipFile, EOFError):
        return
    t, x, run = zip(*expected, strict=True)
    np.testing.assert_array_equal(table.columns["t"], t)
    np.testing.assert_array_equal(table.columns["x"], x)
    assert table.labels["run"].tolist() == list(run)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("tables") / "table"


@given(st.sampled_from(sorted(table_bytes.FORMATS)), MUTATIONS)
@settings(max_examples=60, **SETTINGS)
def test_mutated_files_are_refused_or_read(path, format_name, mutations):
    check(path, format_name, mutations)


@pytest.mark.slow
@pytest.mark.parametrize("format_name", sorted(table_bytes.FORMATS))
def test_many_mutated_files_are_refused_or_read(path, format_name):
    @given(MUTATIONS)
    @settings(max_examples=500, **SETTINGS)
    def run(mutations):
        check(path, format_name, mutations)

    run()


@pytest.mark.parametrize("format_name", sorted(table_bytes.FORMATS))
def test_files_are_read_whole(path, format_name):
    path.write_bytes(table_bytes.FORMATS[format_name])
    table = reading.read_table([path], ["t", "x"], ["run"])
    np.testing.assert_array_equal(table.columns["t"], table_bytes.T)
    np.testing.assert_array_equal(table.columns["x"], table_bytes.X)
    assert table.labels["run"].tolist() == table_bytes.RUN.tolist()
