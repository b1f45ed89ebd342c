"""A trained model together with the recordings on which it was trained and measured."""

import dataclasses
import functools
import hashlib
import os
import pathlib
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.data.digest import fingerprint
from hnn_tf.data.frame_recordings import FrameRecordings
from hnn_tf.data.recordings import Recordings
from hnn_tf.declarations import declared
from hnn_tf.evaluation import report
from hnn_tf.evaluation.recording_scores import scores, truth
from hnn_tf.figures import fitted_figures
from hnn_tf.input_error import InputError
from hnn_tf.models.model_file import save_model
from hnn_tf.motion_inputs import interval_ends
from hnn_tf.objectives.initial_states import estimate_initial_states
from hnn_tf.objectives.shooting import since_first
from hnn_tf.objectives.trajectory_matching import TrajectoryMatching
from hnn_tf.rollouts.rollout_at_times import rollout_at_times
from hnn_tf.training.training_options import TrainingOptions
from hnn_tf.training.training_run import TrainingResult
from hnn_tf.training.training_set import TrainingSet, num_samples

MOST_MEASURED = 100
"""The largest number of held-out recordings that are rolled out. If there are more, only the first are rolled out."""


@dataclasses.dataclass(frozen=True, eq=False)
class FittedModel:
    """The result of `hnn_tf.fit`.

    Attributes:
      model: The trained Keras model.
      recordings: The recordings to learn from, including those that were held out for validation.
      test: The recordings on which the model is measured.
      data: The samples, and the objective with which the training began.
      training: The options of the training.
      result: The losses and seconds of the training, and the objective with the noise levels that were found.
      comparison: The losses by name of all models that were compared, including this model. If a closed form of
        trajectories fitted random features, there is also the logarithm of their evidence: `log_evidence`, or for a
        network, which begins at the structure of the largest evidence, `log_evidence_full`,
        `log_evidence_separable_even` and so on. The larger it is, the better the data support the structure.
      integrator: The name of the integrator that an exported rollout uses by default. The method `rollout` and the
        metrics always use "rk8".
    """

    model: keras.Model
    recordings: Recordings | FrameRecordings
    test: Recordings | FrameRecordings
    data: TrainingSet
    training: TrainingOptions
    result: TrainingResult
    comparison: dict[str, dict[str, float]] = dataclasses.field(default_factory=dict)
    integrator: str = "rk4"

    @functools.cached_property
    def metrics(self) -> dict[str, float]:
        """The numbers that show how good the model is.

        The numbers belong to the model as `hnn_tf.fit` returned it, even if the model is trained further.

        - `train_loss` and `test_loss`: the objective's loss on the training samples and on the test samples.
        - `validation_loss` and `best_step`: the least loss on the validation samples, if there are some, and the step
          after which the model had this loss.
        - `coordinate_mse`: the mean squared distance of rollouts from the true states of the test recordings or, if the
          true states are unknown, from the noisy readings.
        - `interpolation_coordinate_mse` and `extrapolation_coordinate_mse`: if the recordings have parameters, the same
          of the test recordings whose parameters are all within the ranges of the training samples, and of the others.
        - `valid_prediction_time`: the first time at which a rollout's error exceeds 10 % of the root mean square of the
          same states, as the median over the recordings.
        - `friction` and `input_gain`: the learned coefficient of friction and the learned gains, if the model has some.
          If a closed form is the whole training, `friction_std` and `input_gain_std` are their standard errors.

        If the objective needs velocities in the place of momenta, there are no rollouts. A rollout begins at the true
        first state or, if it is unknown, at the initial state with which the rollout fits the readings best. If there
        are more than 100 test recordings, the first 100 are rolled out. A number that is not finite is left out, for
        example if a rollout diverges.
        """
        found = dict(self.result.losses)
        if isinstance(self.test, Recordings) and not self.result.objective.sees_velocities:
            measured = self.test[:MOST_MEASURED]
            with np.errstate(over="ignore", invalid="ignore"):
                box = self._parameter_box() if measured.num_parameters else None
                found |= scores(measured, self._followed(measured), trained=box)
        found |= declared(self.model, "physical_parameters") | self.result.standard_errors
        return {name: value for name, value in found.items() if np.isfinite(value)}

    def rollout(self, state: Any, times: Any, inputs: Any = None, *, parameters: Any = None) -> np.ndarray:
        """Returns the motion from a state, in the units of the recordings.

        Args:
          state: A state `[2n]` or states `[N, 2n]` at the first time.
          times: `[T]`, increasing or decreasing.
          inputs: u(t) of a model with inputs: samples at the times, `[T, m]` or `[N, T, m]`, with the interpolation of
            the recordings; or a function from the times `[..., 1]` since the first time to inputs `[..., m]`.
          parameters: Theta of a model with parameters, `[k]` or `[N, k]`, in the units of the recordings.

        Returns:
          The states `[T, 2n]` or `[N, T, 2n]`, float64. The integrator is always "rk8", with steps of at most half the
          median interval of the test recordings.

        Raises:
          InputError: If the state has another width, inputs or parameters do not fit the model, or the model is a model
            of frames; use `model.rollout` for frames.
        """
        width = self._recordings().width
        if np.ndim(state) not in (1, 2) or np.shape(state)[-1] != width:
            raise InputError(f"state: expected [{width}] or [N, {width}]; received shape {np.shape(state)}")
        elapsed = np.asarray(times, np.float64)
        if elapsed.ndim != 1 or not len(elapsed):
            raise InputError(f"times: expected at least one time, [T]; received shape {np.shape(times)}")
        return self._rolled_out(state, elapsed, inputs, parameters)

    def save(self, folder: str | os.PathLike) -> None:
        """Writes `model.keras`, which `keras.saving.load_model` reads, and `metrics.json` into a folder.

        Raises:
          OSError: If the folder cannot be written.
        """
        path = pathlib.Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        save_model(self.model, path / "model.keras")
        digest = hashlib.sha256((path / "model.keras").read_bytes()).hexdigest()  # the export asks for it
        document = self.record() | {"comparison": self.comparison, "model_sha256": digest}
        report.write_metrics(path / "metrics.json", document)

    def draw(self, folder: str | os.PathLike) -> None:
        """Draws the first test recording and the model's rollout into a folder.

        The files are `coordinates.png` and `coordinate_error.png`. For states (q, p) of one degree of freedom, there is
        also `hamiltonian.png` if the model learns a Hamiltonian, and `phase_portrait.png` if it takes no inputs.

        Raises:
          InputError: If the model is a model of frames.
        """
        test, folder = self._recordings(), pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        fitted_figures.draw(folder, self.model, test, self._followed(test[:1])[0], observed=_of_states(self.recordings))

    def record(self) -> dict[str, Any]:
        """Returns the description of the training for a model's card and `metrics.json`."""
        described = self.recordings if isinstance(self.recordings, Recordings) else None
        return {
            "task": None,
            "model": self.model.name,
            "objective": self.result.objective.name,
            "protocol": "held out",
            "seed": self.training.seed,
            "steps": self.result.steps,
            "fit_seconds": self.result.seconds,
            "state": {
                "names": list(described.state_names),
                "units": list(described.state_units),
                "time_unit": described.time_unit,
                "energy_unit": "",
            }
            if described
            else None,
            "inputs": report.input_entry(self.recordings),
            "system_parameters": {
                "names": list(described.parameter_names),
                "units": list(described.parameter_units),
                "ranges": np.transpose(self._parameter_box()).tolist(),
            }
            if described and described.num_parameters
            else None,
            "training_data": {"samples": num_samples(self.data.train), "sha256": fingerprint(self.data.train)},
            "metrics": self.metrics,
            "versions": report.versions(),
        }

    @functools.cached_property
    def _step_size(self) -> float:
        """The median interval of the test recordings, divided by the objective's substeps but at least by 2."""
        usual = np.median(np.concatenate([np.diff(recording.times) for recording in self._recordings()]))
        return float(usual) / max(2, self.result.objective.num_substeps)

    def _recordings(self) -> Recordings:
        return _of_states(self.test)

    def _parameter_box(self) -> tuple[np.ndarray, np.ndarray]:
        """Returns the smallest and the largest parameters `[k]` of the training samples."""
        trained = np.asarray(self.data.train["parameters"])
        return trained.min(0), trained.max(0)

    def _rolled_out(self, state: Any, times: np.ndarray, inputs: Any, parameters: Any) -> np.ndarray:
        path = rollout_at_times(
            self.model,
            tf.constant(state, self.model.compute_dtype),
            since_first(times),  # the precision of the model is too low for seconds since 1970
            max_step_size=self._step_size,
            inputs=inputs,
            input_interpolation=self._recordings().input_interpolation,
            parameters=parameters,
            integrator="rk8",
        )
        return path.numpy().astype(np.float64)

    def _followed(self, recordings: Recordings) -> list[np.ndarray]:
        """Returns rollouts `[T_i, 2n]` at the times of recordings.

        Recordings of equal length are rolled out together.
        """
        paths: dict[int, np.ndarray] = {}
        for length in sorted({len(recording) for recording in recordings}):
            indices = [index for index, recording in enumerate(recordings) if len(recording) == length]
            equal = dataclasses.replace(recordings, recordings=tuple(recordings[index] for index in indices))
            times, states = equal.stacked("times"), equal.stacked("states")
            inputs = equal.stacked("inputs") if equal.num_inputs else None
            parameters = equal.stacked("parameters") if equal.num_parameters else None
            if recordings[0].true_states is not None:
                start = np.stack([truth(recording)[0] for recording in equal])
            else:
                columns = {"times": since_first(times), "states": states, "initial_state": states[:, :1]}
                if inputs is not None:
                    ends = interval_ends(inputs, recordings.input_interpolation)
                    columns |= {"inputs": inputs, "end_inputs": ends}
                if parameters is not None:
                    columns["parameters"] = parameters
                substeps = self.result.objective.num_substeps
                start = estimate_initial_states(self.model, TrajectoryMatching(substeps=substeps), columns)[:, 0]
            paths |= dict(zip(indices, self._rolled_out(start, times, inputs, parameters), strict=True))
        return [paths[index] for index in range(len(recordings))]


def _of_states(recordings: Recordings | FrameRecordings) -> Recordings:
    if not isinstance(recordings, Recordings):
        raise InputError("recordings: expected recordings of states; received frames; take the model's rollout instead")
    return recordings
