"""Rollouts with a fixed step size: trajectories of a true or learned vector field."""

import tensorflow as tf

from hnn_tf.input_interpolation import InputInterpolation
from hnn_tf.integrators import Integrator
from hnn_tf.numerics import scalars
from hnn_tf.rollouts.given_inputs import DrivenPlan, Inputs, given_inputs, times_of_every_member
from hnn_tf.rollouts.solution import checked_start, solved_rollout
from hnn_tf.rollouts.stepper import Stepper
from hnn_tf.typing import State, VectorField


def rollout(
    vector_field: VectorField,
    initial_state: State,
    *,
    step_size: float | tf.Tensor,
    num_steps: int | tf.Tensor,
    inputs: Inputs | None = None,
    input_interpolation: InputInterpolation = "zero_order_hold",
    parameters: tf.Tensor | None = None,
    integrator: str | Integrator = "rk4",
    compensated: bool = False,
    checkpointing: bool = True,
    jit_compile: bool = False,
) -> tf.Tensor:
    """Integrates a batch of states with a fixed step size.

    The function approximates the flow of ds/dt = f(s), s = (q, p), by repeating `integrator.step`. The global error is
    O(step_size ** integrator.order). The energy error stays bounded only if the integrator is symplectic for this
    Hamiltonian. An eager call runs a compiled function, which is traced once for each field, integrator and state
    shape, but not for each number of steps. A call inside a `tf.function` becomes part of that graph.

    Gradients with respect to the initial state, the step size, the inputs, the parameters and everything that the field
    depends on are the gradients of the numerical solution.

    Shape key: `...` batch, n = dof, m = number of inputs, k = number of parameters, T = num_steps + 1.

    Args:
      vector_field: A callable from a state `[..., 2n]` to its time derivative `[..., 2n]`: a system, a model, or a
        function. A model is called in its own precision. The compiled form is kept, so later changes of attributes
        other than variables have no effect.
      initial_state: Float tensor `[..., 2n]`, concat(q, p), in the system's units.
      step_size: A scalar in the system's time unit; a negative step size runs backwards.
      num_steps: The number of steps, an integer scalar >= 0.
      inputs: u(t) of a motion with inputs, which is called as `vector_field(state, inputs=u)`: samples at the T states,
        `[T, m]` or `[..., T, m]`, or a function from times `[..., 1]` to inputs `[..., m]`, where the initial state has
        the time 0. A function is kept in the compiled form.
      input_interpolation: The values of samples between two states: "zero_order_hold" holds each sample until the next
        state, and "linear" changes it linearly to the next sample. The last sample is used only by "linear".
      parameters: Theta of a motion with parameters, which is called as `vector_field(state, parameters=theta)`: `[k]`
        for all states, or `[..., k]` with separate parameters for each batch member.
      integrator: A name or an `hnn_tf.integrators.Integrator`.
      compensated: Whether the sums of the state are compensated. In float32, the round-off of long runs then grows with
        the time instead of the number of steps.
      checkpointing: Whether gradients store only the states and compute each step again on the way back. Otherwise,
        gradients store all intermediate values, and the graph has no custom gradient, as exports need.
      jit_compile: Whether XLA compiles the rollout, which pays for long or repeated rollouts. The compilation takes a
        second or more for each new shape of the states, but not for each number of steps. Inside a graph, use
        `tf.function(jit_compile=True)`, with a Python number of steps.

    Returns:
      The trajectory `[..., T, 2n]`, in the model's precision or that of `initial_state`; index 0 is `initial_state`.

    Raises:
      ValueError: If the last axis is odd or unknown, the state does not have floating-point numbers, `num_steps` is
        negative, an argument that must be a scalar is not a scalar, the integrator refuses the field (see
        `Integrator.check`), or the inputs or parameters do not fit the field, the states, the times or the integrator.
      TypeError: If the field is not hashable.
      NotSolvedError: If an implicit or adaptive integrator finds no solution for a finite state. Inside a graph, these
        states are NaN instead.

    References:
      Hairer, Lubich, Wanner. Geometric Numerical Integration, 2nd ed., 2006, ch. VI.
    """
    state, method = checked_start(vector_field, initial_state, integrator)
    arguments = (
        scalars.number("step_size", step_size, state.dtype),
        scalars.count("num_steps", num_steps, least=0),
    )
    known = tf.get_static_value(arguments[1])
    given = given_inputs(
        vector_field,
        inputs,
        input_interpolation,
        parameters,
        state=state,
        num_times=None if known is None else int(known) + 1,
        integrator=method,
    )
    if given is None:
        stepper = Stepper(vector_field, method, compensated, checkpointing)
        return solved_rollout(stepper, _fixed_steps, state, arguments, jit_compile)
    times = arguments[0] * tf.range(arguments[1] + 1, dtype=state.dtype)
    numbers = given.numbers(times_of_every_member(times, state))
    stepper = Stepper(
        vector_field, method, compensated, checkpointing, inputs=given.form, num_parameters=given.num_parameters
    )
    return solved_rollout(stepper, DrivenPlan(_fixed_steps), state, (*arguments, numbers), jit_compile)


def _fixed_steps(step_size: tf.Tensor, num_steps: tf.Tensor) -> tuple:
    return tf.fill([num_steps], step_size), None, None
