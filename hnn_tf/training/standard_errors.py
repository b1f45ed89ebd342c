"""The standard errors of physical parameters that a closed form has found."""

from typing import Any

import numpy as np

from hnn_tf.declarations import declared


def standard_errors(model: Any, *, gains: np.ndarray | None, friction: float | None) -> dict[str, float]:
    """Returns the standard errors by the names of the model's physical parameters, with `_std` after each name.

    A 95 % interval is 1.96 standard errors to both sides of the parameter.

    Args:
      model: The fitted model, whose `control` and `dissipation` name the parameters. Parameters without a name, such as
        those of a layer that declares no `physical_parameters`, are left out.
      gains: The standard errors `[n, m]` of the gains of inputs; None or empty if no gains were fitted.
      friction: The standard error of the coefficient of friction; None if no friction was fitted.
    """
    found: dict[str, float] = {}
    if friction is not None:
        found |= dict.fromkeys(declared(declared(model, "dissipation"), "physical_parameters"), friction)
    names = declared(declared(model, "control"), "physical_parameters")
    if gains is not None and len(names) == gains.size:
        # The names of the gains are in the order of the matrix, row by row.
        found |= dict(zip(names, gains.ravel().tolist(), strict=True))
    return {f"{name}_std": value for name, value in found.items()}
