"""The search of the model of measurements among candidates."""

import dataclasses
import hashlib
import pathlib
from collections.abc import Callable

import numpy as np

from hnn_tf.data.digest import fingerprint
from hnn_tf.data.recordings import Recordings
from hnn_tf.declarations import declared
from hnn_tf.input_error import OptionError, one_line
from hnn_tf.models.model_options import ModelOptions
from hnn_tf.models.new_model import new_unbuilt_model
from hnn_tf.own_data.candidate_fit import Tried, fit_candidate
from hnn_tf.own_data.candidates import (
    BASELINE_OF_MOMENTA,
    BASELINE_OF_VELOCITIES,
    Candidate,
    candidate_of,
    candidates,
    conservative,
)
from hnn_tf.own_data.choice import chosen
from hnn_tf.own_data.explanation import explained
from hnn_tf.own_data.fit_warnings import fit_warnings
from hnn_tf.own_data.forecasts import mean_error
from hnn_tf.own_data.held_out import Forecast, decimated, split, thinned, usual_horizon
from hnn_tf.own_data.measurement import Measurement, errors_of, measured
from hnn_tf.own_data.motion import longest_period, noise_levels
from hnn_tf.own_data.scales import check_angles
from hnn_tf.training.warm_start import WIDEST_STATE
from hnn_tf.training_failed import TrainingFailedError

HELD_OUT = 0.2
"""The fraction of the runs, or of the readings of a single run, that is held out for the measurement or the choice."""

MOST_READINGS = {"fast": 4_000, "normal": 20_000, "thorough": 20_000}
"""The largest number of readings to which models are fitted, by budget."""


@dataclasses.dataclass(frozen=True, eq=False)
class Found:
    """What a search has found.

    Attributes:
      tried: The chosen model, fitted to all readings that are not held out for the measurement.
      comparison: See `MeasuredFit`.
      measurement: How well it predicts.
      explanation: Three sentences.
      warnings: Sentences.
    """

    tried: Tried
    comparison: dict[str, dict[str, float]]
    measurement: Measurement
    explanation: tuple[str, ...]
    warnings: tuple[str, ...]


