"""The measured pendulum of Schmidt and Lipson, from a download, an archive, a folder or a file."""

import contextlib
import hashlib
import io
import os
import pathlib
import stat
import struct
import zipfile
import zlib

import numpy as np

from hnn_tf.data.pendulum_record import MOST_BYTES, PendulumRecord, parse_pendulum_record, too_large
from hnn_tf.input_error import InputError

MEMBER = "real_pend_h_1.txt"
"""The file name of the record of a real pendulum with friction."""

SOURCES = (
    (
        "https://github.com/Physics-aware-AI/Symplectic-ODENet/raw/"
        "5e83faf93e8f4990e63821c49d0ce5926a96cc94/experiment-real/invar_datasets.zip",
        "9794ee02f45403f87b739cc235a046bd424a73b8222067165f66463cef57be59",
    ),
    (
        "https://github.com/Vozikis/Equation-Learning/raw/e72591eb776cbc33859ee4509c35833e107e6ad9/invar_datasets.zip",
        "43746637f6e2a384eda24fb4c1bf576b9a26ede2801ac45bdec75154dba19489",
    ),
)
"""The addresses and SHA-256 of public copies of the archive."""

# The published archive has 51867 bytes.
_MOST_ARCHIVE_BYTES = 100_000_000


def read_pendulum_record(path: str | os.PathLike | None = None) -> PendulumRecord:
    """Reads the real pendulum's record.

    Args:
      path: The archive, an extracted folder, or the text file. In an archive or a folder, the record may be in a
        subfolder. The archive is downloaded by default. A given archive may have any checksum, because archives are
        often packed again.

    Returns:
      The record; the published record has 556 readings, about 1/6 s apart.

    Raises:
      InputError: If there is no such record, or anything in it is not as expected; the message names the file and the
        line.

    Warns:
      InputWarning: If the text may have been cut off: its last line has no line end, or it does not have 556 readings.

    References:
      Schmidt, Lipson. Distilling Free-Form Natural Laws from Experimental Data. Science 324, 2009,
      10.1126/science.1165893, supplement.
    """
    path = download_archive() if path is None else pathlib.Path(path)
    try:
        if path.is_dir():
            path = _find_in_folder(path)
        _check_plain(path)
        with open(path, "rb") as file:
            content = file.read(MOST_BYTES + 1)
        where = str(path)
        if content.startswith(b"PK") or path.suffix.lower() == ".zip":
            content, where = _read_member(path), f"{path}!{MEMBER}"
        return parse_pendulum_record(content, where)
    except FileNotFoundError:
        raise InputError(
            f"{path}: expected the archive, its folder, or {MEMBER}; there is no such file; check the path"
        ) from None
    except OSError as error:
        raise InputError(
            f"{path}: expected a readable file; received '{error.strerror or error}'; check the path and its rights"
        ) from error


def forward_differences(record: PendulumRecord) -> tuple[np.ndarray, np.ndarray]:
    """Returns the states and their forward-difference derivatives, over each reading's own time step.

    ds/dt(t) ~ (s(t + dt) - s(t)) / dt.

    Warning: for an oscillator, this estimate adds a false friction. Amplitudes fall at a rate of about omega^2 dt / 2,
    which is 0.1 per second for the real pendulum (its real friction gives 0.006). Models that can describe friction fit
    this false friction. The paper used this estimate.

    Returns:
      The states `[T - 1, 2]` (rad, rad/s) and the derivatives `[T - 1, 2]` (rad/s, rad/s^2).

    References:
      Greydanus, Dzamba, Yosinski. arXiv:1906.01563, task 3 (real pendulum) and its code.
    """
    return record.states[:-1], np.diff(record.states, axis=0) / np.diff(record.times)[:, None]


