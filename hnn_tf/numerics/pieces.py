"""Division of samples into pieces, which limits the memory of an evaluation for any number of samples."""

from collections.abc import Callable
from typing import Any

import numpy as np

MOST_STATES = 100_000
"""The number of states at which a model is called at once.

A Hamiltonian network of 2-200-200 in float32 takes about 2.4 kB for each state. The training data of every task of this
project are one piece.
"""
_KEPT_A_CALL = 16
"""The number of kept states whose copies take about as much memory as a model's call takes for one state."""


def pieces(count: int, *, states_each: int = 1) -> list[slice]:
    """Returns the slices that cut `count` samples into pieces of `MOST_STATES` states.

    All pieces have the same size, but the last may be smaller.

    Args:
      count: The number of samples. Without samples, there is one empty piece.
      states_each: The number of states as which each sample counts. A sample of more than `MOST_STATES` is a piece by
        itself.
    """
    size = max(1, MOST_STATES // max(1, states_each))
    return [slice(first, min(first + size, count)) for first in range(0, max(1, count), size)]


def of_piece(values: Any, piece: slice, *, ndim: int) -> Any:
    """Returns the rows of a piece, if the values have a row for each sample; values of all samples are returned whole.

    Args:
      values: An array, or None.
      piece: The slice of the samples.
      ndim: The number of axes of values that have a row for each sample.
    """
    return values[piece] if values is not None and np.ndim(values) == ndim else values


def states_of_rollout(length: int) -> int:
    """Returns the number of states as which a rollout counts if it keeps a trajectory of `length` states.

    The model is called at one state at a time. The other states are only kept.
    """
    return 2 + length // _KEPT_A_CALL


def mean_in_pieces(mean: Callable[[slice], Any], count: int, *, states_each: int = 1) -> Any:
    """Returns a mean over samples, from the means over pieces. For a single piece, the result is exactly its mean.

    Args:
      mean: A function from a slice to the mean of its samples: a number, or an array of several means.
      count: The number of samples.
      states_each: The number of states as which each sample counts; see `pieces`.
    """
    cut = pieces(count, states_each=states_each)
    means = [mean(piece) for piece in cut]
    if len(cut) == 1:
        return means[0]
    return np.average(means, axis=0, weights=[piece.stop - piece.start for piece in cut])


def rows_in_pieces(rows: Callable[[slice], np.ndarray], count: int, *, states_each: int = 1) -> np.ndarray:
    """Returns the rows `[N, ...]` of all samples, one row per sample, from the rows of pieces.

    Args:
      rows: A function from a slice to the rows of its samples.
      count: The number of samples N.
      states_each: The number of states as which each sample counts; see `pieces`.
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
