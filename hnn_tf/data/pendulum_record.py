"""The readings of a pendulum, and the strict parsing of their text."""

import dataclasses
import math
import warnings

import numpy as np

from hnn_tf.input_error import InputError, InputWarning

MOST_BYTES = 10_000_000
"""The largest allowed number of bytes of the text. The published text has 57274."""

_COLUMNS = ("trial", "t", "o", "v")
_UNITS = {"o": "an angle within ±{:g} rad", "v": "an angular velocity within ±{:g} rad/s"}
# The limits are about 160 turns, and 160 turns per second. No pendulum comes near them, so a larger number is a broken
# number.
_LARGEST = 1000.0
_LEAST_READINGS = 10
_NUM_PUBLISHED = 556
# The unit is s. Derivatives are differences over these intervals, and no clock of a pendulum resolves a shorter time.
_SHORTEST_INTERVAL = 1e-6
# The unit is the median interval. The widest gap of the published record is 3. Readings that are farther apart do not
# form one record.
_WIDEST_GAP = 1000


@dataclasses.dataclass(frozen=True)
class PendulumRecord:
    """The readings of one swing, at irregular times.

    Attributes:
      times: `[T]`, float64, in s, strictly increasing.
      states: `[T, 2]`, float64: the angle from the hanging position (rad) and the angular velocity (rad/s).
    """

    times: np.ndarray
    states: np.ndarray


def parse_pendulum_record(raw: bytes, where: str) -> PendulumRecord:
    """Parses the text of a record, and issues an `InputWarning` if the text may have been cut off.

    Args:
      raw: The text.
      where: The name of the text in messages.

    Raises:
      InputError: If anything in the text is not as expected; the message names the line.
    """
    if len(raw) > MOST_BYTES:
        raise too_large(where, "more")
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError as error:
        number = raw.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{where}, line {number}: expected ASCII text; received byte {raw[error.start]:#04x}; "
            "give the archive or its text file, saved as plain text"
        ) from error
    if not text.strip():
        raise InputError(f"{where}: expected a header and readings; received an empty file; fetch the file again")
    header, *lines = text.rstrip().split("\n")
    header = header.strip()
    if not header.startswith("%") or header[1:].split() != list(_COLUMNS[2:]):
        raise InputError(
            f"{where}, line 1: expected the header '% o v'; received {header[:40]!r}; give the published text as it is"
        )
    rows: list[list[float]] = []
    for number, line in enumerate(lines, 2):  # the header is line 1
        rows.append(_parse_line(line, rows, f"{where}, line {number}"))
    if len(rows) < _LEAST_READINGS:
        raise InputError(
            f"{where}: expected at least {_LEAST_READINGS} readings; received {len(rows)}; fetch the file again"
        )
    table = np.array(rows)
    _check_gaps(table[:, 1], where)
    _say_if_cut_off(where, len(rows), whole_line=text.endswith("\n"))
    return PendulumRecord(table[:, 1], table[:, 2:])


def too_large(where: str, size: object) -> InputError:
    """Returns the error for a text with too many bytes."""
    return InputError(f"{where}: expected at most {MOST_BYTES} bytes; received {size}; give the published record")


def _parse_line(line: str, before: list[list[float]], where: str) -> list[float]:
    cells = line.split()
    mend = "mend or remove the line"
    if len(cells) != len(_COLUMNS):
        raise InputError(f"{where}: expected 4 columns: trial, time, angle, velocity; received {len(cells)}; {mend}")
    row = []
    for name, cell in zip(_COLUMNS, cells, strict=True):
        try:
            value = math.nan if "_" in cell else float(cell)  # float() would accept 1_000
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise InputError(f"{where}, column {name}: expected a finite number; received {cell[:40]!r}; {mend}")
        if name in _UNITS and abs(value) > _LARGEST:
            expected = _UNITS[name].format(_LARGEST)
            raise InputError(f"{where}, column {name}: expected {expected}; received {cell[:40]!r}; {mend}")
        row.append(value)
    if before and row[0] != before[0][0]:
        raise InputError(f"{where}: expected one trial, {before[0][0]:g}; received trial {row[0]:g}; keep one trial")
    if before and row[1] - before[-1][1] < _SHORTEST_INTERVAL:
        raise InputError(
            f"{where}: expected a time at least {_SHORTEST_INTERVAL:g} s after {before[-1][1]:.17g} s, the time of the "
            f"line before; received {row[1]:.17g} s; {mend}"
        )
    return row


def _check_gaps(times: np.ndarray, where: str) -> None:
    intervals = np.diff(times)
    widest, median = int(np.argmax(intervals)), np.median(intervals)
    if intervals[widest] > _WIDEST_GAP * median:
        raise InputError(
            f"{where}, line {widest + 3}: expected a time at most {_WIDEST_GAP * median:.3g} s after the line before, "
            f"{_WIDEST_GAP} times the median interval; received a time {intervals[widest]:.3g} s after the line before"
            "; mend or remove the line, or give only the part of the record before or after the line"
        )


def _say_if_cut_off(where: str, num_readings: int, *, whole_line: bool) -> None:
    signs = [] if whole_line else ["the last line has no line end"]
    if num_readings != _NUM_PUBLISHED:
        signs.append(f"the file has {num_readings} readings, and the published record {_NUM_PUBLISHED}")
    if signs:
        message = f"{where}: {', and '.join(signs)}; check that the file is complete if it is the published record"
        warnings.warn(message, InputWarning, stacklevel=4)  # the warning names the caller of `read_pendulum_record`
