"""The adaptive method of Dormand and Prince."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import scipy.integrate
import tensorflow as tf

from hnn_tf.integrators.base import Increment, Integrator
from hnn_tf.numerics.repeated_steps import last_step_gradient
from hnn_tf.numerics.traced_function import TracedFunction, own_gradients
from hnn_tf.typing import State, VectorField

_A = [[float(a) for a in row[:i]] for i, row in enumerate(scipy.integrate.RK45.A)]
_B = [float(b) for b in scipy.integrate.RK45.B]
_ERROR = [float(e) for e in scipy.integrate.RK45.E]
_LEAST_FACTOR, _MOST_FACTOR, _SAFETY = 0.2, 10.0, 0.9


@dataclasses.dataclass(frozen=True)
class DormandPrince(Integrator):
    """The adaptive method of order 5(4), for reference work and for vector fields with unknown time scales.

    Each step consists of as many inner steps as the tolerances require; `step_size` is only the time between two
    states. Each batch member has its own inner steps. The gradient is the gradient of the accepted inner steps, with
    their sizes held constant.

    This class does not use the method of the same name in TensorFlow Probability, for three reasons. In float64, that
    method's coefficients have only single precision, so that no tolerance brings its error below about 1e-7. The method
    interpolates the state at the end of the step. A single member that cannot continue keeps all other members in the
    loop.

    Args:
      rtol: The relative tolerance of an inner step, > 0.
      atol: The absolute tolerance of an inner step, > 0.
      max_steps: The number of inner steps, including rejected ones, after which a member is given up and becomes NaN,
        >= 1.

    Raises:
      ValueError: If a tolerance is not a finite number > 0, or `max_steps` is below 1.

    References:
      Dormand, Prince. A family of embedded Runge-Kutta formulae. Journal of Computational and Applied Mathematics 6,
      1980. The tableau is SciPy's (`scipy.integrate.RK45`). The step control is that of Hairer, Norsett, Wanner,
      Solving Ordinary Differential Equations I, 2nd ed., 1993, section II.4.
    """

    rtol: float = 1e-6
    atol: float = 1e-8
    max_steps: int = 1000

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
        if self.max_steps < 1:
            raise ValueError(f"max_steps: expected an integer >= 1; received {self.max_steps}")

    def increments(self, vector_field: VectorField, step_size: tf.Tensor) -> Sequence[Increment]:
        """Returns one increment, the sum over all inner steps."""
        return [lambda state: self.step(vector_field, state, step_size) - state]

    def step(self, vector_field: VectorField, state: State, step_size: tf.Tensor) -> State:
        """Advances states `[..., 2n]` by `step_size`."""
        return self.counted_step(vector_field, state, step_size)[0]

    def counted_step(self, vector_field: VectorField, state: State, step_size: tf.Tensor) -> tuple[State, tf.Tensor]:
        """Returns the result of `step` and each member's number of inner steps, `[..., 1]`, with rejected ones."""
        step_size = tf.convert_to_tensor(step_size, state.dtype) * tf.ones_like(state[..., :1])
        inner_step = TracedFunction(lambda state, size: _step(vector_field, state, size)[0], state, state[..., :1])

        # The tensors that the field uses from outside are arguments only so that gradients reach them.
        @tf.custom_gradient
        def run(state: State, step_size: tf.Tensor, *_: tf.Tensor) -> tuple:
            end, fractions, num, tries = self._solve(vector_field, state, step_size)

            def gradient(upstream: tf.Tensor, _: tf.Tensor, variables: Sequence | None = None) -> tuple:
                sizes = step_size * fractions
                state_gradient, sizes_gradient, *outside = last_step_gradient(inner_step, state, sizes, num, upstream)
                size_gradient = tf.reduce_sum(sizes_gradient * fractions, 0)
                return own_gradients([state_gradient, size_gradient, *outside], variables)

            return (end, tries), gradient

        return run(state, step_size, *inner_step.outside)

    def _solve(self, vector_field: VectorField, state: State, step_size: tf.Tensor) -> tuple[Any, Any, Any, Any]:
        """Takes the inner steps of one step.

        Returns:
          The state after the step; the inner steps `[max_steps, ..., 1]` as fractions of the step; their number; the
          number of inner steps of each member.
        """
        one = tf.ones_like(state[..., :1])
        fractions = tf.TensorArray(state.dtype, self.max_steps, element_shape=one.shape)

        def body(
            i: tf.Tensor, state: State, slope: tf.Tensor, done: Any, fraction: Any, fractions: Any, tries: Any
        ) -> tuple:
            tries += tf.cast(goes_on(done, fraction), tries.dtype)
            # The last inner step ends where the step ends.
            fraction = tf.minimum(fraction, one - done)
            end, error, end_slope = _step(vector_field, state, step_size * fraction, slope)
            scale = self.atol + self.rtol * tf.maximum(tf.abs(state), tf.abs(end))
            ratio = tf.sqrt(tf.reduce_mean((error / scale) ** 2, -1, keepdims=True))
            # The comparison is false for NaN, so that the step is also shortened for NaN.
            accepted = ratio <= 1
            taken = tf.where(accepted, fraction, tf.zeros_like(fraction))
            factor = tf.clip_by_value(_SAFETY * tf.maximum(ratio, 1e-10) ** -0.2, _LEAST_FACTOR, _MOST_FACTOR)
            factor = tf.where(tf.math.is_finite(factor), factor, _LEAST_FACTOR * one)
            state, slope = tf.where(accepted, end, state), tf.where(accepted, end_slope, slope)
            return i + 1, state, slope, done + taken, fraction * factor, fractions.write(i, taken), tries

        slope = vector_field(state)
        finite = tf.math.is_finite
        able = finite(step_size) & tf.reduce_all(finite(state) & finite(slope), -1, keepdims=True)

        def goes_on(done: tf.Tensor, fraction: tf.Tensor) -> tf.Tensor:
            # The other members do not wait for a member that cannot begin or whose steps have shrunk to nothing.
            return able & (done < 1) & (done + fraction > done)

        def unfinished(i: tf.Tensor, _: State, slope: tf.Tensor, done: Any, fraction: Any, *rest: Any) -> tf.Tensor:
            del slope, rest
            return (i < self.max_steps) & tf.reduce_any(goes_on(done, fraction))

        none = tf.zeros_like(one)
        num, end, _, done, _, fractions, tries = tf.while_loop(
            unfinished,
            body,
            (tf.constant(0), state, slope, none, one, fractions, none),
            shape_invariants=(
                tf.TensorShape([]),
                *[state.shape] * 2,
                *[one.shape] * 2,
                tf.TensorShape(None),
                one.shape,
            ),
        )
        end = tf.where(able & (done >= 1), end, tf.constant(float("nan"), state.dtype))
        return end, _up_to(num, fractions.stack()), num, tries


def _step(
    vector_field: VectorField, state: State, size: tf.Tensor, slope: tf.Tensor | None = None
) -> tuple[State, tf.Tensor, tf.Tensor]:
    """Takes an inner step.

    Returns:
      The state at its end, the estimate of its error, and the slope at its end, which is the first slope of the next
      step.
    """
    slopes = [vector_field(state) if slope is None else slope]
    for row in _A[1:]:
        slopes.append(vector_field(state + size * _weighted(row, slopes)))
    end = state + size * _weighted(_B, slopes)
    slopes.append(vector_field(end))
    return end, size * _weighted(_ERROR, slopes), slopes[-1]


def _weighted(weights: Sequence[float], slopes: Sequence[tf.Tensor]) -> tf.Tensor:
    return tf.add_n([weight * slope for weight, slope in zip(weights, slopes, strict=True) if weight])


def _up_to(num: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    # The unwritten elements of XLA's arrays may have any value.
    index = tf.reshape(tf.range(values.shape[0]), [-1, *[1] * (values.shape.rank - 1)])
    return tf.where(index < num, values, tf.zeros_like(values))
