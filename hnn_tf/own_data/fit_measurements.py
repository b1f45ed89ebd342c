"""The fit of measurements: candidates are fitted, compared on held-out readings, and the best one is measured."""

import os
import pathlib
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from hnn_tf.data.recordings import Recordings
from hnn_tf.input_error import InputError, OptionError, one_line
from hnn_tf.own_data.candidate_fit import Tried, fit_candidate
from hnn_tf.own_data.candidates import (
    BASELINE_OF_MOMENTA,
    BASELINE_OF_VELOCITIES,
    BUDGETS,
    Candidate,
    candidate_of,
    candidates,
    conservative,
)
from hnn_tf.own_data.choice import chosen
from hnn_tf.own_data.explanation import explained
from hnn_tf.own_data.forecasts import mean_error
from hnn_tf.own_data.held_out import Forecast, split, thinned, usual_horizon
from hnn_tf.own_data.lyapunov import lyapunov_time
from hnn_tf.own_data.measured_fit import MeasuredFit
from hnn_tf.own_data.measurement import Measurement, errors_of, measured
from hnn_tf.own_data.motion import longest_period, noise_levels
from hnn_tf.training.warm_start import WIDEST_STATE
from hnn_tf.training_failed import TrainingFailedError

HELD_OUT = 0.2
"""The fraction of the runs, or of the readings of a single run, that is held out for the measurement or the choice."""

MOST_READINGS = {"fast": 4_000, "normal": 20_000, "thorough": 20_000}
"""The largest number of readings to which models are fitted, by budget."""

_MUCH_NOISE = 4.0


def fit_measurements(
    recordings: Recordings,
    *,
    model: str | None = None,
    objective: str | None = None,
    budget: str = "normal",
    horizon: float | None = None,
    seed: int = 0,
    folder: str | os.PathLike | None = None,
    progress: bool = True,
    data_report: dict[str, Any] | None = None,
) -> MeasuredFit:
    """Fits models to measurements, chooses one by its forecasts of held-out readings, and measures it on others.

    The last fifth of the runs, or of the readings of a single run, is held out for the measurement. A fifth of the rest
    is held out for the choice. The candidates are, from the cheap to the dear ones: closed forms with friction and then
    without it, and networks, which begin at the best closed form. The chosen one is then fitted to all readings that
    are not held out for the measurement. The baseline is a network of the accelerations, or of the time derivatives,
    without an energy.

    Args:
      recordings: The measurements.
      model: The name of a model in `hnn_tf.models.MODELS`, which is fitted instead of the candidates.
      objective: The name of an objective in `hnn_tf.objectives.OBJECTIVES`, by which the named model is trained.
      budget: "fast" tries closed forms only, "normal" also networks, and "thorough" trains these for longer. On two
        cores, the three take up to a minute, some minutes, and up to an hour.
      horizon: The longest time of a forecast; by default, ten periods or the duration of a recording.
      seed: The seed of random features, weights and training. Equal arguments give equal models on one machine.
      folder: The folder in which finished networks are kept, so that a repeated call does not train them again.
      progress: Whether the progress is shown on stderr.
      data_report: What was found in the measurements before the fit.

    Raises:
      InputError: If there are too few readings, or the arguments are not valid.
      TrainingFailedError: If no model fits.
    """
    if budget not in BUDGETS:
        raise InputError(f"budget: expected one of {', '.join(BUDGETS)}; received {budget!r}")
    if horizon is not None and not 0.0 < horizon < float("inf"):
        raise InputError(f"horizon: expected a finite time > 0; received {horizon}")
    if objective is not None and model is None:
        raise OptionError("{objective}: expected {model:only}, too", objective=objective, model=None)
    began = time.monotonic()
    kept = None if folder is None else pathlib.Path(folder)
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
    fitter = _Fitter(recordings, budget, horizon, seed, _Progress(progress), model, objective, kept)
    found = fitter.run()
    return MeasuredFit(
        recordings=fitter.learned,
        tried=found.tried,
        comparison=found.comparison,
        described={name: f"a model with {tried.candidate.words}" for name, tried in fitter.tried.items()},
        measurement=found.measurement,
        explanation=found.explanation,
        warnings=found.warnings,
        seed=seed,
        budget=budget,
        seconds=time.monotonic() - began,
        data_report=data_report or {},
    )


class _Progress:
    """One line on stderr for each part of the work."""

    def __init__(self, shown: bool) -> None:
        self._shown = shown

    def __call__(self, line: str) -> None:
        if self._shown:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()


class _Found:
    """What a fit of measurements has found."""

    tried: Tried
    comparison: dict[str, dict[str, float]]
    measurement: Measurement
    explanation: tuple[str, ...]
    warnings: tuple[str, ...]


