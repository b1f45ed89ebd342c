"""Windows of equal length, into which recordings of unequal lengths are cut."""

from collections.abc import Sequence

from hnn_tf.data.recording import Recording
from hnn_tf.input_error import InputError

_MOST_LEFT_OUT = 0.1
"""The largest share of the readings that a chosen length may leave out.

The length of the shortest recording may leave out more.
"""


def chosen_length(recordings: Sequence[Recording]) -> int:
    """Returns the largest length of a recording at which windows leave at most a tenth of all readings out.

    If there is no such length, the result is the length of the shortest recording.

    Raises:
      InputError: If the recordings have too few readings for a window.
    """
    shortest, total = min(map(len, recordings)), sum(map(len, recordings))
    lengths = sorted({len(recording) for recording in recordings}, reverse=True)
    enough = (1.0 - _MOST_LEFT_OUT) * total
    length = next(each for each in lengths if each == shortest or num_used(recordings, each) >= enough)
    if length < 2:
        raise InputError(f"length: expected recordings of at least 2 readings; received {length}")
    return length


def num_used(recordings: Sequence[Recording], length: int) -> int:
    """Returns the number of readings that are in windows of this length; neighbouring windows share one reading."""
    steps = max(1, length - 1)
    return sum((len(each) - 1) // steps * steps + 1 for each in recordings if len(each) >= length)


def cut(recordings: Sequence[Recording], length: int) -> list[Recording]:
    """Cuts every recording into as many windows as possible; a recording that is shorter has none."""
    return [
        recording.between(start, start + length)
        for recording in recordings
        for start in range(0, len(recording) - length + 1, length - 1)
    ]
