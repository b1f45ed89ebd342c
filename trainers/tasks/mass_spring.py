"""The task of the ideal mass on a spring, from noisy trajectories."""

from typing import Any

from hnn_tf.systems import MassSpring
from trainers.tasks.simulated import SimulatedTask


def _system() -> Any:
    return MassSpring()


TASK = SimulatedTask(
    name="mass_spring",
    make_system=_system,
    num_times=30,
    radius=(0.1, 1.0),
    ood_radius=(1.0, 1.3),  # H = q^2 + p^2, so all energies are above those of the training
    paper_time_stretch=1.09,
    configuration="mass_spring",
)
