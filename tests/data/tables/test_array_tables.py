"""NPZ and HDF5 files: their arrays are columns, and nothing in them is executed, followed or believed."""

import io
import zipfile

import h5py
import numpy as np
import pytest
import table_bytes

from hnn_tf.data.tables import array_table, hdf5_text, npz_table, reading, unpacked_size
from hnn_tf.input_error import InputError

NAN = float("nan")


def save_npz(path, arrays):
    with open(path, "wb") as file:
        np.savez(file, **arrays)


def save_hdf5(path, arrays):
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            array = np.asarray(array)
            file[name] = array.astype("S") if array.dtype.kind == "U" else array


@pytest.fixture(params=[save_npz, save_hdf5])
def saved(request, tmp_path):
    def save(**arrays):
        request.param(tmp_path / "table", arrays)
        return tmp_path / "table"

    return save


@pytest.mark.parametrize("dtype", ["f2", ">f4", "f8", "i1", "<u2", "bool", "i8"])
def test_numbers_of_every_type_are_read(saved, dtype):
    values = np.array([1, 0, 1, 1], dtype)
    table = reading.read_table([saved(t=np.arange(4), x=values)], ["t", "x"])
    assert table.columns["x"].tolist() == [1, 0, 1, 1]
    assert table.columns["x"].dtype == np.float64
    assert table.row.tolist() == [1, 2, 3, 4]


def test_an_array_of_two_axes_is_several_columns(saved, monkeypatch):
    monkeypatch.setattr(array_table, "CHUNK_ROWS", 2)
    q = np.arange(6.0).reshape(3, 2)
    path = saved(t=np.arange(3.0), q=np.asfortranarray(q), u=q[:, :1])
    table = reading.read_table([path], ["q_2", "u", "t"])
    assert set(reading.open_table(path).names) == {"t", "q_1", "q_2", "u"}
    assert [table.columns[name].tolist() for name in ("q_2", "u")] == [[1, 3, 5], [0, 2, 4]]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["a", "b", "a"], ["a", "b", "a"]),
        ([1.0, 2.5, NAN], ["1", "2.5", ""]),
        ([3, 1, 3], ["3", "1", "3"]),
    ],
)
def test_labels_are_text(saved, values, expected):
    table = reading.read_table([saved(t=np.arange(3.0), run=np.array(values))], ["t"], ["run"])
    assert table.labels["run"].tolist() == expected


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"t": np.arange(3.0), "x": np.arange(4.0)}, "arrays of equal length; received 3 values of 't' and 4 of 'x'"),
        ({"t": np.arange(3.0), "x": np.zeros((3, 2, 2))}, r"received an array of shape \(3, 2, 2\)"),
        ({"t": np.arange(3.0), "x": np.float64(3)}, r"received an array of shape \(\)"),
        ({"t": np.arange(3.0), "x": np.zeros(3, [("a", "f8")])}, "received an array of records"),
        ({"t": np.arange(3.0), "x": np.array([1.0, np.inf, 2.0])}, "row 2, column 'x': expected a finite number"),
        ({"t": np.arange(3.0), "x": np.array(["1", "2", "3"])}, "column 'x': expected an array of numbers; received"),
        ({"t": np.arange(3.0), "x": np.zeros(3, complex)}, "received complex128"),
        ({"t": np.arange(3.0)}, "no such column, in a file with the columns 't'"),
        ({"t": np.zeros(0), "x": np.zeros(0)}, "at least 2 rows; received 0"),
    ],
)
def test_arrays_that_are_no_columns_are_refused(saved, arrays, message):
    with pytest.raises(InputError, match=message):
        reading.read_table([saved(**arrays)], ["t", "x"])


def test_infinity_after_the_first_chunk_has_its_row(saved, monkeypatch):
    monkeypatch.setattr(array_table, "CHUNK_ROWS", 2)
    with pytest.raises(InputError, match="row 4, column 't'"):
        reading.read_table([saved(t=np.array([0, 1, 2, np.inf]))], ["t"])


@pytest.mark.parametrize("name", ["npz", "npz_compressed", "hdf5", "hdf5_compressed"])
def test_a_file_that_is_cut_off_is_refused(tmp_path, name):
    data = table_bytes.FORMATS[name]
    for size in range(8, len(data) - 1, 97):
        (tmp_path / "table").write_bytes(data[:size])
        with pytest.raises(InputError, match="table: expected a sound"):
            reading.read_table([tmp_path / "table"], ["t", "x"], ["run"])


def test_objects_are_never_unpickled(tmp_path):
    class Harmful:
        def __reduce__(self):
            return (open, (str(tmp_path / "harm"), "w"))

    with open(tmp_path / "table", "wb") as file:
        np.savez(file, t=np.arange(2.0), x=np.array([Harmful(), Harmful()], object))
    for numbers, labels in ((["t", "x"], []), (["t"], ["x"])):
        with pytest.raises(InputError, match="objects, which are never read"):
            reading.read_table([tmp_path / "table"], numbers, labels)
    assert reading.read_table([tmp_path / "table"], ["t"]).columns["t"].tolist() == [0, 1]
    assert not (tmp_path / "harm").exists()


