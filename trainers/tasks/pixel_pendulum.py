"""A pendulum, from pictures of it."""

import functools
import importlib.metadata
import pathlib
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf import data, evaluation
from hnn_tf.input_error import InputError
from hnn_tf.models import MODELS, LatentHamiltonianNetwork, ResidualMLP
from hnn_tf.numerics.pieces import mean_in_pieces, rows_in_pieces
from hnn_tf.objectives import OBJECTIVES, LatentMatching
from trainers.tasks import pixel_figures
from trainers.tasks.task import Models, Task, TaskData

TEST_FRACTION = 0.2
NUM_FRAMES = 100
"""Of every trajectory, to train on; and to roll out."""

STATES_A_FRAME = 4
"""As which a frame counts, of those that are encoded or decoded at once."""

ANGLE_TOLERANCE = 0.1
"""Rad, within which a rollout's angle should stay."""


class PixelPendulumTask(Task):
    """Gymnasium's Pendulum-v1 without torque, as pictures of 28 x 28; a unit of time is a frame, 0.05 s."""

    name = "pixel_pendulum"

    def defaults(self, protocol: str) -> dict[str, Any]:
        """The paper's; under the clean protocol the latent moves through the integrator, and there is no L2.

        The paper's differences of latents damp, and its L2 keeps the dynamics, whose loss is small, from their best.
        """
        if protocol == "paper":
            return super().defaults(protocol) | {"weight_decay": 1e-5}
        return {"objective": "one_step", "weight_decay": 0.0}

    def load(self, settings: Any) -> "PixelPendulumData":
        """Simulates and draws the trajectories by seed, or takes them from --cache_dir."""
        return PixelPendulumData(settings)

    def new_model(self, label: str, settings: Any) -> Any:
        """An untrained autoencoder, with the model of that name as dynamics of its latent."""
        if settings.time_reversible or settings.derivatives or label == "random_features":
            raise InputError(
                "pixel_pendulum: its states are learned, so that it takes no --time_reversible, --derivatives or "
                "--model=random_features; leave them out"
            )
        keras.utils.set_random_seed(settings.seed)
        frame_shape = (28, 28, 2)
        widths = [int(width) for width in settings.hidden_units]
        size: dict[str, Any] = {"hidden_units": settings.autoencoder_units, "dtype": settings.precision}
        model = LatentHamiltonianNetwork(
            ResidualMLP(2, name="encoder", **size),
            ResidualMLP(28 * 28 * 2, name="decoder", **size),
            MODELS[label](hidden_units=widths, activation=settings.activation, dtype=settings.precision),
            frame_shape=frame_shape,
            name=label,
        )
        model.build([None, *frame_shape])
        return model

    def objective(self, settings: Any) -> Any:
        """The paper's three losses; the objective that the flags name is that of the latent motion."""
        if settings.objective not in ("derivative", "one_step"):
            raise InputError(
                f"--objective={settings.objective}: pixel_pendulum learns from pairs of frames; take derivative, or "
                "one_step"
            )
        return LatentMatching(
            super().objective(settings),
            canonical_weight=settings.canonical_weight,
            motion_weight=settings.motion_weight,
        )


