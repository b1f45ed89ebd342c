"""The base class of all integrators."""

import abc
from collections.abc import Callable, Sequence
from typing import ClassVar, TypeAlias

import tensorflow as tf

from hnn_tf.declarations import declared, name_of
from hnn_tf.input_error import InputError
from hnn_tf.typing import State, VectorField

Increment: TypeAlias = Callable[[State], tf.Tensor]
"""A function from a state `[..., m]` to the increment `[..., m]` that is added to the state."""


class Integrator(abc.ABC):
    """A numerical method for ds/dt = f(s), which takes one step at a time.

    A step is a sequence of increments. Each increment is added to the state before the next one is computed. An
    integrator never changes, because compiled rollouts are kept. Two integrators of the same class with equal
    attributes are equal.

    Attributes:
      name: The name in `--integrator`.
      order: The order of the method: the global error is O(step_size ** order).
      stages: The number of evaluations of the vector field per step. For an implicit method, this is the number per
        iteration. For an adaptive method, this is the number per inner step.
      symplectic: Whether a step preserves dq ^ dp, for the Hamiltonians that the method accepts.
      time_reversible: Whether step(step(s, h), -h) = s.
      requires_separable: Whether the method needs H = T(p) + V(q).
      may_fail: Whether a step may find no solution. The result is then NaN for the batch members without a solution.
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
        """Returns the increments of a step, in their order."""

    def step(self, vector_field: VectorField, state: State, step_size: tf.Tensor) -> State:
        """Advances states `[..., 2n]` by `step_size`.

        The step size is a scalar or a tensor broadcastable to `[..., 1]`, and may be negative.

        A method that steps in an extended phase space takes and returns extended states (see `extend`).
        """
        for increment in self.increments(vector_field, step_size):
            state = state + increment(state)
        return state

    def counted_step(self, vector_field: VectorField, state: State, step_size: tf.Tensor) -> tuple[State, tf.Tensor]:
        """Returns the result of `step` and the number of repetitions of each member, `[..., 1]`, in the state's dtype.

        For a method that may fail, the repetitions are its iterations or its inner steps, which take the time of a
        step. For other methods, the number is one.
        """
        return self.step(vector_field, state, step_size), tf.ones_like(state[..., :1])

    def extend(self, state: State) -> State:
        """Returns the form `[..., m]` in which the method carries a state `[..., 2n]`; by default, the state itself."""
        return state

    def restrict(self, extended: State) -> State:
        """Returns the state `[..., 2n]` of a carried state `[..., m]`."""
        return extended

    def check(self, vector_field: VectorField) -> None:
        """Refuses a vector field for which the method does not have its declared properties.

        Raises:
          InputError: If the method is symplectic and the field says `conservative = False` or `canonical = False` or
            has constraints; or if the method needs a separable Hamiltonian and the field does not say
            `separable = True`.
        """
        field = name_of(vector_field)
        if self.symplectic and not declared(vector_field, "conservative"):
            raise InputError(
                f"integrator {self.name!r}: expected Hamiltonian motion, because no other motion is symplectic; "
                f"{field} is dissipative or driven (conservative = False); use 'rk4', 'rk8' or 'dormand_prince'"
            )
        if self.symplectic and not declared(vector_field, "canonical"):
            raise InputError(
                f"integrator {self.name!r}: expected states (q, p), because only their motion is symplectic; {field} "
                "has positions and velocities (canonical = False); use 'rk4', 'rk8' or 'dormand_prince'"
            )
        if self.symplectic and declared(vector_field, "constraints") is not None:
            raise InputError(
                f"integrator {self.name!r}: expected a motion without constraints, because the method leaves their "
                f"manifold; {field} has constraints; use 'rk4', 'rk8' or 'dormand_prince'"
            )
        if self.requires_separable and not declared(vector_field, "separable"):
            raise InputError(
                f"integrator {self.name!r}: needs a separable Hamiltonian H = T(p) + V(q), but {field} is not declared "
                "separable; use 'tao4' or 'gauss4', symplectic for any Hamiltonian, or 'rk4', for any vector field"
            )
