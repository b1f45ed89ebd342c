"""The task of a pendulum in pictures."""

import functools
import importlib.metadata
import pathlib
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf import data, evaluation
from hnn_tf.fitted_model import FittedModel
from hnn_tf.input_error import OptionError
from hnn_tf.models import LatentHamiltonianNetwork, ModelOptions, ResidualMLP
from hnn_tf.models.new_model import new_unbuilt_model
from hnn_tf.numerics.pieces import mean_in_pieces, rows_in_pieces
from hnn_tf.objectives import LatentMatching, Objective
from hnn_tf.training.start import is_fitted_in_closed_form
from trainers.tasks import pixel_figures
from trainers.tasks.data_options import FrameOptions
from trainers.tasks.task import Models, Task, TaskData
from trainers.trainer_options import TrainerOptions

TEST_FRACTION = 0.2
NUM_FRAMES = 100
"""The number of frames of every trajectory, for training and for rollouts."""

STATES_A_FRAME = 4
"""The number of states as which a frame counts when frames are encoded or decoded at once."""

ANGLE_TOLERANCE = 0.1
"""The tolerance of a rollout's angle, in rad."""


class PixelPendulumTask(Task):
    """Gymnasium's Pendulum-v1 without torque, as pictures of 28 x 28. The unit of time is a frame, 0.05 s."""

    name = "pixel_pendulum"

    def load(self, options: TrainerOptions, objective: Objective) -> "PixelPendulumData":
        """Simulates and draws the trajectories according to the seed, or reads them from the cache."""
        del objective  # all objectives use pairs of frames
        return PixelPendulumData(options.data, seed=options.training.seed)

    def new_model(self, model: ModelOptions, options: TrainerOptions) -> keras.Model:
        """Returns an untrained autoencoder with the model of the given options as the dynamics of its latent."""
        keras.utils.set_random_seed(options.training.seed)
        frame_shape = (28, 28, 2)
        size: dict[str, Any] = {"hidden_units": options.data.autoencoder_units, "dtype": model.precision}
        encoder = ResidualMLP(2, name="encoder", **size)
        decoder = ResidualMLP(28 * 28 * 2, name="decoder", **size)
        dynamics = new_unbuilt_model(model)
        if model.time_reversible or is_fitted_in_closed_form(dynamics):
            raise OptionError(
                f"{{model}}: {self.name} learns the states, but a closed form needs known states, and "
                "{time_reversible:only} needs a known momentum; take hnn, without {time_reversible:only}",
                model=model.model,
                time_reversible=True,
            )
        whole = LatentHamiltonianNetwork(encoder, decoder, dynamics, frame_shape=frame_shape, name=model.model)
        whole.build([None, *frame_shape])
        return whole

    def objective(self, options: TrainerOptions) -> Objective:
        """Returns the paper's three losses, with the objective of the options for the latent motion."""
        if options.objective.derivatives:
            raise OptionError(
                f"{{derivatives}}: {self.name} learns the states, but an estimator of derivatives needs known states; "
                "leave {derivatives:only} out",
                derivatives=options.objective.derivatives,
            )
        return LatentMatching(
            super().objective(options),
            canonical_weight=options.data.canonical_weight,
            motion_weight=options.data.motion_weight,
        )


class PixelPendulumData(TaskData):
    """Pictures of swings of one seed, by default 200. As in the reference code, the first fifth is held out."""

    # The training determines the units of the latent.
    state = {"names": ["q", "p"], "units": ["", ""], "time_unit": "frame of 0.05 s", "energy_unit": ""}

    train: data.FrameRecordings
    test: data.FrameRecordings

    def __init__(self, options: FrameOptions, *, seed: int) -> None:
        count = options.num_trajectories
        rng = np.random.default_rng(seed)
        starts = data.sample_pendulum_states(rng, count)
        # A pair and its successor take three frames.
        states = data.simulate_pendulum(starts, NUM_FRAMES + 1)
        draw = data.render_pendulum if options.renderer == "numpy" else data.render_pendulum_by_gymnasium
        frames = data.cached_arrays(
            options.cache_dir,
            {"renderer": _renderer(options.renderer), "angles": states[..., 0]},
            lambda: {"frames": draw(states[..., 0])},
        )["frames"]
        if options.noise_std:
            frames = data.add_gaussian_noise(frames, rng, std=options.noise_std).astype(np.float32)
        pairs = data.frame_pairs(frames)
        num_test = max(1, round(TEST_FRACTION * count))
        self.states = states[:, 1:]
        self.test_pairs, self.test_states = pairs[:num_test], self.states[:num_test]
        self.train_pairs, self.train_states = pairs[num_test:], self.states[num_test:]
        self.train, self.test = data.FrameRecordings(self.train_pairs), data.FrameRecordings(self.test_pairs)

    def evaluate(self, fitted: FittedModel, *, protocol: str) -> dict[str, float]:
        """Returns the separate losses, energy and angle along decoded rollouts, and energy by a map from the latent."""
        del protocol
        model, test = fitted.model, fitted.data.test
        objective: Any = fitted.result.objective

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
        """Returns latent trajectories `[N, num_frames + 1, 2]` from frame pairs `[N, 28, 28, 2]`, and their frames."""
        start = rows_in_pieces(lambda piece: model.encode(pairs[piece]).numpy(), len(pairs), states_each=STATES_A_FRAME)
        latent = evaluation.evaluation_rollout(model.dynamics, start, np.arange(num_frames + 1.0))
        states_each = STATES_A_FRAME * latent.shape[1]
        return latent, rows_in_pieces(
            lambda piece: model.decode(latent[piece]).numpy(), len(latent), states_each=states_each
        )

    def latent_map(self, model: Any) -> Any:
        """Returns the map from the latent to (theta, omega), which is fitted on the training data."""
        pairs = self.train_pairs.reshape(-1, 28, 28, 2)
        latent = rows_in_pieces(
            lambda piece: model.encode(pairs[piece]).numpy(), len(pairs), states_each=STATES_A_FRAME
        )
        return evaluation.fit_latent_map(latent, self.train_states.reshape(-1, 2))

    def draw(self, folder: pathlib.Path, models: Models) -> None:
        """Draws rollouts of truth and models from the test state of median energy."""
        pixel_figures.draw(folder, models, self, num_frames=NUM_FRAMES)


def _renderer(name: str) -> list[str]:
    """Returns the renderer and the versions of packages that are not visible in this package's code."""
    packages = ["gymnasium", "pygame", "pygame-ce"] if name == "gymnasium" else []
    found = {each.metadata["Name"]: each.version for each in importlib.metadata.distributions()} if packages else {}
    return [name, *(f"{package} {found[package]}" for package in packages if package in found)]


TASK = PixelPendulumTask()
