"""The task of the ideal pendulum, from noisy trajectories."""

from typing import Any

from hnn_tf.systems import Pendulum
from trainers.tasks.simulated import SimulatedTask


def _system() -> Any:
    return Pendulum()


TASK = SimulatedTask(
    name="pendulum",
    make_system=_system,
    num_times=45,
    radius=(1.3, 2.3),
    ood_radius=(0.2, 1.0),  # all energies, H <= 3 (1 - cos 1) = 1.4, are below those of the training, H >= 1.3^2 = 1.7
    paper_time_stretch=1.0,
    configuration="pendulum",
    angles=(0,),
)
