"""The base class of all true physical systems."""

import abc
import functools
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.numerics.symplectic_gradient import symplectic_gradient
from hnn_tf.typing import State


class System(abc.ABC):
    """A true system: a Hamiltonian with names and units for its state.

    A system is itself a vector field: `system(state)` is the time derivative. Systems and learned models share the
    members `__call__` and `hamiltonian`, so the same `rollout` serves both. A subclass writes H in operations of
    TensorFlow or `keras.ops`. A system is immutable and hashable, as a frozen dataclass is, because its compiled
    rollouts are kept.

    Attributes:
      dof: The number of degrees of freedom n.
      separable: Whether H = T(p) + V(q).
      conservative: Whether the motion conserves H, without friction or driving.
      state_names: The names of the 2n coordinates, positions first.
      state_units: The units of the 2n coordinates, in the same order.
      energy_unit: The unit of H.
    """

    dof: int
    separable: bool
    conservative: bool = True
    state_names: tuple[str, ...]
    state_units: tuple[str, ...]
    energy_unit: str

    @abc.abstractmethod
    def hamiltonian(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` of states `[..., 2n]`."""

    def split(self, state: State) -> tuple[tf.Tensor, tf.Tensor]:
        """Splits states `[..., 2n]` into positions and momenta, `[..., n]` each.

        Raises:
          ValueError: If the last axis of the states does not have this system's 2n elements.
        """
        state = tf.convert_to_tensor(state)
        if phase_space.dof(state) != self.dof:
            raise ValueError(f"{type(self).__name__}: expected states [..., {2 * self.dof}]; received {state.shape}")
        return phase_space.split(state)

    def __call__(self, state: State) -> tf.Tensor:
        """Returns the time derivative `[..., 2n]` of states `[..., 2n]`, which is the symplectic gradient of H."""
        return symplectic_gradient(self.hamiltonian, state)

    def numpy_motion(self, states: np.ndarray) -> np.ndarray:
        """Returns the time derivatives `[N, 2n]` of states `[N, 2n]` in float64, for `reference_solution`.

        The default computes them with TensorFlow. A system whose motion is often needed for few states at once can
        implement this method in NumPy.
        """
        return _compiled(self)(tf.constant(states, tf.float64)).numpy()


@functools.lru_cache(maxsize=64)
def _compiled(system: System) -> Callable[[tf.Tensor], tf.Tensor]:
    spec = tf.TensorSpec([None, 2 * system.dof], tf.float64)
    return tf.function(system, input_signature=[spec], autograph=False)
