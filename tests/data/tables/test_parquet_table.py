"""Parquet files: columns of numbers and labels, and refusals in one line."""

import decimal
import warnings

import numpy as np
import pyarrow
import pytest
import table_bytes
from pyarrow import parquet

from hnn_tf.data.tables import parquet_table, reading
from hnn_tf.input_error import InputError

NAN = float("nan")


@pytest.fixture
def saved(tmp_path):
    def save(**columns):
        parquet.write_table(pyarrow.table(columns), tmp_path / "table")
        return tmp_path / "table"

    return save


@pytest.mark.parametrize(
    "values",
    [
        pyarrow.array([1, None, 3], pyarrow.int64()),
        pyarrow.array([1, NAN, 3], pyarrow.float32()),
        pyarrow.array([1, None, 3], pyarrow.uint8()),
        pyarrow.array([decimal.Decimal("1.00"), None, decimal.Decimal("3.00")]),
    ],
)
def test_null_is_a_missing_cell(saved, values):
    table = reading.read_table([saved(t=[0.0, 1.0, 2.0], x=values)], ["t", "x"])
    np.testing.assert_array_equal(table.columns["x"], [1, NAN, 3])


def test_booleans_are_zero_and_one(saved):
    assert reading.read_table([saved(x=[True, False])], ["x"]).columns["x"].tolist() == [1, 0]


def test_rows_count_over_chunks(saved, monkeypatch):
    monkeypatch.setattr(parquet_table, "CHUNK_ROWS", 2)
    assert reading.read_table([saved(x=[1.0, 2.0, 3.0])], ["x"]).row.tolist() == [1, 2, 3]
    with pytest.raises(InputError, match="row 3, column 'x': expected a finite number"):
        reading.read_table([saved(x=[1.0, 2.0, float("inf")])], ["x"])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["a", None, "b"], ["a", "", "b"]),
        ([1.0, 2.5, None], ["1", "2.5", ""]),
        (pyarrow.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
    ],
)
def test_labels_are_text(saved, values, expected):
    path = saved(t=[0.0, 1.0, 2.0], run=values)
    assert reading.read_table([path], ["t"], ["run"]).labels["run"].tolist() == expected


@pytest.mark.parametrize(
    ("values", "kind"), [(["a", "b"], "string"), ([[1.0], [2.0]], "list"), ([{"a": 1}, {"a": 2}], "struct")]
)
def test_other_columns_are_refused_as_numbers(saved, values, kind):
    with pytest.raises(InputError, match=f"table, column 'x': expected a column of numbers; received {kind}"):
        reading.read_table([saved(x=values)], ["x"])


def test_a_name_with_a_dot_is_a_column(saved):
    assert reading.read_table([saved(**{"a": [0.0, 1.0], "a.b": [1.0, 2.0]})], ["a.b"]).columns["a.b"].tolist() == [
        1,
        2,
    ]


def test_a_column_that_is_there_twice_is_refused(tmp_path):
    parquet.write_table(pyarrow.table([[1.0, 2.0], [3.0, 4.0]], names=["x", "x"]), tmp_path / "table")
    with pytest.raises(InputError, match="2 columns of this name"):
        reading.read_table([tmp_path / "table"], ["x"])


def test_warnings_between_the_chunks_are_not_hidden(saved):
    chunks = reading.open_table(saved(x=[1.0, 2.0])).chunks(["x"])
    next(chunks)
    with pytest.warns(UserWarning, match="seen"):
        warnings.warn("seen", UserWarning, stacklevel=1)


@pytest.mark.parametrize("name", ["parquet", "parquet_plain"])
def test_a_file_that_is_cut_off_is_refused(tmp_path, name):
    data = table_bytes.FORMATS[name]
    for size in range(4, len(data), 101):
        (tmp_path / "table").write_bytes(data[:size])
        with pytest.raises(InputError, match="table: expected a sound Parquet file"):
            reading.read_table([tmp_path / "table"], ["t", "x"])


def test_a_bomb_of_equal_numbers_is_refused(tmp_path):
    part = pyarrow.table({"x": np.zeros(10**6)})
    with parquet.ParquetWriter(tmp_path / "table", part.schema) as file:
        for _ in range(20):
            file.write_table(part)
    with pytest.raises(InputError, match="that unpack to 160000000 bytes"):
        reading.read_table([tmp_path / "table"], ["x"])


def test_a_missing_package_is_named(saved, monkeypatch):
    monkeypatch.setattr(parquet_table, "parquet", None)
    with pytest.raises(InputError, match=r"Parquet files need the package pyarrow; pip install 'hnn_tf\[parquet\]'"):
        reading.open_table(saved(x=[1.0, 2.0]))
