"""Where a training begins: at random weights, or at what a closed form finds."""

from collections.abc import Sequence
from typing import Any

from hnn_tf import closed_form
from hnn_tf.objectives import CombinedMatching, DerivativeMatching, TrajectoryMatching
from hnn_tf.warm_start import has_random_features, warm_start


def start(model: Any, objective: Any, samples: Any, settings: Any, *, angles: Sequence[int] = ()) -> tuple[Any, int]:
    """The training samples with their initial states, and how many steps are to be taken.

    `TrajectoryMatching` and `CombinedMatching` get their noise levels here, from the first model of a run. A model of
    random features is fitted here as a whole, so that no steps are left.
    """
    fitted_whole = has_random_features(getattr(model, "hamiltonian", None))
    if isinstance(objective, TrajectoryMatching):
        began = warm_start(model, objective, samples, periodic=angles, seed=settings.seed)
        objective.noise_std = began.objective.noise_std
        if isinstance(objective, CombinedMatching):
            objective.derivative_std = began.objective.derivative_std  # type: ignore[attr-defined]
        return began.samples, 0 if fitted_whole else settings.steps
    if not fitted_whole:
        return samples, settings.steps
    if isinstance(objective, DerivativeMatching):
        closed_form.fit(model, samples, seed=settings.seed)
    else:  # the weak form: `Task.objective` refuses the other
        closed_form.fit_weak(model, samples, objective, seed=settings.seed)
    return samples, 0
