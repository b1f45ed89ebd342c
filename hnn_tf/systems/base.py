"""The base class of all true physical systems."""

import abc
import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.input_error import InputError
from hnn_tf.numerics import scalars
from hnn_tf.numerics.symplectic_gradient import energy_gradient, symplectic_gradient
from hnn_tf.typing import State


class System(abc.ABC):
    """A true system: a Hamiltonian with names and units for its state, and friction and inputs if there are any.

    ds/dt = (J - R(s)) grad H(s) + G(s) u,  s = (q, p). Without friction and inputs, ds/dt = J grad H(s).

    A system is itself a vector field: `system(state)`, or `system(state, inputs)` for a system with inputs, is the time
    derivative. Systems and learned models share the members `__call__` and `hamiltonian`, so the same `rollout` serves
    both. A subclass writes H in operations of TensorFlow or `keras.ops`. A system with friction also has a method
    `dissipation`, which returns R. A system with inputs also has `num_inputs`, the names and units of the inputs, and a
    method `control`, which returns G. Both declare `conservative = False`. A system is immutable and hashable, as a
    frozen dataclass is, because its compiled rollouts are kept.

    Shape key: `...` any batch, n = degrees of freedom, m = number of inputs.

    Attributes:
      dof: The number of degrees of freedom n.
      separable: Whether H = T(p) + V(q).
      conservative: Whether the motion conserves H, because there are neither friction nor inputs.
      state_names: The names of the 2n coordinates, positions first.
      state_units: The units of the 2n coordinates, in the same order.
      energy_unit: The unit of H.
      num_inputs: The number of inputs m; 0 without inputs.
      input_names: The names of the m inputs.
      input_units: The units of the m inputs, in the same order.
      num_parameters: 0, because the parameters of a system, such as its masses, are its own attributes.
    """

    dof: int
    separable: bool
    conservative: bool = True
    state_names: tuple[str, ...]
    state_units: tuple[str, ...]
    energy_unit: str
    num_inputs: int = 0
    input_names: tuple[str, ...] = ()
    input_units: tuple[str, ...] = ()
    num_parameters: int = 0

    @abc.abstractmethod
    def hamiltonian(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` of states `[..., 2n]`."""

    def dissipation(self, state: State) -> Any:
        """Returns R, which is symmetric and positive semidefinite, or None without friction.

        R is a tensor `[..., 2n, 2n]`, or numbers `[2n, 2n]` if R is the same at all states. Friction that is
        proportional to the velocities dH/dp has R = diag(0, ..., 0, coefficients).
        """
        del state
        return None

    def control(self, state: State) -> Any:
        """Returns G, a tensor `[..., 2n, m]`, or numbers `[2n, m]` if G is the same at all states.

        Raises:
          NotImplementedError: If the system has inputs and its class does not say how they act.
        """
        del state
        raise NotImplementedError(f"{type(self).__name__}: expected a method control(state), which returns G")

    def split(self, state: State) -> tuple[tf.Tensor, tf.Tensor]:
        """Splits states `[..., 2n]` into positions and momenta, `[..., n]` each.

        Raises:
          ValueError: If the last axis of the states does not have this system's 2n elements.
        """
        state = tf.convert_to_tensor(state)
        if phase_space.dof(state) != self.dof:
            raise ValueError(f"{type(self).__name__}: expected states [..., {2 * self.dof}]; received {state.shape}")
        return phase_space.split(state)

    def __call__(self, state: State, inputs: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the time derivative of states.

        Args:
          state: `[..., 2n]`.
          inputs: The inputs u `[..., m]` at the same time, or `[m]` for the same inputs at all states. They are
            necessary if the system has inputs; zeros give the free motion.

        Returns:
          The time derivative `[..., 2n]`.

        Raises:
          InputError: If inputs are missing, do not fit, or the system has no inputs.
        """
        state = tf.convert_to_tensor(state)
        u = None if inputs is None else scalars.cast(inputs, state.dtype)
        self.check_inputs(None if u is None else u.shape, state.shape[:-1])
        matrix = self.dissipation(state)
        if matrix is None:
            motion = symplectic_gradient(self.hamiltonian, state)
        else:
            gradient = energy_gradient(self.hamiltonian, state)
            dh_dq, dh_dp = phase_space.split(gradient)
            motion = phase_space.join(dh_dp, -dh_dq) - _product(scalars.cast(matrix, state.dtype), gradient)
        return motion if u is None else motion + _product(scalars.cast(self.control(state), state.dtype), u)

    def numpy_motion(self, states: np.ndarray, inputs: np.ndarray | None = None) -> np.ndarray:
        """Returns the time derivatives `[N, 2n]` of states in float64, for `reference_solution`.

        Args:
          states: `[N, 2n]`.
          inputs: `[N, m]`, or `[m]` for the same inputs at all states; None without inputs.

        Raises:
          InputError: If inputs are missing, do not fit, or the system has no inputs.
        """
        u = None if inputs is None else np.asarray(inputs, np.float64)
        self.check_inputs(None if u is None else u.shape, states.shape[:-1])
        conservative = self.numpy_symplectic_gradient(states)
        if conservative is None:
            given = (states,) if u is None else (states, np.broadcast_to(u, (len(states), self.num_inputs)))
            return _compiled(self)(*given).numpy()
        motion, matrix = conservative, self.dissipation(states)
        if matrix is not None:
            dh_dp, minus_dh_dq = np.split(conservative, 2, -1)
            motion = motion - _product(np.asarray(matrix), np.concatenate([-minus_dh_dq, dh_dp], -1))
        return motion if u is None else motion + _product(np.asarray(self.control(states)), u)

    def numpy_symplectic_gradient(self, states: np.ndarray) -> np.ndarray | None:
        """Returns J grad H `[N, 2n]` at states `[N, 2n]`, written out in NumPy, or None if it is not written out.

        Without it, `numpy_motion` uses TensorFlow, which takes longer for few states.
        """
        del states
        return None

    def check_inputs(self, shape: Any, batch: Any) -> None:
        """Refuses inputs that are missing, do not fit, or do not act on this system.

        Args:
          shape: The shape of the inputs, or None without inputs.
          batch: The shape of the states without their last axis.

        Raises:
          InputError: If the inputs are not as the system needs them.
        """
        name, m = type(self).__name__, self.num_inputs
        if not m and shape is not None:
            raise InputError(f"{name}: inputs: expected none, because it has no inputs; received shape {tuple(shape)}")
        if m and not (shape is not None and _fits(tuple(shape), (*batch, m))):
            expected = f"[..., {m}] ({', '.join(self.input_names)}) for states of shape {(*batch, 2 * self.dof)}"
            received = "none; give zeros for the free motion" if shape is None else f"shape {tuple(shape)}"
            raise InputError(f"{name}: inputs: expected {expected}; received {received}")


def _fits(shape: tuple[int | None, ...], expected: tuple[int | None, ...]) -> bool:
    """Returns whether inputs have the expected shape, where it is known, or are one row for all states."""
    if shape == expected[-1:]:
        return True
    return len(shape) == len(expected) and all(a == b or None in (a, b) for a, b in zip(shape, expected, strict=True))


def _product(matrix: Any, vector: Any) -> Any:
    """Returns matrices `[..., k, m]` times vectors `[..., m]`, in TensorFlow or NumPy."""
    products = matrix * vector[..., np.newaxis, :]
    return tf.reduce_sum(products, -1) if tf.is_tensor(products) else np.sum(products, -1)


@functools.lru_cache(maxsize=64)
def _compiled(system: System) -> Callable[..., tf.Tensor]:
    widths = [2 * system.dof, system.num_inputs] if system.num_inputs else [2 * system.dof]
    signature = [tf.TensorSpec([None, width], tf.float64) for width in widths]
    return tf.function(system, input_signature=signature, autograph=False)
