"""Pendulums in space, side by side, with springs between neighbours."""

import dataclasses

import numpy as np
import tensorflow as tf

from hnn_tf.constraints.rigid_rods import RigidRods
from hnn_tf.systems.constrained_system import ConstrainedSystem
from hnn_tf.systems.parameters import check_not_negative, check_positive, check_positive_tuple


@dataclasses.dataclass(frozen=True)
class CoupledPendulums(ConstrainedSystem):
    """Bobs on rods, which hang from pivots in a row, and are free to swing in space. Springs connect the neighbours.

    H(q, p) = sum_i |p_i|^2 / (2 m_i) + g sum_i m_i z_i + k sum_i (|x_i - x_(i+1)| - d)^2 / 2,  |x_i - a_i| = l.

    The pivot i = 0, 1, ... is a_i = (i d, 0, 0), and z points upwards. The natural length of the springs is the
    distance d of the pivots, so the springs are relaxed if all bobs hang. The positions are in m, the momenta in
    kg m/s, and H is in J.

    Args:
      masses: m_i > 0, in kg.
      length: l > 0, the length of the rods, in m.
      distance: d > 0, the distance of neighbouring pivots, in m.
      stiffness: k >= 0, in N/m.
      gravity: g > 0, in m/s^2.

    Raises:
      InputError: If a parameter is not as described.

    References:
      Finzi, Wang, Wilson. arXiv:2010.13581, appendix C.
    """

    masses: tuple[float, ...] = (1.0, 1.0, 1.0)
    length: float = 1.0
    distance: float = 1.0
    stiffness: float = 10.0
    gravity: float = 9.81

    dimension = 3

    def __post_init__(self) -> None:
        check_positive_tuple(self, "masses", least=1)
        check_positive(self, "length", "distance", "gravity")
        check_not_negative(self, "stiffness")

    @property
    def pivots(self) -> np.ndarray:
        """The pivots, `[N, 3]`."""
        return np.outer(np.arange(len(self.masses)), [self.distance, 0.0, 0.0])

    def rods(self, dtype: str) -> RigidRods:
        """Returns a new layer with the rods, in the given precision."""
        anchors = list(enumerate(self.pivots.tolist()))
        return RigidRods((), anchors, dimension=3, lengths=[self.length] * len(self.masses), dtype=dtype)

    def potential_energy(self, points: tf.Tensor) -> tf.Tensor:
        """Returns V `[...]` (J) of the positions of the points `[..., N, 3]`."""
        weights = tf.constant(self.gravity * np.asarray(self.masses), points.dtype)
        stretched = tf.norm(points[..., 1:, :] - points[..., :-1, :], axis=-1) - self.distance
        return tf.reduce_sum(weights * points[..., 2], -1) + 0.5 * self.stiffness * tf.reduce_sum(stretched**2, -1)

    def numpy_potential_force(self, points: np.ndarray) -> np.ndarray:
        """Returns the weights of the bobs and the forces of the springs `[..., N, 3]` (N), by NumPy."""
        force = np.zeros(points.shape)
        force[..., 2] = -self.gravity * np.asarray(self.masses)
        apart = points[..., 1:, :] - points[..., :-1, :]
        pull = self.stiffness * (1.0 - self.distance / np.linalg.norm(apart, axis=-1, keepdims=True)) * apart
        force[..., :-1, :] += pull
        force[..., 1:, :] -= pull
        return force
