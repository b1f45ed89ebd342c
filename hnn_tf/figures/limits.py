"""Axis limits that a diverging rollout does not affect."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from hnn_tf.figures.style import TRUTH_LABELS

_DECADES = 5
"""The largest number of decades below the largest error that the axis shows.

The errors of the first steps are round-off.
"""

Limits = tuple[float, float]
PlanarLimits = tuple[Limits, Limits]

# The narrowest axis, relative to its values. With it, the round-off of a constant does not fill the height of the
# figure.
_LEAST_SPAN = 0.05


def axis_limits(
    reference: Iterable[np.ndarray], others: Iterable[np.ndarray] = (), *, stretch: float = 1.0, margin: float = 0.08
) -> Limits:
    """Returns limits that contain all finite reference values, and the other values that are near them.

    Args:
      reference: Arrays that must be visible completely.
      others: Arrays that widen the limits, on each side by at most `stretch` times the size of the reference. Without
        finite reference values, the central nine tenths of these arrays are the reference.
      stretch: The factor in `others`. The size is the larger of the reference's span and its largest absolute value.
      margin: The space on each side, as a share of the span.

    Returns:
      The lower and the upper limit, which are finite and different.
    """
    known, rest = _finite(reference), _finite(others)
    if not known.size:
        known = np.percentile(rest, [5.0, 95.0]) if rest.size else np.array([-1.0, 1.0])
    low, high = float(known.min()), float(known.max())
    size = max(high - low, abs(low), abs(high))
    if rest.size:
        low, high = (
            min(low, max(float(rest.min()), low - stretch * size)),
            max(high, min(float(rest.max()), high + stretch * size)),
        )
    missing = max((_LEAST_SPAN * size or 1.0) - (high - low), 0.0)
    low, high = low - missing / 2, high + missing / 2
    return low - margin * (high - low), high + margin * (high - low)


def log_limits(errors: list[np.ndarray], size: float) -> Limits:
    """Returns limits around the positive errors, for a truth of the given size."""
    values = np.concatenate([np.empty(0), *errors])
    values = values[np.isfinite(values) & (values > 0)]
    if not values.size:
        return 1e-3, 1.0
    high = 2.0 * float(np.clip(values.max(), 1e-12 * size, 10.0 * size))
    low = 0.5 * float(np.clip(np.percentile(values, 1.0), high * 10.0**-_DECADES, high / 20.0))
    return low, high


def planar_limits(observed: np.ndarray, rollouts: Mapping[str, np.ndarray], *, stretch: float = 0.2) -> PlanarLimits:
    """Returns the limits of both coordinates of a plane, for states `[N, 2]` and trajectories `[T, 2]` by label.

    Raises:
      ValueError: If the states are not states in a plane.
    """
    states = [np.asarray(observed), *(np.asarray(path) for path in rollouts.values())]
    for array in states:
        if array.ndim != 2 or array.shape[-1] != 2:
            raise ValueError(f"expected states [N, 2], one degree of freedom; received shape {array.shape}")
    reference, others = by_role(rollouts)
    first, second = (
        axis_limits([a[:, i] for a in (states[0], *reference)], [a[:, i] for a in others], stretch=stretch)
        for i in (0, 1)
    )
    return first, second


def by_role(arrays: Mapping[str, np.ndarray]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Returns the arrays with which models are compared, and the arrays of the models."""
    reference = [np.asarray(array) for label, array in arrays.items() if label in TRUTH_LABELS]
    return reference, [np.asarray(array) for label, array in arrays.items() if label not in TRUTH_LABELS]


def clip_near(values: np.ndarray, limits: Limits | Sequence[Limits]) -> np.ndarray:
    """Clips values `[...]`, or `[..., d]` for d pairs of limits, to one span beyond the limits.

    Values beyond the axes stay beyond the axes in the drawing, but the renderer gets no infinite or huge coordinates.
    NaN stays, as a gap.
    """
    low, high = np.asarray(limits, np.float64).T
    return np.clip(np.asarray(values, np.float64), low - (high - low), high + (high - low))


def line_near(values: np.ndarray, limits: Limits | Sequence[Limits]) -> np.ndarray:
    """Applies `clip_near` to the points of a line, `[T]` or `[T, d]`, with gaps where the line is far away.

    Only the first and the last point of each stay outside are kept. The line therefore leaves the axes and comes back,
    but does not cross them on its way from one side to the other.
    """
    near = clip_near(values, limits)
    far = near != np.asarray(values)
    far = far if near.ndim == 1 else far.any(-1)
    before, after = np.append(True, far[:-1]), np.append(far[1:], True)
    near[far & before & after] = np.nan
    return near


def _finite(arrays: Iterable[np.ndarray]) -> np.ndarray:
    flat = [np.asarray(array, np.float64).ravel() for array in arrays]
    values = np.concatenate(flat) if flat else np.empty(0)
    # For larger values, spans and margins might overflow.
    return values[np.abs(values) < 1e100]
