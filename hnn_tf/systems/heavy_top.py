"""A rigid body with a fixed point, under gravity."""

import dataclasses
import itertools

import numpy as np
import tensorflow as tf

from hnn_tf.constraints.rigid_rods import RigidRods
from hnn_tf.systems.constrained_system import ConstrainedSystem
from hnn_tf.systems.parameters import check_not_negative, check_positive, check_positive_tuple


@dataclasses.dataclass(frozen=True)
class HeavyTop(ConstrainedSystem):
    """A rigid body that turns about the fixed point 0: three point masses, rigidly connected with 0.

    H(q, p) = sum_i |p_i|^2 / (2 m_i) + g sum_i m_i z_i,  |x_i| = |r_i|,  |x_i - x_j| = |r_i - r_j|.

    Three points that are not in one plane with 0 can have every inertia tensor that a rigid body can have. With g = 0,
    the body is free, and turns as Euler's equations say. Then its angular momentum is constant, too. The positions are
    in m, the momenta in kg m/s, and H is in J. z points upwards.

    Args:
      masses: m_i > 0, in kg.
      radius: r > 0, the distance of the three points from the axis of the top, in m. They are at equal angles.
      height: h > 0, the height of their plane above the fixed point, in m.
      gravity: g >= 0, in m/s^2.

    Raises:
      InputError: If a parameter is not as described.

    References:
      Arnold. Mathematical Methods of Classical Mechanics. 2nd edition, 1989, section 30.
    """

    masses: tuple[float, ...] = (1.0, 1.0, 1.0)
    radius: float = 0.5
    height: float = 0.5
    gravity: float = 9.81

    dimension = 3

    def __post_init__(self) -> None:
        check_positive_tuple(self, "masses", length=3)
        check_positive(self, "radius", "height")
        check_not_negative(self, "gravity")

    @property
    def upright(self) -> np.ndarray:
        """The positions of the points in the upright top, `[3, 3]`."""
        angles = np.arange(3) * 2.0 * np.pi / 3.0
        return np.stack([self.radius * np.cos(angles), self.radius * np.sin(angles), np.full(3, self.height)], -1)

    def rods(self, dtype: str) -> RigidRods:
        """Returns a new layer with the rods, in the given precision."""
        pairs = list(itertools.combinations(range(3), 2))
        anchors = [(i, (0.0, 0.0, 0.0)) for i in range(3)]
        lengths = [np.sqrt(3.0) * self.radius] * 3 + [np.hypot(self.radius, self.height)] * 3
        return RigidRods(pairs, anchors, dimension=3, lengths=lengths, dtype=dtype)

    def potential_energy(self, points: tf.Tensor) -> tf.Tensor:
        """Returns V `[...]` (J) of the positions of the points `[..., 3, 3]`."""
        return tf.reduce_sum(tf.constant(self._weights(), points.dtype) * points[..., 2], -1)

    def numpy_potential_force(self, points: np.ndarray) -> np.ndarray:
        """Returns the weights of the points `[..., 3, 3]` (N), by NumPy."""
        none = np.zeros(3)
        return np.broadcast_to(np.stack([none, none, -self._weights()], -1), points.shape)

    def _weights(self) -> np.ndarray:
        return self.gravity * np.asarray(self.masses)