class PixelPendulumData(TaskData):
    """Pictures of 200 swings of one seed: as in the reference code, the first fifth is held out."""

    # What the latent is in, training decides.
    state = {"names": ["q", "p"], "units": ["", ""], "time_unit": "frame of 0.05 s", "energy_unit": ""}

    def __init__(self, settings: Any) -> None:
        super().__init__()
        count = settings.num_trajectories
        rng = np.random.default_rng(settings.seed)
        starts = data.sample_pendulum_states(rng, count)
        # A pair and its successor take three frames.
        states = data.simulate_pendulum(starts, NUM_FRAMES + 1)
        draw = data.render_pendulum if settings.renderer == "numpy" else data.render_pendulum_by_gymnasium
        frames = data.cached_arrays(
            settings.cache_dir,
            {"renderer": _renderer(settings.renderer), "angles": states[..., 0]},
            lambda: {"frames": draw(states[..., 0])},
        )["frames"]
        if settings.noise_std:
            frames = data.add_gaussian_noise(frames, rng, std=settings.noise_std).astype(np.float32)
        pairs = data.frame_pairs(frames)
        num_test = max(1, round(TEST_FRACTION * count))
        self.states = states[:, 1:]
        self.test_pairs, self.test_states = pairs[:num_test], self.states[:num_test]
        self.train_pairs, self.train_states = pairs[num_test:], self.states[num_test:]
        self.num_trajectories = count - num_test
        columns = {"train": _columns(self.train_pairs), "test": _columns(self.test_pairs)}
        self.train = dict.fromkeys(OBJECTIVES, columns["train"])
        self.test = dict.fromkeys(OBJECTIVES, columns["test"])

    def evaluate(self, model: Any, *, objective: Any, protocol: str) -> dict[str, float]:
        """The losses one by one; energy and angle along decoded rollouts, and energy by a map from the latent."""
        del protocol

        test = self.test["derivative"]

        def parts(piece: slice) -> Any:
            columns = {name: tf.constant(column[piece], model.compute_dtype) for name, column in test.items()}
            return np.array([float(loss) for loss in objective.losses(model, columns).values()])

        parts_of_loss = mean_in_pieces(parts, len(test["frames"]), states_each=objective.states_a_sample(test))
        losses = {f"test_{name}_loss": float(loss) for name, loss in zip(objective.weights, parts_of_loss, strict=True)}
        latent, pairs = self.rollout(model, self.test_pairs[:, 0], NUM_FRAMES)
        true_energy = evaluation.swing_energy(self.test_states)
        seen, true_seen = evaluation.states_of_frame_pairs(pairs), self._test_states_seen
        mapped = self.latent_map(model)(latent)
        angle_errors = np.abs(seen[..., 0] - self.test_states[..., 0])
        return {
            **losses,
            "energy_mse": evaluation.energy_mse(true_energy, evaluation.swing_energy(seen)),
            "energy_mse_of_truth": evaluation.energy_mse(true_energy, evaluation.swing_energy(true_seen)),
            "latent_energy_mse": evaluation.energy_mse(true_energy, evaluation.swing_energy(mapped)),
            "angle_mse": float(np.mean(angle_errors**2)),
            "angle_within_tolerance": float(np.mean(angle_errors.max(-1) <= ANGLE_TOLERANCE)),
        }

    @functools.cached_property
    def _test_states_seen(self) -> Any:
        return evaluation.states_of_frame_pairs(self.test_pairs)

    def rollout(self, model: Any, pairs: Any, num_frames: int) -> tuple[Any, Any]:
        """Latent trajectories `[N, num_frames + 1, 2]` from pairs of frames `[N, 28, 28, 2]`, and their frames."""
        start = rows_in_pieces(lambda piece: model.encode(pairs[piece]).numpy(), len(pairs), states_each=STATES_A_FRAME)
        latent = evaluation.evaluation_rollout(model.dynamics, start, np.arange(num_frames + 1.0))
        states_each = STATES_A_FRAME * latent.shape[1]
        return latent, rows_in_pieces(
            lambda piece: model.decode(latent[piece]).numpy(), len(latent), states_each=states_each
        )

    def latent_map(self, model: Any) -> Any:
        """The map latent -> (theta, omega), fitted on the training data."""
        pairs = self.train_pairs.reshape(-1, 28, 28, 2)
        latent = rows_in_pieces(
            lambda piece: model.encode(pairs[piece]).numpy(), len(pairs), states_each=STATES_A_FRAME
        )
        return evaluation.fit_latent_map(latent, self.train_states.reshape(-1, 2))

    def draw(self, folder: pathlib.Path, models: Models) -> None:
        """Draws rollouts of truth and models from the test start of median energy."""
        pixel_figures.draw(folder, models, self, num_frames=NUM_FRAMES)


def _renderer(name: str) -> list[str]:
    """Who draws, with the versions of packages that this one's code doesn't tell."""
    packages = ["gymnasium", "pygame", "pygame-ce"] if name == "gymnasium" else []
    found = {each.metadata["Name"]: each.version for each in importlib.metadata.distributions()} if packages else {}
    return [name, *(f"{package} {found[package]}" for package in packages if package in found)]


def _columns(pairs: Any) -> dict[str, Any]:
    """Pairs `[N, T, 28, 28, 2]` as samples: each with the next of its trajectory."""
    shape = (-1, *pairs.shape[2:])
    return {"frames": pairs[:, :-1].reshape(shape), "next_frames": pairs[:, 1:].reshape(shape)}


TASK = PixelPendulumTask()
