"""Polynomials that are fitted by least squares to neighbouring points."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class LocalPolynomial:
    """Values and slopes of local polynomials at the times of their windows, as weighted sums of the observed values.

    The window of each time consists of its nearest neighbours by number, shifted inwards at the ends. A polynomial of
    the given degree is fitted to these points at their actual times. If `window` is degree + 1, the polynomial goes
    through all points.

    Attributes:
      first: The index of each window's first time `[T]`.
      value_weights: `[1 or N, T, window]`.
      slope_weights: `[1 or N, T, window]`.
    """

    first: np.ndarray
    value_weights: np.ndarray
    slope_weights: np.ndarray

    @classmethod
    def at(cls, times: np.ndarray, *, window: int, degree: int) -> "LocalPolynomial":
        """Returns the weights for times `[1 or N, T]`. An even window has one more neighbour on the right."""
        count = times.shape[1]
        first = np.clip(np.arange(count) - (window - 1) // 2, 0, count - window)
        offsets = times[:, first[:, None] + np.arange(window)] - times[:, :, None]
        # The offsets are in units of the window's reach, so that powers are of order one.
        reach = np.abs(offsets).max(axis=-1, keepdims=True)
        powers = (offsets / reach)[..., None] ** np.arange(degree + 1)
        orthogonal, triangular = np.linalg.qr(powers)
        # Rows 0 and 1 of the pseudoinverse give the polynomial's constant and its linear coefficient.
        weights = np.linalg.inv(triangular)[..., :2, :] @ np.swapaxes(orthogonal, -1, -2)
        return cls(first, weights[..., 0, :], weights[..., 1, :] / reach)

    def own_weights(self) -> np.ndarray:
        """Returns the weight of each point's own observation in its fitted value, `[1 or N, T]`."""
        own = np.arange(len(self.first)) - self.first
        return self.value_weights[:, np.arange(len(own)), own]

    def values(self, states: np.ndarray) -> np.ndarray:
        """Returns the fitted values of states `[N, T, 2n]`, in the same shape."""
        return self._weighted(self.value_weights, states)

    def slopes(self, states: np.ndarray) -> np.ndarray:
        """Returns the fitted time derivatives of states `[N, T, 2n]`, in the same shape."""
        return self._weighted(self.slope_weights, states)

    def _weighted(self, weights: np.ndarray, states: np.ndarray) -> np.ndarray:
        result = np.zeros_like(states)
        for j in range(weights.shape[-1]):  # one gather of all windows would need much memory for long records
            result += weights[:, :, j, None] * states[:, self.first + j]
        return result
