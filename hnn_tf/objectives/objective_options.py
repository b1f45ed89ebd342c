"""Options of the objective. This module imports nothing heavy."""

import dataclasses

from hnn_tf.commands.number_flags import MOST_STEPS
from hnn_tf.derivative_estimators.registry import DERIVATIVE_ESTIMATORS
from hnn_tf.integrators.registry import INTEGRATORS
from hnn_tf.objectives.registry import OBJECTIVES
from hnn_tf.options import Options, option


@dataclasses.dataclass(frozen=True)
class ObjectiveOptions(Options):
    """Options of an objective, from which `hnn_tf.objectives.new_objective` makes the objective.

    An objective refuses each option that it does not use and that differs from its default. The option `integrator` is
    an exception, because the exported rollout also uses it. If no `objective` is given, `hnn_tf.fit` or the trainer
    chooses one.
    """

    objective: str | None = option(
        None,
        "The measure of how well a model fits. derivative compares time derivatives. one_step compares the next "
        "state. weak compares increments over windows. trajectory compares whole rollouts, and combined compares "
        "rollouts and time derivatives. inverse_dynamics compares forces, and forward_dynamics compares accelerations "
        "under forces. By default, the protocol determines the objective in a trainer, and the "
        "recordings determine the objective in hnn_tf.fit.",
        choices=OBJECTIVES,
    )
    derivatives: str | None = option(
        None,
        "The estimator that computes time derivatives from the states. By default, the derivatives of the data are "
        "used.",
        choices=DERIVATIVE_ESTIMATORS,
    )
    segments: int = option(
        0,
        "The number of segments of each trajectory, for the objectives trajectory and combined. A new rollout begins "
        "at the start of each segment. With 0, a segment has about 40 readings.",
        least=0,
        most=1_000_000,
    )
    huber: float = option(
        0.0,
        "The size of an error, in standard deviations of the noise, beyond which the error counts linearly and not "
        "squared, so that outliers count less. With 0, all errors count squared. Only the objectives trajectory "
        "and combined use this option.",
        least=0.01,  # with so small a bound, almost all errors count linearly
        most=1000.0,  # no outlier is larger
        or_zero=True,
    )
    growth_steps: int = option(
        0,
        "The number of training steps over which rollouts grow from one interval to their full length. With 0, all "
        "rollouts have their full length. Only the objectives trajectory and combined use this option.",
        least=0,
        most=MOST_STEPS,
    )
    integrator: str = option(
        "rk4", "The integrator of an objective that integrates, and of the exported rollout.", choices=INTEGRATORS
    )
    substeps: int | None = option(
        None,
        "The number of integrator steps between two neighbouring readings. By default, the number is chosen from the "
        "data, so that the integrator's error is small beside the noise. For frames, the default is 1.",
        least=1,
        most=1000,
    )
