"""The friction coefficient, with its interval, of a model that was trained on the real pendulum."""

import sys
from typing import Any

import numpy as np
from absl import flags

from hnn_tf import data, evaluation, objectives
from hnn_tf.export import saved_model
from trainers.tasks import real_pendulum


def of_record(model: Any, record: Any, *, num_refits: int = 20) -> Any:
    """Returns the `FrictionInterval` of a model that was trained by `OneStep` on the record's training part."""
    count = real_pendulum.num_training(record)
    times, states = record.times[:count], record.states[:count]
    return evaluation.friction_interval(
        model,
        objectives.OneStep(),
        lambda readings: real_pendulum.transitions(data.PendulumRecord(times, readings)),
        times,
        states,
        num_refits=num_refits,
    )


def main() -> None:
    """Prints the interval for the model and the record of the flags."""
    settings = flags.FLAGS
    model = saved_model.load_model(settings.model_path, width=2)
    record = data.read_pendulum_record(settings.data_path)
    found = of_record(model, record, num_refits=settings.refits)
    sys.stdout.write(
        f"friction {found.value:.5f}, 95 % interval {found.low:.5f} - {found.high:.5f} 1/s "
        f"(as trained {float(np.mean(model.dissipation.coefficient)):.5f})\n"
    )
