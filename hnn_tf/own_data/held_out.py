"""The division of recordings into readings to learn from and forecasts of held-out readings."""

import dataclasses
from typing import Any

import numpy as np

from hnn_tf.data.recording import Recording
from hnn_tf.data.recordings import Recordings
from hnn_tf.input_error import InputError

_FEWEST = 8
"""The fewest readings of a part that is learned, and from which a forecast begins if there are enough."""

_FEWEST_PREDICTED = 3

_MOST_FORECASTS = 20


@dataclasses.dataclass(frozen=True, eq=False)
class Forecast:
    """A recording whose first readings are known to the forecaster, and whose other readings it predicts.

    Attributes:
      recording: The readings.
      num_known: The number of the known ones.
    """

    recording: Recording
    num_known: int


def split(recordings: Recordings, fraction: float, *, period: float | None, horizon: float) -> tuple[
    Recordings, list[Forecast]
]:  # fmt: skip
    """Returns the recordings to learn from, and the forecasts over the held-out readings.

    If there are several runs, the last runs are held out, and a forecast begins after the first readings of a held-out
    run: those of one period, but at most a third of the run. A single run is divided in time. One
    reading between the parts is in neither, and the forecast begins after the last period of the readings to learn
    from.

    Args:
      recordings: Parts of runs. Parts of the same run have the same name.
      fraction: The fraction of the runs, or of the readings of a single run, that is held out.
      period: The period of the motion, if it is known.
      horizon: The longest time of a forecast.

    Raises:
      InputError: If there are too few readings.
    """
    names = list(dict.fromkeys(each.name for each in recordings))
    if len(names) > 1:
        kept = set(names[: len(names) - max(1, round(fraction * len(names)))])
        learned = [each for each in recordings if each.name in kept]
        held_out = [each for each in recordings if each.name not in kept]
        forecasts = [found for each in held_out for found in _within(each, period, horizon)]
    else:
        learned, forecasts = _in_time(list(recordings), fraction, period, horizon)
    if not forecasts or not learned:
        if learned and any(len(each) >= 2 * _FEWEST for each in recordings):
            raise InputError(
                f"horizon: expected a time of at least {_FEWEST_PREDICTED} readings; received {horizon:.3g}; give a "
                "longer horizon, or longer recordings"
            )
        raise InputError(
            f"recordings: expected enough readings to hold some out; received {sum(map(len, recordings))} in "
            f"{len(recordings)} parts; give longer recordings, or more of them"
        )
    chosen = np.unique(np.linspace(0, len(forecasts) - 1, min(_MOST_FORECASTS, len(forecasts))).round().astype(int))
    return dataclasses.replace(recordings, recordings=tuple(learned)), [forecasts[i] for i in chosen]


def _within(recording: Recording, period: float | None, horizon: float) -> list[Forecast]:
    """Returns the forecasts that follow each other within a held-out recording."""
    found, first = [], 0
    while len(recording) - first >= _FEWEST:
        rest = recording.between(first, len(recording))
        known = _num_known(rest.times, period, most=len(rest) // 3)
        end = int(np.searchsorted(rest.times, rest.times[known - 1] + horizon, side="right"))
        if end - known >= _FEWEST_PREDICTED:
            found.append(Forecast(rest.between(0, end), known))
        first += max(end, known + 1)
    return found


def _in_time(
    parts: list[Recording], fraction: float, period: float | None, horizon: float
) -> tuple[list[Recording], list[Forecast]]:
    count = sum(map(len, parts))
    start, learned, forecasts = count - round(fraction * count), [], []
    for part in parts:
        cut = min(max(start, 0), len(part))
        start -= len(part)
        before, after = part.between(0, max(cut - 1, 0)), part.between(cut, len(part))
        if cut == len(part):
            learned.append(part)
            continue
        if len(before) >= _FEWEST:
            learned.append(before)
        if len(before) < _FEWEST:
            forecasts += _within(after, period, horizon)
            continue
        known = _num_known(before.times[-1] - before.times[::-1], period, most=len(before))
        end = int(np.searchsorted(after.times, before.times[-1] + horizon, side="right"))
        if end >= _FEWEST_PREDICTED:
            forecasts.append(
                Forecast(joined(before.between(len(before) - known, len(before)), after.between(0, end)), known)
            )
        forecasts += _within(after.between(end, len(after)), period, horizon)
    return learned, forecasts


def _num_known(times: np.ndarray, period: float | None, *, most: int) -> int:
    """Returns the number of the first readings, at increasing times, that cover a period."""
    within = len(times) if period is None else int(np.searchsorted(times, times[0] + period, side="right"))
    return max(min(_FEWEST, most), min(within, most))


def joined(first: Recording, second: Recording) -> Recording:
    """Returns a recording whose readings are those of two recordings with the same parts, one after the other."""
    both: dict[str, Any] = {
        name: np.concatenate([getattr(first, name), getattr(second, name)])
        for name in ("times", "states", "time_derivatives", "inputs", "true_states", "observed")
        if getattr(first, name) is not None
    }
    return dataclasses.replace(first, **both)


def usual_horizon(recordings: Recordings, period: float | None) -> float:
    """Returns ten periods, or the longest duration of a recording if the period is unknown or longer."""
    longest = max(float(each.times[-1] - each.times[0]) for each in recordings)
    return longest if period is None else min(10.0 * period, max(longest, period))


def decimated(recordings: Recordings, *, most: int, period: float | None, readings_a_period: int = 100) -> Recordings:
    """Returns recordings in which readings are left out evenly if there are very many in a period.

    Of recordings with more than a quarter of `most` readings, at least `readings_a_period` remain in a period, and of
    smaller recordings four times as many. Readings with inputs are all kept, because inputs act between readings, too.

    Args:
      recordings: The recordings.
      most: The number of readings that a fit may have.
      period: The period of the motion; None if it is unknown, so that nothing is left out.
      readings_a_period: The readings of a period that are enough.
    """
    if period is None or recordings.num_inputs:
        return recordings
    usual = float(np.median(np.concatenate([np.diff(each.times) for each in recordings])))
    dense = period / usual / readings_a_period
    stride = int(dense) if sum(map(len, recordings)) > most // 4 else int(dense / 4)
    if stride <= 1:
        return recordings
    return dataclasses.replace(recordings, recordings=tuple(_every(each, stride) for each in recordings))


def thinned(recordings: Recordings, most: int) -> Recordings:
    """Returns at most about `most` readings of recordings, as evenly chosen stretches of neighbouring readings."""
    total = sum(map(len, recordings))
    if total <= most:
        return recordings
    length = 400
    stretches = [
        each.between(first, min(first + length, len(each)))
        for each in recordings
        for first in range(0, len(each), length)
        if len(each) - first >= _FEWEST
    ]
    return dataclasses.replace(recordings, recordings=tuple(_chosen(stretches, most / total)))


def _chosen(stretches: list[Recording], share: float) -> list[Recording]:
    """Returns evenly chosen stretches, which may be of different lengths, with about a share of all readings."""
    chosen, due = [], 0.0
    for each in stretches:
        due += share * len(each)
        if due >= 0.5 * len(each):
            chosen.append(each)
            due -= len(each)
    return chosen or stretches[:1]


def _every(recording: Recording, stride: int) -> Recording:
    if len(recording) < 2 * _FEWEST * stride:
        return recording
    changed: dict[str, Any] = {
        name: getattr(recording, name)[::stride]
        for name in ("times", "states", "time_derivatives", "true_states", "observed")
        if getattr(recording, name) is not None
    }
    return dataclasses.replace(recording, **changed)
