"""A function together with the values that it captures, so that custom gradients can reach them."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf


class TracedFunction:
    """A function whose gradient also goes to the values that it uses besides its arguments.

    `tf.custom_gradient` silently gives no gradient to tensors that a function captures. For this reason, this class
    finds the captured values and lists them, so that they can be passed on as arguments.

    Args:
      function: A function from tensors to a tensor.
      *examples: Tensors with the shapes and dtypes of the function's arguments.

    Attributes:
      outside: The floating-point values that the function captures: variables, then tensors.
    """

    def __init__(self, function: Callable[..., tf.Tensor], *examples: tf.Tensor) -> None:
        self._function = function
        self._specs = [tf.TensorSpec(example.shape, example.dtype) for example in examples]
        self._trace = tf.function(function, autograph=False).get_concrete_function(*self._specs)
        self._captured = _captured(self._trace)
        self.outside = [value.read_value() if isinstance(value, tf.Variable) else value for value in self._captured]
        self._traced_pull: Any = None

    def __call__(self, *arguments: tf.Tensor) -> tf.Tensor:
        """Returns the function's value."""
        return self._trace(*arguments)

    def pull(self, arguments: Sequence[tf.Tensor], adjoint: tf.Tensor) -> tuple[list[tf.Tensor], list[tf.Tensor]]:
        """Returns the adjoints of the arguments and of `outside`, from the adjoint of the value.

        The value is computed again.

        Raises:
          RuntimeError: If the function now uses other variables or tensors than when it was traced.
        """
        if self._traced_pull is None:
            value = tf.TensorSpec(adjoint.shape, adjoint.dtype)
            # The derivative is a separate function, so that no value inside it crosses its border. XLA turns everything
            # from which a shape that crosses the border may come into a constant.
            pull = tf.function(self._pull, autograph=False).get_concrete_function(value, *self._specs)
            known = {id(captured) for captured in self._captured}
            if not known.issuperset(id(captured) for captured in _captured(pull)):
                raise RuntimeError(
                    "gradient of a rollout: expected the same variables as in the rollout; received other variables, "
                    "as after the end of a keras.StatelessScope; use checkpointing=False in such a scope"
                )
            self._traced_pull = pull
        adjoints = self._traced_pull(adjoint, *arguments)
        return adjoints[: len(arguments)], adjoints[len(arguments) :]

    def _pull(self, adjoint: tf.Tensor, *arguments: tf.Tensor) -> list[tf.Tensor]:
        # There is no tape here, because a tape inside the caller's tape would make TensorFlow build derivatives of
        # every order. Sources may depend on each other outside this function; the adjoints do not include these
        # dependences.
        sources = [*arguments, *self._captured]
        inner = [source for source in sources if tf.is_tensor(source) and not hasattr(source, "numpy")]
        adjoints = tf.gradients(
            self._function(*arguments),
            sources,
            adjoint,
            stop_gradients=inner,
            unconnected_gradients=tf.UnconnectedGradients.ZERO,
        )
        return [tf.convert_to_tensor(adjoint) for adjoint in adjoints]  # gathered sources have slices as adjoints


def own_gradients(gradients: Sequence[tf.Tensor], variables: Sequence | None) -> tuple:
    """Returns the result of a custom gradient, with nothing for the variables that TensorFlow found.

    The gradients of these variables are among those of `outside`.
    """
    return tuple(gradients) if variables is None else (tuple(gradients), [None] * len(variables))


def _captured(trace: Any) -> list[Any]:
    variables = [v for v in trace.graph.variables if v.dtype.is_floating]
    return [*variables, *(tensor for tensor in trace.captured_inputs if tensor.dtype.is_floating)]
