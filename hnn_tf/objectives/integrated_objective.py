"""The base class of objectives that integrate: an integrator, its substeps, and their error."""

import abc
import copy
from typing import Any, ClassVar

import numpy as np
import tensorflow as tf

from hnn_tf import integrators
from hnn_tf.declarations import declared
from hnn_tf.numerics.substeps import check_substeps
from hnn_tf.objectives.base import Objective
from hnn_tf.objectives.objective_options import ObjectiveOptions
from hnn_tf.objectives.shooting import since_first
from hnn_tf.typing import Samples, VectorField

MOST_READINGS = 20_000
"""The largest number of readings that are evaluated.

If there are more, only the readings with the widest gaps are evaluated.
"""

_ROUNDINGS = 16.0
"""The number of roundings of the largest state below which differences count as rounding."""


class IntegratedObjective(Objective):
    """The base class of objectives that compare states which an integrator predicts with observed states.

    Args:
      integrator: A name or an `hnn_tf.integrators.Integrator`.
      substeps: The number of integrator steps within each interval, >= 1; None until it is chosen.

    Raises:
      ValueError: If `substeps` is not an integer >= 1.
      InputError: If there is no such integrator.
    """

    integrator: integrators.Integrator
    takes = frozenset({"substeps"})
    found: ClassVar[tuple[str, ...]] = ("substeps",)

    def __init__(self, integrator: str | integrators.Integrator, substeps: int | None) -> None:
        check_substeps(substeps)
        self.integrator = integrators.get(integrator)
        self.substeps = substeps

    @property
    def num_substeps(self) -> int:  # type: ignore[override]
        """The number of substeps, or 1 if it is not chosen yet."""
        return 1 if self.substeps is None else self.substeps

    @classmethod
    def arguments(cls, options: ObjectiveOptions) -> dict[str, Any]:
        """Returns the integrator and its substeps."""
        return {"integrator": options.integrator, "substeps": options.substeps}

    def check(self, model: VectorField) -> None:
        """Refuses a model that the integrator does not support.

        Raises:
          InputError: If the integrator does not support the model. The message has the reason.
        """
        self.integrator.check(model)

    @abc.abstractmethod
    def predict(self, model: VectorField, samples: Samples) -> tf.Tensor:
        """Returns the states `[..., 2n]` that the model predicts where samples have observed states."""

    def integration_error(self, model: VectorField, samples: Samples) -> float:
        """Returns an upper bound of the change of the fit with twice as many substeps, in its standard errors.

        The bound is e = sqrt(sum |Phi_2n - Phi_n|^2 / s^2) over all readings, where s is the root mean square of a
        coordinate's residuals. A change of all predictions moves any least-squares estimate by at most e of its
        standard errors (Cauchy and Schwarz). The bound is reached if the change looks like an effect of the estimated
        quantity, as damping looks like friction.

        Args:
          model: The fitted vector field.
          samples: The objective's columns.
        """
        dtype = declared(model, "compute_dtype") or "float64"
        gaps = samples["time_step"] if "time_step" in samples else np.diff(samples["times"], axis=1)
        widest = np.max(np.abs(gaps), axis=1)
        readings = int(np.prod(np.shape(samples["states" if "states" in samples else "state"])[:-1]))
        count = max(1, MOST_READINGS * len(widest) // max(readings, MOST_READINGS))
        chosen = largest(widest, count)
        columns = {name: np.asarray(samples[name])[chosen] for name in self.columns_in(samples)}
        if "times" in columns:
            columns["times"] = since_first(columns["times"])
        tensors = {name: tf.constant(column, dtype) for name, column in columns.items()}
        both = [self, copy.copy(self)]
        both[1].substeps = 2 * self.num_substeps
        # The function is not called directly, because TensorFlow would warn about functions that are made and traced
        # again each time.
        predictions = [
            tf.function(lambda each=each: each.predict(model, tensors), autograph=False).get_concrete_function()()
            for each in both
        ]
        states, finer = (predicted.numpy().astype(np.float64) for predicted in predictions)
        width = states.shape[-1]
        observed = columns["states" if "states" in columns else "next_state"]
        # A number that was not observed has no residual.
        weights = np.broadcast_to(columns.get("observed", 1.0), np.shape(observed))
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            left = np.sqrt(np.mean((weights * (states - observed) ** 2).reshape(-1, width), 0))
            rounding = _ROUNDINGS * np.finfo(dtype).eps * np.max(np.abs(states).reshape(-1, width), 0)
            unseen = (np.abs(finer - states) < rounding) | (weights == 0)
            shift = np.where(unseen, 0.0, (finer - states) / left)
            return float(np.sqrt(np.sum(shift**2) * len(widest) / count))


def largest(values: np.ndarray, count: int) -> np.ndarray:
    """Returns the indices of the `count` largest of `values` `[N]`, in their order."""
    first = len(values) - count
    return np.sort(np.argpartition(values, first)[first:]) if first > 0 else np.arange(len(values))
