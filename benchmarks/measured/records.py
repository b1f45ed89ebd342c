"""The measured pendulum and the measured spring of Schmidt and Lipson."""

import io
import zipfile

import numpy as np

from benchmarks.measured.csv_fit import fitted
from hnn_tf.data.measured import Schema
from hnn_tf.derivative_estimators import SmoothingSpline
from hnn_tf.own_data import MeasuredFit

_GRAVITY = 2.4
"""The coefficient of the reference code's energy 2.4 (1 - cos q) + p^2, in rad^2/s^2."""


def pendulum(path: str, *, with_velocity: bool) -> dict[str, float]:
    """Returns energy and coordinate errors over the held-out end of the pendulum's record.

    `energy_mse` takes the record's own velocities as the truth, and `energy_mse_of_slopes` the slopes of the record's
    angles, by a smoothing spline of the whole record. The two disagree by 5 % (see `floor`), so that a model of the
    angles alone can only reach the second one. `floor` is the error of these slopes against the record's velocities.
    """
    _, t, q, v = _record(path, "real_pend_h_1.txt")
    schema = Schema(time="t", positions=("theta",), velocities=("omega",) if with_velocity else (), angles=("theta",))
    found = fitted({"t": t, "theta": q, "omega": v}, schema)
    forecast, states = found.measurement.forecasts[0], found.measurement.states[0]
    known = forecast.num_known
    held = np.searchsorted(t, forecast.recording.times[known:])
    slopes = SmoothingSpline().estimate(t[np.newaxis], q[np.newaxis, :, np.newaxis]).time_derivatives[0, held, 0]
    predicted = _energy(*states[known:].T)
    return _common(found) | {
        "energy_mse": float(np.mean((predicted - _energy(q[held], v[held])) ** 2)),
        "energy_mse_of_slopes": float(np.mean((predicted - _energy(q[held], slopes)) ** 2)),
        "floor": float(np.mean((_energy(q[held], slopes) - _energy(q[held], v[held])) ** 2)),
    }


def spring(path: str, *, with_velocity: bool) -> dict[str, float]:
    """Returns the errors over the held-out end of the spring's record, with positions in mm."""
    _, t, x, v = _record(path, "real_linear_h_1.txt")
    schema = Schema(time="t", positions=("x",), velocities=("v",) if with_velocity else (), units=("t=s", "x=mm"))
    return _common(fitted({"t": t, "x": x, "v": v}, schema))


def _common(found: MeasuredFit) -> dict[str, float]:
    metrics = found.metrics
    named = ("held_out_coordinate_mse", "baseline_coordinate_mse", "noise_coordinate_mse", "band_coverage", "friction")
    kept = {name: metrics[name] for name in named if name in metrics}
    low, high = metrics.get("friction_interval", (float("nan"), float("nan")))
    ratio = (kept["held_out_coordinate_mse"] / kept["noise_coordinate_mse"]) ** 0.5
    return kept | {
        "friction_low": low,
        "friction_high": high,
        "errors_of_noise": ratio,
        "baseline_ratio": kept["baseline_coordinate_mse"] / kept["held_out_coordinate_mse"],
        "has_friction": float("friction" in metrics),
        "seconds": found.seconds,
    }


def _energy(q: np.ndarray, v: np.ndarray) -> np.ndarray:
    return _GRAVITY * (1.0 - np.cos(q)) + v**2


def _record(path: str, name: str) -> np.ndarray:
    """Returns the columns trial, time, position and velocity of a file in the archive."""
    with zipfile.ZipFile(path) as archive:
        member = next(each for each in archive.namelist() if each.endswith(name))
        return np.loadtxt(io.BytesIO(archive.read(member)), skiprows=1).T
