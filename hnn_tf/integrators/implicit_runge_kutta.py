"""Implicit Runge-Kutta methods, given by tableaus."""

import dataclasses
import math
from collections.abc import Sequence
from typing import ClassVar

import tensorflow as tf

from hnn_tf.integrators.base import Increment, Integrator
from hnn_tf.numerics.traced_function import TracedFunction
from hnn_tf.typing import State, VectorField

_MOST_ITERATIONS = 100
_TOLERANCES = {tf.float64: 1e-14, tf.float32: 1e-6, tf.float16: 1e-2, tf.bfloat16: 1e-1}
"""The default tolerance of each precision, which is a few roundings."""


@dataclasses.dataclass(frozen=True)
class ImplicitRungeKutta(Integrator):
    """The base class of implicit methods: k_i = f(s + h sum_j a_ij k_j),  s' = s + h sum_i b_i k_i.

    A fixed-point iteration solves the first equations for the slopes k, for each batch member separately. The iteration
    converges while the step is short compared with the time scales of the field: `step_size` times the field's
    Lipschitz constant must be below about 1. A member that has not converged after a hundred iterations is NaN from
    then on, and an eager `rollout` raises an error. The gradient is the gradient of the solution (by the implicit
    function theorem), not of the iteration. A subclass only defines a tableau `a` and its weights `b`.

    Args:
      tolerance: The largest change of a stage in the last iteration, relative to max(1, |s|). The default is 1e-14 in
        float64, 1e-6 in float32, 1e-2 in float16, and 1e-1 in bfloat16.

    Raises:
      ValueError: If the tolerance is not a finite number > 0.

    References:
      Hairer, Lubich, Wanner. Geometric Numerical Integration, 2nd ed., 2006, sections II.1 and VIII.6.
    """

    tolerance: float | None = None

    a: ClassVar[tuple[tuple[float, ...], ...]]
    b: ClassVar[tuple[float, ...]]
    symplectic = True
    time_reversible = True
    requires_separable = False
    may_fail = True

    def __post_init__(self) -> None:
        if self.tolerance is not None and not 0 < self.tolerance < float("inf"):
            raise ValueError(f"tolerance: expected a finite number > 0; received {self.tolerance}")

    def increments(self, vector_field: VectorField, step_size: tf.Tensor) -> Sequence[Increment]:
        """Returns one increment: h sum_i b_i k_i."""
        return [lambda state: self._counted_increment(vector_field, state, step_size)[0]]

    def counted_step(self, vector_field: VectorField, state: State, step_size: tf.Tensor) -> tuple[State, tf.Tensor]:
        """Returns the result of `step` and the number of iterations of each member, `[..., 1]`."""
        increment, iterations = self._counted_increment(vector_field, state, step_size)
        return state + increment, iterations

    def _counted_increment(self, vector_field: VectorField, state: State, step_size: tf.Tensor) -> tuple:
        slopes, iterations = self._solve(vector_field, state, tf.convert_to_tensor(step_size, state.dtype))
        return step_size * tf.tensordot(tf.constant(self.b, state.dtype), slopes, 1), iterations

    def _solve(self, vector_field: VectorField, state: State, step_size: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the slopes `[stages, ..., 2n]` and the number of iterations of each member, `[..., 1]`."""
        a = tf.constant(self.a, state.dtype)

        def slopes_of(slopes: tf.Tensor, state: State, step_size: tf.Tensor) -> tf.Tensor:
            shifts = step_size * tf.tensordot(a, slopes, 1)
            # The field is called once per stage, with the state's own shape, because a field may have a parameter for
            # each member.
            return tf.stack([vector_field(state + shift) for shift in tf.unstack(shifts, self.stages)])

        guess = tf.repeat(vector_field(state)[tf.newaxis], self.stages, 0)
        traced = TracedFunction(slopes_of, guess, state, step_size)
        scale = self._tolerance(state) * tf.maximum(tf.reduce_max(tf.abs(state), -1, keepdims=True), 1)

        weight = tf.abs(step_size) / scale
        solution, iterations = _fixed_point(lambda k: slopes_of(k, state, step_size), guess, weight)
        # The gradients of one more iteration, multiplied by (1 - d slopes / d slopes)^-1, are the solution's gradients
        # to everything that the field depends on.
        slopes = slopes_of(tf.stop_gradient(solution), state, step_size)

        @tf.custom_gradient
        def solved(slopes: tf.Tensor) -> tuple:
            def gradient(upstream: tf.Tensor) -> tf.Tensor:
                def pulled(adjoint: tf.Tensor) -> tf.Tensor:
                    return upstream + traced.pull([slopes, state, step_size], adjoint)[0][0]

                size = tf.reduce_max(tf.abs(upstream), [0, -1], keepdims=True)[0]
                relative = self._tolerance(state) * tf.where(size > 0, size, tf.ones_like(size))
                return _fixed_point(pulled, upstream, 1 / relative)[0]

            return slopes, gradient

        return solved(slopes), iterations

    def _tolerance(self, state: State) -> tf.Tensor:
        default = _TOLERANCES[state.dtype]
        return tf.constant(default if self.tolerance is None else self.tolerance, state.dtype)


def _fixed_point(function: Increment, start: tf.Tensor, weight: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Finds the fixed point `[stages, ..., m]` of a contraction.

    A member is done when its change times `weight` `[..., 1]` is at most 1. A finished member keeps its value while the
    other members continue, so that no member depends on its neighbours. A member whose change is not finite is given
    up, and the other members do not wait for it.

    Returns:
      The fixed point, which is NaN for the members that do not converge, and the number of iterations `[..., 1]`.
    """

    def body(i: tf.Tensor, value: tf.Tensor, done: tf.Tensor, lost: tf.Tensor, iterations: tf.Tensor) -> tuple:
        iterations += tf.cast(~(done | lost), iterations.dtype)
        new = function(value)
        change = tf.reduce_max(tf.abs(new - value), [0, -1], keepdims=True)[0] * weight
        value, done = tf.where(done, value, new), done | (change <= 1)
        return i + 1, value, done, lost | ~tf.math.is_finite(change), iterations

    none = tf.zeros_like(start[0, ..., :1])
    nobody = tf.zeros_like(none, tf.bool)
    _, value, done, _, iterations = tf.while_loop(
        lambda i, _, done, lost, __: (i < _MOST_ITERATIONS) & ~tf.reduce_all(done | lost),
        body,
        (tf.constant(0), start, nobody, nobody, none),
        shape_invariants=(tf.TensorShape([]), start.shape, nobody.shape, nobody.shape, none.shape),
    )
    return tf.where(done, value, tf.constant(float("nan"), value.dtype)), iterations


class ImplicitMidpoint(ImplicitRungeKutta):
    """The implicit midpoint rule: s' = s + h f((s + s') / 2), the Gauss-Legendre method of one stage.

    References:
      Hairer, Lubich, Wanner. Geometric Numerical Integration, 2nd ed., 2006, eq. I.1.7.
    """

    name = "implicit_midpoint"
    order = 2
    stages = 1
    a = ((1 / 2,),)
    b = (1.0,)


_THREE, _FIFTEEN = math.sqrt(3.0), math.sqrt(15.0)


class GaussLegendre4(ImplicitRungeKutta):
    """The Gauss-Legendre method of two stages.

    References:
      Hairer, Lubich, Wanner. Geometric Numerical Integration, 2nd ed., 2006, table II.1.1.
    """

    name = "gauss4"
    order = 4
    stages = 2
    a = ((1 / 4, 1 / 4 - _THREE / 6), (1 / 4 + _THREE / 6, 1 / 4))
    b = (1 / 2, 1 / 2)


class GaussLegendre6(ImplicitRungeKutta):
    """The Gauss-Legendre method of three stages.

    References:
      Hairer, Lubich, Wanner. Geometric Numerical Integration, 2nd ed., 2006, table II.1.1.
    """

    name = "gauss6"
    order = 6
    stages = 3
    a = (
        (5 / 36, 2 / 9 - _FIFTEEN / 15, 5 / 36 - _FIFTEEN / 30),
        (5 / 36 + _FIFTEEN / 24, 2 / 9, 5 / 36 - _FIFTEEN / 24),
        (5 / 36 + _FIFTEEN / 30, 2 / 9 + _FIFTEEN / 15, 5 / 36),
    )
    b = (5 / 18, 4 / 9, 5 / 18)