def test_a_zip_file_of_other_things_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "table", "w") as file:
        file.writestr("xl/workbook.xml", "<xml/>")
    with pytest.raises(InputError, match="zip file of NumPy arrays; received one without arrays"):
        reading.open_table(tmp_path / "table")


def test_an_array_that_is_shorter_than_its_header_says_is_refused(tmp_path):
    array = io.BytesIO()
    np.lib.format.write_array_header_1_0(array, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)})
    with zipfile.ZipFile(tmp_path / "table", "w") as file:
        file.writestr("t.npy", array.getvalue() + bytes(80))
    with pytest.raises(InputError, match="80 bytes for the shape"):
        reading.open_table(tmp_path / "table")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacked_size, "FREE_BYTES", 10**6)
    monkeypatch.setattr(np, "load", None)
    with open(tmp_path / "table", "wb") as file:
        np.savez_compressed(file, t=np.zeros(10**6))
    with pytest.raises(InputError, match="that unpack to 8000128 bytes"):
        reading.open_table(tmp_path / "table")


def test_archives_that_do_not_fit_the_memory_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(npz_table, "MOST_BYTES", 1000)
    save_npz(tmp_path / "table", {"t": np.arange(1000.0)})
    with pytest.raises(InputError, match="arrays of at most 1000 bytes; received 8128; give HDF5 or Parquet"):
        reading.open_table(tmp_path / "table")


def test_datasets_in_groups_have_the_name_of_the_group(tmp_path):
    with h5py.File(tmp_path / "table", "w") as file:
        file["run/a/t"] = np.arange(3.0)
        file["run/a/around"] = file["run"]  # a circle
    assert reading.open_table(tmp_path / "table").names == ("run/a/t",)
    assert reading.read_table([tmp_path / "table"], ["run/a/t"]).columns["run/a/t"].tolist() == [0, 1, 2]


def test_texts_of_any_length_are_labels(tmp_path):
    with h5py.File(tmp_path / "table", "w") as file:
        file["t"] = np.arange(3.0)
        file.create_dataset("run", data=["a", "", "bä"], dtype=h5py.string_dtype())
    assert reading.read_table([tmp_path / "table"], ["t"], ["run"]).labels["run"].tolist() == ["a", "", "bä"]


def test_texts_from_which_the_library_does_not_return_are_refused(tmp_path, monkeypatch):
    with h5py.File(tmp_path / "table", "w") as file:
        file.create_dataset("run", data=["a", "b"], dtype=h5py.string_dtype())
    data = (tmp_path / "table").read_bytes()
    # The second text of the file's list of texts, which has the length 1, is said to have the length 129.
    second = b"\2" + bytes(7) + b"\1"
    (tmp_path / "table").write_bytes(data.replace(second, second[:-1] + b"\x81"))
    assert data.count(second) == 1
    monkeypatch.setattr(hdf5_text, "SECONDS", 1.0)
    with pytest.raises(InputError, match="column 'run': expected readable texts"):
        reading.read_table([tmp_path / "table"], [], ["run"])


def test_links_and_numbers_in_other_files_are_not_followed(tmp_path):
    (tmp_path / "raw").write_bytes(np.arange(3.0).tobytes())
    with h5py.File(tmp_path / "other", "w") as file:
        file["t"] = np.arange(3.0)
    with h5py.File(tmp_path / "table", "w") as file:
        file["soft"] = h5py.SoftLink("/t")
        file["external"] = h5py.ExternalLink("other", "t")
        file.create_dataset("raw", (3,), "f8", external=[(str(tmp_path / "raw"), 0, 24)])
        layout = h5py.VirtualLayout((3,), "f8")
        layout[:] = h5py.VirtualSource(tmp_path / "other", "t", (3,))
        file.create_virtual_dataset("virtual", layout)
    assert reading.open_table(tmp_path / "table").names == ()
    for name, message in {
        "soft": "a link",
        "external": "a link",
        "raw": "other files",
        "virtual": "other files",
    }.items():
        with pytest.raises(InputError, match=message):
            reading.read_table([tmp_path / "table"], [name])


def test_a_shape_without_numbers_is_refused(tmp_path):
    with h5py.File(tmp_path / "table", "w") as file:
        file.create_dataset("t", (10**10,), "f8", chunks=(1000,))
    with pytest.raises(InputError, match="0 bytes that unpack to 80000000000 bytes"):
        reading.read_table([tmp_path / "table"], ["t"])


def test_hdf5_after_a_user_block_is_found(tmp_path):
    with h5py.File(tmp_path / "table", "w", userblock_size=512) as file:
        file["t"] = np.arange(3.0)
    assert reading.read_table([tmp_path / "table"], ["t"]).columns["t"].tolist() == [0, 1, 2]