class _Fitter:
    """The steps of a fit of measurements."""

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
        self._objective, self._folder = objective, folder
        self._budget, self._seed, self._say = budget, seed, say
        self._period = longest_period(recordings)
        self._horizon = usual_horizon(recordings, self._period) if horizon is None else horizon
        # The cost grows with the square of the number of positions, and so do the readings that one of them replaces.
        most = MOST_READINGS[budget] // (recordings.width // 2) ** 2
        learned, self._forecasts = self._split(recordings)
        first, self._validation = self._split(learned)
        self.learned, self._first = (thinned(each, most, period=self._period) for each in (learned, first))
        self._noise = noise_levels(self.learned)
        second_half = recordings.second_half
        observed = recordings[0].observed is None or recordings.joined("observed")[:, recordings.width // 2 :].any()
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
            self._closed_forms, self._networks = [], [candidate_of(model, second_half=second_half)]
        self._baseline = BASELINE_OF_VELOCITIES if second_half == "velocities" else BASELINE_OF_MOMENTA
        self.tried: dict[str, Tried] = {}
        self._errors: dict[str, list[np.ndarray]] = {}

    def _split(self, recordings: Recordings) -> tuple[Recordings, list[Forecast]]:
        return split(recordings, HELD_OUT, period=self._period, horizon=self._horizon)

    def run(self) -> _Found:
        """Fits, chooses and measures."""
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
        simple_first = sorted(self.tried, key=lambda name: self.tried[name].candidate.conservative_twin is not None)
        order = [
            *(name for name in simple_first if self.tried[name].fit),
            *(n for n in simple_first if not self.tried[n].fit),
        ]
        name = chosen(self._errors, order, free=self._baseline.model, periods=self._periods())
        return self._measured(name)

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
        kept = None if self._folder is None else self._folder / f"{part}_{candidate.model}.npz"
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
        )

    def _best(self) -> Tried | None:
        if not self.tried:
            return None
        return self.tried[min(self.tried, key=lambda name: mean_error(self._errors[name]))]

    def _periods(self) -> float:
        if self._period is None:
            return 1.0
        spans = (each.recording.times[-1] - each.recording.times[each.num_known - 1] for each in self._validation)
        return float(sum(spans)) / self._period

    def _measured(self, name: str) -> _Found:
        found = _Found()
        candidate, best = self.tried[name].candidate, None
        self._say(f"{name}: chosen; fitting it to all readings that are not held out")
        if self.tried[name].fit is None and candidate is not self._baseline:
            closed = [each for each in self.tried.values() if each.fit is not None]
            best = min(closed, key=lambda each: mean_error(self._errors[each.candidate.model]), default=None)
        found.tried = self._fitted(candidate, self.learned, best)
        baseline = found.tried
        if candidate is not self._baseline:
            baseline = self._fitted(self._baseline, self.learned, None)
        found.measurement = measured(found.tried, baseline, self._forecasts, self.learned, self._noise)
        errors = {each: mean_error(self._errors[each]) for each in self._errors}
        found.comparison = {
            each: {
                "held_out_error": errors[each],
                "seconds": tried.seconds,
                **({} if tried.fit is None else {"log_evidence": tried.fit.fit.log_evidence}),
            }
            for each, tried in self.tried.items()
            if np.isfinite(errors[each])
        }
        found.explanation = explained(
            found.tried,
            found.measurement,
            errors,
            self._twin(candidate),
            self.learned,
            horizon=self._horizon,
            period=self._period,
        )
        found.warnings = tuple(self._warnings(found))
        return found

    def _twin(self, candidate: Candidate) -> str | None:
        if candidate.conservative_twin:
            return candidate.conservative_twin
        twins = (each for each in self.tried.values() if each.candidate.conservative_twin == candidate.model)
        return next((each.candidate.model for each in twins), None)

    def _warnings(self, found: _Found) -> list[str]:
        tried, metrics = found.tried, found.measurement.metrics
        lines = []
        if tried.candidate is self._baseline:
            lines.append(
                "No model with an energy predicts the held-out readings nearly as well as a network without one. The "
                "system may have inputs that were not measured, or needs other coordinates."
            )
        error, noise = metrics.get("held_out_coordinate_mse", float("inf")), metrics["noise_coordinate_mse"]
        if error > _MUCH_NOISE * noise:
            lines.append(
                f"The forecasts' error is {(error / noise) ** 0.5:.1f} times the noise, so that the model lacks "
                "something of the motion, or the forecast is longer than the motion can be predicted."
            )
        lines += [
            f"The residuals of {each.name} are not white noise: neighbouring residuals are alike, and error bars were "
            f"widened by the factor {each.inflation:.1f}. The model lacks something of the motion."
            for each in found.measurement.residuals
            if not each.is_white
        ]
        if not self.learned.num_inputs and not self.learned.num_parameters:
            inner = tried.scales
            start = inner.inner(found.measurement.states[0][found.measurement.forecasts[0].num_known - 1])
            duration = self._horizon / inner.time
            unstable = lyapunov_time(tried.model.network, start, duration=duration, step=0.1)
            if unstable is not None:
                lines.append(
                    f"The motion is unstable: a small error grows by a factor e in about {unstable * inner.time:.3g} "
                    f"{self.learned.time_unit}".rstrip()
                    + ". Forecasts over several such times are not possible."
                )
        return lines


def _wide(second_half: str) -> list[Candidate]:
    """Returns the networks for states that are too wide for random features, or with parameters."""
    if second_half == "velocities":
        return [
            candidate_of("known_mass_friction", second_half=second_half),
            candidate_of("known_mass", second_half=second_half),
        ]
    return [candidate_of("hnn_friction", second_half=second_half), candidate_of("hnn", second_half=second_half)]
