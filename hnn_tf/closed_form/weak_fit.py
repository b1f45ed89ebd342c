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
    field_features: Callable[[State], tf.Tensor],
    gains: InputGains | None,
    samples: Samples,
    objective: WeakForm,
    *,
    known_motion: Callable[[State], tf.Tensor | None],
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the rows `[M, k + m]` and targets `[M]` of the weak form, in float64.

    Known gains and the known motion are subtracted from the targets.

    Args:
      field_features: A function from states `[B, 2n]` to fields `[B, 2n, m]`.
      gains: The gains of the inputs, of which k are unknown; None without inputs.
      samples: The columns of the weak form.
      objective: The weak form, with its window.
      known_motion: A function from states `[B, 2n]` to the part `[B, 2n]` of the motion that has no coefficients, or
        to None if there is none.
    """
    names = ("times", "states") if gains is None else ("times", "states", "inputs", "end_inputs")
    columns = {name: np.asarray(samples[name], np.float64) for name in names}

    def features(state: State) -> tf.Tensor:
        # One column for the known motion, which is 0 if there is none.
        fields, known = field_features(state), known_motion(state)
        return tf.concat([(tf.zeros_like(fields[..., 0]) if known is None else known)[..., tf.newaxis], fields], -1)

    if gains is None:
        rows, targets = objective.linear_regression(features, columns)
        return rows[:, 1:], targets - rows[:, 0]
    rows, targets = objective.linear_regression(
        features,
        columns,
        input_features=lambda u: tf.concat([gains.known_motion(u)[..., tf.newaxis], gains.columns(u)], -1),
    )
    own = 1 + gains.num_unknown
    return np.delete(rows, [0, own], axis=1), targets - rows[:, 0] - rows[:, own]
