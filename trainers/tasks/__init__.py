"""The tasks and their options, by name. Imports nothing heavy."""

from typing import Any

from hnn_tf.models.model_options import ModelOptions
from hnn_tf.registry import Registry
from hnn_tf.training.training_options import TrainingOptions
from trainers.run_options import PROTOCOLS, RunOptions
from trainers.tasks.data_options import (
    ArmOptions,
    CachedDataOptions,
    DataOptions,
    DrivenOptions,
    FrameOptions,
    LatticeOptions,
    RecordOptions,
)
from trainers.tasks.task_options import TaskOptions
from trainers.trainer_options import TrainerOptions

_PLANAR = TrainerOptions(data=DataOptions(noise_std=0.1), training=TrainingOptions(weight_decay=1e-4))

# Differences of neighbouring states add damping, so the clean protocol matches the states themselves. The loss of a
# step is a hundredth of the loss of a slope. With this loss, the paper's L2 would have as much weight as the data, and
# make the motion too slow.
_MEASURED = {
    "paper": {"objective": "derivative", "weight_decay": 1e-5},
    "clean": {"objective": "one_step", "weight_decay": 0.0},
}

TASK_OPTIONS: dict[str, TaskOptions] = {
    "driven_pendulum": TaskOptions(
        TrainerOptions(
            model=ModelOptions("random_features_friction"),
            training=TrainingOptions(steps=150, learning_rate=3e-4, learning_rate_schedule="cosine"),
            data=DrivenOptions(),
        ),
        {protocol: {"objective": "trajectory"} for protocol in PROTOCOLS},
    ),
    "double_pendulum": TaskOptions(
        TrainerOptions(
            model=ModelOptions("mechanical", hidden_units=(64, 64)),
            training=TrainingOptions(steps=5000, batch_size=512, learning_rate=3e-3, learning_rate_schedule="cosine"),
            data=DataOptions(),
        )
    ),
    "mass_spring": TaskOptions(_PLANAR),
    "pendulum": TaskOptions(_PLANAR),
    "pixel_pendulum": TaskOptions(
        TrainerOptions(data=FrameOptions(), training=TrainingOptions(steps=10_000, batch_size=200)), _MEASURED
    ),
    "real_pendulum": TaskOptions(TrainerOptions(data=RecordOptions()), _MEASURED),
    "robot_arm": TaskOptions(
        TrainerOptions(
            model=ModelOptions("mechanical", hidden_units=(64, 64)),
            training=TrainingOptions(optimizer="lbfgs"),
            data=ArmOptions(),
            run=RunOptions(compare_baseline=True),
        ),
        {protocol: {"objective": "inverse_dynamics"} for protocol in PROTOCOLS},
    ),
    "spring_lattice": TaskOptions(
        TrainerOptions(
            model=ModelOptions("pairwise", hidden_units=(64, 64)),
            training=TrainingOptions(steps=2000, batch_size=256, learning_rate=3e-3, learning_rate_schedule="cosine"),
            data=LatticeOptions(),
        )
    ),
    "three_body": TaskOptions(
        TrainerOptions(
            data=CachedDataOptions(), training=TrainingOptions(steps=10_000, batch_size=600, weight_decay=1e-4)
        )
    ),
    "two_body": TaskOptions(
        TrainerOptions(data=CachedDataOptions(), training=TrainingOptions(steps=10_000, batch_size=200))
    ),
}
"""The options of all tasks, by the names of their trainers."""

TASKS: Registry[Any] = Registry({name: f"trainers.tasks.{name}:TASK" for name in TASK_OPTIONS})
"""All tasks, by the names of their trainers."""
