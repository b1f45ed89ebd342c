"""Checks of the figures' arrays by label, and titles from labels."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hnn_tf.figures import style


def shaped(name: str, values: ArrayLike, *shape: int | None) -> np.ndarray:
    """Returns the values as a float64 array of the given shape.

    Args:
      name: The name of the values in an error message.
      values: An array.
      shape: The size of each axis; None allows any size but zero.

    Returns:
      The array.

    Raises:
      ValueError: If the values have a different shape.
    """
    array = np.asarray(values, np.float64)
    fits = array.ndim == len(shape) and array.size > 0
    if not fits or any(known not in (None, size) for known, size in zip(shape, array.shape, strict=True)):
        raise ValueError(f"{name}: expected shape {_shown(shape)}; received shape {_shown(array.shape)}")
    return array


def labelled_arrays(name: str, arrays: Mapping[str, ArrayLike], *shape: int | None) -> dict[str, np.ndarray]:
    """Applies `shaped` to each label. An axis of any size must have the same size for all labels.

    Raises:
      ValueError: If there is no array, or an array has a different shape.
    """
    if not arrays:
        raise ValueError(f"{name}: expected an array by label for at least one label; received none")
    checked = {}
    for label, values in arrays.items():
        checked[label] = shaped(f"{name}[{label!r}]", values, *shape)
        shape = checked[label].shape
    return checked


def truth_first(arrays: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the same mapping, with the truth before the models."""
    return dict(sorted(arrays.items(), key=lambda item: item[0] not in style.TRUTH_LABELS))


def title(label: str) -> str:
    """Returns the label as the title of its panel."""
    name = style.display_name(label)
    return name[:1].upper() + name[1:]


def _shown(shape: tuple[int | None, ...]) -> str:
    return f"[{', '.join('any' if size is None else str(size) for size in shape)}]"
