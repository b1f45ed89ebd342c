"""What every true physical system declares: its Hamiltonian, layout and units."""

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

    A system is itself a vector field (`system(state)` is the time derivative), with the same two members as a learned
    model, so the same `rollout` serves both. Its H is written in operations of TensorFlow or `keras.ops`. It is
    immutable and hashable, as a frozen dataclass is, because its compiled rollouts are kept.

    Attributes:
      dof: Degrees of freedom n.
      separable: Whether H = T(p) + V(q).
      conservative: Whether H is conserved: neither friction nor driving.
      state_names: 2n names, positions first.
      state_units: 2n units, in the same order.
      energy_unit: Unit of H.
    """

    dof: int
    separable: bool
    conservative: bool = True
    state_names: tuple[str, ...]
    state_units: tuple[str, ...]
    energy_unit: str

    @abc.abstractmethod
    def hamiltonian(self, state: State) -> tf.Tensor:
        """Energy `[...]` of states `[..., 2n]`."""

    def split(self, state: State) -> tuple[tf.Tensor, tf.Tensor]:
        """Position and momentum `[..., n]` each of states `[..., 2n]`.

        Raises:
          ValueError: If the states aren't of this system's width.
        """
        state = tf.convert_to_tensor(state)
        if phase_space.dof(state) != self.dof:
            raise ValueError(f"{type(self).__name__}: expected states [..., {2 * self.dof}]; received {state.shape}")
        return phase_space.split(state)

    def __call__(self, state: State) -> tf.Tensor:
        """Time derivative `[..., 2n]` of states `[..., 2n]`: the symplectic gradient of H."""
        return symplectic_gradient(self.hamiltonian, state)

    def numpy_motion(self, states: np.ndarray) -> np.ndarray:
        """Time derivatives `[N, 2n]` of states `[N, 2n]` in float64, for `reference_solution`.

        By TensorFlow; a system whose motion is needed often and of few states may write it out in NumPy.
        """
        return _compiled(self)(tf.constant(states, tf.float64)).numpy()


@functools.lru_cache(maxsize=64)
def _compiled(system: System) -> Callable[[tf.Tensor], tf.Tensor]:
    spec = tf.TensorSpec([None, 2 * system.dof], tf.float64)
    return tf.function(system, input_signature=[spec], autograph=False)
