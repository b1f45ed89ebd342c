"""The answers of an export to one small request per signature, for its card."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf.export.request_shapes import request_shape
from hnn_tf.input_error import InputError, one_line

_TIMES = [[0.0, 0.1]]


def computed(functions: Mapping[str, Callable]) -> dict[str, Any]:
    """Returns the requests and the answers, as lists of numbers.

    Requests with inputs of the same name and shape share these inputs. If an input of a signature has another shape
    than a shared one, it is listed as the signature's own.

    Args:
      functions: The concrete function of every signature.

    Raises:
      InputError: If a function cannot run or returns numbers that are not finite.
    """
    shared: dict[str, np.ndarray] = {}
    signatures: dict[str, Any] = {}
    for name, function in functions.items():
        specs: Mapping[str, tf.TensorSpec] = function.structured_input_signature[1]  # type: ignore[attr-defined]
        request = {key: _example(key, spec) for key, spec in specs.items()}
        for key, value in request.items():
            shared.setdefault(key, value)
        own = {key: value for key, value in request.items() if value.shape != shared[key].shape}
        try:
            outputs = {k: v.numpy() for k, v in function(**{k: tf.constant(v) for k, v in request.items()}).items()}
        except tf.errors.OpError as error:
            raise InputError(f"{name}: expected a model that runs; received: {one_line(error.message)}") from error
        if not all(np.isfinite(output).all() for output in outputs.values()):
            raise InputError(
                f"{name}: expected finite answers for an ordinary request; received NaN or infinity; train the model "
                "again, or give the rollout longer steps or a larger max_steps"
            )
        signatures[name] = {
            "inputs": [key for key in request if key not in own],
            "outputs": {key: _listed(value) for key, value in outputs.items()},
        }
        if own:
            signatures[name]["own_inputs"] = {key: _listed(value) for key, value in own.items()}
    return {"inputs": {key: _listed(value) for key, value in shared.items()}, "signatures": signatures}


def _example(key: str, spec: tf.TensorSpec) -> np.ndarray:
    dtype = spec.dtype.as_numpy_dtype
    if key == "times":
        return np.array(_TIMES, dtype)
    # The numbers differ, so that exchanged or lost columns are visible, and are in the range of states and grey values.
    shape = request_shape(spec, batch_size=1, num_times=len(_TIMES[0]))
    return (0.5 + 0.5 * np.sin(1.0 + np.arange(np.prod(shape)))).round(3).astype(dtype).reshape(shape)


def _listed(array: np.ndarray) -> list:
    """Returns nested lists of numbers with the shortest digits that restore the array's numbers in its precision."""
    return np.asarray(array).astype(str).astype(float).tolist()
