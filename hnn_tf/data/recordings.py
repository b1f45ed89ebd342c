"""Recordings: the readings of a system, measured or simulated."""

import dataclasses
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

import numpy as np

from hnn_tf.data import recording_windows
from hnn_tf.data.measured_recordings import MeasuredRecordings
from hnn_tf.data.recording import Recording, check
from hnn_tf.data.recording_arrays import recordings_of_arrays
from hnn_tf.data.trajectories import Trajectories
from hnn_tf.input_error import InputError, InputWarning
from hnn_tf.input_interpolation import InputInterpolation, check_interpolation


@dataclasses.dataclass(frozen=True)
class Recordings(MeasuredRecordings, Sequence[Recording]):
    """Recordings of one system, which may differ in length and in their times.

    The class methods `from_pandas`, `from_xarray` and `from_positions` check and repair what was measured, and
    `from_arrays` takes states as they are.

    Args:
      recordings: At least one recording. All recordings have the same parts and the same widths.
      state_names: The names of the 2n numbers of a state; by default q1, …, p1, …
      state_units: The units of the 2n numbers; empty by default.
      time_unit: The unit of the times; empty by default.
      angles: The indices of the positions that are angles in rad.
      body_dimension: The dimension of the space in which bodies move, if the states are those of bodies. Such states
        are component-major, as in `systems.NBody`.
      input_names: The names of the m inputs; by default u1, u2, …
      input_units: The units of the m inputs; empty by default.
      input_interpolation: The inputs between two readings: "zero_order_hold" holds the inputs of a reading until the
        next reading, and "linear" changes them linearly.
      parameter_names: The names of the k parameters; by default theta1, theta2, …
      parameter_units: The units of the k parameters; empty by default.
      second_half: The second half of the states, "momenta" or "velocities".
      masses: The known masses, one for all velocities or n numbers, if the second half are velocities. The momenta are
        the velocities times the masses. By default, all masses are 1.

    Raises:
      InputError: If arrays do not fit each other, times do not increase, or a number is not finite.
    """

    recordings: tuple[Recording, ...]
    state_names: tuple[str, ...] = ()
    state_units: tuple[str, ...] = ()
    time_unit: str = ""
    angles: tuple[int, ...] = ()
    body_dimension: int | None = None
    input_names: tuple[str, ...] = ()
    input_units: tuple[str, ...] = ()
    input_interpolation: InputInterpolation = "zero_order_hold"
    parameter_names: tuple[str, ...] = ()
    parameter_units: tuple[str, ...] = ()
    second_half: str = "momenta"
    masses: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        if not self.recordings:
            raise InputError("recordings: expected at least one; received none")
        first = self.recordings[0]
        for index, recording in enumerate(self.recordings):
            check(recording, first, f"recording {index}")
        check_interpolation(self.input_interpolation)
        width, num_inputs, num_parameters = first.states.shape[1], self.num_inputs, self.num_parameters
        names = (*_numbered("q", width // 2), *_numbered("p", width // 2))
        for name, texts, of in (
            ("state_names", names, "a state"),
            ("state_units", ("",) * width, "a state"),
            ("input_names", _numbered("u", num_inputs), "the inputs"),
            ("input_units", ("",) * num_inputs, "the inputs"),
            ("parameter_names", _numbered("theta", num_parameters), "the parameters"),
            ("parameter_units", ("",) * num_parameters, "the parameters"),
        ):
            if not getattr(self, name):
                object.__setattr__(self, name, texts)
            if len(getattr(self, name)) != len(texts):
                raise InputError(
                    f"{name}: expected {len(texts)} texts, one for each number of {of}; received "
                    f"{len(getattr(self, name))}"
                )
        if any(not 0 <= angle < width // 2 for angle in self.angles):
            raise InputError(f"angles: expected indices of positions, 0 to {width // 2 - 1}; received {self.angles}")
        if self.second_half not in ("momenta", "velocities"):
            raise InputError(f"second_half: expected 'momenta' or 'velocities'; received {self.second_half!r}")
        right = len(self.masses) in (1, width // 2) and all(0.0 < mass < float("inf") for mass in self.masses)
        if not right or (self.second_half == "momenta" and self.masses != (1.0,)):
            raise InputError(
                f"masses: expected finite numbers > 0, one for all velocities or {width // 2}, and only with "
                f"velocities; received {self.masses}"
            )
        dimension = self.body_dimension
        if dimension is not None and (not isinstance(dimension, int) or dimension < 1 or width % (2 * dimension)):
            raise InputError(
                f"body_dimension: expected a divisor of the number of positions, {width // 2}; received "
                f"{self.body_dimension}"
            )

    @classmethod
    def from_arrays(
        cls,
        times: Any,
        states: Any,
        *,
        time_derivatives: Any = None,
        inputs: Any = None,
        parameters: Any = None,
        true_states: Any = None,
        **description: Any,
    ) -> "Recordings":
        """Makes recordings from arrays or nested lists.

        Args:
          times: `[T]` for all recordings, or a list of the times of each recording.
          states: `[N, T, 2n]`, or a list of the `[T_i, 2n]` of each recording; `[T, 2n]` for a single recording.
          time_derivatives: The derivatives that belong to the states, in the form of `states`.
          inputs: The inputs, in the form of `states`, with m numbers for each reading.
          parameters: `[N, k]`; `[k]` for a single recording.
          true_states: The states without noise, in the form of `states`.
          **description: `state_names`, `state_units`, `time_unit`, `angles`, `body_dimension`, `input_names`,
            `input_units`, `input_interpolation`, `parameter_names` and `parameter_units`, as in the class.

        Raises:
          InputError: For the same reasons as in the class, or if two arguments have different numbers of recordings.
        """
        recordings = recordings_of_arrays(
            times, states, parameters, time_derivatives=time_derivatives, inputs=inputs, true_states=true_states
        )
        tuples: dict[str, Any] = {
            name: tuple(value) if isinstance(value, Iterable) and not isinstance(value, str) else value
            for name, value in description.items()
        }
        return cls(tuple(recordings), **tuples)

    @classmethod
    def from_trajectories(cls, trajectories: Trajectories, **description: Any) -> "Recordings":
        """Makes recordings of simulated trajectories, with their true states and their inputs."""
        return cls.from_arrays(
            trajectories.times,
            trajectories.states,
            time_derivatives=trajectories.time_derivatives,
            inputs=trajectories.inputs,
            true_states=trajectories.clean_states,
            input_interpolation=trajectories.input_interpolation,
            **description,
        )

    @property
    def is_measured(self) -> bool:
        """Whether the second half are velocities, or some numbers were not observed."""
        return self.second_half == "velocities" or self.recordings[0].observed is not None

    @property
    def width(self) -> int:
        """The number of numbers in a state, 2n."""
        return self.recordings[0].states.shape[1]

    @property
    def num_inputs(self) -> int:
        """The number of inputs, m; 0 if the recordings have no inputs."""
        inputs = self.recordings[0].inputs
        return 0 if inputs is None else inputs.shape[1]

    @property
    def num_parameters(self) -> int:
        """The number of parameters, k; 0 if the recordings have no parameters."""
        parameters = self.recordings[0].parameters
        return 0 if parameters is None else len(parameters)

    @property
    def parameter_ranges(self) -> tuple[tuple[float, float], ...]:
        """The smallest and the largest value of each of the k parameters."""
        if not self.num_parameters:
            return ()
        values = self.stacked("parameters")
        return tuple((float(low), float(high)) for low, high in zip(values.min(0), values.max(0), strict=True))

    def __len__(self) -> int:
        """Returns the number of recordings."""
        return len(self.recordings)

    @overload
    def __getitem__(self, index: int) -> Recording: ...

    @overload
    def __getitem__(self, index: slice) -> "Recordings": ...

    def __getitem__(self, index: int | slice) -> "Recording | Recordings":
        """Returns the recording with the given index, or several recordings as `Recordings`."""
        if isinstance(index, slice):
            return dataclasses.replace(self, recordings=self.recordings[index])
        return self.recordings[index]

    def __iter__(self) -> Iterator[Recording]:
        """Iterates over the recordings in their order."""
        return iter(self.recordings)

    def stacked(self, name: str) -> np.ndarray:
        """Returns a part of all recordings, `[N, T, ...]`; the recordings must have equal lengths.

        Raises:
          InputError: If the recordings do not have this part.
        """
        return np.stack(self._parts(name))

    def joined(self, name: str) -> np.ndarray:
        """Returns a part of all recordings, one recording after the other, `[T_1 + ... + T_N, ...]`.

        Raises:
          InputError: If the recordings do not have this part.
        """
        return np.concatenate(self._parts(name))

    def _parts(self, name: str) -> list[np.ndarray]:
        parts = [getattr(recording, name) for recording in self]
        if parts[0] is None:
            raise InputError(f"recordings: expected {name}; received recordings without; give or estimate the {name}")
        return parts

    def hold_out(self, fraction: float) -> tuple["Recordings", "Recordings"]:
        """Returns the recordings to train on, and the held-out ones, which are the last recordings.

        A single recording is split in time. One reading between the parts is left out, so that no transition from one
        reading to the next has readings of both parts.

        Args:
          fraction: The held-out fraction of the recordings, or of the readings of a single recording.

        Raises:
          InputError: If either part would be empty.
        """
        single = len(self) == 1
        count = len(self[0]) if single else len(self)
        num_train = count - round(fraction * count)
        kept = num_train - single
        if not 0 < kept < num_train + (not single) or num_train >= count:
            parts = "readings" if single else "recordings"
            raise InputError(f"fraction: expected a split of {count} {parts} with no part empty; received {fraction}")
        if not single:
            return self[:num_train], self[num_train:]
        whole = self[0]
        parts_of_time = (whole.between(0, kept), whole.between(num_train, count))
        train, held_out = (dataclasses.replace(self, recordings=(part,)) for part in parts_of_time)
        return train, held_out

    def windows(self, length: int | None = None) -> "Recordings":
        """Cuts every recording into as many windows as possible. Neighbouring windows share one reading.

        Args:
          length: The number of readings in each window, >= 2. By default, it is the largest length of a recording with
            which at most a tenth of all readings is in no window, or else the length of the shortest recording.
            Shorter recordings are left out.

        Raises:
          InputError: If a recording is shorter than the given length.

        Warns:
          InputWarning: If readings are in no window, with the number of these readings.
        """
        shortest, total = min(map(len, self)), sum(map(len, self))
        if length is None:
            length = recording_windows.chosen_length(self)
        elif not 2 <= length <= shortest:
            raise InputError(
                f"length: expected from 2 to {shortest}, the readings of the shortest recording; received {length}"
            )
        left = total - recording_windows.num_used(self, length)
        if left:
            message = (
                f"recordings: {left} of {total} readings are unused, in no window of {length}; give another length"
            )
            warnings.warn(message, InputWarning, stacklevel=2)
        return dataclasses.replace(self, recordings=tuple(recording_windows.cut(self, length)))


def _numbered(name: str, count: int) -> tuple[str, ...]:
    """Returns a name with the numbers from 1; a single name has no number."""
    return tuple(f"{name}{i + 1}" for i in range(count)) if count > 1 else (name,) * count
