"""The adaptive method of Dormand and Prince."""

import dataclasses
from collections.abc import Sequence

import tensorflow as tf

from hnn_tf.integrators.base import Increment, Integrator
from hnn_tf.traced_function import TracedFunction
from hnn_tf.typing import State, VectorField

_MOST_STEPS = 100_000


@dataclasses.dataclass(frozen=True)
class DormandPrince(Integrator):
    """TensorFlow Probability's adaptive Dormand-Prince method, for reference work and for fields of unknown scales.

    A step of it is as many inner steps of order 5(4) as the tolerances ask for, so that `step_size` is only the time
    between two states. All members of a batch take the same inner steps. Where it would take more than 100 000 of
    them, it is NaN.

    Args:
      rtol: Relative tolerance of an inner step, > 0.
      atol: Absolute tolerance of an inner step, > 0.

    Raises:
      ValueError: If a tolerance isn't finite and > 0.

    References:
      Dormand, Prince. A family of embedded Runge-Kutta formulae. Journal of Computational and Applied Mathematics 6,
      1980. `tfp.math.ode.DormandPrince`.
    """

    rtol: float = 1e-6
    atol: float = 1e-6

    name = "dormand_prince"
    order = 5
    stages = 6
    symplectic = False
    time_reversible = False
    requires_separable = False
    may_fail = True

    def __post_init__(self) -> None:
        if not (0 < self.rtol < float("inf") and 0 < self.atol < float("inf")):
            raise ValueError(f"expected finite tolerances > 0; received {self}")

    def increments(self, vector_field: VectorField, step_size: tf.Tensor) -> Sequence[Increment]:
        """One, of all inner steps together."""
        return [lambda state: self.step(vector_field, state, step_size) - state]

    def step(self, vector_field: VectorField, state: State, step_size: tf.Tensor) -> State:
        """Advances states `[..., 2n]` by `step_size`, each member by its own if they differ."""
        from tensorflow_probability.python.math import ode  # here, because importing it takes a second

        # One that can't go on (not finite) must not hold up the others.
        able = tf.reduce_all(tf.math.is_finite(state) & tf.math.is_finite(step_size), -1, keepdims=True)
        solver = ode.DormandPrince(rtol=self.rtol, atol=self.atol, max_num_steps=_MOST_STEPS)
        # In the time of the step, from 0 to 1, members with different step sizes go on together.
        field = TracedFunction(lambda s: tf.where(able, step_size * vector_field(s), tf.zeros_like(s)), state)
        results = solver.solve(
            lambda _, state, outside: field.with_outside(state, *outside),
            initial_time=tf.zeros([], state.dtype),
            initial_state=state,
            solution_times=tf.ones([1], state.dtype),
            # The solver's adjoint method gives gradients to these, not to what its function captures.
            constants={"outside": field.outside},
        )
        solved = able & (results.diagnostics.status == 0)
        return tf.where(solved, results.states[0], tf.constant(float("nan"), state.dtype))
