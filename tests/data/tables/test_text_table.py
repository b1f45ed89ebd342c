"""Text tables of all usual forms are read exactly, with the lines of their rows."""

import gzip
import warnings

import numpy as np
import pytest

from hnn_tf.data.tables import reading, text_table
from hnn_tf.input_error import InputError, InputWarning

NAN = float("nan")


@pytest.fixture
def read(tmp_path):
    def read(content, numbers=("t", "x"), labels=()):
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return reading.read_table([path], numbers, labels)

    return read


def columns(table):
    return [table.columns["t"].tolist(), table.columns["x"].tolist()]


@pytest.mark.parametrize(
    "text",
    [
        "t,x\n1,2.5\n3,4\n",
        "t\tx\n1\t2.5\n3\t4\n",
        "t;x\n1;2.5\n3;4\n",
        "t;x\n1;2,5\n3;4\n",
        "t\tx\n1\t2,5\n3\t4,0\n",
        "t|x\n1|2.5\n3|4\n",
        " t   x\n 1 2.5\n3   4 \n",
        "t x\n1 2,5\n3 4\n",
        "t, x\n1, 2.5\n3 , 4 \n",
        '"t","x"\n"1","2.5"\n"3", "4"\n',
        '"my t"  t "x"\n0 1 2.5\n"0"\t3 "4"\n',
        "t,x\r\n1,2.5\r\n3,4\r\n",
        "t,x\r1,2.5\r3,4\r",
        "\ufefft,x\n1,2.5\n3,4\n",
        '# a "comment\n\n#\nt,x\n1,2.5\n3,4\n',
        "# t x\n1 2.5\n3 4\n",
        "t,x,\n1,2.5,\n3,4,\n",
        "t,x\n+1.0E+00,.25e1\n3.,4\n",
        gzip.compress(b"t,x\n1,2.5\n3,4\n", mtime=0),
    ],
)
def test_forms_of_one_table_are_equal(read, text):
    assert columns(read(text)) == [[1, 3], [2.5, 4]]


@pytest.mark.parametrize("missing", ["", "NaN", "nan", "NA", "N/A", "null", "None", "-", "--", " na ", '""'])
def test_missing_cells_are_nan(read, missing):
    np.testing.assert_array_equal(columns(read(f"t,x\n1,{missing}\n2,3\n")), [[1, 2], [NAN, 3]])


def test_cells_after_the_last_of_a_line_are_missing(read):
    np.testing.assert_array_equal(columns(read("t,x\n1,5\n2\n3,4\n")), [[1, 2, 3], [5, NAN, 4]])


@pytest.mark.parametrize("decimal", [".", ","])
def test_numbers_are_read_exactly(read, rng, decimal):
    bits = rng.integers(0, 2**63, 2000, dtype=np.uint64)
    values = bits.view(np.float64)
    values = values[np.isfinite(values)].tolist() + [
        5e-324,
        2.2250738585072011e-308,
        1.7976931348623157e308,
        0.1,
        1 / 3,
    ]
    text = "\n".join(["t;x", *(f"{k};{value!r}".replace(".", decimal) for k, value in enumerate(values)), ""])
    assert read(text).columns["x"].tolist() == values


@pytest.mark.parametrize("cell", ["9007199254740993", "18446744073709551617", "0.500000000000000166533453693773481063"])
def test_numbers_of_many_digits_are_rounded_once(read, cell):
    assert read(f"t,x\n1,{cell}\n2,0.5\n").columns["x"][0] == float(cell)


def test_rows_have_the_lines_of_the_file(read, monkeypatch):
    monkeypatch.setattr(text_table, "CHUNK_ROWS", 2)
    assert read("#\n\nt,x\n\n1,2\n\n\n3,4\n5,6\n \n7,8\n").row.tolist() == [5, 8, 9, 11]


def test_a_place_names_file_and_line(read, tmp_path):
    assert read("t,x\n\n1,2\n3,4\n").place(0) == f"{tmp_path}/table.csv, line 3"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_an_error_after_the_first_chunk_has_its_line(read, monkeypatch, line_end):
    monkeypatch.setattr(text_table, "CHUNK_ROWS", 3)
    rows = [f"{k},{k}" for k in range(20)]
    rows[10] = ""
    rows[15] = "15,abc"
    with pytest.raises(InputError, match="line 17, column 'x': expected a number; received 'abc'"):
        read(line_end.join(["t,x", *rows, ""]))


def test_labels_are_text(read):
    table = read("t,x,run\n1,2,a b\n3,4, 01 \n5,6,\n7,8,NA\n", labels=["run"])
    assert table.labels["run"].tolist() == ["a b", "01", "", ""]


def test_a_label_with_a_comma_is_no_decimal_comma(read):
    table = read("t;x;run\n1.5;2.5;1,2\n3;4;1,2\n", labels=["run"])
    assert columns(table) == [[1.5, 3], [2.5, 4]]
    assert table.labels["run"].tolist() == ["1,2", "1,2"]


def test_quoted_cells_may_have_delimiters_and_quotes(read):
    assert read('t,x,run\n1,2,"a,""b"\n3,4,c\n', labels=["run"]).labels["run"].tolist() == ['a,"b', "c"]


def test_a_last_line_without_line_end_is_told(read):
    with pytest.warns(InputWarning, match="no line end"):
        assert columns(read("t,x\n1,2\n3,4")) == [[1, 3], [2, 4]]


def test_a_quote_that_hides_rows_is_told(read):
    with pytest.warns(InputWarning, match="4 lines are 2 rows; check that all quotes are closed"):
        read('t,x,note\n1,2,"a\n3,4,"d"\n5,6,\n')


def test_a_sound_file_gives_no_warning(read):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read('t,x,note\n1,2,"a"\n3,4,5" pipe\n')


def test_line_ends_and_letters_may_be_cut_by_the_buffer(read):
    rows = [f"{k},{k},{'ä' * (k % 7)}" for k in range(60_000)]
    table = read("\r\n".join(["t,x,run", *rows, ""]), labels=["run"])
    assert len(table) == 60_000
    assert table.row[-1] == 60_001
    assert table.labels["run"][6] == "ääääää"
