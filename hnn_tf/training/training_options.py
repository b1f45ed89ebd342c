"""Options of a training. Imports nothing heavy."""

import dataclasses

from hnn_tf.commands.number_flags import MOST_STEPS, MOST_WEIGHT
from hnn_tf.input_error import OptionError
from hnn_tf.options import Options, option

OPTIMIZERS = ("adam", "lbfgs")
SCHEDULES = ("constant", "cosine")


@dataclasses.dataclass(frozen=True)
class TrainingOptions(Options):
    """Options of a training: steps, batches, the optimizer, and early stopping.

    Raises:
      OptionError: As in `Options`, and if L-BFGS has batches, averages or a schedule, or if `patience` is given without
        `validation_fraction`.
    """

    steps: int = option(
        2000,
        "The largest number of optimizer steps. With 0, the model keeps the weights with which the training begins, "
        "which is allowed only for trajectory and combined. Random features take no steps, whatever this number is.",
        least=0,
        most=MOST_STEPS,
    )
    batch_size: int = option(
        0, "The number of samples in each step. With 0, each step uses all samples.", least=0, most=10**9
    )
    optimizer: str = option(
        "adam", "The optimizer. lbfgs is a quasi-Newton method, which needs full batches.", choices=OPTIMIZERS
    )
    # The bounds are within the range of float32.
    learning_rate: float = option(1e-3, "The step size of Adam, > 0.", least=1e-30, most=1e30)
    learning_rate_schedule: str = option(
        "constant",
        "The course of the learning rate. With cosine, the rate falls to 0 over all steps, along half a cosine.",
        choices=SCHEDULES,
    )
    average_weights: bool = option(False, "Use the exponential average of the weights, over about 100 steps.")
    validation_fraction: float = option(
        0.0,
        "The fraction of the training trajectories that is held out to choose the best weights. With 0, the last "
        "weights are used.",
        least=0.0,
        most=1.0,
    )
    patience: int = option(
        0,
        "The number of steps without a lower validation loss after which training stops. With 0, all steps are taken. "
        "The loss is computed every 50 steps.",
        least=0,
        most=MOST_STEPS,
    )
    weight_decay: float = option(0.0, "The coefficient of the coupled L2 penalty, >= 0.", least=0.0, most=MOST_WEIGHT)
    seed: int = option(0, "The seed of data, weights and batches.", least=0, most=2**31 - 1)

    def __post_init__(self) -> None:
        super().__post_init__()
        neutral = {"batch_size": 0, "average_weights": False, "learning_rate_schedule": "constant"}
        for name, value in neutral.items():
            if self.optimizer == "lbfgs" and getattr(self, name) != value:
                raise OptionError(
                    f"{{optimizer}}: L-BFGS searches along lines over all samples; give {{{name}}}, or adam",
                    optimizer=self.optimizer,
                    **{name: value},
                )
        if self.patience and not self.validation_fraction:
            raise OptionError(
                "{patience}: expected held-out trajectories to measure improvement; give {validation_fraction}, too",
                patience=self.patience,
                validation_fraction=0.2,
            )