class CandidateSearch:
    """The steps of a fit of measurements: candidates are fitted and compared, and the best one is measured.

    Args:
      recordings: The measurements.
      budget: See `fit_measurements`, also for the following arguments.
      horizon: The longest time of a forecast; None for the usual one.
      seed: The seed.
      say: A function that shows a line of the progress.
      model: The name of the only model, or None.
      objective: The name of its objective, or None.
      folder: The existing folder of trained networks, or None.

    Attributes:
      learned: The recordings that are not held out for the measurement.
      tried: The fitted candidates, by the names of their models.
    """

    def __init__(
        self,
        recordings: Recordings,
        budget: str,
        horizon: float | None,
        seed: int,
        say: Callable[[str], None],
        model: str | None,
        objective: str | None,
        folder: pathlib.Path | None,
    ) -> None:
        check_angles(recordings)
        self._objective, self._folder = objective, folder
        self._budget, self._seed, self._say = budget, seed, say
        self._period = longest_period(recordings)
        recordings = decimated(recordings, most=MOST_READINGS[budget], period=self._period)
        self._horizon = usual_horizon(recordings, self._period) if horizon is None else horizon
        # The cost grows with the square of the number of positions, and so do the readings that one of them replaces.
        most = MOST_READINGS[budget] // (recordings.width // 2) ** 2
        learned, self._forecasts = self._split(recordings)
        first, self._validation = self._split(learned)
        self.learned, self._first = (thinned(each, most) for each in (learned, first))
        self._noise = noise_levels(self.learned)
        second_half = recordings.second_half
        observed = recordings[0].observed is None or recordings.joined("observed")[:, recordings.width // 2 :].any()
        self._named: Candidate | None = None
        if model is None:
            narrow = recordings.width <= WIDEST_STATE and not recordings.num_parameters
            found = candidates(
                second_half=second_half,
                observed=bool(observed),
                forces=recordings[0].time_derivatives is not None and recordings.num_inputs == recordings.width // 2,
                dof=recordings.width // 2,
                budget=budget,
            )
            self._closed_forms = found[0] if narrow else []
            self._networks = found[1] if narrow else [*found[1], *_wide(second_half)]
        else:
            self._named = _named(model, second_half)
        self._baseline = BASELINE_OF_VELOCITIES if second_half == "velocities" else BASELINE_OF_MOMENTA
        self.tried: dict[str, Tried] = {}
        self._errors: dict[str, list[np.ndarray]] = {}

    def _split(self, recordings: Recordings) -> tuple[Recordings, list[Forecast]]:
        return split(recordings, HELD_OUT, period=self._period, horizon=self._horizon)

    def run(self) -> Found:
        """Fits, chooses and measures. A model that the user named is measured without a choice."""
        if self._named is not None:
            return self._measured(self._named)
        for candidate in self._closed_forms:
            self._try(candidate)
        best = self._best()
        if best is not None and best.candidate.conservative_twin:
            self._try(conservative(best.candidate))
        best = self._best()
        for candidate in self._networks:
            self._try(candidate, best)
        if not self.tried:
            raise TrainingFailedError("no model fits the measurements; give more readings, or cleaner ones")
        self._try(self._baseline)
        name = self._choice()
        if self.tried[name].candidate.conservative_twin and self._twin(self.tried[name].candidate) not in self.tried:
            self._try(conservative(self.tried[name].candidate))  # it says whether friction is needed
            name = self._choice()
        return self._measured(self.tried[name].candidate)

    def _choice(self) -> str:
        """Returns the name of the chosen candidate."""
        simple_first = sorted(self.tried, key=lambda name: self.tried[name].candidate.conservative_twin is not None)
        order = [
            *(name for name in simple_first if self.tried[name].fit),
            *(n for n in simple_first if not self.tried[n].fit),
        ]
        return chosen(self._errors, order, free=self._baseline.model, periods=self._periods())

    def _try(self, candidate: Candidate, best: Tried | None = None) -> None:
        self._say(f"{candidate.model}: fitting a model with {candidate.words}")
        try:
            tried = self._fitted(candidate, self._first, best)
            errors = errors_of(tried, self._validation, self._first, self._noise)
        except (ArithmeticError, TrainingFailedError) as error:
            self._say(f"{candidate.model}: no fit, because {one_line(error)}")
            return
        self.tried[candidate.model], self._errors[candidate.model] = tried, errors
        result = f"held-out error {mean_error(errors):.3g} of the columns' variance"
        self._say(f"{candidate.model}: {result}, {tried.seconds:.1f} s")

    def _fitted(self, candidate: Candidate, recordings: Recordings, best: Tried | None) -> Tried:
        part = "first" if recordings is self._first else "whole"
        kept = None
        if self._folder is not None:
            kept = self._folder / f"{part}_{candidate.model}_{self._digest(recordings)}.npz"
        return fit_candidate(
            candidate,
            recordings,
            kept=kept,
            objective=None if candidate is self._baseline else self._objective,
            noise_std=self._noise,
            period=self._period,
            seed=self._seed,
            budget=self._budget,
            best=best,
            earlier=None if part == "first" else self.tried.get(candidate.model),
        )

    def _digest(self, recordings: Recordings) -> str:
        """Returns a digest of all that networks depend on, so that only equal fits share their networks."""
        parts = ("times", "states", "observed", "inputs", "time_derivatives")
        columns = {name: recordings.joined(name) for name in parts if getattr(recordings[0], name) is not None}
        columns["lengths"] = np.array([len(each) for each in recordings])
        columns["parameters"] = recordings.stacked("parameters") if recordings.num_parameters else np.zeros(0)
        others = (self._seed, self._budget, self._period, self._noise.tolist(), self._objective, recordings.masses)
        of_columns = (recordings.second_half, recordings.angles, recordings.state_units, recordings.input_interpolation)
        text = f"{fingerprint(columns)} {others} {of_columns}"
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def _surely_fitted(self, candidate: Candidate, best: Tried | None) -> Tried:
        """Fits a candidate to all readings that are not held out for the measurement.

        Raises:
          TrainingFailedError: If it does not fit.
        """
        try:
            return self._fitted(candidate, self.learned, best)
        except ArithmeticError as error:
            raise TrainingFailedError(f"fit of {candidate.model}: {one_line(error)}") from error

    def _best(self) -> Tried | None:
        if not self.tried:
            return None
        return self.tried[min(self.tried, key=lambda name: mean_error(self._errors[name]))]

    def _periods(self) -> float:
        if self._period is None:
            return 1.0
        spans = (each.recording.times[-1] - each.recording.times[each.num_known - 1] for each in self._validation)
        return float(sum(spans)) / self._period

    def _measured(self, candidate: Candidate) -> Found:
        """Fits a candidate to all readings that are not held out for the measurement, and measures it."""
        name, best = candidate.model, None
        self._say(f"{name}: fitting it to all readings that are not held out")
        closed = [each for each in self.tried.values() if each.fit is not None]
        if candidate.model != self._baseline.model and closed and self.tried[name].fit is None:
            best = min(closed, key=lambda each: mean_error(self._errors[each.candidate.model]))
            best = self._surely_fitted(best.candidate, None)  # its states are those of the same readings
        tried = self._surely_fitted(candidate, best)
        baseline = tried
        if candidate.model != self._baseline.model:
            baseline = self._surely_fitted(self._baseline, None)
        measurement = measured(tried, baseline, self._forecasts, self.learned, self._noise)
        errors = {each: mean_error(self._errors[each]) for each in self._errors}
        if not self.tried:  # there was no choice
            self.tried[name] = tried
            errors[name] = measurement.metrics.get("held_out_coordinate_mse", float("inf"))
        comparison = {
            each: {
                "held_out_error": errors[each],
                "seconds": one.seconds,
                **({} if one.fit is None else {"log_evidence": one.fit.fit.log_evidence}),
            }
            for each, one in self.tried.items()
            if np.isfinite(errors[each])
        }
        explanation = explained(
            tried,
            measurement,
            errors,
            self._twin(candidate),
            self.learned,
            period=self._period,
        )
        warnings = fit_warnings(
            tried, measurement, self.learned, horizon=self._horizon, structured=candidate.model != self._baseline.model
        )
        return Found(tried, comparison, measurement, explanation, tuple(warnings))

    def _twin(self, candidate: Candidate) -> str | None:
        if candidate.conservative_twin:
            return candidate.conservative_twin
        twins = (each for each in self.tried.values() if each.candidate.conservative_twin == candidate.model)
        return next((each.candidate.model for each in twins), None)


def _named(model: str, second_half: str) -> Candidate:
    """Returns the candidate for a model that the user names.

    Raises:
      InputError: If the model is one of velocities, and momenta were measured.
    """
    # The models say what the second half of their states is.
    velocities = (
        declared(new_unbuilt_model(ModelOptions(model)), "momentum_is_velocity") if model != "pairwise" else False
    )
    if velocities and second_half != "velocities":
        raise OptionError("{model}: expected a model of momenta; received one of velocities; take hnn", model=model)
    return dataclasses.replace(candidate_of(model), velocities=bool(velocities))


def _wide(second_half: str) -> list[Candidate]:
    """Returns the networks for states that are too wide for random features, or with parameters."""
    if second_half == "velocities":
        return [
            candidate_of("known_mass_friction"),
            candidate_of("known_mass"),
        ]
    return [candidate_of("hnn_friction"), candidate_of("hnn")]
