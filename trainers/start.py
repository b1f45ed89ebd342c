"""Where a training begins: at random weights, or at what a closed form finds."""

import sys
import warnings
from collections.abc import Sequence
from typing import Any

from hnn_tf import closed_form
from hnn_tf.numerics.substeps import IntegrationWarning, too_few
from hnn_tf.objectives import CombinedMatching, DerivativeMatching, TrajectoryMatching
from hnn_tf.objectives.chosen_substeps import with_chosen_substeps
from hnn_tf.training.warm_start import has_random_features, warm_start


def start(model: Any, objective: Any, samples: Any, settings: Any, *, angles: Sequence[int] = ()) -> tuple[Any, int]:
    """The training samples with their initial states, and how many steps are to be taken.

    Objectives get their substeps and noise levels here, from the first model of a run. A model of random features is
    fitted here as a whole, so that no steps are left.
    """
    if isinstance(objective, TrajectoryMatching):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IntegrationWarning)  # said below, or after the training
            began = warm_start(model, objective, samples, periodic=angles, seed=settings.seed)
        if fitted_whole(model) and began.fit:
            say_too_few(model, began.fit.substeps, began.fit.integration_error)
        objective.noise_std, objective.substeps = began.objective.noise_std, began.objective.substeps
        if isinstance(objective, CombinedMatching):
            objective.derivative_std = began.objective.derivative_std  # type: ignore[attr-defined]
        return began.samples, 0 if fitted_whole(model) else settings.steps
    if not fitted_whole(model):
        chosen = with_chosen_substeps(objective, samples)
        if chosen is not objective:
            objective.substeps = chosen.substeps
        return samples, settings.steps
    if isinstance(objective, DerivativeMatching):
        closed_form.fit(model, samples, seed=settings.seed)
    else:  # the weak form: `Task.objective` refuses the other
        closed_form.fit_weak(model, samples, objective, seed=settings.seed)
    return samples, 0


def fitted_whole(model: Any) -> bool:
    """Whether the start is all of a model's training."""
    return has_random_features(getattr(model, "hamiltonian", None))


def say_too_few(model: Any, substeps: int, error: float) -> None:
    """Says on stderr if more substeps would move what was fitted."""
    line = too_few(substeps, error)
    if line:
        sys.stderr.write(f"{model.name}: {line}\n")
