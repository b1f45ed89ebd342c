"""Text that is no table of numbers is refused in one line, with its place."""

import gzip
import tracemalloc

import pytest

from hnn_tf.data.tables import reading, text_table, unpacked_size
from hnn_tf.input_error import InputError


@pytest.fixture
def refusal(tmp_path):
    def refusal(content, numbers=("t", "x")):
        path = tmp_path / "table"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(InputError) as caught:
            reading.read_table([path], numbers)
        message = str(caught.value)
        assert message.startswith(str(path))
        assert "\n" not in message
        return message.removeprefix(str(path))

    return refusal


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("t,x\n1,2\n3,4,5\n", ", line 3: expected 2 cells, as in the header; received 3"),
        ("t,x\n1,2\n3,4,5,6\n", ", line 3: expected 2 cells, as in the header; received 4"),
        ("t,x\n1,2,5\n3,4\n5,6\n", ", line 2: expected 2 cells, as in the header; received 3"),
        ("t,x\n1,2,,5\n3,4\n5,6\n", ", line 2: expected 2 cells, as in the header; received 4"),
        ("t x\n1 2\n3 4 5\n6 7\n", ", line 3: expected 2 cells, as in the header; received 3"),
        ("t,x\n1,2\n\n3,y\n", ", line 4, column 'x': expected a number; received 'y'"),
        ("t,x\n1,2\n# pause\n3,4\n", ", line 3, column 't': expected a number; received '# pause'"),
        ("t,x\n1,2\n3,1_0\n", "received '1_0'"),
        ("t,x\n1,2\n3,0x1\n", "received '0x1'"),
        ("t,x\n1,2\n3,1e\n", "received '1e'"),
        ("t,x\n1,2\n3,1 2\n", "received '1 2'"),
        ("t,x\n1,2\n3,٣\n", "received '٣'"),
        ("t,x\n1,True\n3,False\n", "received 'True'"),
        ("t;x\n1,5;2\n3;1.000,5\n", ", line 3, column 'x': expected a number; received '1.000,5'"),
        ("t,x\n1,2\n3,-inf\n", ", line 3, column 'x': expected a finite number"),
        ("t,x\n1,2\n3,1e999\n", ", line 3, column 'x': expected a finite number"),
        ("1,2\n3,4\n", ", line 1: expected a header with the names of the columns; received numbers"),
        ("t,y\n1,2\n3,4\n", "expected the column 'x'; received no such column, in a file with the columns 't', 'y'"),
        ("t,x,x\n1,2,3\n3,4,5\n", "expected the column 'x'; received 2 columns of this name"),
        ("t\n1\n2\n", ", line 1: expected names of at least two columns"),
        ("t,x\n", "received one line"),
        ("\n \n", "received no line of a table"),
        ("# t,x\n", "received no line of a table"),
        ("t,x\n1,2\n", "expected at least 2 rows; received 1"),
        ('t,x,c\n1,2,"a\n3,4,d\n5,6,\n', "EOF inside string"),
        ('t,"x\n1,2\n3,4\n', ", line 1: expected names"),
        (b"t,x\n1,2\n3,\xe9\n", ", line 3: expected text in UTF-8; received the byte 0xe9"),
        (b"t,x\xc3\xa4\n1,2\n3,\xe4\n", ", line 3: expected text in UTF-8; received the byte 0xe4"),
        (b"t,x\n1,2\r3,\xc3", ", line 3: expected text in UTF-8"),
        (b"t,x\n1,2\n3,\0\n", ", line 3: expected text; received a zero byte"),
        ("t,x\n1,2\n".encode("utf-16"), "received text in UTF-16"),
        ("t,x\n1,2\n".encode("utf-16-le"), "received a zero byte"),
        (b"t,x\n1,2\n" + b"1" * 1_100_000 + b"\n", ", line 3: expected lines of at most 1000000 bytes"),
        (b"t,x\n1,2\n3," + b"y" * 200_000 + b"\n", "cells of a table"),
        (gzip.compress(b"t,x\n1,2\n3,4\n", mtime=0)[:-5], "expected a sound gzip file"),
        (gzip.compress(b"t,x\n1,2\n3,4\n", mtime=0)[:12], "expected a sound gzip file"),
        (gzip.compress(b"t,x\n1,2\n3,4\n", mtime=0) + b"more", "expected a sound gzip file"),
        (gzip.compress(b"t,x\n1,2\n3,y\n", mtime=0), ", line 3, column 'x'"),
        (b"\x1f\x8b", "expected a sound gzip file"),
    ],
)
def test_the_place_and_the_problem_are_named(refusal, content, message):
    assert message in refusal(content)


def test_bad_bytes_after_the_first_chunk_have_their_line(refusal, monkeypatch):
    monkeypatch.setattr(text_table, "CHUNK_ROWS", 1000)
    rows = b"t,x\r\n" + b"".join(b"%d,%d\r\n" % (k, k) for k in range(100_000))
    assert ", line 100002: expected text in UTF-8" in refusal(rows + b"\xff,1\r\n")


def test_too_many_cells_after_quoted_line_ends_have_their_line(refusal):
    assert ", line 5: expected 3 cells" in refusal('t,x,c\n1,2,"a\nb"\n3,4,5\n3,4,5,6\n')


def test_a_gzip_bomb_is_refused_in_little_memory(refusal, monkeypatch):
    monkeypatch.setattr(unpacked_size, "FREE_BYTES", 10**6)
    bomb = gzip.compress(b"t,x\n" + b"1,1\n" * 10**7, mtime=0)
    tracemalloc.start()
    try:
        assert "unpack to" in refusal(bomb)
        assert tracemalloc.get_traced_memory()[1] < 3 * 10**7
    finally:
        tracemalloc.stop()
