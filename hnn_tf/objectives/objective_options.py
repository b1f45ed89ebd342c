"""Options of the objective. Imports nothing heavy."""

import dataclasses

from hnn_tf.commands.number_flags import MOST_STEPS
from hnn_tf.derivative_estimators.registry import DERIVATIVE_ESTIMATORS
from hnn_tf.integrators.registry import INTEGRATORS
from hnn_tf.objectives.registry import OBJECTIVES
from hnn_tf.options import Options, option


@dataclasses.dataclass(frozen=True)
class ObjectiveOptions(Options):
    """Options of an objective, from which `hnn_tf.objectives.new_objective` makes the objective.

    An objective refuses what it has no use for, except for `integrator`, which is also that of an exported rollout.
    `hnn_tf.fit` and the trainers choose an `objective` that isn't given.
    """

    objective: str | None = option(
        None,
        "The measure of how well a model fits; by default, the protocol's own, or a choice that suits the recordings.",
        choices=OBJECTIVES,
    )
    derivatives: str | None = option(
        None,
        "The estimator of time derivatives from the states; by default, the task's own derivatives are used.",
        choices=DERIVATIVE_ESTIMATORS,
    )
    segments: int = option(
        0,
        "The number of segments of each trajectory, for the objectives trajectory and combined. A rollout begins in "
        "each segment. With 0, a segment has about 40 observations.",
        least=0,
        most=1_000_000,
    )
    huber: float = option(
        0.0,
        "The number of noise standard deviations beyond which outliers count less; 0 squares all errors.",
        least=0.01,  # almost absolute errors
        most=1000.0,  # beyond all outliers
        or_zero=True,
    )
    growth_steps: int = option(
        0, "The number of steps over which rollouts grow to their full length.", least=0, most=MOST_STEPS
    )
    integrator: str = option(
        "rk4", "The integrator of objectives that integrate, and of the exported rollout.", choices=INTEGRATORS
    )
    substeps: int | None = option(
        None,
        "The number of integrator steps in each observed time step; by default, enough for the data, and 1 for frames.",
        least=1,
        most=1000,
    )
