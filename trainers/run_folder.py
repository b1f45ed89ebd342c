"""The folder of a run, and the flags that made the run."""

import contextlib
import os
import pathlib
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import tensorflow as tf

from hnn_tf.files.atomic_file import atomic_file
from hnn_tf.files.full_disk import raise_if_full
from hnn_tf.files.temporary_folder import remove_abandoned
from hnn_tf.input_error import InputError
from trainers import run_lock

# Files and folders that a killed process leaves while it writes a file (`hnn_tf.files.atomic_file`) or an export.
_TEMPORARY = re.compile(r"\..*\.\d+\.tmp(\..*)?|tmp-[0-9a-f]{32}")


@contextlib.contextmanager
def claim(
    folder: pathlib.Path, flags: str, *, resume: bool, ignored: Collection[str] = ()
) -> Iterator[run_lock.RunLock]:
    """Makes `folder` this run's folder: creates it and writes `flags.txt`, or checks that it has the run to resume.

    Within the block, no other process claims the folder.

    Args:
      folder: The folder of the run.
      flags: The text of its `flags.txt`.
      resume: Whether the folder may already contain this run.
      ignored: The names of flags that may differ from those of the run in the folder.

    Yields:
      The folder's lock, with which the run checks that the folder still exists.

    Raises:
      InputError: If the folder cannot be created or written; is not empty and not a run's folder; contains a run and
        `resume` is not set; contains a run with other flags; or another process runs there.
      FileNotFoundError: At the end of the block, or after an error in it, if the folder no longer exists.
      OSError: If the disk is full.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check_usable(
            folder, flags, resume=resume, ignored=ignored
        )  # checked before anything is written, because the folder may belong to another run
        lock = run_lock.RunLock(folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        _begin(folder, flags, resume=resume, ignored=ignored)
        try:
            yield lock
        except (OSError, ValueError, tf.errors.OpError):
            lock.check()  # a missing folder may be the reason
            raise
        lock.check()
    except KeyboardInterrupt:
        raise  # the last checkpoint is still being written; the end of the process releases the folder
    except BaseException:
        lock.release()
        raise
    lock.release()


@contextlib.contextmanager
def removed_after_bad_input(folder: pathlib.Path) -> Iterator[None]:
    """Removes a new folder again if bad input is found in the block, in which `claim` is called, before results are.

    Raises:
      InputError: The error in the block.
    """
    new = [each for each in (folder, *folder.absolute().parents) if not each.exists()]
    try:
        yield
    except InputError:
        if new:
            with contextlib.suppress(OSError):  # if the folder has results, it stays
                (folder / "checkpoints").rmdir()
                (folder / "flags.txt").unlink()
                for each in new:
                    each.rmdir()
        raise


def _begin(folder: pathlib.Path, flags: str, *, resume: bool, ignored: Collection[str]) -> None:
    try:
        _check_usable(
            folder, flags, resume=resume, ignored=ignored
        )  # checked again, because another process may have changed the folder before its release
        _remove_temporaries(folder)
        with atomic_file(folder / "flags.txt") as temporary:
            temporary.write_text(flags, encoding="utf-8")
        (folder / "checkpoints").mkdir(exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: pathlib.Path, error: OSError) -> InputError:
    raise_if_full(error, error.filename or folder)
    return InputError(f"--output_dir={folder}: expected a folder that can be written; {error.strerror}; choose another")


def _check_usable(folder: pathlib.Path, text: str, *, resume: bool, ignored: Collection[str]) -> None:
    if all(_TEMPORARY.fullmatch(entry) or entry == run_lock.NAME for entry in os.listdir(folder)):
        return
    recorded = folder / "flags.txt"
    if not recorded.is_file():
        raise InputError(f"--output_dir={folder}: not empty, and not a run's folder; choose another")
    before, now = _parse(recorded.read_text(encoding="utf-8", errors="replace")), _parse(text)
    differing = [
        f"--{name}={before.get(name, '(not set)')} there, {now.get(name, '(not set)')} here"
        for name in sorted(before | now)
        if name not in ignored and before.get(name) != now.get(name)
    ]
    if differing:
        raise InputError(f"--output_dir={folder}: holds a run of other flags ({differing[0]}); choose another")
    if not resume:
        raise InputError(f"--output_dir={folder}: holds this run already; add --resume to continue, or choose another")


def _remove_temporaries(folder: pathlib.Path) -> None:
    for path in [path for path in folder.rglob("*") if _TEMPORARY.fullmatch(path.name)]:
        if path.is_dir():
            remove_abandoned(path.parent)  # removes only abandoned folders: `python -m export` may be writing there
        else:
            path.unlink(missing_ok=True)


def flags_text(flags: Mapping[str, Any]) -> str:
    """Returns the flags as a flagfile, without --resume, because a repeated run begins from the start.

    Args:
      flags: The value by name of every flag of the run.

    Raises:
      InputError: If a value cannot be written in one line.
    """
    lines = []
    for name, value in sorted(flags.items()):
        if name == "resume" or value is None:
            continue
        if isinstance(value, bool):
            lines.append(f"--{'' if value else 'no'}{name}")
        else:
            lines.append(f"--{name}={','.join(value) if isinstance(value, list) else value}")
            _check_line(lines[-1])
    return "\n".join(lines) + "\n"


def _check_line(line: str) -> None:
    try:
        line.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{ascii(line)}: expected a name in UTF-8; choose another") from error
    if line != line.strip() or any(character in line for character in "\n\r\0"):
        raise InputError(
            f"{ascii(line)}: expected no line end, zero byte or space at the end, because flags.txt holds one flag in "
            "each line; choose another"
        )


def _parse(text: str) -> dict[str, str]:
    values = {}
    for line in text.split("\n"):
        name, equals, value = line.strip().removeprefix("--").partition("=")
        if equals:
            values[name] = value
        elif name:
            values[name.removeprefix("no")] = str(not name.startswith("no"))
    return values
