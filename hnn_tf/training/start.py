"""Where a training begins: at random weights, or at what a closed form finds."""

import copy
import dataclasses
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from hnn_tf import closed_form
from hnn_tf.input_error import OptionError
from hnn_tf.numerics.substeps import IntegrationWarning, too_few
from hnn_tf.objectives import OBJECTIVES, Objective
from hnn_tf.objectives.chosen_substeps import with_chosen_substeps
from hnn_tf.training.warm_start import WIDEST_STATE, warm_start
from hnn_tf.typing import Samples


@dataclasses.dataclass(frozen=True)
class Start:
    """The beginning of a training; the model's weights are set.

    Attributes:
      objective: The given one, with the noise levels and the substeps that were found.
      samples: The given ones, with the initial states that were found.
      is_whole: Whether the closed form is all of the training, so that no step follows.
    """

    objective: Objective
    samples: Samples
    is_whole: bool = False

    def found(self) -> dict[str, np.ndarray]:
        """The numbers that were found, by name: what `again` needs."""
        values = {name: getattr(self.objective, name) for name in self.objective.found}
        return {name: np.asarray(value) for name, value in values.items() if value is not None}


def begin(model: keras.Model, objective: Any, samples: Samples, *, angles: Sequence[int] = (), seed: int = 0) -> Start:
    """Begins a training: sets weights where a closed form finds some.

    Args:
      model: A built model; its weights may be changed.
      objective: What fits means.
      samples: Its columns.
      angles: Indices of the positions that are angles in rad.
      seed: Of random features and sampled states.

    Raises:
      InputError: If the closed form can't use the samples; see `check_closed_form` for what is refused before.
      ArithmeticError: If the closed form's motion diverges.

    Warns:
      IntegrationWarning: If the substeps are too few for a model that is fitted in closed form.
    """
    whole = is_fitted_in_closed_form(model)
    if objective.begins_at_closed_form:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IntegrationWarning)  # said below, or after the training
            began = warm_start(model, objective, samples, periodic=angles, seed=seed)
        if whole and began.fit:
            warn_of_too_few(model, began.fit.substeps, began.fit.integration_error)
        return Start(began.objective, began.samples, whole)
    if not whole:
        return Start(with_chosen_substeps(objective, samples), samples)
    if objective.closed_form == "weak":
        closed_form.fit_weak(model, samples, objective, seed=seed)
    else:
        closed_form.fit(model, samples, seed=seed)
    return Start(objective, samples, is_whole=True)


def again(objective: Objective, samples: Samples, found: Mapping[str, np.ndarray]) -> Start:
    """The start of a training that goes on: nothing is fitted anew."""
    began = copy.copy(objective)
    for name, value in found.items():
        setattr(began, name, value.item() if value.ndim == 0 else value)
    return Start(began, samples)


def is_fitted_in_closed_form(model: keras.Model) -> bool:
    """Whether a closed form is all of a model's training."""
    has_closed_form = getattr(model, "has_closed_form", None)
    return bool(has_closed_form and has_closed_form())


def check_closed_form(model: keras.Model, objective: Objective, *, width: int) -> None:
    """Refuses a model that is fitted in closed form where the objective has none for it.

    Args:
      model: Any model; others than those of a closed form pass.
      objective: What fits means.
      width: 2n of the states.

    Raises:
      OptionError: With what to take instead.
    """
    if not is_fitted_in_closed_form(model):
        return
    conservative = getattr(model, "conservative", True)
    named = {"model": model.name, "objective": objective.name}
    if width > WIDEST_STATE and not conservative:
        raise OptionError(
            f"{{model}}: has a closed form for states of up to {WIDEST_STATE} numbers; received states of {width}; "
            "take hnn_friction",
            **named,
        )
    narrow = width <= WIDEST_STATE
    solved = {"derivatives": conservative, "weak": conservative, "trajectories": narrow, None: False}
    if not solved[objective.closed_form]:
        able = [name for name, each in sorted(OBJECTIVES.items()) if solved[each.closed_form]]
        raise OptionError(f"{{model}}: has no closed form for {{objective}}; take {', '.join(able)}", **named)
    if getattr(objective, "huber", None) or getattr(objective, "growth_steps", 0):
        raise OptionError(
            "{model}: the closed form fits squared errors over whole trajectories; leave {huber:only} and "
            "{growth_steps:only} out, or take hnn",
            **named,
            huber=0,
            growth_steps=0,
        )


def warn_of_too_few(model: keras.Model, substeps: int, error: float) -> None:
    """Warns if more substeps would move what was fitted."""
    line = too_few(substeps, error)
    if line:
        warnings.warn(f"{model.name}: {line}", IntegrationWarning, stacklevel=3)
