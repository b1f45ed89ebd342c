"""What every integrator declares and does."""

import abc
from collections.abc import Callable, Sequence
from typing import ClassVar, TypeAlias

import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.typing import State, VectorField

Increment: TypeAlias = Callable[[State], tf.Tensor]
"""State `[..., m]` -> what is added to it `[..., m]`."""


class Integrator(abc.ABC):
    """One step of a numerical method for ds/dt = f(s).

    A step is a sequence of increments, each added to the state before the next is computed. Because compiled rollouts
    are kept, a method is never changed; two of the same class with equal attributes are the same.

    Attributes:
      name: What `--integrator` calls it.
      order: Global error O(step_size ** order).
      stages: Vector-field evaluations a step; of an implicit method, those of one iteration; of an adaptive one, those
        of one inner step.
      symplectic: Whether a step preserves dq ^ dp (for Hamiltonians it accepts).
      time_reversible: Whether step(step(s, h), -h) = s.
      requires_separable: Whether it needs H = T(p) + V(q).
      may_fail: Whether a step may find no solution; it is NaN then, for the batch member that it concerns.
    """

    name: ClassVar[str]
    order: ClassVar[int]
    stages: ClassVar[int]
    symplectic: ClassVar[bool]
    time_reversible: ClassVar[bool]
    requires_separable: ClassVar[bool]
    may_fail: ClassVar[bool] = False

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *sorted(vars(self).items())))

    @abc.abstractmethod
    def increments(self, vector_field: VectorField, step_size: tf.Tensor) -> Sequence[Increment]:
        """The increments of a step, in their order."""

    def step(self, vector_field: VectorField, state: State, step_size: tf.Tensor) -> State:
        """Advances states `[..., 2n]` by `step_size` (a scalar, or broadcastable to `[..., 1]`; may be negative).

        A method that steps in an extended phase space takes and gives states of that: see `extend`.
        """
        for increment in self.increments(vector_field, step_size):
            state = state + increment(state)
        return state

    def counted_step(self, vector_field: VectorField, state: State, step_size: tf.Tensor) -> tuple[State, tf.Tensor]:
        """`step`, and how often each member repeated something within it, `[..., 1]` of the state's dtype.

        Of a method that may fail these are its iterations or inner steps, what costs the time; of others one.
        """
        return self.step(vector_field, state, step_size), tf.ones_like(state[..., :1])

    def extend(self, state: State) -> State:
        """The state `[..., 2n]` as this method carries it from step to step, `[..., m]`; by default the same."""
        return state

    def restrict(self, extended: State) -> State:
        """The state `[..., 2n]` of a carried one `[..., m]`."""
        return extended

    def check(self, vector_field: VectorField) -> None:
        """Refuses a vector field for which this method is not what it declares.

        Raises:
          InputError: If the method is symplectic and the field says `conservative = False`; or it needs a separable
            Hamiltonian and the field doesn't say `separable = True`.
        """
        field = getattr(vector_field, "name", None) or type(vector_field).__name__
        if self.symplectic and not getattr(vector_field, "conservative", True):
            raise InputError(
                f"integrator {self.name!r}: is for Hamiltonian motion, and {field} is dissipative or driven "
                "(conservative = False), where being symplectic means nothing; use 'rk4', 'rk8' or 'dormand_prince'"
            )
        if self.requires_separable and not getattr(vector_field, "separable", False):
            raise InputError(
                f"integrator {self.name!r}: needs a separable Hamiltonian H = T(p) + V(q), and {field} is not declared "
                "separable; use 'tao4' or 'gauss4', symplectic for any Hamiltonian, or 'rk4', for any vector field"
            )
