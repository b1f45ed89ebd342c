"""The motions of a robot arm that writes characters, with the torques of its motors."""

import dataclasses
import os
import pathlib
import zipfile
import zlib
from collections.abc import Collection
from typing import Any

import numpy as np

from hnn_tf.data.forced_motion import ForcedMotion
from hnn_tf.data.recordings import Recordings
from hnn_tf.input_error import InputError, one_line

MOST_BYTES = 100_000_000
"""The largest allowed number of bytes of a file and of its arrays. The published characters have 0.5 MB."""

_ROWS = {
    "position": "position",
    "velocity": "velocity",
    "acceleration": "acceleration",
    "torque": "force",
    "inertial_torque": "inertial_force",
    "coriolis_torque": "coriolis_force",
    "gravity_torque": "gravity_force",
}
"""The names in `ForcedMotion` of the arrays `[T, n]` of a file."""

_ROUNDING = 1e-6
"""The largest difference between the torque and the sum of its parts, relative to the largest torque."""


@dataclasses.dataclass(frozen=True)
class ArmRecord:
    """The motions of an arm, one for each character.

    Attributes:
      labels: The characters.
      times: The times `[T_i]` of each motion, in s.
      motions: The readings of each motion: angles in rad, and torques in N m.
    """

    labels: tuple[str, ...]
    times: tuple[np.ndarray, ...]
    motions: tuple[ForcedMotion, ...]

    def split(self, labels: Collection[str]) -> tuple["ArmRecord", "ArmRecord"]:
        """Returns the motions of all other characters, and those of the given characters.

        Raises:
          InputError: If there is no such character, or no other character.
        """
        missing = sorted(set(labels) - set(self.labels))
        if missing or len(labels) == len(self.labels):
            raise InputError(
                f"labels: expected the characters {', '.join(labels)} and others; received {', '.join(self.labels)}; "
                "give a record of more characters"
            )
        there = [label in labels for label in self.labels]
        return self._kept([not each for each in there]), self._kept(there)

    def _kept(self, kept: list[bool]) -> "ArmRecord":
        rows = [i for i, keep in enumerate(kept) if keep]
        parts = (tuple(part[i] for i in rows) for part in (self.labels, self.times, self.motions))
        return ArmRecord(*parts)  # type: ignore[arg-type]

    def recordings(self, **description: Any) -> Recordings:
        """Returns recordings with the states (q, v), the time derivatives (v, a) and the torques as inputs.

        Args:
          **description: The arguments `angles`, `state_names`, `state_units` and `time_unit` of `Recordings`.
        """
        return Recordings.from_arrays(
            list(self.times),
            [np.concatenate([each.position, each.velocity], 1) for each in self.motions],
            time_derivatives=[np.concatenate([each.velocity, each.acceleration], 1) for each in self.motions],
            inputs=[each.force for each in self.motions],
            **description,
        )


def read_arm_record(path: str | os.PathLike) -> ArmRecord:
    """Reads the motions of an arm from an NPZ file. Nothing in the file is executed.

    The file has the arrays `label` `[C]` (text), `length` `[C]`, `time` `[T]`, and `position`, `velocity`,
    `acceleration`, `torque`, `inertial_torque`, `coriolis_torque` and `gravity_torque`, `[T, n]` each. The rows of the
    characters stand one after the other, and `length` has their numbers. Other arrays are ignored.

    Raises:
      InputError: If the file cannot be read, an array is missing or not as expected, or the parts of the torque do not
        add up to the torque.
    """
    where = str(path)
    arrays = _arrays(pathlib.Path(path), where)
    labels, lengths, times = arrays["label"], arrays["length"], arrays["time"]
    if labels.ndim != 1 or labels.dtype.kind != "U" or not 0 < len(set(labels.tolist())) == len(labels):
        raise InputError(f"{where}: expected different texts as label; received {one_line(labels)}")
    if lengths.shape != labels.shape or lengths.dtype.kind not in "iu" or lengths.min() < 1:
        raise InputError(f"{where}: expected an integer length >= 1 for each label; received {one_line(lengths)}")
    width = arrays["position"].shape[-1] if arrays["position"].ndim == 2 else 0
    expected = {"time": (int(lengths.sum()),)} | {name: (int(lengths.sum()), max(width, 1)) for name in _ROWS}
    for name, shape in expected.items():
        array = arrays[name]
        if array.shape != shape or array.dtype.kind != "f" or not np.isfinite(array).all():
            raise InputError(
                f"{where}: expected finite floating-point numbers {list(shape)} as {name}, a row for each reading of "
                f"length; received {array.dtype} {list(array.shape)}"
            )
    difference = arrays["torque"] - sum(arrays[f"{part}_torque"] for part in ("inertial", "coriolis", "gravity"))
    if np.abs(difference).max() > _ROUNDING * np.abs(arrays["torque"]).max():
        raise InputError(
            f"{where}: expected a torque that is the sum of inertial, coriolis and gravity torque; received a "
            f"difference of {np.abs(difference).max():.3g}"
        )
    cuts = np.cumsum(lengths)[:-1]
    parts = {name: np.split(arrays[source].astype(np.float64), cuts) for source, name in _ROWS.items()}
    motions = [ForcedMotion(**{name: part[i] for name, part in parts.items()}) for i in range(len(labels))]
    return ArmRecord(tuple(labels.tolist()), tuple(np.split(times.astype(np.float64), cuts)), tuple(motions))


def _arrays(path: pathlib.Path, where: str) -> dict[str, np.ndarray]:
    names = ("label", "length", "time", *_ROWS)
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            raise InputError(
                f"{where}: expected an NPZ file of at most {MOST_BYTES} bytes; received none; give its path"
            )
        with zipfile.ZipFile(path) as archive:  # a small compressed member could fill the memory
            size = sum(info.file_size for info in archive.infolist())
        if size > MOST_BYTES:
            raise InputError(f"{where}: expected arrays of at most {MOST_BYTES} bytes; received {size}")
        with np.load(path, allow_pickle=False) as file:
            missing = [name for name in names if name not in file]
            if missing:
                raise InputError(f"{where}: expected the arrays {', '.join(names)}; {', '.join(missing)} missing")
            return {name: file[name] for name in names}
    except InputError:
        raise
    except OSError as error:
        raise InputError(
            f"{where}: expected an NPZ file that can be read; {error.strerror or one_line(error)}"
        ) from error
    # `numpy` and `zipfile` raise these for other files, damaged files, and pickled objects.
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, KeyError) as error:
        raise InputError(
            f"{where}: expected an NPZ file without pickled objects; received: {one_line(error)}"
        ) from error
