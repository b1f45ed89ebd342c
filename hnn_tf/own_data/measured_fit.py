"""A model of measurements, with what was tried, how well it predicts, and why it was chosen."""

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
from hnn_tf.data.recordings import Recordings
from hnn_tf.evaluation import report
from hnn_tf.files.atomic_file import atomic_file
from hnn_tf.input_error import InputError
from hnn_tf.models.model_file import save_model
from hnn_tf.models.scaled_network import ScaledNetwork
from hnn_tf.objectives.shooting import since_first
from hnn_tf.own_data.candidate_fit import STEPS, Tried
from hnn_tf.own_data.measurement import Measurement
from hnn_tf.rollouts.rollout_at_times import rollout_at_times


@dataclasses.dataclass(frozen=True, eq=False)
class MeasuredFit:
    """The result of `hnn_tf.fit` for measurements.

    Attributes:
      recordings: The measurements that the model was fitted to.
      tried: The candidate that was chosen.
      comparison: Of each model that was tried, by name: `held_out_error`, the mean squared error of forecasts on
        held-out readings of the choice, in units of the columns' variances; `log_evidence`, if a closed form was
        fitted; and `seconds`.
      described: What each of these models assumes, in words, by name.
      measurement: How well the model and the baseline predict readings that no choice has seen.
      explanation: Three sentences that say what was learned.
      warnings: Sentences that say what to be careful about.
      seed: The seed.
      budget: The budget.
      seconds: The duration of the whole fit.
      objective: The name of the objective that was asked for; None for that of the model.
      data_report: What was found in the measurements before the fit; empty if they were not read from a table.
    """

    recordings: Recordings
    tried: Tried
    comparison: dict[str, dict[str, float]]
    described: dict[str, str]
    measurement: Measurement
    explanation: tuple[str, ...]
    warnings: tuple[str, ...]
    seed: int
    budget: str
    seconds: float
    objective: str | None = None
    data_report: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def model(self) -> ScaledNetwork:
        """The trained model, in the units of the recordings."""
        return self.tried.model

    @property
    def integrator(self) -> str:
        """The name of the integrator of exported rollouts."""
        return "rk4"

    @functools.cached_property
    def metrics(self) -> dict[str, Any]:
        """The numbers that show how good the model is.

        - `held_out_coordinate_mse` and `baseline_coordinate_mse`: the mean squared errors of forecasts on held-out
          readings, of the model and of the unstructured baseline, in units of the columns' variances.
        - `noise_coordinate_mse`: the same for a forecast whose only error is the noise of the readings.
        - `band_coverage`: the share of the held-out readings that are within the 90 % bands, if there are bands.
        - `friction` with its 95 % interval `friction_interval`, and `input_gain`, if the model has some.
        """
        return self.measurement.metrics

    def rollout(self, state: Any, times: Any, inputs: Any = None, *, parameters: Any = None) -> np.ndarray:
        """Returns the motion from a state, in the units of the recordings.

        Args:
          state: A state `[2n]` or states `[N, 2n]` at the first time.
          times: `[T]`, increasing or decreasing.
          inputs: The inputs at the times, `[T, m]` or `[N, T, m]`, of a model with inputs.
          parameters: The parameters of a model with parameters, `[k]` or `[N, k]`.

        Returns:
          The states `[T, 2n]` or `[N, T, 2n]`, float64.

        Raises:
          InputError: If the times are not `[T]`.
        """
        elapsed = np.asarray(times, np.float64)
        if elapsed.ndim != 1 or not len(elapsed):
            raise InputError(f"times: expected at least one time, [T]; received shape {np.shape(times)}")
        path = rollout_at_times(
            self.model,
            tf.constant(state, self.model.compute_dtype),
            since_first(elapsed),
            max_step_size=self.model.suggested_step_size,
            inputs=inputs,
            input_interpolation=self.recordings.input_interpolation,
            parameters=parameters,
            integrator="rk8",
        )
        return path.numpy().astype(np.float64)

    def save(self, folder: str | os.PathLike) -> None:
        """Writes `model.keras`, `metrics.json` and, if there is one, `data_report.json` into a folder.

        Raises:
          OSError: If the folder cannot be written.
        """
        path = pathlib.Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        save_model(self.model, path / "model.keras")
        digest = hashlib.sha256((path / "model.keras").read_bytes()).hexdigest()  # the export asks for it
        document = self.record() | {
            "metrics": self.metrics,
            "comparison": self.comparison,
            "explanation": list(self.explanation),
            "warnings": list(self.warnings),
            "model_sha256": digest,
        }
        report.write_metrics(path / "metrics.json", document)
        if self.data_report:
            with atomic_file(path / "data_report.json") as temporary:
                temporary.write_text(report.as_json(self.data_report))

    def record(self) -> dict[str, Any]:
        """Returns the description of the training for a model's card and `metrics.json`."""
        recordings = self.recordings
        columns = {"states": recordings.joined("states"), "times": recordings.joined("times")}
        return {
            "task": None,
            "model": self.tried.candidate.model,
            "objective": self.objective or ("inverse_dynamics" if self.tried.candidate.of_forces else "trajectory"),
            "protocol": "held out",
            "seed": self.seed,
            "steps": 0 if self.tried.fit or self.tried.candidate.of_forces else STEPS[self.budget],
            "fit_seconds": self.seconds,
            "state": {
                "names": list(recordings.state_names),
                "units": list(recordings.state_units),
                "time_unit": recordings.time_unit,
                "energy_unit": "",
            },
            "inputs": report.input_entry(recordings),
            "system_parameters": {
                "names": list(recordings.parameter_names),
                "units": list(recordings.parameter_units),
                "ranges": [list(each) for each in recordings.parameter_ranges],
            }
            if recordings.num_parameters
            else None,
            "training_data": {"samples": len(columns["times"]), "sha256": fingerprint(columns)},
            # A card has numbers only.
            "metrics": {name: value for name, value in self.metrics.items() if isinstance(value, float)},
            "versions": report.versions(),
        }

    @property
    def network(self) -> keras.Model:
        """The inner model, of dimensionless states."""
        return self.model.network
