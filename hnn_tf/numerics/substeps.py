"""The choice of the number of integrator steps in an interval, by the effect of doubling it on the fitted values."""

import math
import warnings
from collections.abc import Callable

TOLERANCE = 0.1
"""The largest error that an integrator may add to an estimate, in standard errors.

At this error, the estimate's interval loses 0.1 % of its coverage.
"""

MOST = 64
"""The largest number of steps in an interval that is chosen. If more are needed, another integrator is better."""


class IntegrationWarning(UserWarning):
    """A warning that an integrator's error is not small compared with the statistical error of the fitted values."""


def check_substeps(substeps: int | None) -> None:
    """Refuses a number of steps that is not an integer >= 1. None is allowed for a number that is still to be chosen.

    Raises:
      ValueError: If the number is not allowed.
    """
    if substeps is not None and (substeps != int(substeps) or substeps < 1):
        raise ValueError(f"substeps: expected an integer >= 1; received {substeps}")


def choose_substeps(error: Callable[[int], float]) -> int:
    """Returns the smallest power of two, up to `MOST`, with an error of at most `TOLERANCE`.

    If no such power has so small an error, the result is `MOST`.

    Args:
      error: A function from a number of substeps to the error in standard errors.
    """
    substeps = 1
    while substeps < MOST and not error(substeps) <= TOLERANCE:  # the comparison is false for NaN
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
