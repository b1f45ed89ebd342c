"""L-BFGS, for full batches."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf.optimizers.dense_gradients import dense_gradients

_DECREASE, _CURVATURE = 1e-4, 0.9  # the usual constants of the weak Wolfe conditions
_MOST_EVALUATIONS = 20  # in one line search; in float32, 2^-20 of a direction is negligible


@keras.saving.register_keras_serializable(package="hnn_tf")
class LBFGS(keras.optimizers.Optimizer):
    """Limited-memory BFGS with coupled L2 regularisation, a quasi-Newton method for losses without batch noise.

    A step goes along d = -H g, where H is the approximate inverse Hessian from the last moves and the changes of the
    gradient along them. A bisection finds a step length that satisfies the weak Wolfe conditions, mostly with one
    evaluation. There is no learning rate to choose. When no step lowers the loss any more, the weights stay.

    The optimizer works with `TrainingLoop` without `batch_size`, which calls `minimize`. `model.fit` is not supported.

    Args:
      l2: The coefficient >= 0 of the penalty (l2 / 2) |v|^2, as in `CoupledAdam`.
      memory: The number of moves that are remembered, >= 1.

    References:
      Nocedal, Wright. Numerical Optimization, 2nd ed., 2006, algorithm 7.4.
      Lewis, Overton. Nonsmooth optimization via quasi-Newton methods. Math. Program. 141, 2013, algorithm 2.6.
    """

    def __init__(self, *, l2: float = 0.0, memory: int = 10, name: str = "lbfgs") -> None:
        if memory < 1:
            raise ValueError(f"memory: expected an integer >= 1; received {memory}")
        super().__init__(learning_rate=1.0, name=name)
        self.l2, self.memory = l2, memory

    def build(self, variables: Sequence[keras.Variable]) -> None:
        """Creates the memory of the steps on these variables."""
        if self.built:
            return
        super().build(variables)
        size, dtype = sum(variable.value.shape.num_elements() for variable in variables), variables[0].dtype
        self._moves = self.add_variable([self.memory, size], dtype=dtype, name="moves")
        self._gradient_changes = self.add_variable([self.memory, size], dtype=dtype, name="gradient_changes")
        self._gradient = self.add_variable([size], dtype=dtype, name="gradient")
        self._loss = self.add_variable([], dtype=dtype, name="loss")
        self._is_known = self.add_variable([], dtype=dtype, name="is_known")

    def begin(self) -> None:
        """Prepares a step on other samples or from changed weights, where loss and gradient must be computed again."""
        self._is_known.assign(0.0)

    def minimize(self, loss: Callable[[], tf.Tensor], variables: Sequence[keras.Variable]) -> tf.Tensor:
        """Takes one step, and returns the loss before the step, without the penalty.

        `loss` must be the same function in every step.
        """
        start = _flat([variable.value for variable in variables])
        decayed = _flat([tf.fill(v.shape, tf.cast(self._use_weight_decay(v), v.dtype)) for v in variables])

        def penalty(point: tf.Tensor) -> tf.Tensor:
            return self.l2 / 2 * _dot(decayed * point, point)

        def evaluate(point: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            _assign(variables, point)
            with tf.GradientTape() as tape:
                value = loss()
            gradient = _flat(dense_gradients(tape, value, variables))
            return value + penalty(point), gradient + self.l2 * decayed * point

        old_loss, old_gradient = tf.cond(
            tf.equal(self._is_known.value, 0.0),
            lambda: evaluate(start),
            lambda: (tf.identity(self._loss.value), tf.identity(self._gradient.value)),
        )
        direction = self._direction(old_gradient)
        slope = _dot(direction, old_gradient)

        def search(low: tf.Tensor, high: tf.Tensor, size: tf.Tensor, *_: tf.Tensor) -> tuple[tf.Tensor, ...]:
            new_loss, gradient = evaluate(start + size * direction)
            lower = new_loss <= old_loss + _DECREASE * size * slope  # the comparison is false for NaN
            done = lower & (_dot(gradient, direction) >= _CURVATURE * slope)
            low, high = tf.where(lower, size, low), tf.where(lower, high, size)
            following = tf.where(tf.math.is_inf(high), 2.0 * size, (low + high) / 2.0)
            return low, high, following, new_loss, gradient, lower, done

        no, zero = tf.constant(False), tf.zeros([], start.dtype)
        *_, new_loss, gradient, lower, _ = tf.while_loop(
            lambda *state: ~state[-1],
            search,
            (zero, zero + float("inf"), zero + 1.0, zero, tf.zeros_like(start), no, no),
            maximum_iterations=_MOST_EVALUATIONS,
        )
        point = _flat([variable.value for variable in variables])
        _assign(variables, tf.where(lower, point, start))
        self._loss.assign(tf.where(lower, new_loss, old_loss))
        self._gradient.assign(tf.where(lower, gradient, old_gradient))
        self._remember(tf.where(lower, point - start, 0.0), tf.where(lower, gradient - old_gradient, 0.0))
        self._is_known.assign(1.0)
        self.iterations.assign_add(1)
        return old_loss - penalty(start)

    def update_step(self, gradient: tf.Tensor, variable: keras.Variable, learning_rate: tf.Tensor) -> None:
        """Refuses an update by a gradient alone, because a line search needs the loss."""
        del gradient, variable, learning_rate
        raise TypeError(
            "LBFGS: expected hnn_tf.TrainingLoop; received gradients alone, as from model.fit; use Adam in model.fit"
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {"l2": self.l2, "memory": self.memory, "name": self.name}

    def _direction(self, gradient: tf.Tensor) -> tf.Tensor:
        """Returns minus the approximate inverse Hessian times the gradient, by the two-loop recursion."""
        pairs = list(zip(tf.unstack(self._moves.value), tf.unstack(self._gradient_changes.value), strict=True))
        curvatures = [_dot(move, change) for move, change in pairs]  # 0 where nothing is remembered yet
        result, weights = gradient, []
        for (move, change), curvature in zip(pairs, curvatures, strict=True):
            weights.append(tf.math.divide_no_nan(_dot(move, result), curvature))
            result -= weights[-1] * change
        scale = tf.math.divide_no_nan(curvatures[0], _dot(pairs[0][1], pairs[0][1]))
        # The very first step has at most the length 1.
        result *= tf.where(scale > 0, scale, 1.0 / tf.maximum(tf.norm(gradient), 1.0))
        for (move, change), curvature, weight in reversed(list(zip(pairs, curvatures, weights, strict=True))):
            result += (weight - tf.math.divide_no_nan(_dot(change, result), curvature)) * move
        return -result

    def _remember(self, move: tf.Tensor, change: tf.Tensor) -> None:
        """Puts a move before the older ones.

        A move that is not a descent clears the memory, and a new search begins.
        """
        useful = _dot(move, change) > 0
        for memory, newest in ((self._moves, move), (self._gradient_changes, change)):
            shifted = tf.concat([newest[tf.newaxis], memory.value[:-1]], 0)
            memory.assign(tf.where(useful, shifted, 0.0))


def _flat(tensors: Sequence[tf.Tensor]) -> tf.Tensor:
    return tf.concat([tf.reshape(tensor, [-1]) for tensor in tensors], 0)


def _assign(variables: Sequence[keras.Variable], point: tf.Tensor) -> None:
    parts = tf.split(point, [variable.value.shape.num_elements() for variable in variables])
    for variable, part in zip(variables, parts, strict=True):
        variable.assign(tf.reshape(part, variable.shape))


def _dot(one: tf.Tensor, other: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(one * other)
