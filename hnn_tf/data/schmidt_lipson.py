"""The measured pendulum of Schmidt and Lipson: download, archive, strict parsing."""

import contextlib
import dataclasses
import hashlib
import math
import os
import pathlib
import sys
import zipfile
import zlib

import numpy as np

from hnn_tf.input_error import InputError

MEMBER = "real_pend_h_1.txt"
"""The record of a real pendulum with friction."""

SOURCES = (
    (
        "https://github.com/Physics-aware-AI/Symplectic-ODENet/raw/"
        "5e83faf93e8f4990e63821c49d0ce5926a96cc94/experiment-real/invar_datasets.zip",
        "9794ee02f45403f87b739cc235a046bd424a73b8222067165f66463cef57be59",
    ),
    (
        "https://github.com/Vozikis/Equation-Learning/raw/"
        "e72591eb776cbc33859ee4509c35833e107e6ad9/invar_datasets.zip",
        "43746637f6e2a384eda24fb4c1bf576b9a26ede2801ac45bdec75154dba19489",
    ),
)
"""Public copies of the archive: address and SHA-256."""

_COLUMNS = ("trial", "t", "o", "v")
_LEAST_READINGS = 10
_MOST_BYTES = 10_000_000


@dataclasses.dataclass(frozen=True)
class PendulumRecord:
    """Readings of one swing, at irregular times.

    Attributes:
      times: `[T]`, in s, strictly increasing.
      states: `[T, 2]`, angle from hanging (rad) and angular velocity (rad/s).
    """

    times: np.ndarray
    states: np.ndarray


def read_pendulum_record(path: str | os.PathLike | None = None) -> PendulumRecord:
    """Reads the real pendulum's record.

    Args:
      path: The archive, an extracted folder, or the text file; the record may sit under a folder in the first two.
        Downloaded when not given.

    Returns:
      The record, 556 readings of about 1/6 s in the published one.

    Raises:
      InputError: If there is no such record, or anything in it isn't as expected; names file and line.

    References:
      Schmidt, Lipson. Distilling Free-Form Natural Laws from Experimental Data. Science 324, 2009,
      10.1126/science.1165893, supplement.
    """
    path = download_archive() if path is None else pathlib.Path(path)
    if path.is_dir():
        found = sorted(path.rglob(MEMBER))
        if len(found) != 1:
            raise InputError(f"{path}: expected one {MEMBER} in this folder; found {len(found)}; name the file itself")
        path = found[0]
    try:
        with open(path, "rb") as file:
            start = file.read(4)
            if start.startswith(b"PK") or path.suffix.lower() == ".zip":
                return _parse(_read_member(path), f"{path}!{MEMBER}")
            return _parse(start + file.read(_MOST_BYTES), str(path))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; give the archive, its folder, or {MEMBER}") from None
    except OSError as error:
        raise InputError(f"{path}: expected a readable file; {error.strerror or error}") from error


def forward_differences(record: PendulumRecord) -> tuple[np.ndarray, np.ndarray]:
    """States and their forward-difference derivatives, over each reading's own time step.

    ds/dt(t) ~ (s(t + dt) - s(t)) / dt.

    Of an oscillator this estimate adds a spurious friction of about omega^2 dt / 2 per unit of time (0.4 per
    second on the real pendulum, ten times its true friction): models that can, fit it. The paper used it.

    Returns:
      States `[T - 1, 2]` and derivatives `[T - 1, 2]`.
    """
    return record.states[:-1], np.diff(record.states, axis=0) / np.diff(record.times)[:, None]


def download_archive() -> pathlib.Path:
    """Downloads the archive to Keras' cache, by checksum; the second address is tried if the first fails.

    Raises:
      InputError: If neither can be had; says what to fetch from where, and which flag takes it.
    """
    import keras  # here, so that reading a local file doesn't load it

    reasons = []
    for number, (url, checksum) in enumerate(SOURCES, 1):
        name = f"schmidt_lipson_invar_datasets_{number}.zip"
        try:
            # Keras reports progress on stdout, which belongs to the run's results.
            with contextlib.redirect_stdout(sys.stderr):
                path = pathlib.Path(keras.utils.get_file(name, url, file_hash=checksum, hash_algorithm="sha256"))
        except Exception as error:  # Keras raises plain Exception for whatever the network does
            reasons.append(" ".join(str(error).removeprefix(f"URL fetch failure on {url}: ").split())[:120])
            continue
        if hashlib.sha256(path.read_bytes()).hexdigest() == checksum:
            return path
        path.unlink()
        reasons.append("its SHA-256 was wrong")
    addresses = " or ".join(url for url, _ in SOURCES)
    raise InputError(
        f"the pendulum record could not be downloaded ({'; '.join(reasons)}); "
        f"fetch {addresses} and give the file as --data_path=invar_datasets.zip"
    )


def _read_member(path: pathlib.Path) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            found = [info for info in archive.infolist() if pathlib.PurePosixPath(info.filename).name == MEMBER]
            if len(found) != 1:
                raise InputError(f"{path}: expected one member {MEMBER}; found {len(found)}; is it the right archive?")
            if found[0].file_size > _MOST_BYTES:
                raise InputError(f"{path}!{MEMBER}: expected at most {_MOST_BYTES} bytes; it has {found[0].file_size}")
            with archive.open(found[0]) as member:
                return member.read(_MOST_BYTES + 1)
    # RuntimeError: an encrypted member.
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise InputError(f"{path}: expected a zip archive; it can't be read ({error}); fetch it again") from error


def _parse(raw: bytes, where: str) -> PendulumRecord:
    if len(raw) > _MOST_BYTES:
        raise InputError(f"{where}: expected at most {_MOST_BYTES} bytes; it has more; is it the right file?")
    try:
        lines = raw.decode("ascii").splitlines()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(f"{where}, line {line}: expected ASCII text; received byte {raw[error.start]:#04x}") from error
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        raise InputError(f"{where}: expected a header and readings; the file is empty; fetch it again")
    header = lines[0].strip()
    if not header.startswith("%") or header[1:].split() != list(_COLUMNS[2:]):
        raise InputError(f"{where}, line 1: expected the header '% o v'; received {header[:40]!r}")
    rows: list[list[float]] = []
    for number, line in enumerate(lines[1:], 2):
        rows.append(_parse_line(line, rows, f"{where}, line {number}"))
    if len(rows) < _LEAST_READINGS:
        raise InputError(f"{where}: expected at least {_LEAST_READINGS} readings; received {len(rows)}; fetch it again")
    table = np.array(rows)
    return PendulumRecord(table[:, 1], table[:, 2:])


def _parse_line(line: str, before: list[list[float]], where: str) -> list[float]:
    cells = line.split()
    if len(cells) != len(_COLUMNS):
        raise InputError(
            f"{where}: expected {len(_COLUMNS)} columns (trial, t, angle, angular velocity); received {len(cells)}; "
            "mend or remove the line"
        )
    row = []
    for name, cell in zip(_COLUMNS, cells, strict=True):
        try:
            value = float(cell)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise InputError(f"{where}, column {name}: expected a finite number; received {cell[:40]!r}")
        row.append(value)
    if before and row[0] != before[0][0]:
        raise InputError(f"{where}: expected one trial, {before[0][0]:g}; received trial {row[0]:g}")
    if before and row[1] <= before[-1][1]:
        raise InputError(f"{where}: expected a time after {before[-1][1]:.17g} s; received {row[1]:.17g} s")
    return row
