"""Labels of recordings as text."""

import numpy as np
import pandas


def as_label(value: object) -> str:
    """Returns a label of a recording as text; numbers without a fraction are written as integers."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def as_labels(values: np.ndarray) -> np.ndarray:
    """Returns labels `[N]` as text; a missing label is empty.

    Equal labels are one object, because a label of each row would need more memory than the numbers.
    """
    places, kinds = pandas.factorize(np.asarray(values))
    # The place of a missing label is -1, which is the last element.
    return np.array([*(as_label(kind) for kind in kinds.tolist()), ""], dtype=object)[places]
