"""What "fits" means. Imports nothing heavy."""

import dataclasses

from hnn_tf.commands.number_flags import MOST_STEPS
from hnn_tf.derivative_estimators.registry import DERIVATIVE_ESTIMATORS
from hnn_tf.integrators.registry import INTEGRATORS
from hnn_tf.objectives.registry import OBJECTIVES
from hnn_tf.options import Options, option


@dataclasses.dataclass(frozen=True)
class ObjectiveOptions(Options):
    """Options of an objective; `hnn_tf.objectives.new_objective` makes it.

    An objective refuses what it has no use for, except for `integrator`, which is also that of an exported rollout.
    `hnn_tf.fit` and the trainers choose an `objective` that isn't given.
    """

    objective: str | None = option(
        None, "What fits means; when not given, the protocol's own, or what suits the recordings.", choices=OBJECTIVES
    )
    derivatives: str | None = option(
        None,
        "Estimate the derivatives from the states by this; when not given, the task's own are used.",
        choices=DERIVATIVE_ESTIMATORS,
    )
    segments: int = option(
        0,
        "Of each trajectory, for trajectory and combined: rollouts begin anew in each; 0 takes some 40 observations.",
        least=0,
        most=1_000_000,
    )
    huber: float = option(
        0.0,
        "Noise deviations beyond which outliers count less; 0: squares.",
        least=0.01,  # nearly absolute errors
        most=1000.0,  # where no outlier is
        or_zero=True,
    )
    growth_steps: int = option(0, "Steps over which rollouts grow to their whole length.", least=0, most=MOST_STEPS)
    integrator: str = option("rk4", "For objectives that integrate, and for the exported rollout.", choices=INTEGRATORS)
    substeps: int | None = option(
        None,
        "Integrator steps within each observed time step; when not given, enough for the data; of frames, 1.",
        least=1,
        most=1000,
    )