def download_archive() -> pathlib.Path:
    """Downloads the archive to Keras' cache and checks its checksum. If the first address fails, the second is tried.

    Returns:
      The path of the archive in the cache; its SHA-256 is the one in `SOURCES`.

    Raises:
      InputError: If both addresses fail; the message says which file to fetch from where, and which flag takes it.
    """
    import keras  # imported here, so that reading a local file does not load Keras

    # This is Keras' own choice, repeated here because a bad download must be found.
    cache = pathlib.Path(os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras"))
    reasons = []
    for number, (url, checksum) in enumerate(SOURCES, 1):
        name = f"schmidt_lipson_invar_datasets_{number}.zip"
        try:
            # Keras reports slow and failed downloads on stdout, but stdout is for the run's results.
            with contextlib.redirect_stdout(io.StringIO()):
                path = keras.utils.get_file(
                    name, url, file_hash=checksum, hash_algorithm="sha256", cache_dir=os.fspath(cache)
                )
            return _checked(pathlib.Path(path), checksum)
        except Exception as error:  # Keras raises plain Exception for any network error
            reason = str(error).removeprefix(f"URL fetch failure on {url}: ").removeprefix("None -- ")
            reasons.append(" ".join(reason.split())[:120])
            with contextlib.suppress(OSError, ValueError):  # Keras leaves a file with a wrong checksum behind
                _checked(cache / "datasets" / name, checksum)
    addresses = " or ".join(url for url, _ in SOURCES)
    raise InputError(
        f"the pendulum record could not be downloaded ({'; '.join(reasons)}); "
        f"fetch {addresses} and give the path of the file, as --data_path=invar_datasets.zip or as "
        "read_pendulum_record('invar_datasets.zip')"
    )


def _checked(path: pathlib.Path, checksum: str) -> pathlib.Path:
    if hashlib.sha256(path.read_bytes()).hexdigest() != checksum:
        path.unlink()
        raise ValueError("the SHA-256 of the file was wrong")
    return path


def _find_in_folder(folder: pathlib.Path) -> pathlib.Path:
    found = sorted(path for path in folder.rglob(MEMBER) if path.is_file())
    if len(found) != 1:
        raise InputError(f"{folder}: expected one {MEMBER} in this folder; found {len(found)}; give the file itself")
    return found[0]


def _check_plain(path: pathlib.Path) -> None:
    """Refuses a path that is not a plain file, before the path is opened.

    Opening a pipe would wait for a writer, and a device may never end.
    """
    try:
        status = path.stat()
    except ValueError as error:  # the path has a zero byte, for example from a file of flags
        raise InputError(f"{path}: expected a valid path; received: {error}; check the path") from error
    if not stat.S_ISREG(status.st_mode):
        raise InputError(
            f"{path}: expected a plain file; received a pipe, socket or device; give the archive or the text file"
        )
    if status.st_size > _MOST_ARCHIVE_BYTES:
        raise InputError(
            f"{path}: expected at most {_MOST_ARCHIVE_BYTES} bytes; received {status.st_size}; give the published "
            "archive"
        )


def _read_member(path: pathlib.Path) -> bytes:
    where = str(path)
    try:
        with zipfile.ZipFile(path) as archive:
            found = [info for info in archive.infolist() if info.filename.split("/")[-1] == MEMBER]
            if len(found) != 1:
                raise InputError(f"{path}: expected one member {MEMBER}; found {len(found)}; give the file itself")
            info = found[0]
            where = f"{path}!{MEMBER}"
            if info.flag_bits & 1:
                raise InputError(
                    f"{where}: expected an open member; received an encrypted member; pack the archive without a "
                    "password"
                )
            # For these two types, Python reads no more than asked for. A small bzip2 or LZMA member could fill the
            # memory.
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise InputError(
                    f"{where}: expected a stored or deflated member; received method {info.compress_type}; pack the "
                    "archive by zip"
                )
            if info.file_size > MOST_BYTES:
                raise too_large(where, info.file_size)
            with archive.open(info) as member:
                return member.read(MOST_BYTES + 1)
    except InputError:
        raise
    # `zipfile` raises ValueError and struct.error for damaged names, offsets and headers.
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError) as error:
        raise InputError(f"{where}: expected a sound zip; received: {error}; fetch the archive again") from error
