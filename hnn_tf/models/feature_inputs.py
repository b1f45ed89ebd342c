"""The inputs of a state's features: coordinates, the sine and cosine of angles, and the distances of bodies."""

import itertools
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.models.input_products import products_within
from hnn_tf.typing import State

STRUCTURES = ("full", "separable", "pairwise")
"""The structures of H: a function of the whole state, T(p) + V(q), and T(p) + the sum over pairs V_ij(|q_i - q_j|)."""


class FeatureInputs:
    """The inputs z(s) `[..., d]` of features, their Jacobian, and the groups of inputs that may meet in one feature.

    z is the state itself, with two exceptions. Angles enter as sin q and cos q. With the structure "pairwise", the
    logarithms log |q_i - q_j| for every two bodies take the place of q. A power law of the distance is an equally
    smooth function of this logarithm at small and at large distances. As a function of the distance itself, a power law
    is much steeper at small distances.

    Attributes:
      width: d, the number of inputs.
      groups: The indices of the inputs in each group. "full" has one group. "separable" has the groups of p and of q.
        "pairwise" has the group of p and a group for each pair of bodies.
      products: The pairs of inputs whose products are features, which are all pairs within a group.

    Args:
      state_width: 2n.
      structure: One of `STRUCTURES`.
      periodic: The indices of the positions that are angles (rad).
      dimension: The dimension of the space in which the bodies of "pairwise" move. q has the order (coordinates,
        bodies), as in `NBody`.

    Raises:
      InputError: If an index in `periodic` is not the index of a position, or if a state of "pairwise" does not consist
        of two or more bodies.
    """

    def __init__(self, state_width: int, *, structure: str, periodic: Sequence[int] = (), dimension: int = 2) -> None:
        n = state_width // 2
        if not all(0 <= i < n for i in periodic):
            raise InputError(f"periodic: expected indices of positions, 0 to {n - 1}; received {tuple(periodic)}")
        if structure == "pairwise" and (n % dimension or n < 2 * dimension):
            raise InputError(
                f"structure 'pairwise': expected two or more bodies of dimension {dimension}, {2 * dimension} numbers "
                f"each; received states of width {state_width}; give the right dimension, or take structure='separable'"
            )
        pairwise = structure == "pairwise"
        self._differences = _pair_differences(n, dimension) if pairwise else np.zeros([2 * n, 0, 1])
        coordinates = range(n, 2 * n) if pairwise else sorted(set(range(2 * n)) - set(periodic))
        self._linear = np.eye(state_width)[:, list(coordinates)]
        self._angles = np.eye(state_width)[:, sorted(periodic)]
        # Parts of width 0 would leave empty tensors in exported graphs, and converters refuse empty tensors.
        self._has_angles, self._has_pairs = bool(periodic), pairwise
        # The owner of each input is -1 for a momentum, 0 for a position, and 1 + k for the k-th pair of bodies.
        owner = [-1 if a >= n else 0 for a in coordinates] + [0] * 2 * len(periodic)
        owner += [1 + pair for pair in range(self._differences.shape[1])]
        self.width = len(owner)
        groups = [range(self.width)] if structure == "full" else [np.equal(owner, key) for key in sorted(set(owner))]
        self.groups = [np.arange(self.width)[group] for group in groups]
        self.products = products_within(self.groups)

    def value(self, state: State) -> tf.Tensor:
        """Returns the inputs `[..., d]` at states `[..., 2n]`."""
        parts = [tf.matmul(state, self._as(self._linear, state))]
        if self._has_angles:
            angle = tf.matmul(state, self._as(self._angles, state))
            parts += [tf.sin(angle), tf.cos(angle)]
        if self._has_pairs:
            parts.append(0.5 * tf.math.log(self._difference(state)[1][..., 0]))
        return tf.concat(parts, -1)

    def jacobian(self, state: State) -> tf.Tensor:
        """Returns dz/ds `[..., 2n, d]` at states `[..., 2n]`, in plain operations."""
        parts = [tf.zeros_like(state)[..., tf.newaxis] + self._as(self._linear, state)]
        if self._has_angles:
            angles = self._as(self._angles, state)
            angle = tf.matmul(state, angles)[..., tf.newaxis, :]
            parts += [angles * tf.cos(angle), -angles * tf.sin(angle)]
        if self._has_pairs:
            difference, squares = self._difference(state)
            pairs = (difference / squares)[..., tf.newaxis, :, :] * self._as(self._differences, state)
            parts.append(tf.reduce_sum(pairs, -1))
        return tf.concat(parts, -1)

    def _difference(self, state: State) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns q_i - q_j `[..., pairs, dimension]` of every two bodies, and its square `[..., pairs, 1]`."""
        width, pairs, dimension = self._differences.shape
        flat = tf.matmul(state, self._as(self._differences.reshape(width, -1), state))
        difference = tf.reshape(flat, tf.concat([tf.shape(state)[:-1], [pairs, dimension]], 0))
        # With this bound, bodies at the same point have a finite energy and no force, instead of NaN.
        least = float(np.finfo(np.float32).tiny)
        return difference, tf.maximum(tf.reduce_sum(difference * difference, -1, keepdims=True), least)

    def _as(self, array: np.ndarray, state: State) -> tf.Tensor:
        return tf.constant(array, state.dtype)


def _pair_differences(n: int, dimension: int) -> np.ndarray:
    """Returns the linear map `[2n, pairs, dimension]` from states to q_i - q_j."""
    bodies = n // dimension
    pairs = list(itertools.combinations(range(bodies), 2))
    differences = np.zeros([2 * n, len(pairs), dimension])
    for k, (i, j) in enumerate(pairs):
        for axis in range(dimension):
            differences[axis * bodies + i, k, axis] = 1.0
            differences[axis * bodies + j, k, axis] = -1.0
    return differences
