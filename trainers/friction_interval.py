"""Measures a trained model's friction coefficient with its 95 % interval, on the real pendulum's training readings.

python -m trainers.friction_interval --model_path=runs/real_pendulum/model.keras --data_path=invar_datasets.zip
"""

import sys
from typing import Any

from absl import flags

from hnn_tf.commands import command_line


def of_record(model: Any, record: Any, *, num_refits: int = 20) -> Any:
    """The `FrictionInterval` of a model that was trained by `OneStep` on the training part of the pendulum's record."""
    from hnn_tf import data, evaluation, objectives
    from trainers import real_pendulum

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


def _main() -> None:
    with command_line.quiet_start():
        import numpy as np

        from hnn_tf import data
        from hnn_tf.export import saved_model
    settings = flags.FLAGS
    model = saved_model.load_model(settings.model_path, width=2)
    record = data.read_pendulum_record(settings.data_path)
    found = of_record(model, record, num_refits=settings.refits)
    sys.stdout.write(
        f"friction {found.value:.5f}, 95 % interval {found.low:.5f} - {found.high:.5f} 1/s "
        f"(as trained {float(np.mean(model.dissipation.coefficient)):.5f})\n"
    )


if __name__ == "__main__":
    flags.DEFINE_string("model_path", None, "A run's model.keras, of --model=hnn_friction.", required=True)
    flags.DEFINE_string("data_path", None, "The record; downloaded if not given.")
    flags.DEFINE_integer(
        "refits", 20, "Draws of readings, each fitted again, in both rounds.", lower_bound=20, upper_bound=100_000
    )
    command_line.run(_main, usage=__doc__)
