"""Learns the ideal mass on a spring from noisy trajectories.

python -m trainers.mass_spring --flagfile=mass_spring.flags
"""

from typing import Any

from hnn_tf.commands import command_line
from trainers import run, training_flags
from trainers.simulated import SimulatedTask


def _system() -> Any:
    from hnn_tf.systems import MassSpring

    return MassSpring()


TASK = SimulatedTask(
    name="mass_spring",
    make_system=_system,
    num_times=30,
    radius=(0.1, 1.0),
    ood_radius=(1.0, 1.3),  # above all training energies: H = q^2 + p^2
    paper_time_stretch=1.09,
    configuration="mass_spring",
)

if __name__ == "__main__":
    training_flags.define(TASK.name, weight_decay=1e-4, noise_std=0.1)
    command_line.run(lambda: run.main(TASK), usage=__doc__)
