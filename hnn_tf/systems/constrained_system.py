"""The base class of point masses whose positions obey constraints."""

import abc
import functools

import numpy as np
import tensorflow as tf

from hnn_tf.constraints.constrained_motion import constrained_motion
from hnn_tf.constraints.rigid_rods import RigidRods
from hnn_tf.numerics.symplectic_gradient import symplectic_gradient
from hnn_tf.systems.base import System
from hnn_tf.typing import State


class ConstrainedSystem(System, abc.ABC):
    """Point masses in Cartesian coordinates, which rigid rods connect with each other and with fixed anchors.

    H(q, p) = sum_i |p_i|^2 / (2 m_i) + V(q),  phi(q) = 0.
    dq/dt = dH/dp,  dp/dt = -dH/dq - J^T lambda,  J = dphi/dq,

    where the forces J^T lambda of the rods keep the state on the manifold phi = 0, J dq/dt = 0 (`constrained_motion`).
    Only states on this manifold are those of the physical system, and only there is H constant.

    The positions are those of one point after the other, (x_1, y_1, x_2, y_2, ...), and so are the momenta. The number
    of positions n, `dof`, is larger than the number of degrees of freedom, n - C.

    Attributes:
      masses: The masses of the points.
      dimension: The number of coordinates of a point.
    """

    masses: tuple[float, ...]
    dimension: int

    separable = True
    energy_unit = "J"

    @property
    def constraints(self) -> RigidRods:
        """The rods, as a built layer in float64."""
        return _constraints(self, "float64")

    @abc.abstractmethod
    def rods(self, dtype: str) -> RigidRods:
        """Returns a new layer with the rods, in the given precision."""

    @abc.abstractmethod
    def potential_energy(self, points: tf.Tensor) -> tf.Tensor:
        """Returns V `[...]` of the positions of the points `[..., N, dimension]`."""

    @abc.abstractmethod
    def numpy_potential_force(self, points: np.ndarray) -> np.ndarray:
        """Returns -dV/dq `[..., N, dimension]` of the positions of the points `[..., N, dimension]`, by NumPy."""

    @property
    def dof(self) -> int:  # type: ignore[override]
        """The number of positions, n."""
        return len(self.masses) * self.dimension

    @property
    def state_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """The names of the coordinates: x_1, y_1, x_2, ... and p_x1, p_y1, p_x2, ..."""
        places = [(axis, i + 1) for i in range(len(self.masses)) for axis in "xyz"[: self.dimension]]
        return (*(f"{axis}_{i}" for axis, i in places), *(f"p_{axis}{i}" for axis, i in places))

    @property
    def state_units(self) -> tuple[str, ...]:  # type: ignore[override]
        """The units of the coordinates."""
        return ("m",) * self.dof + ("kg m/s",) * self.dof

    @property
    def _coordinate_masses(self) -> np.ndarray:
        """The mass of each coordinate, `[n]`."""
        return np.repeat(np.asarray(self.masses, np.float64), self.dimension)

    def hamiltonian(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` (J) of states `[..., 2n]`."""
        q, p = self.split(state)
        points = tf.reshape(q, tf.concat([tf.shape(q)[:-1], [len(self.masses), self.dimension]], 0))
        kinetic = 0.5 * tf.reduce_sum(p * p / tf.constant(self._coordinate_masses, p.dtype), -1)
        return kinetic + self.potential_energy(points)

    def __call__(self, state: State, inputs: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the time derivative `[..., 2n]` of states `[..., 2n]`.

        Raises:
          InputError: If inputs are given.
        """
        state = tf.convert_to_tensor(state)
        self.check_inputs(None if inputs is None else np.shape(inputs), state.shape[:-1])
        motion = functools.partial(symplectic_gradient, self.hamiltonian)
        return constrained_motion(motion, _constraints(self, state.dtype.name), state, positive=True)

    def numpy_symplectic_gradient(self, states: np.ndarray) -> np.ndarray:
        """Returns the time derivatives `[N, 2n]` of states `[N, 2n]` on the manifold, written out in NumPy.

        J M^-1 J^T lambda = v^T (d^2 phi / dq^2) v + J M^-1 F,  F = -dV/dq.
        """
        q, p = np.split(states, 2, -1)
        masses, rods = self._coordinate_masses, self.constraints
        v = p / masses
        force = self.numpy_potential_force(q.reshape(len(q), -1, self.dimension)).reshape(q.shape)
        lengths = np.asarray(rods.lengths)
        jacobian = rods.numpy_jacobian(q)
        rates = rods.numpy_differences(v)
        right = np.sum(rates * rates, -1) / lengths + np.einsum("bcn,bn->bc", jacobian, force / masses)
        matrix = np.einsum("bcn,bdn->bcd", jacobian / masses, jacobian)
        multiplier = np.linalg.solve(matrix, right[..., np.newaxis])[..., 0]
        return np.concatenate([v, force - np.einsum("bcn,bc->bn", jacobian, multiplier)], -1)

    def velocities(self, states: np.ndarray) -> np.ndarray:
        """Returns the states (q, v) `[..., 2n]` of states (q, p) `[..., 2n]`, by NumPy."""
        return np.asarray(states) / np.concatenate([np.ones(self.dof), self._coordinate_masses])

    def momenta(self, states: np.ndarray) -> np.ndarray:
        """Returns the states (q, p) `[..., 2n]` of states (q, v) `[..., 2n]`, by NumPy."""
        return np.asarray(states) * np.concatenate([np.ones(self.dof), self._coordinate_masses])


@functools.lru_cache(maxsize=64)
def _constraints(system: ConstrainedSystem, dtype: str) -> RigidRods:
    rods = system.rods(dtype)
    rods.build([None, system.dof])
    return rods
