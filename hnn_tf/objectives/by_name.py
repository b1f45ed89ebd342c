"""Objectives by their names, or by options."""

from hnn_tf.input_error import InputError, OptionError
from hnn_tf.objectives.base import Objective
from hnn_tf.objectives.objective_options import ObjectiveOptions
from hnn_tf.objectives.registry import OBJECTIVES


def objective_by_name(name: str) -> Objective:
    """Returns the objective with the given name, with its own defaults.

    Raises:
      InputError: If there is no such objective.
    """
    if name not in OBJECTIVES:
        raise InputError(f"objective: expected one of {', '.join(sorted(OBJECTIVES))}; received {name!r}")
    return OBJECTIVES[name]()


def new_objective(options: ObjectiveOptions) -> Objective:
    """Returns the objective for the given options.

    Raises:
      OptionError: If no objective is named, or an option is set that this objective does not use.
    """
    if options.objective is None:
        raise OptionError(f"{{objective}}: expected one of {', '.join(sorted(OBJECTIVES))}", objective=None)
    return OBJECTIVES[options.objective].from_options(options)
