"""Rollouts of the pixel pendulum far beyond the length of its training trajectories."""

import dataclasses
import pathlib
from collections.abc import Mapping

import numpy as np

from benchmarks.trainings.trained_models import TrainedRun
from hnn_tf import data, evaluation, figures
from trainers.tasks.pixel_pendulum import ANGLE_TOLERANCE

NUM_FRAMES = 400
"""The number of frames of a rollout, which is four times that of a training trajectory."""


@dataclasses.dataclass(frozen=True)
class LongRollout:
    """True states (theta, omega) `[N, 401, 2]` from every test state, and predicted ones from decoded frames."""

    true: np.ndarray
    predicted: np.ndarray

    def metrics(self) -> dict[str, float]:
        """Returns shares of starts with angles within tolerance for 100 and 400 frames, and mean squared errors."""
        errors = np.abs(self.predicted[..., 0] - self.true[..., 0])
        energies = (evaluation.swing_energy(states) for states in (self.true, self.predicted))
        return {
            "angle_within_tolerance_100": float(np.mean(errors[:, :101].max(-1) <= ANGLE_TOLERANCE)),
            "angle_within_tolerance_400": float(np.mean(errors.max(-1) <= ANGLE_TOLERANCE)),
            "angle_mse_400": float(np.mean(errors**2)),
            "energy_mse_400": evaluation.energy_mse(*energies),
        }


def follow(path: pathlib.Path) -> LongRollout:
    """Rolls out the HNN of a finished run from its test states.

    Raises:
      InputError: If there is no such run.
    """
    run = TrainedRun(path, "pixel_pendulum", labels=["hnn"])
    true = data.simulate_pendulum(run.data.test_states[:, 0], NUM_FRAMES)
    _, pairs = run.data.rollout(run.models["hnn"], run.data.test_pairs[:, 0], NUM_FRAMES)
    return LongRollout(true, evaluation.states_of_frame_pairs(pairs))


def draw(path: pathlib.Path, rollouts: Mapping[str, LongRollout]) -> None:
    """Draws the angle and the error of every variant from the start of median energy."""
    first = next(iter(rollouts.values())).true
    energies = evaluation.swing_energy(first[:, 0])
    chosen = int(np.argsort(energies)[len(energies) // 2])
    figures.draw_coordinate_error(
        path,
        times=np.arange(NUM_FRAMES + 1) * data.TIME_STEP,
        true=first[chosen],
        predicted={variant: rollout.predicted[chosen] for variant, rollout in rollouts.items()},
        state_names=("theta", "omega"),
        state_units=("rad", "rad/s"),
    )
