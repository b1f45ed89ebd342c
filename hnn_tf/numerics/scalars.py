"""Conversion of users' numbers to scalar tensors in full precision. The error for an invalid value has its name."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf


def cast(value: Any, dtype: tf.DType) -> tf.Tensor:
    """Returns the value as a tensor of the given precision.

    Raises:
      ValueError: If the value is a placeholder of a functional Keras model.
    """
    refuse_symbolic(value)
    # TensorFlow's own cast converts Python's numbers through float32, where 0.1 has an error of 1.5e-9.
    return tf.cast(value, dtype) if tf.is_tensor(value) else tf.constant(np.asarray(value), dtype)


def refuse_symbolic(value: Any) -> None:
    """Refuses a placeholder of a functional Keras model, because TensorFlow has no value to compute with.

    Raises:
      ValueError: If the value is such a placeholder.
    """
    if isinstance(value, keras.KerasTensor):
        raise ValueError(
            f"expected a tensor or an array; received a KerasTensor of shape {value.shape}: a functional Keras model "
            "takes layers only; make this call in the `call` of a keras.layers.Layer of your own"
        )


def number(name: str, value: Any, dtype: tf.DType, *, positive: bool = False) -> tf.Tensor:
    """Returns the value as a scalar tensor.

    Raises:
      ValueError: If the value is not a scalar or, as far as it is known before the graph runs, not finite (and
        positive).
    """
    tensor, known = _scalar(name, cast(value, dtype))
    if known is not None and not (np.isfinite(known) and (known > 0 or not positive)):
        raise ValueError(f"{name}: expected a finite number{' > 0' * positive}; received {known}")
    return tensor


def count(name: str, value: Any, *, least: int) -> tf.Tensor:
    """Returns the value as a scalar int32 tensor.

    Raises:
      ValueError: If the value is not a scalar or, as far as it is known before the graph runs, not an integer >=
        `least`.
    """
    tensor, known = _scalar(name, tf.convert_to_tensor(value))
    # A float with an integer value, such as 20 / 0.05, counts as an integer.
    if not (tensor.dtype.is_integer if known is None else known == np.round(known) and known >= least):
        raise ValueError(
            f"{name}: expected an integer >= {least}; received {tensor.dtype.name if known is None else known}"
        )
    return tf.cast(tensor, tf.int32)


def _scalar(name: str, tensor: tf.Tensor) -> tuple[tf.Tensor, Any]:
    if tensor.shape.rank not in (0, None):
        raise ValueError(f"{name}: expected a scalar; received shape {tensor.shape}")
    return tensor, tf.get_static_value(tensor)
