"""Systems of bodies that move in the plane or in space."""

import abc

import tensorflow as tf

from hnn_tf.systems.base import System
from hnn_tf.typing import State


class Bodies(System):
    """The base class of systems of point masses, whose H is the kinetic energy plus a potential energy.

    H(q, p) = sum_i |p_i|^2 / (2 m_i) + V(q).

    The state is component-major: for two bodies in the plane, it is (x_1, x_2, y_1, y_2, p_x1, p_x2, p_y1, p_y2). If V
    only depends on the distances of the bodies, the motion conserves the total momentum and the angular momentum.

    Attributes:
      masses: The masses m_i, one for each body.
      dimension: 2 or 3.
    """

    separable = True
    dimension: int

    @property
    @abc.abstractmethod
    def masses(self) -> tuple[float, ...]:
        """The masses m_i, one for each body."""

    @abc.abstractmethod
    def potential_energy(self, state: State) -> tf.Tensor:
        """Returns the potential energy `[...]` of states `[..., 2n]`."""

    @property
    def num_bodies(self) -> int:
        """The number of bodies N."""
        return len(self.masses)

    @property
    def dof(self) -> int:  # type: ignore[override]
        """The number of degrees of freedom, N times the dimension."""
        return self.num_bodies * self.dimension

    @property
    def state_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """The names of the coordinates, in the order of the state."""
        axes, bodies = "xyz"[: self.dimension], range(1, self.num_bodies + 1)
        return (*(f"{axis}_{i}" for axis in axes for i in bodies), *(f"p_{axis}{i}" for axis in axes for i in bodies))

    def bodies(self, state: State) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the positions and momenta, `[..., dimension, N]` each, of states `[..., 2n]`."""
        q, p = self.split(state)
        return self._by_body(q), self._by_body(p)

    def kinetic_energy(self, state: State) -> tf.Tensor:
        """Returns the kinetic energy `[...]` of states `[..., 2n]`."""
        _, p = self.bodies(state)
        return 0.5 * tf.reduce_sum(p * p / tf.constant(self.masses, p.dtype), [-2, -1])

    def hamiltonian(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` of states `[..., 2n]`."""
        return self.kinetic_energy(state) + self.potential_energy(state)

    def total_momentum(self, state: State) -> tf.Tensor:
        """Returns the sum of the momenta `[..., dimension]` of states `[..., 2n]`, which the motion conserves."""
        return tf.reduce_sum(self.bodies(state)[1], -1)

    def angular_momentum(self, state: State) -> tf.Tensor:
        """Returns the angular momentum of states `[..., 2n]` about the origin, which the motion conserves.

        L = sum_i q_i x p_i.

        Returns:
          In the plane, the only component `[..., 1]`: sum_i x_i p_yi - y_i p_xi. In space, all components `[..., 3]`.
        """
        q, p = self.bodies(state)
        components = [(0, 1)] if self.dimension == 2 else [(1, 2), (2, 0), (0, 1)]
        return tf.stack(
            [tf.reduce_sum(q[..., a, :] * p[..., b, :] - q[..., b, :] * p[..., a, :], -1) for a, b in components], -1
        )

    def _by_body(self, values: tf.Tensor) -> tf.Tensor:
        """Reshapes coordinates `[..., n]` to `[..., dimension, N]`."""
        return tf.reshape(values, tf.concat([tf.shape(values)[:-1], [self.dimension, self.num_bodies]], 0))
