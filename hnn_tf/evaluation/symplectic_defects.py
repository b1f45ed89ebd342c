"""Measurements of how well an integrator keeps the structure of Hamiltonian motion, for any model or system."""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from hnn_tf import integrators, phase_space
from hnn_tf.declarations import declared
from hnn_tf.evaluation.energy import Slope, energies, energy_slope
from hnn_tf.numerics import scalars
from hnn_tf.numerics.pieces import pieces, rows_in_pieces, states_of_rollout
from hnn_tf.numerics.repeated_steps import repeated_steps
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

    Raises:
      ValueError: If the integrator refuses the field, the states are not finite floating-point numbers, there are too
        few steps, or the energy diverges.
      NotSolvedError: If an implicit or adaptive integrator finds no solution.
    """
    if return_steps < 1 or drift_steps < 500:
        raise ValueError(
            f"expected return_steps >= 1 and drift_steps >= 500; received {return_steps} and {drift_steps}"
        )
    states = _batch(vector_field, states)
    jacobian = step_jacobian(vector_field, states, step_size=step_size, integrator=integrator)
    slopes = None
    hamiltonian = declared(vector_field, "hamiltonian")
    if hamiltonian is not None:
        slopes = _energy_slopes(vector_field, hamiltonian, states, step_size, drift_steps, integrator)
    return Symplecticity(
        symplectic_defect(jacobian),
        float(np.abs(np.linalg.det(jacobian) - 1).max()),
        return_error(vector_field, states, step_size=step_size, num_steps=return_steps, integrator=integrator),
        slopes,
    )


def step_jacobian(
    vector_field: VectorField,
    states: State,
    *,
    step_size: float,
    num_steps: int = 1,
    integrator: str | integrators.Integrator,
) -> np.ndarray:
    """Returns the Jacobian M = d s' / d s of one step or several, in the phase space in which the method steps.

    For `hnn_tf.integrators.Tao2` and `Tao4`, this space is the extended phase space. For all other methods, it is the
    space of the states.

    Args:
      vector_field: A callable from a state `[..., 2n]` to its time derivative `[..., 2n]`.
      states: `[B, 2n]`.
      step_size: The size of each step.
      num_steps: The number of steps, >= 1.
      integrator: A name or an `hnn_tf.integrators.Integrator`.

    Returns:
      `[B, m, m]`, in the precision of the states; m = 2n, or 4n in the extended phase space.

    Raises:
      ValueError: If the integrator refuses the field.
    """
    stepper, carry = _start(vector_field, states, integrator)
    width = carry.shape[1]

    @tf.function(autograph=False)
    def gradients(carries: tf.Tensor, rows: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(carries)
            end = _flow(stepper, carries, step_size, num_steps)
        return tape.gradient(end, carries, rows)

    def jacobians(piece: slice) -> np.ndarray:
        batch = len(carry[piece])
        # There is a copy of the batch for each row of M. States do not depend on each other, so one gradient gives all
        # rows.
        rows = tf.repeat(tf.eye(width, dtype=carry.dtype), batch, axis=0)
        of_rows = _once(gradients, tf.tile(carry[piece], [width, 1]), rows)
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
) -> float:
    """Returns the largest distance from the start, in any coordinate, after `num_steps` forward and as many back.

    The distance is measured in the phase space in which the method steps. For a time-reversible method, it is only
    round-off; in a chaotic system, this round-off also grows.

    Raises:
      ValueError: If the integrator refuses the field.
    """
    stepper, carry = _start(vector_field, states, integrator)

    @tf.function(autograph=False)
    def there_and_back(carry: tf.Tensor) -> tf.Tensor:
        return _flow(stepper, _flow(stepper, carry, step_size, num_steps), -step_size, num_steps)

    def largest(piece: slice) -> float:
        return float(tf.reduce_max(tf.abs(_once(there_and_back, carry[piece]) - carry[piece])))

    return float(np.max([largest(piece) for piece in pieces(len(carry))]))  # the maximum is NaN if any value is NaN


def _energy_slopes(
    vector_field: VectorField,
    hamiltonian: Hamiltonian,
    states: tf.Tensor,
    step_size: float,
    num_steps: int,
    integrator: str | integrators.Integrator,
) -> tuple[Slope, ...]:
    times = step_size * np.arange(num_steps + 1)

    def slopes(piece: slice) -> np.ndarray:
        paths = rollout(
            vector_field,
            states[piece],
            step_size=step_size,
            num_steps=num_steps,
            integrator=integrator,
            jit_compile=True,
        )
        of_paths = energies(hamiltonian, paths.numpy()).astype(np.float64)
        return np.array([energy_slope(times, energy) for energy in of_paths])

    rows = rows_in_pieces(slopes, len(states), states_each=states_of_rollout(num_steps + 1))
    return tuple(Slope(*row) for row in rows.tolist())


def _start(
    vector_field: VectorField, states: State, integrator: str | integrators.Integrator
) -> tuple[Stepper, tf.Tensor]:
    method = integrators.get(integrator)
    method.check(vector_field)
    stepper = Stepper(vector_field, method)
    return stepper, stepper.start(_batch(vector_field, states))


def _batch(vector_field: VectorField, states: State) -> tf.Tensor:
    """Returns states `[..., 2n]` as `[B, 2n]`, in the field's own precision if it has one."""
    dtype = declared(vector_field, "compute_dtype")
    states = scalars.cast(states, tf.as_dtype(dtype)) if dtype else tf.convert_to_tensor(states)
    if not states.dtype.is_floating:
        raise ValueError(f"states: expected floating-point numbers; received {states.dtype.name}")
    if not tf.reduce_all(tf.math.is_finite(states)):
        raise ValueError("states: expected finite numbers; received NaN or infinity")
    return tf.reshape(states, [-1, 2 * phase_space.dof(states)])


def _flow(stepper: Stepper, carry: tf.Tensor, step_size: float, num_steps: int) -> tf.Tensor:
    if num_steps == 1:
        return stepper.step(carry, tf.constant(step_size, carry.dtype))
    sizes = tf.constant([step_size], carry.dtype)
    counts = tf.constant([num_steps])
    return repeated_steps(stepper.step, carry, sizes, counts=counts, most=num_steps)[-1]


def _once(function: tf.types.experimental.PolymorphicFunction, *arguments: tf.Tensor) -> tf.Tensor:
    # The function is not called directly, because TensorFlow would warn about functions that are made and traced again
    # each time.
    return function.get_concrete_function(*arguments)(*arguments)
