"""Files are found by patterns, opened by their content, and read as one table of bounded size."""

import ast
import hashlib
import os
import socket
import stat

import command_session
import numpy as np
import pytest
import table_bytes

from hnn_tf.data.tables import kept_rows, reading
from hnn_tf.input_error import InputError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def save(path, first, count):
    path.write_text("\n".join(["t,x", *(f"{k},{2 * k}" for k in range(first, first + count)), ""]))
    return path


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("csv", "TextTable"),
        ("gz", "TextTable"),
        ("npz", "NpzTable"),
        ("hdf5", "Hdf5Table"),
        ("parquet", "ParquetTable"),
    ],
)
def test_the_content_tells_the_format(folder, name, kind):
    (folder / "table.txt").write_bytes(table_bytes.FORMATS[name])
    assert type(reading.open_table("table.txt")).__name__ == kind


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing", "missing: expected a file that can be read; received: No such file"),
        ("n" * 300, "File name too long"),
        ("a\0b", r"a\\x00b: expected a file .* received: .*null"),
        ("folder", "folder: expected a file; received a folder"),
        ("pipe", "pipe: expected a file; received a pipe, a socket or a device"),
        ("socket", "socket: expected a file; received a pipe"),
        ("/dev/zero", "/dev/zero: expected a file; received a pipe"),
        ("empty", "empty: expected a table; received an empty file"),
    ],
)
def test_what_is_no_file_with_content_is_refused(folder, name, message):
    (folder / "folder").mkdir()
    (folder / "empty").touch()
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        with pytest.raises(InputError, match=message) as caught:
            reading.open_table(name)
    assert "\n" not in str(caught.value)


def test_a_file_without_permission_is_refused(folder, monkeypatch):
    def refuse(path, *_):
        raise PermissionError(13, "Permission denied", str(path))

    (folder / "table").write_text("t,x\n")
    monkeypatch.setattr(reading, "open", refuse, raising=False)  # the tests may run as root
    with pytest.raises(InputError, match="table: expected a file that can be read; received: Permission denied"):
        reading.open_table("table")


def test_a_file_of_the_system_is_not_read(monkeypatch, folder):
    (folder / "table").write_text("t,x\n")
    fifo = os.stat_result([stat.S_IFIFO, *[0] * 9])
    monkeypatch.setattr(os, "stat", lambda *_, **__: fifo)
    monkeypatch.setattr(reading, "open", None, raising=False)
    with pytest.raises(InputError, match="received a pipe"):
        reading.open_table("table")


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        (["b.csv", "a.csv"], ["b.csv", "a.csv"]),
        (["b.csv,a.csv"], ["b.csv", "a.csv"]),
        (["c*.csv", "b.csv"], ["c1.csv", "c2.csv", "b.csv"]),
        (["c*.csv, b.csv"], ["c1.csv", "c2.csv", "b.csv"]),
        (["d,[1].csv"], ["d,[1].csv"]),
        (["**/e.csv"], ["f/g/e.csv"]),
    ],
)
def test_patterns_find_files_in_order(folder, patterns, names):
    for name in ("c2.csv", "c1.csv", "a.csv", "b.csv", "d,[1].csv"):
        (folder / name).touch()
    (folder / "f" / "g").mkdir(parents=True)
    (folder / "f" / "g" / "e.csv").touch()
    assert [str(path) for path in reading.matching_files(patterns)] == names


@pytest.mark.parametrize(
    ("patterns", "message"),
    [
        (["no.csv"], "no.csv: expected a file; received no file of this name"),
        (["a.csv,no*.csv"], r"no\*.csv: expected a file"),
        (["a.csv", "*.csv"], "a.csv: expected each file once; received it also as a.csv"),
        (["a.csv", "link"], "link: expected each file once; received it also as a.csv"),
        ([], "expected files; received none"),
        ([" , "], "expected files; received none"),
    ],
)
def test_patterns_that_find_nothing_or_a_file_twice_are_refused(folder, patterns, message):
    (folder / "a.csv").touch()
    (folder / "link").symlink_to("a.csv")
    with pytest.raises(InputError, match=message):
        reading.matching_files(patterns)


