"""The inputs of a function of positions, in which the sums and differences of two angles are inputs, too."""

import itertools
from collections.abc import Sequence

import numpy as np

from hnn_tf.models.position_inputs import PositionInputs


class JointInputs(PositionInputs):
    """The inputs z(q) `[..., d]` of a function of the positions of joints, such as an inverse mass matrix.

    z = (the positions that are not angles, sin a, cos a),  a = (q_i, ..., q_i + q_j, q_i - q_j, ...)

    for all angles q_i and all pairs i < j of angles. The mass matrix of a chain of joints depends on few such
    combinations: on q_1 - q_2 alone for a double pendulum. A feature that reads one combination alone approximates such
    a function much better than a feature of all angles.

    Args:
      width: n, the number of positions.
      angles: The indices of the positions that are angles (rad). With k angles, there are k^2 combinations a.

    Attributes:
      width: d.
      groups: The group of all inputs, and a group for each position that is not an angle and for each combination a,
        unless it would be the only one.
      products: The pairs of inputs whose products are features. The products of the sines and cosines of two different
        angles are missing, because they are sums of sin(q_i + q_j), cos(q_i + q_j), sin(q_i - q_j) and cos(q_i - q_j).

    Raises:
      InputError: If an index is not that of a position, or stands twice.
    """

    def __init__(self, width: int, angles: Sequence[int]) -> None:
        super().__init__(width, angles)
        num_others, num_angles = self._others.shape[1], len(angles)
        combinations = [self._angles]
        for i, j in itertools.combinations(range(num_angles), 2):
            combinations += [self._angles[:, [i]] + sign * self._angles[:, [j]] for sign in (1.0, -1.0)]
        self._angles = np.concatenate(combinations, 1)
        owners = np.concatenate([np.arange(num_others), *[num_others + np.arange(self._angles.shape[1])] * 2])
        self.width = len(owners)
        single = [np.flatnonzero(owners == owner) for owner in np.unique(owners)]
        self.groups = [np.arange(self.width), *(single if len(single) > 1 else [])]
        of_positions = np.flatnonzero(owners < num_others + num_angles).tolist()
        self.products = [
            (j, k)
            for j, k in itertools.combinations_with_replacement(of_positions, 2)
            if owners[j] == owners[k] or owners[j] < num_others
        ]
