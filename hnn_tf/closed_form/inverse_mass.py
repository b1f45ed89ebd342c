"""The check of a fitted inverse mass matrix."""

import warnings
from typing import Any

import numpy as np

from hnn_tf.closed_form.hamiltonian_regression import LARGEST_BLOCK
from hnn_tf.declarations import declared
from hnn_tf.input_error import InputWarning


def warn_of_negative_masses(hamiltonian: Any, states: np.ndarray) -> None:
    """Warns if the matrix A(q) of a fitted H = p^T A(q) p / 2 + V(q) is not positive definite at a position.

    The motion of such an H exists, so this is not an error. But some momenta lower the energy at this position, which
    is not so in mechanics.

    Args:
      hamiltonian: A fitted Hamiltonian. Nothing is checked if it does not declare an `inverse_mass_matrix`.
      states: The states of the fit, `[..., 2n]`.

    Warns:
      InputWarning: If A has an eigenvalue that is not > 0.
    """
    matrix = declared(hamiltonian, "inverse_mass_matrix")
    if matrix is None:
        return
    positions = np.reshape(states, [-1, np.shape(states)[-1]])[:, : np.shape(states)[-1] // 2]
    block = max(1, LARGEST_BLOCK // int(hamiltonian.coefficients.shape[0]))
    parts = [matrix(positions[first : first + block]) for first in range(0, len(positions), block)]
    least = np.concatenate([np.linalg.eigvalsh(part)[:, 0] for part in parts])
    wrong = int(np.sum(~(least > 0.0)))
    if wrong:
        message = (
            f"closed form: expected a positive definite inverse mass matrix at all {len(least)} positions; the fitted "
            f"one is not at {wrong} of them, where its least eigenvalue is {least.min():.3g}; give motions with larger "
            "momenta there, or fewer features, or train mechanical"
        )
        warnings.warn(message, InputWarning, stacklevel=3)
