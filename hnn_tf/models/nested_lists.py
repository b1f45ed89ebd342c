"""States as nested lists of numbers, which Keras itself would treat as a structure of many inputs."""

from typing import Any

import keras
import numpy as np

from hnn_tf.motion_parameters import check_parameters


class TakesNestedLists(keras.layers.Layer):
    """A Keras layer that accepts nested lists of numbers in the place of arrays, for example `model([[1.0, 0.5]])`."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Returns the layer's output. Arguments that are lists of numbers become arrays of the layer's precision."""
        args = tuple(self._as_array(value) for value in args)
        kwargs = {name: self._as_array(value) for name, value in kwargs.items()}
        if len(args) == 1:
            self._check_call(args[0], kwargs)
        return super().__call__(*args, **kwargs)

    def _check_call(self, state: Any, given: dict[str, Any]) -> None:
        """Refuses parameters that do not fit a call of the form `layer(state, parameters=theta)`.

        Keras adds all arguments of a call to an error in the method `call`, which then is no longer a single line.
        """
        check_parameters(self, given.get("parameters"), state if hasattr(state, "shape") else None)

    def _as_array(self, value: Any) -> Any:
        return np.asarray(value, self.compute_dtype) if _is_of_numbers(value) else value


def _is_of_numbers(value: Any) -> bool:
    if not isinstance(value, list | tuple) or not value:
        return False
    while isinstance(value, list | tuple) and value:
        value = value[0]
    return isinstance(value, int | float | np.number)
