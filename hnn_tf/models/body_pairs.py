"""The pairs of bodies that act on each other, in blocks of bounded size."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

MOST_PAIRS = 128
"""The largest number of pairs in a block. All pairs of 16 bodies, 120, are one block."""


@dataclasses.dataclass(frozen=True)
class PairBlock:
    """Some pairs (i, j) of bodies.

    Attributes:
      incidence: The matrix `[bodies, pairs]` whose product with positions gives q_i - q_j.
      kinds: `[pairs, k]`: 1 at the place of the two kinds of a pair, in any order; None for bodies of one kind.
    """

    incidence: tf.Tensor
    kinds: tf.Tensor | None


class BodyPairs:
    """The pairs (i, j) of bodies that act on each other, in blocks of at most `MOST_PAIRS` pairs.

    The first block has the pairs that are left when all other blocks have the same size. No block has to be filled up
    with pairs that do not exist, and few pairs are the first block alone.

    Args:
      bodies: The number of bodies.
      pairs: The pairs; None for all pairs of two bodies.
      kinds: The kind of each body, numbers 0, 1, ...; None for bodies of one kind.
      dtype: The precision of the blocks.

    Attributes:
      num_more: The number of blocks after the first one.
    """

    def __init__(
        self, bodies: int, pairs: Sequence[tuple[int, int]] | None, kinds: Sequence[int] | None, dtype: str
    ) -> None:
        self._bodies, self._dtype = bodies, dtype
        ends = np.stack(np.triu_indices(bodies, 1), 1) if pairs is None else np.asarray(pairs)
        self._ends, self._places, self._num_places = ends.astype(np.int32), *_places(ends, kinds)
        blocks = -(-len(ends) // MOST_PAIRS)
        self._size = -(-len(ends) // blocks)
        self.num_more = blocks - 1
        self._first_size = len(ends) - self._size * self.num_more

    def first(self) -> PairBlock:
        """Returns the first block, whose numbers are constants of a graph."""
        first, second = self._ends[: self._first_size].T
        matrix, columns = np.zeros([self._bodies, self._first_size]), np.arange(self._first_size)
        matrix[first, columns], matrix[second, columns] = 1.0, -1.0
        kinds = None
        if self._num_places > 1:
            kinds = tf.constant(np.eye(self._num_places)[self._places[: self._first_size]], self._dtype)
        return PairBlock(tf.constant(matrix, self._dtype), kinds)

    def block(self, i: tf.Tensor) -> PairBlock:
        """Returns a block after the first one; i is an integer scalar from 0 to `num_more` - 1."""
        # Only the indices of all pairs are constants of the graph. The incidence matrix of all pairs of many bodies
        # would need more memory than the hidden layers of a block.
        first, second = (self._row(ends, i) for ends in self._ends.T)
        incidence = self._one_hot(first, self._bodies) - self._one_hot(second, self._bodies)
        kinds = self._one_hot(self._row(self._places, i), self._num_places) if self._num_places > 1 else None
        return PairBlock(tf.transpose(incidence), kinds)

    def _row(self, of_pairs: np.ndarray, i: tf.Tensor) -> tf.Tensor:
        return tf.constant(of_pairs[self._first_size :].reshape([self.num_more, self._size]))[i]

    def _one_hot(self, indices: tf.Tensor, depth: int) -> tf.Tensor:
        return tf.one_hot(indices, depth, dtype=self._dtype)


def _places(ends: np.ndarray, kinds: Sequence[int] | None) -> tuple[np.ndarray, int]:
    """Returns the place of the two kinds of each pair, in any order, and the number k of places."""
    num_kinds = 1 if kinds is None else max(kinds) + 1
    num_places = num_kinds * (num_kinds + 1) // 2
    table = np.zeros([num_kinds, num_kinds], np.int32)
    table[np.triu_indices(num_kinds)] = np.arange(num_places)
    of_bodies = np.zeros(ends.max() + 1, int) if kinds is None else np.asarray(kinds)
    low, high = np.sort(of_bodies[ends], 1).T
    return table[low, high], num_places
