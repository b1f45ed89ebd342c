"""A step that is repeated many times, with a gradient that needs little memory."""

import math
from collections.abc import Callable, Sequence

import tensorflow as tf

from hnn_tf.numerics.traced_function import TracedFunction, own_gradients

Step = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
"""A function (carry `[..., m]`, step size broadcastable to `[..., 1]`) -> next carry `[..., m]`."""

_FEW = 32
"""The number of substeps of an interval up to which the gradient keeps the carry of every substep.

For more substeps, the gradient keeps fewer carries and computes the others again.
"""


def repeated_steps(
    step: Step,
    carry: tf.Tensor,
    step_sizes: tf.Tensor,
    *,
    num: int | tf.Tensor | None = None,
    counts: tf.Tensor | None = None,
    most: int | tf.Tensor | None = None,
    checkpointing: bool = True,
) -> tf.Tensor:
    """Returns the carries after each of `num` intervals of one step, or of `counts[i]` equal steps.

    The gradient (to the carry, the step sizes, and every tensor and variable that `step` uses) is the gradient of the
    numerical solution itself, not of the equation. No values inside a step are stored: on the way back, each step is
    computed again from the carry before it. For S steps within an interval, about sqrt(S) carries are kept, and the
    others are computed again between them. The memory is therefore that of the result, of O(sqrt(S)) carries and of one
    step.

    Shape key: `...` batch, m = width of the carry, T = capacity, at least `num`.

    Args:
      step: One step, a deterministic function of its arguments and of the values that it captures.
      carry: The carry at the beginning, `[..., m]`.
      step_sizes: The size of each interval's steps, `[T]`, or `[T, ..., 1]` with separate sizes for each batch member.
      num: The number of intervals to take, an integer scalar; by default T. For XLA, T must be fixed in the graph, but
        `num` need not be.
      counts: The number of steps in each interval, integers `[T]`; by default one each.
      most: An integer scalar that is at least the largest of `counts`; given together with `counts`.
      checkpointing: If False, the gradient is TensorFlow's own, which stores everything.

    Returns:
      The carries `[T, ..., m]`. The values past `num` have no meaning.

    References:
      Griewank, Walther. Evaluating Derivatives, 2nd ed., 2008, ch. 12 (checkpointing).
    """
    num = tf.convert_to_tensor(_length(step_sizes) if num is None else num)
    if not checkpointing:
        return _forward(step, carry, step_sizes, num, counts)
    traced = TracedFunction(step, carry, step_sizes[0])

    # The tensors that the step uses from outside are arguments only so that gradients reach them.
    @tf.custom_gradient
    def run(carry: tf.Tensor, step_sizes: tf.Tensor, *_: tf.Tensor) -> tuple[tf.Tensor, Callable]:
        states = _forward(traced, carry, step_sizes, num, counts)

        def gradient(upstream: tf.Tensor, variables: Sequence | None = None) -> tuple:
            pull = _Pull(traced, counts, most)
            starts = tf.concat([carry[tf.newaxis], states[:-1]], 0)
            return own_gradients(_backward(pull, starts, step_sizes, num, upstream), variables)

        return states, gradient

    return run(carry, step_sizes, *traced.outside)


def last_step_gradient(
    step: TracedFunction, carry: tf.Tensor, step_sizes: tf.Tensor, num: tf.Tensor, upstream: tf.Tensor
) -> tuple[tf.Tensor, ...]:
    """Returns the gradients through `num` steps that were taken before, from the gradient of the last carry.

    Args:
      step: One step.
      carry: The carry at the beginning, `[..., m]`.
      step_sizes: The sizes of the steps, `[T, ..., 1]`, where T is at least `num`.
      num: The number of steps, an integer scalar.
      upstream: The adjoint of the last carry, `[..., m]`.

    Returns:
      The adjoints of `carry`, of `step_sizes`, and of each of `step.outside`.
    """
    states = _forward(step, carry, step_sizes, num, None)
    last = tf.reshape(tf.range(_length(step_sizes)) == num - 1, [-1, *[1] * carry.shape.rank])
    upstream = tf.where(last, upstream, tf.zeros_like(upstream))
    starts = tf.concat([carry[tf.newaxis], states[:-1]], 0)
    return _backward(_Pull(step, None, None), starts, step_sizes, num, upstream)


def _forward(
    step: Step | TracedFunction, carry: tf.Tensor, step_sizes: tf.Tensor, num: tf.Tensor, counts: tf.Tensor | None
) -> tf.Tensor:
    states = _array(carry, _length(step_sizes))

    def body(i: tf.Tensor, carry: tf.Tensor, states: tf.TensorArray) -> tuple:
        if counts is None:
            carry = step(carry, step_sizes[i])
        else:
            carry = _advance(step, carry, step_sizes[i], counts[i])
        # Carries are written at the loop counter, and the initial carry is not written. Graph converters understand
        # only this form.
        return i + 1, carry, states.write(i, carry)

    return tf.while_loop(
        lambda i, *_: i < num,
        body,
        (tf.constant(0), carry, states),
        shape_invariants=(tf.TensorShape([]), carry.shape, tf.TensorShape(None)),
        maximum_iterations=step_sizes.shape[0],  # XLA needs it for its own gradient of loops
    )[2].stack()


