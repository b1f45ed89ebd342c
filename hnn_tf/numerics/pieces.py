"""Samples in pieces: what bounds the memory of an evaluation, however many samples there are."""

from collections.abc import Callable
from typing import Any

import numpy as np

MOST_STATES = 100_000
"""At which a model is called at once. A Hamiltonian network of 2-200-200 in float32 takes about 2.4 kB for each; the
training data of every task of this project are one piece."""
_KEPT_A_CALL = 16
"""States of a trajectory whose copies take about what a call of a model takes for one."""


def pieces(count: int, *, states_each: int = 1) -> list[slice]:
    """Cuts `count` samples into pieces of `MOST_STATES` states; all are of one size but the last, which may be smaller.

    Args:
      count: Samples; of none, there is one empty piece.
      states_each: States that each sample counts as. A sample of more than `MOST_STATES` is a piece by itself.
    """
    size = max(1, MOST_STATES // max(1, states_each))
    return [slice(first, min(first + size, count)) for first in range(0, max(1, count), size)]


def states_of_rollout(length: int) -> int:
    """States that a rollout of a trajectory counts as, of which it keeps `length`.

    The model is called at one of them at a time; the others are only kept.
    """
    return 2 + length // _KEPT_A_CALL


def mean_in_pieces(mean: Callable[[slice], Any], count: int, *, states_each: int = 1) -> Any:
    """A mean over samples, from the means over pieces; of a single piece it is that one's, to the bit.

    Args:
      mean: Of the samples of a slice: a number, or an array of several means.
      count: Samples.
      states_each: As of `pieces`.
    """
    cut = pieces(count, states_each=states_each)
    means = [mean(piece) for piece in cut]
    if len(cut) == 1:
        return means[0]
    return np.average(means, axis=0, weights=[piece.stop - piece.start for piece in cut])


def rows_in_pieces(rows: Callable[[slice], np.ndarray], count: int, *, states_each: int = 1) -> np.ndarray:
    """Rows `[N, ...]` that belong to one sample each, from those of pieces.

    Args:
      rows: Of the samples of a slice.
      count: N.
      states_each: As of `pieces`.
    """
    first, *others = pieces(count, states_each=states_each)
    of_first = rows(first)
    if not others:
        return of_first
    result = np.empty([count, *of_first.shape[1:]], of_first.dtype)
    result[first] = of_first
    for piece in others:
        result[piece] = rows(piece)
    return result
