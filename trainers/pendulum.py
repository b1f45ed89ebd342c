"""Learns the ideal pendulum from noisy trajectories.

python -m trainers.pendulum --flagfile=pendulum.flags
"""

from typing import Any

from hnn_tf.commands import command_line
from trainers import run, training_flags
from trainers.simulated import SimulatedTask


def _system() -> Any:
    from hnn_tf.systems import Pendulum

    return Pendulum()


TASK = SimulatedTask(
    name="pendulum",
    make_system=_system,
    num_times=45,
    radius=(1.3, 2.3),
    ood_radius=(0.2, 1.0),  # below all training energies: H <= 3 (1 - cos 1) = 1.4 here, H >= 1.3^2 = 1.7 there
    paper_time_stretch=1.0,
    configuration="pendulum",
    angles=(0,),
)

if __name__ == "__main__":
    training_flags.define(TASK.name, weight_decay=1e-4, noise_std=0.1)
    command_line.run(lambda: run.main(TASK), usage=__doc__)
