"""Measurements of how well an integrator keeps the structure of Hamiltonian motion, for any model or system."""

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from hnn_tf import integrators, phase_space
from hnn_tf.declarations import declared
from hnn_tf.evaluation.energy import Slope, energies, energy_slope
from hnn_tf.motion_inputs import check_free
from hnn_tf.numerics import scalars
from hnn_tf.numerics.pieces import pieces, rows_in_pieces, states_of_rollout
from hnn_tf.numerics.repeated_steps import repeated_steps
from hnn_tf.rollouts.given_inputs import parameters_of_states
from hnn_tf.rollouts.rollout import rollout
from hnn_tf.rollouts.stepper import Stepper
from hnn_tf.typing import Hamiltonian, State, VectorField


class Symplecticity(NamedTuple):
    """The results of `symplecticity`.

    Attributes:
      symplectic_defect: max |M^T J M - J| of a step's Jacobian M.
      volume_error: max |det M - 1|.
      return_error: The largest distance from the start after steps forward and as many steps back.
      energy_slopes: The secular drift of H along the trajectory from each state, with its 95 % confidence interval.
        Each state has its own drift. None if the field has no `hamiltonian`.
    """

    symplectic_defect: float
    volume_error: float
    return_error: float
    energy_slopes: tuple[Slope, ...] | None


def symplecticity(
    vector_field: VectorField,
    states: State,
    *,
    step_size: float,
    integrator: str | integrators.Integrator,
    return_steps: int = 1000,
    drift_steps: int = 20_000,
    parameters: tf.Tensor | None = None,
) -> Symplecticity:
    """Measures all quantities of `Symplecticity`, for many states in pieces of bounded memory.

    Args:
      vector_field: A model, a system or a function.
      states: `[..., 2n]`. The energy slopes are in the order of the states; the other results are maxima over all
        states.
      step_size: The size of all steps.
      integrator: A name or an `hnn_tf.integrators.Integrator`.
      return_steps: The number of steps forward, and of steps back, >= 1.
      drift_steps: The number of steps of the trajectories for the energy slopes, >= 500.
      parameters: Theta of a motion with parameters, `[k]` or `[..., k]`.

    Raises:
      ValueError: If the integrator refuses the field, the states are not finite floating-point numbers, there are too
        few steps, or the energy diverges.
      InputError: If the motion has inputs, or parameters are missing, do not fit, or are given to a motion that takes
        none.
      NotSolvedError: If an implicit or adaptive integrator finds no solution.
    """
    if return_steps < 1 or drift_steps < 500:
        raise ValueError(
            f"expected return_steps >= 1 and drift_steps >= 500; received {return_steps} and {drift_steps}"
        )
    states, parameters = _batch(vector_field, states, parameters)
    given: dict[str, Any] = {"step_size": step_size, "integrator": integrator, "parameters": parameters}
    jacobian = step_jacobian(vector_field, states, **given)
    slopes = None
    hamiltonian = declared(vector_field, "hamiltonian")
    if hamiltonian is not None:
        slopes = _energy_slopes(vector_field, hamiltonian, states, num_steps=drift_steps, **given)
    return Symplecticity(
        symplectic_defect(jacobian),
        float(np.abs(np.linalg.det(jacobian) - 1).max()),
        return_error(vector_field, states, num_steps=return_steps, **given),
        slopes,
    )


