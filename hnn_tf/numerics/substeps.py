"""The choice of the number of integrator steps in an interval, by the effect of doubling it on the fitted values."""

import math
import warnings
from collections.abc import Callable

TOLERANCE = 0.1
"""The largest error that an integrator may add to an estimate, in standard errors.

At this error, the estimate's interval loses 0.1 % of its coverage.
"""

MOST = 64
"""The largest number of steps in an interval that is chosen. Beyond it, another integrator is the better choice."""


class IntegrationWarning(UserWarning):
    """An integrator's error is no longer small compared with the statistical error of the fitted values."""


def check_substeps(substeps: int | None) -> None:
    """Refuses a number of steps that is not an integer >= 1. None stands for "to be chosen"."""
    if substeps is not None and (substeps != int(substeps) or substeps < 1):
        raise ValueError(f"substeps: expected an integer >= 1; received {substeps}")


def choose_substeps(error: Callable[[int], float]) -> int:
    """Returns the first of 1, 2, 4, ...

    whose error, in standard errors, is small enough, or `MOST` if there is none.
    """
    substeps = 1
    while substeps < MOST and not error(substeps) <= TOLERANCE:  # false for NaN
        substeps *= 2
    return substeps


def too_few(substeps: int, error: float) -> str | None:
    """Returns the line that says that an error is too large, or None if it is not too large.

    Args:
      substeps: The number of substeps of the fit.
      error: The change of the fitted values with twice as many substeps, in their standard errors.
    """
    if error <= TOLERANCE:
        return None
    mend = "more substeps" if substeps < MOST else "a more accurate integrator, as rk8"
    if not math.isfinite(error):
        return f"substeps={substeps}: the integrator loses the fitted motion with such long steps; give {mend}"
    return (
        f"substeps={substeps}: the integrator's error is too large beside the noise: twice as many substeps would move "
        f"fitted values by up to {error:.2g} standard errors, where {TOLERANCE} is allowed; give {mend}"
    )


def warn_if_too_few(substeps: int, error: float) -> None:
    """Issues the line of `too_few` as a warning, at the place of the caller's caller."""
    line = too_few(substeps, error)
    if line:
        warnings.warn(line, IntegrationWarning, stacklevel=3)
