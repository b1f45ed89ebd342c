"""The linear regression of the weak form, with the inputs of a motion."""

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from hnn_tf.closed_form.free_terms import FreeTerms
from hnn_tf.closed_form.input_gains import InputGains
from hnn_tf.closed_form.ridge_regression import RidgeSolution
from hnn_tf.objectives.weak_form import WeakForm
from hnn_tf.typing import Samples, State


@dataclasses.dataclass(frozen=True)
class WeakFit(RidgeSolution):
    """The result of `fit_weak`: the solution, with the terms of the motion beside the Hamiltonian's.

    Attributes:
      terms: The terms whose coefficients are `free`.
    """

    terms: FreeTerms

    @property
    def friction(self) -> np.ndarray:
        """The coefficients gamma `[n]` of -gamma_i p_i in dp_i/dt, in 1 / time; empty if friction was not fitted."""
        return self.terms.friction_values(self.free)

    @property
    def friction_std(self) -> np.ndarray:
        """The standard deviations `[n]` of the coefficients of friction."""
        return self.terms.friction_values(self.free_std)

    @property
    def gains(self) -> np.ndarray:
        """The gains B `[n, m]` of B u in dp/dt, in momentum / (input time); empty if no gains were fitted."""
        return self.terms.gain_matrix(self.free)

    @property
    def gains_std(self) -> np.ndarray:
        """The standard deviations `[n, m]` of the gains."""
        return self.terms.gain_matrix(self.free_std)


def weak_regression(
    field_features: Callable[[State], tf.Tensor], gains: InputGains | None, samples: Samples, objective: WeakForm
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the rows `[M, k + m]` and targets `[M]` of the weak form, in float64.

    Known gains are subtracted from the targets.

    Args:
      field_features: A function from states `[B, 2n]` to fields `[B, 2n, m]`.
      gains: The gains of the inputs, of which k are unknown; None without inputs.
      samples: The columns of the weak form.
      objective: The weak form, with its window.
    """
    names = ("times", "states") if gains is None else ("times", "states", "inputs", "end_inputs")
    columns = {name: np.asarray(samples[name], np.float64) for name in names}
    if gains is None:
        return objective.linear_regression(field_features, columns)
    rows, targets = objective.linear_regression(
        field_features,
        columns,
        input_features=lambda u: tf.concat([gains.known_motion(u)[..., tf.newaxis], gains.columns(u)], -1),
    )
    return rows[:, 1:], targets - rows[:, 0]
