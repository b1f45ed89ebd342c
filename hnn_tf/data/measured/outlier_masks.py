"""The outliers of all columns, which become missing values."""

import numpy as np

from hnn_tf.data.measured.outliers import MOST_SHARE, outliers
from hnn_tf.data.measured.parts import Part
from hnn_tf.data.measured.pieces import Piece


def mask_outliers(parts: list[Part], pieces: list[Piece], spreads: dict[str, float]) -> list[str]:
    """Removes the outliers of all columns, and returns warnings about columns with too many."""
    warnings = []
    for name, spread in spreads.items():
        found: list[np.ndarray] = []
        count = 0
        for piece in pieces:
            times, values = piece.column(parts, name)
            found.append(outliers(times, values, spread) + piece.start)
            count += len(values)
        total = sum(map(len, found))
        if total > max(1, MOST_SHARE * count):
            warnings.append(
                f"Column {name!r} has {total} readings of {count} that are far away from their neighbours; they are "
                "too many for outliers, and were kept."
            )
            continue
        for piece, places in zip(pieces, found, strict=True):
            part = parts[piece.part]
            if len(places):
                part.outliers.setdefault(name, {}).update({int(i): float(part.columns[name][i]) for i in places})
    for part in parts:
        for name, masked in part.outliers.items():
            part.columns[name] = part.columns[name].copy()
            part.columns[name][list(masked)] = np.nan
    return warnings
