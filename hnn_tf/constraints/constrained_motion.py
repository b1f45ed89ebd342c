"""The motion of a Hamiltonian system on the manifold that constraints allow."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.constraints.derivatives import constraint_curvature, constraint_jacobian
from hnn_tf.constraints.shifted_system import REFINEMENTS, shift_of
from hnn_tf.numerics.positive_definite import solve_positive_definite
from hnn_tf.typing import State


def constrained_motion(
    motion: Callable[[State], tf.Tensor], constraints: Any, state: State, *, positive: bool = False
) -> tf.Tensor:
    """Returns the motion that stays on the manifold phi(q) = 0, of a motion (f, g) without constraints.

    dq/dt = f(q, p),  dp/dt = g(q, p) - J^T lambda,  J = dphi/dq.

    For a Hamiltonian, f = dH/dp and g = -dH/dq, and this is the constrained symplectic gradient. The forces J^T lambda
    of the constraints follow from the second time derivative of phi (reduction of the index from 3 to 1): with F = (f,
    g),

      (J df/dp J^T) lambda = f^T (d^2 phi / dq^2) f + J (df/ds F).

    Along the motion, d phi / dt is therefore constant, and 0 if the state is on the manifold, J f = 0. The work of the
    forces is lambda . J f = 0, so constraints do not change the energy.

    Args:
      motion: A function from states `[..., 2n]` to time derivatives `[..., 2n]`. Each depends only on its own state.
      constraints: A Keras layer from positions `[..., n]` to phi `[..., C]`, for example `RigidRods`.
      state: (q, p) `[..., 2n]`.
      positive: Whether df/dp is known to be symmetric and positive definite, as an inverse mass matrix is. The forces
        are then more exact: in float32, `any_multipliers` fails for masses that differ by a factor above 30.

    Returns:
      The time derivative `[..., 2n]`. Where constraints are redundant, the forces are those of `multipliers`, or of
      `any_multipliers` without `positive`.

    References:
      Finzi, Wang, Wilson. Simplifying Hamiltonian and Lagrangian Neural Networks via Explicit Constraints.
      arXiv:2010.13581, eq. 5; Leimkuhler, Reich. Simulating Hamiltonian Dynamics, 2004, section 7.2.
    """
    position, _ = phase_space.split(state)
    free = motion(state)
    velocity, force = phase_space.split(free)
    jacobian = constraint_jacobian(constraints, position)
    # One pass gives the derivatives of f along F and along the force of each constraint.
    pushes = [phase_space.join(tf.zeros_like(push), push) for push in tf.unstack(jacobian, axis=-2)]
    tangents = tf.stack([free, *pushes])
    repeated = tf.stack([state] * (1 + len(pushes)))
    with tf.autodiff.ForwardAccumulator(repeated, tangents) as along:
        velocities, _ = phase_space.split(motion(repeated))
    changes = tf.unstack(along.jvp(velocities, unconnected_gradients=tf.UnconnectedGradients.ZERO), 1 + len(pushes))
    right = constraint_curvature(constraints, position, velocity) + _along(jacobian, changes[0])
    matrix = tf.stack([_along(jacobian, change) for change in changes[1:]], -1)
    solve = multipliers if positive else any_multipliers
    return phase_space.join(velocity, force - forces(jacobian, solve(matrix, right)))


def multipliers(matrix: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """Returns lambda `[..., C]` with A lambda = b for positive semidefinite A `[..., C, C]` and b `[..., C]`.

    A is singular if constraints are redundant, as the rods between five points of one body are. The forces J^T lambda
    are unique nevertheless. Three solutions of (A + e I) lambda' = b + e lambda, beginning at 0, give them without a
    search for the rank: the error of the part with the eigenvalue x of A is (e / (e + x))^3, where e is 1e-10 (in
    float32 2e-5) of the mean diagonal element. Parts with x far below e are taken for 0. The result is never NaN for
    finite numbers.
    """
    shift = shift_of(matrix)
    shifted = matrix + shift[..., tf.newaxis] * tf.eye(matrix.shape[-1], dtype=matrix.dtype)
    solution = solve_positive_definite(shifted, right)
    for _ in range(REFINEMENTS):
        solution = solve_positive_definite(shifted, right + shift * solution)
    return solution


def any_multipliers(matrix: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """Returns lambda `[..., C]` with A lambda = b for any A `[..., C, C]` and b `[..., C]`.

    The Hessian d^2H/dp^2 of a network may have negative eigenvalues, and then A is not positive semidefinite. Three
    steps lambda += (A^T A + e I)^-1 A^T (b - A lambda) solve the equations. They begin at 0, and e is as in
    `multipliers`. The error of the part with the singular value x of A is (e / (e + x^2))^3.
    """
    transposed = tf.linalg.matrix_transpose(matrix)
    normal = tf.reduce_sum(transposed[..., :, tf.newaxis, :] * transposed[..., tf.newaxis, :, :], -1)
    shifted = normal + shift_of(normal)[..., tf.newaxis] * tf.eye(matrix.shape[-1], dtype=matrix.dtype)
    solution = tf.zeros_like(right)
    for _ in range(1 + REFINEMENTS):
        rest = right - _along(matrix, solution)
        solution += solve_positive_definite(shifted, _along(transposed, rest))
    return solution


def forces(jacobian: tf.Tensor, multiplier: tf.Tensor) -> tf.Tensor:
    """Returns J^T lambda `[..., n]` for J `[..., C, n]` and lambda `[..., C]`."""
    return tf.reduce_sum(jacobian * multiplier[..., tf.newaxis], -2)


def _along(jacobian: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
    """Returns J v `[..., C]` for J `[..., C, n]` and v `[..., n]`."""
    return tf.reduce_sum(jacobian * vector[..., tf.newaxis, :], -1)
