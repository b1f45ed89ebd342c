"""All numbers, words and arrays that a report shows."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hnn_tf.reports.figure_data import (
    EnergyPlane,
    EnergySlice,
    Forecast,
    Measurements,
    Residuals,
    check_shape,
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Candidate:
    """A structure of the model that the run has tried.

    Attributes:
      name: The short name.
      description: The structure in words.
      held_out_error: The mean squared error of the held-out forecasts, in units of the columns' variance. An error of 1
        is the error of the mean. None if there is none.
      log_evidence: The logarithm of the evidence; None if the fit has none.
      seconds: The time of the fit; None if it is unknown.
      chosen: Whether the run has chosen this candidate.
      failed: The reason for which the candidate has no result; None if it has one.
    """

    name: str
    description: str
    held_out_error: float | None = None
    log_evidence: float | None = None
    seconds: float | None = None
    chosen: bool = False
    failed: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class PhysicalQuantity:
    """A learned quantity with a physical meaning.

    Attributes:
      name: The name, for example "period of small swings".
      value: The value.
      low: The lower end of the 95 % interval; None if it is unknown.
      high: The upper end of the 95 % interval; None if it is unknown.
      unit: The unit; empty if there is none.
    """

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    unit: str = ""


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class ReportContents:
    """All that a report shows, in plain Python and NumPy.

    Where a part is empty, the report leaves out its table or figure.

    Attributes:
      title: The title of the page.
      explanation: Three sentences that say what was measured, what was learned, and how good it is.
      state_names: The names of the 2n coordinates of the state, positions first.
      state_units: The units of the 2n coordinates; empty if there is none.
      observed: Which coordinates were measured, `[2n]` bool.
      time_unit: The unit of all times; empty if there is none.
      energy_unit: The unit of H; empty if H has no known unit.
      second_half: The second half of the states, "momenta" or "velocities".
      data: The report of the data check. It is a mapping with the keys `files` (mappings with `name`, `sha256`,
        `rows`), `recordings` (mappings with `name`, `parts`, `readings`, `duration`, `median_interval`,
        `least_interval`, `largest_interval`, `gaps`, `periods`, `missing`, `duplicates`, `outliers`), `columns`
        (mappings with `name`, `role`, `unit`, `least`, `largest`, `std`, `noise_level`, `noise_percent`, `resolution`,
        `missing`), `period`, `readings_per_period`, and `warnings` (sentences). Each key may be missing or None.
      measurements: The readings of the recordings.
      candidates: The structures that were tried.
      final_error: The error of the chosen model on readings that no choice has seen, in the unit of `held_out_error`;
        None if it is unknown.
      noise_floor: The held-out error that the noise of the readings alone would cause, in units of the columns'
        variance; None if it is unknown.
      physical: The learned quantities.
      training_states: The states on which the model was fitted, `[N, 2n]`.
      energy_grid: The learned energy over the plane of one degree of freedom, or along coordinates of several.
      forecasts: The predictions of held-out readings.
      residuals: The residuals of each observed column.
      warnings: Sentences about the fit that the reader must know.
      use_commands: Pairs (heading, code) that load, serve or call the model.
      repeat_commands: Pairs (heading, code) that repeat the run.
      settings: The settings of the run by name.
      versions: The versions of the software by name.
      hashes: The SHA-256 of the files of the run by name.
    """

    title: str
    explanation: Sequence[str]
    state_names: Sequence[str]
    state_units: Sequence[str]
    observed: np.ndarray
    time_unit: str = "s"
    energy_unit: str = ""
    second_half: str = "momenta"
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    measurements: Sequence[Measurements] = ()
    candidates: Sequence[Candidate] = ()
    final_error: float | None = None
    noise_floor: float | None = None
    physical: Sequence[PhysicalQuantity] = ()
    training_states: np.ndarray
    energy_grid: EnergyPlane | Sequence[EnergySlice] = ()
    forecasts: Sequence[Forecast] = ()
    residuals: Sequence[Residuals] = ()
    warnings: Sequence[str] = ()
    use_commands: Sequence[tuple[str, str]] = ()
    repeat_commands: Sequence[tuple[str, str]] = ()
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    versions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    hashes: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        size = len(self.state_names)
        check_shape("state_units", self.state_units, size)
        check_shape("observed", self.observed, size)
        check_shape("training_states", self.training_states, None, size)
        for forecast in self.forecasts:
            check_shape("forecasts: predicted", forecast.predicted, None, size)
            check_shape("forecasts: measured", forecast.measured, None, len(self.observed_indices))
        for measurements in self.measurements:
            check_shape("measurements: values", measurements.values, None, len(self.observed_indices))
        if isinstance(self.energy_grid, EnergyPlane) and size != 2:
            raise ValueError(f"energy_grid: expected slices for {size // 2} degrees of freedom; received a plane")

    @property
    def observed_indices(self) -> list[int]:
        """The indices in the state of the observed columns, in their order."""
        return [int(index) for index in np.flatnonzero(self.observed)]

    @property
    def chosen(self) -> Candidate | None:
        """The chosen candidate, if there is one."""
        return next((candidate for candidate in self.candidates if candidate.chosen), None)
