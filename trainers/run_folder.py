"""The folder of a run: whose it is, and the flags that made it."""

import os
import pathlib
import re
import shutil
from collections.abc import Mapping
from typing import Any

from hnn_tf.atomic_file import atomic_file
from hnn_tf.input_error import InputError
from trainers import training_flags

# What a kill leaves of a file that was being written (`hnn_tf.atomic_file`), or of an export.
_TEMPORARY = re.compile(r"\..*\.\d+\.tmp(\..*)?|tmp-[0-9a-f]{32}")


def claim(folder: pathlib.Path, flags: Mapping[str, Any], *, resume: bool) -> None:
    """Makes `folder` this run's: creates it and writes `flags.txt`, or checks that it is the run to resume.

    Args:
      folder: The run's.
      flags: Value by name of every flag of the run.
      resume: Whether the folder may hold this run already.

    Raises:
      InputError: If it can't be created or written; isn't empty and isn't a run's; is a run's and `resume` isn't
        set; or is the run of other flags.
    """
    text = _flags_text(flags)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"--output_dir={ascii(str(folder))}: expected a name in UTF-8; choose another") from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(not _TEMPORARY.fullmatch(entry) for entry in os.listdir(folder)):
            _check_same_run(folder, text, resume=resume)
        _remove_temporaries(folder)
        with atomic_file(folder / "flags.txt") as temporary:
            temporary.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"--output_dir={folder}: expected a folder that can be written; {error.strerror}; choose another"
        ) from error


def _check_same_run(folder: pathlib.Path, text: str, *, resume: bool) -> None:
    recorded = folder / "flags.txt"
    if not recorded.is_file():
        raise InputError(f"--output_dir={folder}: not empty, and not a run's folder; choose another")
    before, now = _parse(recorded.read_text(encoding="utf-8", errors="replace")), _parse(text)
    differing = [
        f"--{name}={before.get(name, '(not set)')} there, {now.get(name, '(not set)')} here"
        for name in sorted(before | now)
        if name not in training_flags.NOT_OF_THE_MODEL and before.get(name) != now.get(name)
    ]
    if differing:
        raise InputError(f"--output_dir={folder}: holds a run of other flags ({differing[0]}); choose another")
    if not resume:
        raise InputError(f"--output_dir={folder}: holds this run already; add --resume to continue, or choose another")


def _remove_temporaries(folder: pathlib.Path) -> None:
    for path in [path for path in folder.rglob("*") if _TEMPORARY.fullmatch(path.name)]:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _flags_text(flags: Mapping[str, Any]) -> str:
    """The flags as a flagfile; --resume is left out, because a repeated run starts afresh."""
    lines = []
    for name, value in sorted(flags.items()):
        if name == "resume" or value is None:
            continue
        if isinstance(value, bool):
            lines.append(f"--{'' if value else 'no'}{name}")
        else:
            lines.append(f"--{name}={','.join(value) if isinstance(value, list) else value}")
    return "\n".join(lines) + "\n"


def _parse(text: str) -> dict[str, str]:
    values = {}
    for line in text.splitlines():
        name, equals, value = line.strip().removeprefix("--").partition("=")
        if equals:
            values[name] = value
        elif name:
            values[name.removeprefix("no")] = str(not name.startswith("no"))
    return values
