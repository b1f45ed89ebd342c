"""The arrays behind the figures of a report."""

import dataclasses

import numpy as np
from numpy.typing import ArrayLike


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Measurements:
    """The readings of one recording.

    Attributes:
      recording: The name of the recording.
      times: The times of the readings, `[T]`.
      values: The observed columns of the state in their order, `[T, k]`; NaN is a missing reading.
      held_out: The intervals (start, end) of time that no fit has seen.
    """

    recording: str
    times: np.ndarray
    values: np.ndarray
    held_out: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        check_shape("times", self.times, None)
        check_shape("values", self.values, len(self.times), None)


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Forecast:
    """The prediction of held-out readings from the readings before them.

    Attributes:
      recording: The name of the recording.
      context_times: The times of the readings from which the forecast starts, `[C]`.
      context_values: These readings in the observed columns, `[C, k]`; NaN is a missing reading.
      times: The times of the forecast, `[T]`.
      measured: The held-out readings in the observed columns, `[T, k]`; NaN is a missing reading.
      predicted: The predicted states, `[T, 2n]`.
      low: The lower ends of the 90 % band, `[T, 2n]`; None if the model has no band.
      high: The upper ends of the 90 % band, `[T, 2n]`; None if the model has no band.
      energy: The learned H along the prediction, `[T]`.
      measured_energy: The learned H at the readings, `[T]`; None if a part of the state was not measured.
    """

    recording: str
    context_times: np.ndarray
    context_values: np.ndarray
    times: np.ndarray
    measured: np.ndarray
    predicted: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    energy: np.ndarray
    measured_energy: np.ndarray | None = None

    def __post_init__(self) -> None:
        size = len(self.times)
        check_shape("context_values", self.context_values, len(self.context_times), None)
        check_shape("measured", self.measured, size, np.shape(self.context_values)[1])
        check_shape("predicted", self.predicted, size, None)
        check_shape("energy", self.energy, size)
        if (self.low is None) != (self.high is None):
            raise ValueError("low, high: expected both ends of the band or none; received one; give both or neither")
        for name in ("low", "high"):
            if getattr(self, name) is not None:
                check_shape(name, getattr(self, name), *np.shape(self.predicted))
        if self.measured_energy is not None:
            check_shape("measured_energy", self.measured_energy, size)


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class EnergyPlane:
    """The learned energy of one degree of freedom over its plane of states, with the motion.

    Attributes:
      q: The grid of the position, `[A]`.
      p: The grid of the momentum or velocity, `[B]`.
      energy: H, `[B, A]`.
      arrow_q: The positions of the arrows, `[C]`.
      arrow_p: The momenta or velocities of the arrows, `[D]`.
      dq_dt: The time derivative of q at the arrows, `[D, C]`.
      dp_dt: The time derivative of p at the arrows, `[D, C]`.
      friction: Whether the motion loses energy. The arrows then include the friction.
    """

    q: np.ndarray
    p: np.ndarray
    energy: np.ndarray
    arrow_q: np.ndarray
    arrow_p: np.ndarray
    dq_dt: np.ndarray
    dp_dt: np.ndarray
    friction: bool = False

    def __post_init__(self) -> None:
        check_shape("energy", self.energy, len(self.p), len(self.q))
        for name in ("dq_dt", "dp_dt"):
            check_shape(name, getattr(self, name), len(self.arrow_p), len(self.arrow_q))


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class EnergySlice:
    """The learned energy along one coordinate, with all other coordinates at their means.

    Attributes:
      coordinate: The index of the coordinate in the state.
      grid: The values of the coordinate, `[A]`.
      energy: The energy, `[A]`.
      symbol: The name of the energy, "V" for a potential and "H" for the whole energy.
    """

    coordinate: int
    grid: np.ndarray
    energy: np.ndarray
    symbol: str = "H"

    def __post_init__(self) -> None:
        check_shape("energy", self.energy, len(self.grid))


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Residuals:
    """The readings of one observed column minus the model's values.

    Attributes:
      column: The name of the column.
      unit: The unit of the column.
      times: The times of the residuals, `[T]`.
      values: The residuals, `[T]`; NaN is a missing reading.
      std: The standard deviation of the residuals.
      autocorrelation: The autocorrelation at the lags 0, 1, …, at most 20, `[L + 1]`.
      band: The 95 % band of the autocorrelation of white noise, from -band to band.
      verdict: A sentence that says whether the residuals are white.
    """

    column: str
    unit: str
    times: np.ndarray
    values: np.ndarray
    std: float
    autocorrelation: np.ndarray
    band: float
    verdict: str

    def __post_init__(self) -> None:
        check_shape("values", self.values, len(self.times))
        check_shape("autocorrelation", self.autocorrelation, None)


def check_shape(name: str, values: ArrayLike, *shape: int | None) -> None:
    """Checks the shape of an array; None allows any size.

    Raises:
      ValueError: If the array has a different shape.
    """
    received = np.shape(values)
    if len(received) != len(shape) or any(s not in (None, r) for s, r in zip(shape, received, strict=True)):
        expected = ", ".join("any" if size is None else str(size) for size in shape)
        raise ValueError(f"{name}: expected shape [{expected}]; received shape {list(received)}")
