"""What every fixed-step integrator declares and does."""

import abc
from typing import ClassVar

import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.typing import State, VectorField


class Integrator(abc.ABC):
    """One step of a numerical method for ds/dt = f(s).

    Attributes:
      name: What `--integrator` calls it.
      order: Global error O(step_size ** order).
      stages: Vector-field evaluations a step.
      symplectic: Whether a step preserves dq ^ dp (for Hamiltonians it accepts).
      time_reversible: Whether step(step(s, h), -h) = s.
      requires_separable: Whether it needs H = T(p) + V(q).
    """

    name: ClassVar[str]
    order: ClassVar[int]
    stages: ClassVar[int]
    symplectic: ClassVar[bool]
    time_reversible: ClassVar[bool]
    requires_separable: ClassVar[bool]

    @abc.abstractmethod
    def step(self, vector_field: VectorField, state: State, step_size: tf.Tensor) -> State:
        """Advances states `[..., 2n]` by `step_size` (a scalar, or broadcastable to `[..., 1]`; may be negative)."""

    def check(self, vector_field: VectorField) -> None:
        """Refuses a vector field for which this method is not what it declares.

        Raises:
          InputError: If the method needs a separable Hamiltonian and the field does not say `separable = True`.
        """
        if self.requires_separable and not getattr(vector_field, "separable", False):
            field = getattr(vector_field, "name", None) or type(vector_field).__name__
            raise InputError(
                f"integrator {self.name!r}: needs a separable Hamiltonian H = T(p) + V(q), and {field} "
                "is not declared separable; use 'rk4' or 'rk8', which take any vector field"
            )
