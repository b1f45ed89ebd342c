"""The start of a training: random weights, or the result of a closed form."""

import copy
import dataclasses
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from hnn_tf import closed_form
from hnn_tf.closed_form.input_gains import has_constant_gains
from hnn_tf.declarations import declared
from hnn_tf.input_error import OptionError
from hnn_tf.numerics.substeps import IntegrationWarning, too_few
from hnn_tf.objectives import OBJECTIVES, Objective
from hnn_tf.objectives.chosen_substeps import with_chosen_substeps
from hnn_tf.training.standard_errors import standard_errors
from hnn_tf.training.warm_start import WIDEST_STATE, warm_start
from hnn_tf.typing import Samples


@dataclasses.dataclass(frozen=True)
class Start:
    """The start of a training, besides the weights, which the model already has.

    Attributes:
      objective: The given objective, with the noise levels and the substeps that were found.
      samples: The given samples, with the initial states that were found.
      is_whole: Whether the closed form is the whole training, so that no step follows.
      standard_errors: The standard errors of physical parameters that the closed form has found, by their names.
      evidence: The logarithm of the evidence of each structure that the closed form has fitted; see `WarmStart`.
    """

    objective: Objective
    samples: Samples
    is_whole: bool = False
    standard_errors: dict[str, float] = dataclasses.field(default_factory=dict)
    evidence: dict[str, float] = dataclasses.field(default_factory=dict)

    def found(self) -> dict[str, np.ndarray]:
        """Returns the numbers that were found, by name, as `again` needs them."""
        values = {name: getattr(self.objective, name) for name in self.objective.found} | self.evidence
        return {name: np.asarray(value) for name, value in values.items() if value is not None}


def begin(model: keras.Model, objective: Any, samples: Samples, *, angles: Sequence[int] = (), seed: int = 0) -> Start:
    """Begins a training, and sets the weights if a closed form or a warm start finds them.

    Args:
      model: A built model, whose weights may be changed.
      objective: The objective of the training.
      samples: The objective's columns.
      angles: The indices of the positions that are angles in rad.
      seed: The seed of the random features and of the sampled states.

    Raises:
      InputError: If the closed form cannot use the samples, or the model has no motion at some of their states.
        (`check_closed_form` refuses unsuitable models before.)
      ArithmeticError: If the motion of the closed form diverges.

    Warns:
      IntegrationWarning: If the substeps are too few for a model that a closed form fits.
    """
    _check_states(model, samples)
    if objective.closed_form == "forces" and declared(model, "forces_have_closed_form"):
        closed_form.fit_inverse_dynamics(model, samples, seed=seed)
        return Start(objective, samples, is_whole=True)
    whole = is_fitted_in_closed_form(model)
    if objective.begins_at_closed_form:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IntegrationWarning)  # the warning follows below, or after the training
            began = warm_start(model, objective, samples, periodic=angles, seed=seed)
        if whole and began.fit:
            warn_of_too_few(model, began.fit.substeps, began.fit.integration_error)
            errors = standard_errors(model, gains=began.fit.gains_std, friction=began.fit.friction_std)
            return Start(began.objective, began.samples, whole, errors, began.evidence)
        return Start(began.objective, began.samples, whole, evidence=began.evidence)
    if not whole:
        return Start(with_chosen_substeps(objective, samples), samples)
    if objective.closed_form == "weak":
        gains_std = closed_form.fit_weak(model, samples, objective, seed=seed).gains_std
    else:
        gains_std = closed_form.fit(model, samples, seed=seed).gains_std
    return Start(objective, samples, True, standard_errors(model, gains=gains_std, friction=None))


def again(objective: Objective, samples: Samples, found: Mapping[str, np.ndarray]) -> Start:
    """Returns the start of a training that continues, without another fit."""
    began = copy.copy(objective)
    for name in objective.found:
        if name in found:
            setattr(began, name, found[name].item() if found[name].ndim == 0 else found[name])
    return Start(began, samples, evidence={name: float(found[name]) for name in found if name not in objective.found})


def is_fitted_in_closed_form(model: keras.Model) -> bool:
    """Returns whether a closed form is the whole training of a model."""
    return declared(model, "has_closed_form")


def check_closed_form(model: keras.Model, objective: Objective, *, width: int) -> None:
    """Refuses a model that a closed form fits, if the objective has no closed form for the model.

    Args:
      model: Any model. A model that no closed form fits is accepted.
      objective: The objective of the training.
      width: 2n, the width of the states.

    Raises:
      OptionError: With the alternatives.
    """
    if not is_fitted_in_closed_form(model):
        return
    named = {"model": model.name, "objective": objective.name}
    if not has_constant_gains(model):
        raise OptionError(
            "{model}: its closed form takes inputs with constant gains; leave {control:only} out, or take hnn or "
            "hnn_friction",
            **named,
            control="mlp",
        )
    if declared(model, "num_parameters"):
        raise OptionError("{model}: its closed form takes no parameters; take hnn or hnn_friction", **named)
    frictionless = declared(model, "dissipation") is None
    if width > WIDEST_STATE and not frictionless:
        raise OptionError(
            f"{{model}}: has a closed form for states of up to {WIDEST_STATE} numbers; received states of {width}; "
            "take hnn_friction",
            **named,
        )
    narrow = width <= WIDEST_STATE
    # Forces determine a mass matrix and a potential, but no H of features of the whole state.
    solved = {"derivatives": frictionless, "weak": frictionless, "trajectories": narrow, "forces": False, None: False}
    if not solved[objective.closed_form]:
        able = [name for name, each in sorted(OBJECTIVES.items()) if solved[each.closed_form]]
        raise OptionError(f"{{model}}: has no closed form for {{objective}}; take {', '.join(able)}", **named)
    if not objective.has_loss_of_closed_form:
        raise OptionError(
            "{model}: the closed form fits squared errors over whole trajectories; leave {huber:only} and "
            "{growth_steps:only} out, or take hnn",
            **named,
            huber=0,
            growth_steps=0,
        )


def _check_states(model: keras.Model, samples: Samples) -> None:
    check, states = declared(model, "check_states"), samples.get("state", samples.get("states"))
    if check is not None and states is not None:
        states = np.asarray(states)
        check(states.reshape(-1, states.shape[-1]))


def warn_of_too_few(model: keras.Model, substeps: int, error: float) -> None:
    """Warns if more substeps would change the fitted values too much."""
    line = too_few(substeps, error)
    if line:
        warnings.warn(f"{model.name}: {line}", IntegrationWarning, stacklevel=3)
