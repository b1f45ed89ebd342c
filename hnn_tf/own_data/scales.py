"""The scales of states, times and inputs, in which models of measurements are fitted."""

import dataclasses
import math
from typing import Self

import keras
import numpy as np

from hnn_tf.data.recording import Recording
from hnn_tf.data.recordings import Recordings
from hnn_tf.input_error import InputError
from hnn_tf.models.scaled_network import ScaledNetwork

_UNITS_A_RADIAN = {
    **dict.fromkeys(("", "rad", "radian", "radians"), 1.0),
    **dict.fromkeys(("mrad", "milliradian"), 1e3),
    **dict.fromkeys(("deg", "degree", "degrees", "°"), 180.0 / math.pi),
    **dict.fromkeys(("turn", "turns", "revolution", "revolutions"), 0.5 / math.pi),
    **dict.fromkeys(("grad", "gon"), 200.0 / math.pi),
}


@dataclasses.dataclass(frozen=True, eq=False)
class Scales:
    """The scales from dimensionless states z and times to those of recordings: s = offset + scale z, t = time t'.

    All positions that are no angles have one scale. An angle has the scale of its unit, so that z is in rad. The scales
    of positions and momenta have the product energy x time for each pair, so that Hamilton's equations keep their form.

    Attributes:
      offset: `[2n]`.
      scale: `[2n]`.
      time: The time scale, about the period / 2 pi.
      energy: The energy scale.
      inputs: The scales of the inputs `[m]`.
      masses: The factors from the second half of the states to momenta, `[n]`.
      inner_masses: The masses of the dimensionless momenta, `[n]`.
    """

    offset: np.ndarray
    scale: np.ndarray
    time: float
    energy: float
    inputs: np.ndarray
    masses: np.ndarray
    inner_masses: np.ndarray

    @classmethod
    def of(cls, recordings: Recordings, *, period: float | None, velocities: bool = False) -> Self:
        """Returns the scales of recordings.

        Args:
          recordings: The recordings.
          period: The period of the motion, if it is known.
          velocities: Whether the second half of z is dz/dt' of the first, as models of velocities need it, and not the
            momentum.
        """
        n = recordings.width // 2
        states = recordings.joined("states")
        spread = np.std(states[:, :n], 0)
        angles = np.isin(np.arange(n), recordings.angles)
        lengths = np.where(angles, 1.0, np.sqrt(np.mean(spread[~angles] ** 2)) if not angles.all() else 1.0)
        for i in recordings.angles:
            lengths[i] = units_a_radian(recordings.state_units[i])
        offset = np.concatenate([np.where(angles, 0.0, np.mean(states[:, :n], 0)), np.zeros(n)])
        time = _time_scale(recordings, period, lengths)
        masses = np.broadcast_to(np.asarray(recordings.masses, np.float64), [n]).copy()
        if recordings.second_half == "velocities":
            energy = float(np.mean(masses * lengths**2)) / time**2
        else:
            energy = float(np.mean(lengths * np.std(states[:, n:], 0))) / time
        second = lengths / time if velocities else energy * time / (lengths * masses)
        inner = masses * lengths**2 / (energy * time**2) if recordings.second_half == "velocities" else np.ones(n)
        inputs = np.zeros(0)
        if recordings.num_inputs:
            inputs = np.sqrt(np.mean(recordings.joined("inputs") ** 2, 0))
            inputs = np.where(inputs > 0.0, inputs, 1.0)
        return cls(offset, np.concatenate([lengths, second]), time, energy, inputs, masses, inner)

    def scaled(self, recordings: Recordings) -> Recordings:
        """Returns dimensionless recordings, each of which begins at the time 0."""
        return dataclasses.replace(
            recordings,
            recordings=tuple(self._scaled(each) for each in recordings),
            state_units=("",) * recordings.width,
            time_unit="",
        )

    def _scaled(self, recording: Recording) -> Recording:
        changed = {"times": (recording.times - recording.times[0]) / self.time, "states": self.inner(recording.states)}
        if recording.time_derivatives is not None:
            changed["time_derivatives"] = recording.time_derivatives * self.time / self.scale
        if recording.inputs is not None:
            changed["inputs"] = recording.inputs / self.inputs
        return dataclasses.replace(recording, **changed)

    def inner(self, states: np.ndarray) -> np.ndarray:
        """Returns dimensionless states `[..., 2n]` of states `[..., 2n]`."""
        return (states - self.offset) / self.scale

    def outer(self, states: np.ndarray) -> np.ndarray:
        """Returns states `[..., 2n]` of dimensionless states `[..., 2n]`."""
        return self.offset + states * self.scale

    def wrapped(self, network: keras.Model) -> ScaledNetwork:
        """Returns the built model in the units of the recordings, around a model of dimensionless states."""
        model = ScaledNetwork(
            network,
            offset=self.offset.tolist(),
            scale=self.scale.tolist(),
            time_scale=self.time,
            energy_scale=self.energy,
            input_scale=self.inputs.tolist(),
            masses=self.masses.tolist(),
        )
        model.build([None, len(self.scale)])
        return model


def units_a_radian(unit: str) -> float:
    """Returns the number of units in one radian.

    Raises:
      InputError: If the unit is not one of an angle.
    """
    if unit not in _UNITS_A_RADIAN:
        raise InputError(f"angles: expected a unit of {', '.join(filter(None, _UNITS_A_RADIAN))}; received {unit!r}")
    return _UNITS_A_RADIAN[unit]


def check_angles(recordings: Recordings) -> None:
    """Refuses angles in degrees beside other positions, because the masses given belong to angles in rad.

    Raises:
      InputError: If there are such angles.
    """
    units = {units_a_radian(recordings.state_units[i]) for i in recordings.angles}
    alike = len(recordings.angles) == recordings.width // 2 and len(units) == 1
    if units and units != {1.0} and not alike:
        names = ", ".join(recordings.state_names[i] for i in recordings.angles)
        raise InputError(
            "angles: expected rad beside lengths or other units of angles, so that masses and friction of all "
            f"positions fit each other; received {names} in another unit; convert the angles to rad"
        )


def _time_scale(recordings: Recordings, period: float | None, lengths: np.ndarray) -> float:
    if period is not None:
        return period / (2.0 * math.pi)
    n = recordings.width // 2
    if recordings.second_half == "velocities":
        states = recordings.joined("states")
        spread, speed = (np.sum(np.var(half / lengths, 0)) for half in (states[:, :n], states[:, n:]))
        if speed > 0.0:
            return float(np.sqrt(spread / speed))
    return float(np.mean([each.times[-1] - each.times[0] for each in recordings])) / (2.0 * math.pi)
