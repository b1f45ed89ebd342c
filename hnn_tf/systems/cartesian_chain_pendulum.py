"""A chain of pendulums, each hanging from the one before it, in Cartesian coordinates."""

import dataclasses

import numpy as np
import tensorflow as tf

from hnn_tf.constraints.rigid_rods import RigidRods
from hnn_tf.systems.chain_pendulum import check_chain
from hnn_tf.systems.constrained_system import ConstrainedSystem


@dataclasses.dataclass(frozen=True)
class CartesianChainPendulum(ConstrainedSystem):
    """The system of `ChainPendulum`, with the positions of the masses in the place of angles.

    H(q, p) = sum_i |p_i|^2 / (2 m_i) + g sum_i m_i y_i,  |x_1| = l_1,  |x_i - x_(i-1)| = l_i.

    The pivot is at 0, and y points upwards. The positions are in m, the momenta in kg m/s, and H is in J.

    Args:
      masses: m_i > 0 from the pivot outwards, in kg.
      lengths: l_i > 0, in m, one for each mass.
      gravity: g > 0, in m/s^2.

    Raises:
      InputError: If a parameter is not as described.

    References:
      Finzi, Wang, Wilson. arXiv:2010.13581, appendix C.
    """

    masses: tuple[float, ...] = (1.0, 1.0)
    lengths: tuple[float, ...] = (1.0, 1.0)
    gravity: float = 9.81

    dimension = 2

    def __post_init__(self) -> None:
        check_chain(self)

    def rods(self, dtype: str) -> RigidRods:
        """Returns a new layer with the rods, in the given precision."""
        pairs = [(i, i + 1) for i in range(len(self.masses) - 1)]
        lengths = [*self.lengths[1:], self.lengths[0]]  # those of pairs come first
        return RigidRods(pairs, [(0, (0.0, 0.0))], dimension=2, lengths=lengths, dtype=dtype)

    def potential_energy(self, points: tf.Tensor) -> tf.Tensor:
        """Returns V `[...]` (J) of the positions of the points `[..., N, 2]`."""
        return tf.reduce_sum(tf.constant(self._weights(), points.dtype) * points[..., 1], -1)

    def numpy_potential_force(self, points: np.ndarray) -> np.ndarray:
        """Returns the weights of the masses `[..., N, 2]` (N), by NumPy."""
        return np.broadcast_to(np.stack([np.zeros(len(self.masses)), -self._weights()], -1), points.shape)

    def _weights(self) -> np.ndarray:
        return self.gravity * np.asarray(self.masses)
