"""How many integrator steps an interval takes: how far doubling them may move what is fitted."""

import math
import warnings
from collections.abc import Callable

TOLERANCE = 0.1
"""In standard errors: what an integrator may add to an estimate. Its interval then loses 0.1 % of its coverage."""

MOST = 64
"""Steps in an interval that are chosen at the most: beyond, another integrator is the better choice."""


class IntegrationWarning(UserWarning):
    """An integrator's error is no longer small beside the statistical error of what was fitted through it."""


def check_substeps(substeps: int | None) -> None:
    """Refuses a number of steps that isn't an integer >= 1; None is "to be chosen"."""
    if substeps is not None and (substeps != int(substeps) or substeps < 1):
        raise ValueError(f"substeps: expected an integer >= 1; received {substeps}")


def choose_substeps(error: Callable[[int], float]) -> int:
    """The first of 1, 2, 4, ... whose error, in standard errors, is small enough; `MOST` if that of none is."""
    substeps = 1
    while substeps < MOST and not error(substeps) <= TOLERANCE:  # NaN isn't
        substeps *= 2
    return substeps


def too_few(substeps: int, error: float) -> str | None:
    """The line that says that an error is too large; None if it isn't.

    Args:
      substeps: With which was fitted.
      error: How far twice as many would move what was fitted, in its standard errors.
    """
    if error <= TOLERANCE:
        return None
    mend = "more substeps" if substeps < MOST else "a finer integrator, as rk8"
    if not math.isfinite(error):
        return f"substeps={substeps}: the motion that was fitted could not be followed in so many steps; give {mend}"
    return (
        f"substeps={substeps}: the integrator's error is not small beside the noise: twice as many would move what is "
        f"fitted by up to {error:.2g} of its standard errors, where {TOLERANCE} is allowed; give {mend}"
    )


def warn_if_too_few(substeps: int, error: float) -> None:
    """Warns by the line of `too_few`, where the caller's caller is."""
    line = too_few(substeps, error)
    if line:
        warnings.warn(line, IntegrationWarning, stacklevel=3)
