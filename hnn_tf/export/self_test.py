"""A test that an exported model still answers as at the time of the export."""

import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf.export import model_card
from hnn_tf.input_error import InputError, one_line

TOLERANCE = {"float32": 1e-5, "float64": 1e-11}
"""The largest difference, relative to max(1, |x|), that rounding causes on other processors and with other versions."""


def differences(folder: pathlib.Path, card: Mapping[str, Any]) -> dict[str, float]:
    """Returns each signature's largest difference from the card's reference points, relative to max(1, |x|).

    The difference is infinite if shapes, names or types differ, or a number is not finite.

    Raises:
      InputError: If the SavedModel cannot be loaded or run.
    """
    points = model_card.reference_points(card)
    try:
        signatures = tf.saved_model.load(str(folder)).signatures
        found = {}
        for name, (inputs, expected) in points.items():
            answers = signatures[name](**{key: tf.constant(value) for key, value in inputs.items()})
            found[name] = _difference({key: answer.numpy() for key, answer in answers.items()}, expected)
        return found
    except Exception as error:  # TensorFlow's loader raises errors of any class
        raise InputError(
            f"{folder}: expected a SavedModel that runs; received: {one_line(error)}; copy the folder again"
        ) from error


def _difference(answers: Mapping[str, np.ndarray], expected: Mapping[str, np.ndarray]) -> float:
    if answers.keys() != expected.keys():
        return float("inf")
    largest = 0.0
    for name, value in expected.items():
        answer = answers[name]
        if answer.shape != value.shape or answer.dtype != value.dtype or not np.isfinite(answer).all():
            return float("inf")
        largest = max(largest, float(np.max(np.abs(answer - value) / np.maximum(1, np.abs(value)), initial=0)))
    return largest