def _advance(step: Step, carry: tf.Tensor, step_size: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
    return tf.while_loop(
        lambda k, _: k < count,
        lambda k, carry: (k + 1, step(carry, step_size)),
        (tf.constant(0), carry),
        shape_invariants=(tf.TensorShape([]), carry.shape),
    )[1]


def _length(values: tf.Tensor) -> int | tf.Tensor:
    # The length is a number if it is known, because XLA compiles again for each value from which a size may come.
    return tf.shape(values)[0] if values.shape[0] is None else values.shape[0]


def _array(carry: tf.Tensor, size: int | tf.Tensor) -> tf.TensorArray:
    return tf.TensorArray(carry.dtype, size=size, element_shape=carry.shape, clear_after_read=False)


def _backward(
    pull: "_Pull", starts: tf.Tensor, step_sizes: tf.Tensor, num: tf.Tensor, upstream: tf.Tensor
) -> tuple[tf.Tensor, ...]:
    """Returns the gradients to the first carry, to the step sizes, and to the tensors from outside the steps."""
    size_array = tf.TensorArray(step_sizes.dtype, _length(step_sizes), element_shape=step_sizes.shape[1:])
    unused = tf.zeros_like(step_sizes)  # the values past `num`

    def body(i: tf.Tensor, adjoint: tf.Tensor, sizes: tf.TensorArray, outside: list) -> tuple:
        i = i - 1
        adjoint, size, outside = pull.interval(starts[i], step_sizes[i], i, adjoint + upstream[i], outside)
        return i, adjoint, sizes.write(i, size), outside

    _, adjoint, sizes, outside = tf.while_loop(
        lambda i, *_: i > 0,
        body,
        (num, tf.zeros_like(starts[0]), size_array.unstack(unused), pull.zeros()),
        shape_invariants=(tf.TensorShape([]), starts.shape[1:], tf.TensorShape(None), pull.shapes()),
    )
    return adjoint, sizes.stack(), *outside


class _Pull:
    """The reverse pass through the steps of an interval, from the adjoint at its end to the adjoint at its start."""

    def __init__(self, step: TracedFunction, counts: tf.Tensor | None, most: int | tf.Tensor | None) -> None:
        self._step, self._counts = step, counts
        if isinstance(most, int):  # XLA needs an integer
            self._length: int | tf.Tensor = max(math.isqrt(most - 1) + 1, min(most, _FEW))
            self._segments: int | tf.Tensor = -(-most // self._length)
        elif most is not None:
            root = tf.cast(tf.math.ceil(tf.sqrt(tf.cast(most, tf.float64))), tf.int32)
            self._length = tf.maximum(root, tf.minimum(most, _FEW))
            self._segments = -(-most // self._length)

    def zeros(self) -> list[tf.Tensor]:
        return [tf.zeros_like(tensor) for tensor in self._step.outside]

    def shapes(self) -> list[tf.TensorShape]:
        return [tf.TensorShape(tensor.shape) for tensor in self._step.outside]

    def interval(
        self, start: tf.Tensor, step_size: tf.Tensor, i: tf.Tensor, adjoint: tf.Tensor, outside: list
    ) -> tuple:
        """Returns the adjoints of the interval's start, of its step size, and (summed) of the tensors outside."""
        if self._counts is None:
            return self._one_step(start, step_size, adjoint, outside)
        count, size = self._counts[i], tf.zeros_like(step_size)
        num_segments = -(-count // self._length)
        kept = self._states(start, step_size, self._segments, num_segments, stride=self._length)

        def segment(j: tf.Tensor, adjoint: tf.Tensor, size: tf.Tensor, outside: list) -> tuple:
            j = j - 1
            steps = tf.minimum(count - j * self._length, self._length)
            states = self._states(kept.read(j), step_size, self._length, steps, stride=1)

            def one(k: tf.Tensor, adjoint: tf.Tensor, size: tf.Tensor, outside: list) -> tuple:
                adjoint, one_size, outside = self._one_step(states.read(k - 1), step_size, adjoint, outside)
                return k - 1, adjoint, size + one_size, outside

            return j, *self._loop(one, steps, adjoint, size, outside)

        return self._loop(segment, num_segments, adjoint, size, outside)

    def _loop(self, body: Callable, num: tf.Tensor, adjoint: tf.Tensor, size: tf.Tensor, outside: list) -> tuple:
        shapes = (tf.TensorShape([]), adjoint.shape, size.shape, self.shapes())
        return tf.while_loop(lambda i, *_: i > 0, body, (num, adjoint, size, outside), shape_invariants=shapes)[1:]

    def _states(
        self,
        start: tf.Tensor,
        step_size: tf.Tensor,
        capacity: int | tf.Tensor,
        num: tf.Tensor,
        *,
        stride: int | tf.Tensor,
    ) -> tf.TensorArray:
        """Returns `num` states, one at every `stride` steps, beginning with the start."""

        def body(i: tf.Tensor, state: tf.Tensor, states: tf.TensorArray) -> tuple:
            states = states.write(i, state)
            # No steps follow the last state.
            stride_here = tf.where(i + 1 < num, stride, 0)
            return i + 1, _advance(self._step, state, step_size, stride_here), states

        shapes = (tf.TensorShape([]), start.shape, tf.TensorShape(None))
        loop = (tf.constant(0), start, _array(start, capacity))
        return tf.while_loop(lambda i, *_: i < num, body, loop, shape_invariants=shapes)[2]

    def _one_step(self, start: tf.Tensor, step_size: tf.Tensor, adjoint: tf.Tensor, outside: list) -> tuple:
        (start, step_size), more = self._step.pull([start, step_size], adjoint)
        return start, step_size, [old + new for old, new in zip(outside, more, strict=True)]
