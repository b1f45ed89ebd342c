"""The fit of measurements: candidates are fitted, compared on held-out readings, and the best one is measured."""

import os
import pathlib
import sys
import time
from typing import Any

from hnn_tf.data.recordings import Recordings
from hnn_tf.input_error import InputError, OptionError
from hnn_tf.own_data.candidate_search import CandidateSearch
from hnn_tf.own_data.candidates import BUDGETS
from hnn_tf.own_data.measured_fit import MeasuredFit


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
    fitter = CandidateSearch(recordings, budget, horizon, seed, _Progress(progress), model, objective, kept)
    found = fitter.run()
    return MeasuredFit(
        recordings=fitter.learned,
        tried=found.tried,
        comparison=found.comparison,
        described={name: tried.candidate.words for name, tried in fitter.tried.items()},
        measurement=found.measurement,
        explanation=found.explanation,
        warnings=found.warnings,
        seed=seed,
        budget=budget,
        seconds=time.monotonic() - began,
        objective=objective,
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
