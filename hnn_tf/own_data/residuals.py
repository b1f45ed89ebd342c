"""Residuals of a fit, and whether they are white noise."""

import dataclasses
from collections.abc import Sequence

import numpy as np

MOST_LAGS = 20


@dataclasses.dataclass(frozen=True, eq=False)
class Residuals:
    """The residuals of one observed column.

    Attributes:
      name: The name of the column.
      times: The times `[N]`, one recording after the other.
      values: The residuals `[N]`, in the column's unit.
      std: Their standard deviation.
      autocorrelation: The autocorrelations at the lags 1, 2, ... readings.
      bound: The size within which 95 % of the autocorrelations of white noise are.
    """

    name: str
    times: np.ndarray
    values: np.ndarray
    std: float
    autocorrelation: np.ndarray
    bound: float

    @property
    def is_white(self) -> bool:
        """Whether the Ljung-Box statistic of the first 10 lags is below its 99.9 % quantile for white noise."""
        count = len(self.values)
        lags = min(10, len(self.autocorrelation), count - 1)
        if lags < 1:
            return True
        statistic = count * (count + 2) * np.sum(self.autocorrelation[:lags] ** 2 / (count - np.arange(1, lags + 1)))
        # The quantile of chi-squared by Wilson and Hilferty, at 3.09 standard deviations.
        return bool(statistic < lags * (1 - 2 / (9 * lags) + 3.09 * np.sqrt(2 / (9 * lags))) ** 3)

    @property
    def inflation(self) -> float:
        """The factor by which errors of fitted numbers grow, because neighbouring residuals are alike; 1 if white.

        The variance of a mean of correlated residuals is larger by 1 + 2 times the sum of the autocorrelations, up to
        the first one that is not significant.
        """
        if self.is_white:
            return 1.0
        significant = self.autocorrelation > self.bound
        first = int(np.argmin(significant)) if not significant.all() else len(significant)
        return float(np.sqrt(1.0 + 2.0 * np.sum(self.autocorrelation[:first])))


def residuals_of(
    name: str, times: Sequence[np.ndarray], values: Sequence[np.ndarray], seen: Sequence[np.ndarray]
) -> Residuals:
    """Returns the residuals of a column.

    Args:
      name: The name of the column.
      times: The times of each recording.
      values: The residuals of each recording.
      seen: Whether each number was observed.
    """
    parts = [value[observed] for value, observed in zip(values, seen, strict=True)]
    every = np.concatenate(parts)
    std = float(np.std(every))
    # Correlations are within a recording only.
    products = np.zeros(MOST_LAGS)
    for part in parts:
        centred = part - np.mean(every)
        for lag in range(1, min(MOST_LAGS, len(part) - 1) + 1):
            products[lag - 1] += np.sum(centred[lag:] * centred[:-lag])
    correlations = products / max(len(every) * std**2, np.finfo(float).tiny)
    at = np.concatenate([time[observed] for time, observed in zip(times, seen, strict=True)])
    return Residuals(name, at, every, std, correlations, 1.96 / max(len(every), 1) ** 0.5)
