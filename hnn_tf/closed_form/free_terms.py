"""The terms of a motion beside the Hamiltonian's, whose coefficients have no penalty."""

import dataclasses

import numpy as np

from hnn_tf.closed_form.input_gains import InputGains


@dataclasses.dataclass(frozen=True)
class FreeTerms:
    """The free terms of dp/dt: inputs B u with constant gains, and linear friction.

    dp_i/dt = -dH/dq_i + sum_j B_ij u_j - gamma_i p_i

    The coefficients are the unknown B_ij, row by row, and the gamma_i after them.

    Args:
      friction: Whether there is friction.
      gains: The gains of the inputs, if there are some.
    """

    friction: bool = False
    gains: InputGains | None = None

    def columns(self, state: np.ndarray, inputs: np.ndarray | None) -> np.ndarray:
        """Returns the columns of the coefficients, `[N, 2n, u]`, at states `[N, 2n]` and inputs `[N, m]`."""
        friction = self.friction_columns(state)
        return friction if self.gains is None else np.concatenate([self.gains.columns(inputs), friction], 2)

    def friction_columns(self, state: np.ndarray) -> np.ndarray:
        """Returns the columns of the gamma_i, `[N, 2n, n]` or `[N, 2n, 0]` without friction, at states `[N, 2n]`."""
        p = np.split(np.asarray(state, np.float64), 2, axis=1)[1]
        n = p.shape[1]
        columns = np.concatenate([np.zeros([len(p), n, n]), -p[:, :, np.newaxis] * np.eye(n)], 1)
        return columns[:, :, : n * self.friction]

    def num_free(self, width: int) -> int:
        """Returns u, the number of coefficients, for states of `width` 2n."""
        return width // 2 * self.friction + (0 if self.gains is None else self.gains.num_unknown)

    def gain_matrix(self, values: np.ndarray) -> np.ndarray:
        """Returns the fitted B `[n, m]` of the coefficients `[u]`, or of their errors; empty if B was not fitted."""
        if self.gains is None or not self.gains.num_unknown:
            return np.zeros([0, 0])
        return self.gains.matrix(values[: self.gains.num_unknown])

    def friction_values(self, values: np.ndarray) -> np.ndarray:
        """Returns the gamma `[n]` of the coefficients `[u]`, or of their errors; empty if there is no friction."""
        return values[self.gains.num_unknown if self.gains is not None else 0 :]