def step_jacobian(
    vector_field: VectorField,
    states: State,
    *,
    step_size: float,
    num_steps: int = 1,
    integrator: str | integrators.Integrator,
    parameters: tf.Tensor | None = None,
) -> np.ndarray:
    """Returns the Jacobian M = d s' / d s of one step or several, in the phase space in which the method steps.

    For `hnn_tf.integrators.Tao2` and `Tao4`, this space is the extended phase space. For all other methods, it is the
    space of the states.

    Args:
      vector_field: A callable from a state `[..., 2n]` to its time derivative `[..., 2n]`.
      states: `[..., 2n]`, which are B states in all.
      step_size: The size of each step.
      num_steps: The number of steps, >= 1.
      integrator: A name or an `hnn_tf.integrators.Integrator`.
      parameters: Theta of a motion with parameters, `[k]` or `[..., k]`.

    Returns:
      `[B, m, m]`, in the precision of the states; m = 2n, or 4n in the extended phase space.

    Raises:
      ValueError: If the integrator refuses the field.
      InputError: For the same reasons as in `symplecticity`.
    """
    stepper, carry, theta = _start(vector_field, states, parameters, integrator)
    width = carry.shape[1]

    @tf.function(autograph=False)
    def gradients(carries: tf.Tensor, parameters: tf.Tensor, rows: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(carries)
            end = _flow(stepper, carries, parameters, step_size, num_steps)
        return tape.gradient(end, carries, rows)

    def jacobians(piece: slice) -> np.ndarray:
        batch = len(carry[piece])
        # There is a copy of the batch for each row of M. States do not depend on each other, so one gradient gives all
        # rows.
        rows = tf.repeat(tf.eye(width, dtype=carry.dtype), batch, axis=0)
        of_rows = _once(gradients, *(tf.tile(each[piece], [width, 1]) for each in (carry, theta)), rows)
        return tf.transpose(tf.reshape(of_rows, [width, batch, width]), [1, 0, 2]).numpy()

    return rows_in_pieces(jacobians, len(carry), states_each=2 * width)  # 2: a step forward, and its gradient back


def symplectic_defect(jacobian: np.ndarray) -> float:
    """Returns max |M^T J M - J| of Jacobians `[..., 2n, 2n]`, which is 0 for a symplectic map."""
    j = phase_space.symplectic_matrix(jacobian.shape[-1] // 2).numpy()
    jacobian = jacobian.astype(np.float64)
    return float(np.abs(np.swapaxes(jacobian, -1, -2) @ j @ jacobian - j).max())


def return_error(
    vector_field: VectorField,
    states: State,
    *,
    step_size: float,
    num_steps: int,
    integrator: str | integrators.Integrator,
    parameters: tf.Tensor | None = None,
) -> float:
    """Returns the largest distance from the start, in any coordinate, after `num_steps` forward and as many back.

    The distance is measured in the phase space in which the method steps. For a time-reversible method, it is only
    round-off; in a chaotic system, this round-off also grows.

    Raises:
      ValueError: If the integrator refuses the field.
      InputError: For the same reasons as in `symplecticity`.
    """
    stepper, carry, theta = _start(vector_field, states, parameters, integrator)

    @tf.function(autograph=False)
    def there_and_back(carry: tf.Tensor, parameters: tf.Tensor) -> tf.Tensor:
        there = _flow(stepper, carry, parameters, step_size, num_steps)
        return _flow(stepper, there, parameters, -step_size, num_steps)

    def largest(piece: slice) -> float:
        return float(tf.reduce_max(tf.abs(_once(there_and_back, carry[piece], theta[piece]) - carry[piece])))

    return float(np.max([largest(piece) for piece in pieces(len(carry))]))  # the maximum is NaN if any value is NaN


def _energy_slopes(
    vector_field: VectorField,
    hamiltonian: Hamiltonian,
    states: tf.Tensor,
    *,
    step_size: float,
    num_steps: int,
    integrator: str | integrators.Integrator,
    parameters: tf.Tensor | None,
) -> tuple[Slope, ...]:
    times = step_size * np.arange(num_steps + 1)

    def slopes(piece: slice) -> np.ndarray:
        theta = None if parameters is None else parameters[piece]
        paths = rollout(
            vector_field,
            states[piece],
            step_size=step_size,
            num_steps=num_steps,
            integrator=integrator,
            parameters=theta,
            jit_compile=True,
        )
        of_paths = energies(hamiltonian, paths.numpy(), parameters=theta).astype(np.float64)
        return np.array([energy_slope(times, energy) for energy in of_paths])

    rows = rows_in_pieces(slopes, len(states), states_each=states_of_rollout(num_steps + 1))
    return tuple(Slope(*row) for row in rows.tolist())


def _start(
    vector_field: VectorField, states: State, parameters: tf.Tensor | None, integrator: str | integrators.Integrator
) -> tuple[Stepper, tf.Tensor, tf.Tensor]:
    """Returns the stepper, the carries `[B, m]` at the beginning, and the parameters `[B, k]`, where k may be 0."""
    method = integrators.get(integrator)
    method.check(vector_field)
    states, parameters = _batch(vector_field, states, parameters)
    theta = states[:, :0] if parameters is None else parameters
    stepper = Stepper(vector_field, method, num_parameters=theta.shape[1])
    return stepper, stepper.start(states), theta


def _batch(
    vector_field: VectorField, states: State, parameters: tf.Tensor | None
) -> tuple[tf.Tensor, tf.Tensor | None]:
    """Returns states `[..., 2n]` as `[B, 2n]`, in the field's own precision if it has one, and their parameters."""
    mend = "give a function of the state, such as lambda state: model(state, inputs=u)"
    check_free(vector_field, "a measurement of symplecticity", mend=mend)
    dtype = declared(vector_field, "compute_dtype")
    states = scalars.cast(states, tf.as_dtype(dtype)) if dtype else tf.convert_to_tensor(states)
    if not states.dtype.is_floating:
        raise ValueError(f"states: expected floating-point numbers; received {states.dtype.name}")
    if not tf.reduce_all(tf.math.is_finite(states)):
        raise ValueError("states: expected finite numbers; received NaN or infinity")
    width = 2 * phase_space.dof(states)
    theta = parameters_of_states(vector_field, parameters, states)
    theta = None if theta is None else tf.reshape(theta, [-1, theta.shape[-1]])
    return tf.reshape(states, [-1, width]), theta


def _flow(stepper: Stepper, carry: tf.Tensor, parameters: tf.Tensor, step_size: float, num_steps: int) -> tf.Tensor:
    step = tf.constant(step_size, carry.dtype)
    if parameters.shape[1]:
        step = tf.concat([tf.fill(tf.shape(parameters[:, :1]), step), parameters], 1)
    if num_steps == 1:
        return stepper.step(carry, step)
    counts = tf.constant([num_steps])
    return repeated_steps(stepper.step, carry, step[tf.newaxis], counts=counts, most=num_steps)[-1]


def _once(function: tf.types.experimental.PolymorphicFunction, *arguments: tf.Tensor) -> tf.Tensor:
    # The function is not called directly, because TensorFlow would warn about functions that are made and traced again
    # each time.
    return function.get_concrete_function(*arguments)(*arguments)
