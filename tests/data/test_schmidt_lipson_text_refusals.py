"""A record whose text isn't as expected is refused, by file and line."""

import pytest
from pendulum_record_files import FEWER_READINGS, GOOD, HEADER, READINGS, as_bytes, refusal, write_archive, write_text

from hnn_tf.data.schmidt_lipson import MEMBER, read_pendulum_record

pytestmark = FEWER_READINGS


def with_line(number, line):
    """The good record with another line `number`; the header is line 1."""
    lines = [HEADER, *READINGS]
    lines[number - 1] = line
    return as_bytes(lines[1:], header=lines[0])


def with_byte(number, byte):
    lines = GOOD.split(b"\r\n")
    lines[number - 1] += byte
    return b"\r\n".join(lines)


# Name: content, line (None: of the whole file), what was expected, what was received.
BAD_TEXTS = {
    "empty": (b"", None, "a header and readings", "empty"),
    "blank": (b" \r\n\r\n", None, "a header and readings", "empty"),
    "no header": (as_bytes(READINGS[1:], header=READINGS[0]), 1, "header '% o v'", "received '0.0000"),
    "header without %": (as_bytes(READINGS, header="o v"), 1, "header '% o v'", "received 'o v'"),
    "header of other columns": (as_bytes(READINGS, header="% x v"), 1, "header '% o v'", "received '% x v'"),
    "header of swapped columns": (as_bytes(READINGS, header="% v o"), 1, "header '% o v'", "received '% v o'"),
    "header of more columns": (as_bytes(READINGS, header="% o v a"), 1, "header '% o v'", "received '% o v a'"),
    "an empty line before the header": (b"\r\n" + GOOD, 1, "header '% o v'", "received ''"),
    "truncated line": (with_line(13, "0 7 1.0"), 13, "4 columns", "received 3"),
    "too many columns": (with_line(4, "0 5.4 1 2 3"), 4, "4 columns", "received 5"),
    "an empty line inside": (with_line(5, ""), 5, "4 columns", "received 0"),
    "a word": (with_line(6, "0 5.7 one 1"), 6, "column o: expected a finite number", "received 'one'"),
    "a decimal comma": (with_line(6, "0 5,7 1 1"), 6, "column t: expected a finite number", "received '5,7'"),
    "an underscore": (with_line(6, "0 5.7 1_0 1"), 6, "column o: expected a finite number", "received '1_0'"),
    "NaN": (with_line(7, "0 5.9 1 nan"), 7, "column v: expected a finite number", "received 'nan'"),
    "infinity": (with_line(7, "0 5.9 -inf 1"), 7, "column o: expected a finite number", "received '-inf'"),
    "overflow": (with_line(7, "0 5.9 1e999 1"), 7, "column o: expected a finite number", "received '1e999'"),
    "NaN as a time": (with_line(7, "0 nan 1 1"), 7, "column t: expected a finite number", "received 'nan'"),
    "NaN as a trial": (with_line(2, "nan 5 1 1"), 2, "column trial: expected a finite number", "received 'nan'"),
    "an angle of no pendulum": (
        with_line(7, "0 5.9 1e30 1"),
        7,
        "column o: expected an angle within ±1000 rad",
        "received '1e30'",
    ),
    "a velocity of no pendulum": (
        with_line(7, "0 5.9 1 -1001"),
        7,
        "column v: expected an angular velocity within ±1000 rad/s",
        "received '-1001'",
    ),
    "a last time that is far away": (
        with_line(13, "0 1e5 1 1"),
        13,
        "expected a time at most 167 s after the line before, 1000 times the median interval",
        "received a time 1e+05 s after the line before",
    ),
    "times that nearly coincide": (
        with_line(3, "0 5.00000089 1 1"),
        3,
        "a time at least 1e-06 s after 5 s, the time of the line before",
        "received 5.0000008",
    ),
    "time backwards": (
        with_line(8, "0 5.25 1 1"),
        8,
        "a time at least 1e-06 s after 5.8333333333333",
        "received 5.25 s",
    ),
    "time repeated": (with_line(3, "0 5 1 1"), 3, "a time at least 1e-06 s after 5 s", "received 5 s"),
    "second trial": (with_line(9, "1 6.2 1 1"), 9, "one trial, 0", "received trial 1"),
    "few readings": (as_bytes(READINGS[:9]), None, "at least 10 readings", "received 9"),
    "header alone": (as_bytes([]), None, "at least 10 readings", "received 0"),
    "Latin-1": (with_byte(3, b" \xe9"), 3, "ASCII text", "received byte 0xe9"),
    "UTF-8 digits": (with_line(3, "0 5.2 \u0661 1"), 3, "ASCII text", "received byte 0xd9"),
    "byte order mark": (b"\xef\xbb\xbf" + GOOD, 1, "ASCII text", "received byte 0xef"),
    "gzip": (b"\x1f\x8b\x08\0" + bytes(100), 1, "ASCII text", "received byte 0x8b"),
    "zeros": (bytes(1000), 1, "header '% o v'", "received '\\x00"),
    "too large": (GOOD + b" " * 10_000_000, None, "at most 10000000 bytes", "received more"),
}


@pytest.fixture(params=BAD_TEXTS.values(), ids=BAD_TEXTS.keys())
def bad_text(request):
    return request.param


def test_text_file_is_refused_by_file_line_and_content(tmp_path, bad_text):
    content, line, expected, received = bad_text
    path = write_text(tmp_path, content)
    message = refusal(path)
    assert message.startswith(f"{path}, line {line}" if line else f"{path}: ")
    assert expected in message
    assert received in message


def test_archive_is_refused_by_member_and_line(tmp_path, bad_text):
    content, line, *_ = bad_text
    path = write_archive(tmp_path, {f"invar_datasets/{MEMBER}": content})
    assert refusal(path).startswith(f"{path}!{MEMBER}, line {line}" if line else f"{path}!{MEMBER}: ")


def test_refusal_of_text_is_one_line(tmp_path, bad_text):
    assert len(refusal(write_text(tmp_path, bad_text[0])).splitlines()) == 1


def test_refusal_of_text_ends_with_a_mend(tmp_path, bad_text):
    mend = refusal(write_text(tmp_path, bad_text[0])).split("; ")[-1]
    assert mend.startswith(("give ", "mend ", "keep ", "fetch "))


def test_ten_readings_suffice(tmp_path):
    assert len(read_pendulum_record(write_text(tmp_path, as_bytes(READINGS[:10]))).times) == 10
