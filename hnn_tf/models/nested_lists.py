"""States as nested lists of numbers, which Keras itself would treat as a structure of many inputs."""

from typing import Any

import keras
import numpy as np


class TakesNestedLists(keras.layers.Layer):
    """A Keras layer that accepts nested lists of numbers in the place of arrays, for example `model([[1.0, 0.5]])`."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Returns the layer's output. Lists of numbers as the first argument become an array of its precision."""
        if args and _is_of_numbers(args[0]):
            args = (np.asarray(args[0], self.compute_dtype), *args[1:])
        return super().__call__(*args, **kwargs)


def _is_of_numbers(value: Any) -> bool:
    if not isinstance(value, list | tuple) or not value:
        return False
    while isinstance(value, list | tuple) and value:
        value = value[0]
    return isinstance(value, int | float | np.number)
