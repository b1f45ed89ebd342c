"""Code that all conversions of a written SavedModel share: the checks before and the comparison afterwards."""

import os
import pathlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf.export import serving_constraints, versions
from hnn_tf.export.request_shapes import request_shape
from hnn_tf.files.atomic_file import atomic_file
from hnn_tf.files.full_disk import raise_if_full
from hnn_tf.input_error import InputError, one_line

_BATCH_SIZE, _NUM_TIMES, _TIME_STEP = 3, 5, 0.1
"""The sizes of the request that checks a conversion. The times are few, because round-off grows along a rollout."""


def check_arguments(saved_model: str | os.PathLike, path: str | os.PathLike, signature: str) -> pathlib.Path:
    """Checks, before anything is loaded, that the SavedModel exists and that the converted file can be written.

    Returns:
      The folder of the SavedModel's version.

    Raises:
      InputError: If there is no SavedModel with the signature, `path` exists, or its folder does not exist.
    """
    path, folder = pathlib.Path(path), checked_folder(saved_model, signature)
    if os.path.lexists(path):
        raise InputError(f"{path}: exists, and is never overwritten; choose another name")
    if path.parent.is_dir() and not os.access(path.parent, os.W_OK):
        raise InputError(f"{path}: expected a folder that can be written; received {path.parent}; choose another")
    if not path.parent.is_dir():
        raise InputError(
            f"{path}: expected a file in an existing folder; received {path.parent}; create this folder first"
        )
    return folder


def checked_folder(saved_model: str | os.PathLike, signature: str) -> pathlib.Path:
    """Returns the folder of the SavedModel's version.

    Raises:
      InputError: If there is no SavedModel with the signature.
    """
    folder = versions.latest(saved_model)
    names = serving_constraints.signature_defs(serving_constraints.parsed(folder))
    if signature not in names:
        raise InputError(f"signature {signature!r}: {folder} has no such signature; take {', '.join(names)}")
    return folder


def load(folder: pathlib.Path) -> Any:
    """Loads the SavedModel of a folder, which must be kept as long as its signatures are used.

    Raises:
      InputError: If the SavedModel is damaged.
    """
    try:
        return tf.saved_model.load(str(folder))
    except Exception as error:  # TensorFlow's loader raises errors of any class
        raise InputError(
            f"{folder}: expected a SavedModel that can be loaded; received: {one_line(error)}; copy the folder again"
        ) from error


def input_specs(function: Any, batch_size: int | None = None) -> dict[str, tf.TensorSpec]:
    """Returns the inputs of a signature by name, with the given batch size or any batch size."""
    specs = function.structured_input_signature[1]
    return {name: tf.TensorSpec([batch_size, *specs[name].shape[1:]], specs[name].dtype, name) for name in specs}


def write_checked(
    path: str | os.PathLike,
    content: bytes,
    function: Any,
    answer: Callable[[Mapping[str, np.ndarray]], Mapping[str, np.ndarray]],
    batch_size: int | None = None,
) -> float:
    """Writes a converted model if it answers a request as the SavedModel does.

    Args:
      path: The path of the file, which is written completely or not at all.
      content: The converted model.
      function: The signature from which it was converted.
      answer: A function that runs the converted model: arrays by input name -> arrays by output name.
      batch_size: The batch size of the request, if the converted model takes no other.

    Returns:
      The largest difference from an answer x, relative to max(1, |x|).

    Raises:
      InputError: If the answers differ by more than half of the digits of their precision.
      OSError: If the disk is full.
    """
    request = _request(function, batch_size or _BATCH_SIZE)
    expected = {name: x.numpy() for name, x in function(**{k: tf.constant(v) for k, v in request.items()}).items()}
    received = answer(request)
    difference = 0.0
    for name, x in expected.items():
        error = np.abs(received[name] - x) / np.maximum(1, np.abs(x))
        # NaN is correct where the SavedModel gives NaN, and only there.
        error = np.where(np.isnan(x) & np.isnan(received[name]), 0, error)
        difference = max(difference, float(np.max(np.nan_to_num(error, nan=np.inf), initial=0)))
        if difference > np.sqrt(np.finfo(x.dtype).eps):
            raise InputError(
                f"{path}: not written, because the converted model's {name} differs from the SavedModel's by "
                f"{difference:.1e} of max(1, |x|) at random inputs; serve the SavedModel instead"
            )
    try:
        with atomic_file(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise_if_full(error, path)
        raise InputError(f"{path}: can't be written: {error.strerror}; choose another place") from error
    return difference


def _request(function: Any, batch_size: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    request = {}
    for name, spec in input_specs(function, batch_size).items():
        if name == "times":
            values = np.tile(_TIME_STEP * np.arange(_NUM_TIMES), [batch_size, 1])
        else:
            values = rng.uniform(0, 1, request_shape(spec, batch_size=batch_size, num_times=_NUM_TIMES))
        request[name] = values.astype(spec.dtype.as_numpy_dtype)
    return request