def test_files_of_different_formats_are_one_table(folder):
    (folder / "a").write_bytes(table_bytes.FORMATS["semicolon"])
    (folder / "b").write_bytes(table_bytes.FORMATS["parquet"])
    table = reading.read_table(["a", "b"], ["x", "t"], ["run"])
    np.testing.assert_array_equal(table.columns["x"], np.tile(table_bytes.X, 2))
    assert table.labels["run"].tolist() == [*table_bytes.RUN] * 2
    assert [table.place(0), table.place(12), len(table)] == ["a, line 2", "b, row 1", 24]


def test_sources_have_their_rows_and_fingerprints(folder):
    save(folder / "a", 0, 3)
    save(folder / "b", 0, 5)
    table = reading.read_table(["a", "b"], ["t"])
    assert [source.num_rows for source in table.sources] == [3, 5]
    assert table.sources[1].sha256 == hashlib.sha256((folder / "b").read_bytes()).hexdigest()
    assert table.source.tolist() == [0, 0, 0, 1, 1, 1, 1, 1]


def test_a_column_that_one_file_lacks_is_refused_with_this_file(folder):
    save(folder / "a", 0, 3)
    (folder / "b").write_text("t,y\n1,2\n3,4\n")
    with pytest.raises(InputError, match="^b: expected the column 'x'"):
        reading.read_table(["a", "b"], ["t", "x"])


def test_one_row_is_refused(folder):
    with pytest.raises(InputError, match="^a: expected at least 2 rows; received 1"):
        reading.read_table([save(folder / "a", 0, 1).name], ["t"])


@pytest.mark.parametrize("most_rows", [2, 7, 50, 999, 1000, 5000, 9999])
def test_rows_beyond_the_limit_are_left_out_in_even_windows(folder, most_rows):
    table = reading.read_table([save(folder / "a", 0, 10_000)], ["t", "x"], most_rows=most_rows)
    assert table.num_rows == 10_000
    assert most_rows // 4 < len(table) <= most_rows
    np.testing.assert_array_equal(table.columns["x"], 2 * table.columns["t"])
    np.testing.assert_array_equal(table.row, table.columns["t"] + 2)
    steps = np.diff(table.row)
    assert len(set(steps[steps > 1])) <= 1  # all gaps are equal
    window = max(1, min(kept_rows.WINDOW_ROWS, most_rows // 4))
    assert set(np.diff(np.flatnonzero(steps > 1))) <= {window}


def test_the_rows_that_are_kept_do_not_depend_on_the_chunks(folder, monkeypatch):
    path = save(folder / "a", 0, 10_000)
    expected = reading.read_table([path], ["t"], most_rows=3000).row
    monkeypatch.setattr("hnn_tf.data.tables.text_table.CHUNK_ROWS", 333)
    np.testing.assert_array_equal(reading.read_table([path], ["t"], most_rows=3000).row, expected)


def test_a_window_does_not_span_two_files(folder):
    paths = [save(folder / f"{k}", 0, 150) for k in range(8)]
    table = reading.read_table(paths, ["t"], most_rows=400)
    assert table.num_rows == 1200
    kept = {k: table.row[table.source == k].tolist() for k in range(8)}
    assert kept == {k: list(range(2, 102)) if k % 2 == 0 else [] for k in range(8)}


def test_tables_import_no_other_part_of_the_package():
    allowed = ("hnn_tf.data.tables", "hnn_tf.input_error")
    for path in (command_session.ROOT / "hnn_tf/data/tables").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert name.startswith(allowed) or not name.startswith(("hnn_tf", "tensorflow", "keras")), (path, name)
