"""A function with all that it captures, so that custom gradients can reach it."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf


class TracedFunction:
    """A function whose gradient also goes to what it uses besides its arguments.

    `tf.custom_gradient` gives none to tensors that a function captures, and says nothing. So this finds what is
    captured, as a list that can be passed on as arguments.

    Args:
      function: Tensors -> tensor.
      *examples: Tensors of the shapes and dtypes of its arguments.

    Attributes:
      outside: Floating-point values that the function captures: variables, then tensors.
    """

    def __init__(self, function: Callable[..., tf.Tensor], *examples: tf.Tensor) -> None:
        self._function = function
        self._specs = [tf.TensorSpec(example.shape, example.dtype) for example in examples]
        self._trace = tf.function(function, autograph=False).get_concrete_function(*self._specs)
        self._captured = _captured(self._trace)
        self.outside = [value.read_value() if isinstance(value, tf.Variable) else value for value in self._captured]
        self._traced_pull: Any = None

    def __call__(self, *arguments: tf.Tensor) -> tf.Tensor:
        """The function's value."""
        return self._trace(*arguments)

    def pull(self, arguments: Sequence[tf.Tensor], adjoint: tf.Tensor) -> tuple[list[tf.Tensor], list[tf.Tensor]]:
        """Adjoints of the arguments and of `outside`, from that of the value (which is computed again).

        Raises:
          RuntimeError: If the function now uses other variables or tensors than when it was traced.
        """
        if self._traced_pull is None:
            value = tf.TensorSpec(adjoint.shape, adjoint.dtype)
            # A function of its own, so that nothing of its inside crosses its border: for XLA, shapes that do make
            # constants of all that they may come from.
            pull = tf.function(self._pull, autograph=False).get_concrete_function(value, *self._specs)
            known = {id(captured) for captured in self._captured}
            if not known.issuperset(id(captured) for captured in _captured(pull)):
                raise RuntimeError(
                    "gradient of a rollout: expected the variables that its values were computed with; received "
                    "others, as when a keras.StatelessScope has ended in between; use checkpointing=False there"
                )
            self._traced_pull = pull
        adjoints = self._traced_pull(adjoint, *arguments)
        return adjoints[: len(arguments)], adjoints[len(arguments) :]

    def _pull(self, adjoint: tf.Tensor, *arguments: tf.Tensor) -> list[tf.Tensor]:
        # No tape: beside one of the caller's, it would make TensorFlow build derivatives of every order. Sources may
        # depend on each other outside of here, which is not asked for.
        sources = [*arguments, *self._captured]
        inner = [source for source in sources if tf.is_tensor(source) and not hasattr(source, "numpy")]
        adjoints = tf.gradients(
            self._function(*arguments),
            sources,
            adjoint,
            stop_gradients=inner,
            unconnected_gradients=tf.UnconnectedGradients.ZERO,
        )
        return [tf.convert_to_tensor(adjoint) for adjoint in adjoints]  # of a gathered one, slices


def own_gradients(gradients: Sequence[tf.Tensor], variables: Sequence | None) -> tuple:
    """What a custom gradient returns: nothing for the variables that TensorFlow found, as `outside` has theirs."""
    return tuple(gradients) if variables is None else (tuple(gradients), [None] * len(variables))


def _captured(trace: Any) -> list[Any]:
    variables = [v for v in trace.graph.variables if v.dtype.is_floating]
    return [*variables, *(tensor for tensor in trace.captured_inputs if tensor.dtype.is_floating)]
