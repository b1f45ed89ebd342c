"""Numbers from users as scalar tensors: at full precision, and refused by name if they can't be."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf


def cast(value: Any, dtype: tf.DType) -> tf.Tensor:
    """The value as a tensor of that precision.

    Raises:
      ValueError: If it is a functional Keras model's placeholder.
    """
    refuse_symbolic(value)
    # TensorFlow's own cast takes Python's numbers through float32, where 0.1 is off by 1.5e-9.
    return tf.cast(value, dtype) if tf.is_tensor(value) else tf.constant(np.asarray(value), dtype)


def refuse_symbolic(value: Any) -> None:
    """Refuses a functional Keras model's placeholder, which TensorFlow can't compute with.

    Raises:
      ValueError: If it is one.
    """
    if isinstance(value, keras.KerasTensor):
        raise ValueError(
            f"expected a tensor or an array; received a KerasTensor of shape {value.shape}: a functional Keras model "
            "takes layers only; make this call in the `call` of a keras.layers.Layer of your own"
        )


def number(name: str, value: Any, dtype: tf.DType, *, positive: bool = False) -> tf.Tensor:
    """The value as a scalar tensor.

    Raises:
      ValueError: If it isn't a scalar or, as far as it is known before the graph runs, not finite (and positive).
    """
    tensor, known = _scalar(name, cast(value, dtype))
    if known is not None and not (np.isfinite(known) and (known > 0 or not positive)):
        raise ValueError(f"{name}: expected a finite number{' > 0' * positive}; received {known}")
    return tensor


def count(name: str, value: Any, *, least: int) -> tf.Tensor:
    """The value as a scalar int32 tensor.

    Raises:
      ValueError: If it isn't a scalar or, as far as it is known before the graph runs, not an integer >= `least`.
    """
    tensor, known = _scalar(name, tf.convert_to_tensor(value))
    # A float that is an integer is one: 20 / 0.05.
    if not (tensor.dtype.is_integer if known is None else known == np.round(known) and known >= least):
        raise ValueError(
            f"{name}: expected an integer >= {least}; received {tensor.dtype.name if known is None else known}"
        )
    return tf.cast(tensor, tf.int32)


def _scalar(name: str, tensor: tf.Tensor) -> tuple[tf.Tensor, Any]:
    if tensor.shape.rank not in (0, None):
        raise ValueError(f"{name}: expected a scalar; received shape {tensor.shape}")
    return tensor, tf.get_static_value(tensor)
