"""Polynomials fitted by least squares to neighbouring points."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class LocalPolynomial:
    """Values and slopes of local polynomials at the middle of their windows, as weighted sums of the observed values.

    Around each time the `window` nearest neighbours by number, shifted inwards at the ends, are fitted by a polynomial
    of some degree at their actual times. With `window` = degree + 1 the polynomial goes through them.

    Attributes:
      first: Index of each window's first time `[T]`.
      value_weights: `[1 or N, T, window]`.
      slope_weights: `[1 or N, T, window]`.
    """

    first: np.ndarray
    value_weights: np.ndarray
    slope_weights: np.ndarray

    @classmethod
    def at(cls, times: np.ndarray, *, window: int, degree: int) -> "LocalPolynomial":
        """Weights for times `[1 or N, T]`; an even window has one neighbour more on the right."""
        count = times.shape[1]
        first = np.clip(np.arange(count) - (window - 1) // 2, 0, count - window)
        offsets = times[:, first[:, None] + np.arange(window)] - times[:, :, None]
        # In units of the window's reach, so that powers are of order one.
        reach = np.abs(offsets).max(axis=-1, keepdims=True)
        powers = (offsets / reach)[..., None] ** np.arange(degree + 1)
        orthogonal, triangular = np.linalg.qr(powers)
        # Rows 0 and 1 of the pseudoinverse: the polynomial's constant and its linear coefficient.
        weights = np.linalg.inv(triangular)[..., :2, :] @ np.swapaxes(orthogonal, -1, -2)
        return cls(first, weights[..., 0, :], weights[..., 1, :] / reach)

    def own_weights(self) -> np.ndarray:
        """The weight of each point's own observation in its fitted value, `[1 or N, T]`."""
        own = np.arange(len(self.first)) - self.first
        return self.value_weights[:, np.arange(len(own)), own]

    def values(self, states: np.ndarray) -> np.ndarray:
        """Fitted values of states `[N, T, 2n]`, the same shape."""
        return self._weighted(self.value_weights, states)

    def slopes(self, states: np.ndarray) -> np.ndarray:
        """Fitted time derivatives of states `[N, T, 2n]`, the same shape."""
        return self._weighted(self.slope_weights, states)

    def _weighted(self, weights: np.ndarray, states: np.ndarray) -> np.ndarray:
        result = np.zeros_like(states)
        for j in range(weights.shape[-1]):  # not one gather of all windows: long records would need much memory
            result += weights[:, :, j, None] * states[:, self.first + j]
        return result
