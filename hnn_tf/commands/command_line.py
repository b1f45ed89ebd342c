"""Flags, reports of bad input, and exit codes of all commands of the project. This module imports nothing heavy."""

import contextlib
import importlib
import os
import pathlib
import re
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from absl import flags

from hnn_tf.commands import interruption
from hnn_tf.commands.printable_text import printable
from hnn_tf.files.full_disk import ERRNOS
from hnn_tf.input_error import InputError, OptionError
from hnn_tf.training_failed import TrainingFailedError

FLAGFILES = pathlib.Path(__file__).parents[2] / "trainers" / "flagfiles"
"""The folder of the flagfiles in the package; `--flagfile=` accepts their bare names."""

EXIT_BAD_INPUT = 2
EXIT_FAILED = 1


def run(
    main: Callable[..., None] | str,
    *arguments: str,
    usage: str,
    argv: Sequence[str] | None = None,
    positional: Sequence[str] = (),
) -> None:
    """Parses the flags and runs `main` with the given arguments; `main` reads the flags from `absl.flags.FLAGS`.

    `main` is a function, or the name "module:function" of a function. A named function is imported after the flags are
    parsed, so that `--help` and bad flags do not wait for TensorFlow.

    Flags named in `positional` may be given without their names, in this order. All of them are required.

    The process exits with 0 on success; 2 after a bad flag or bad input (one line on stderr, no traceback); 1 if
    training failed, or something could not be written; 130 after Ctrl-C; and 143 after SIGTERM.
    """
    _parse(sys.argv if argv is None else argv, usage, positional)
    _own_flags.clear()
    _own_flags.update(_defined_by_the_command())
    try:
        with interruption.ends_in_one_line(), _warnings_in_a_line():
            if isinstance(main, str):
                # An interruption during the import has this message.
                interruption.on_interruption(lambda: "nothing was changed yet")
                main = found(main)
            main(*arguments)
            sys.stdout.flush()  # a failure to write is also reported
    except TrainingFailedError as error:
        _exit(str(error), EXIT_FAILED)
    except OSError as error:  # a full disk or a vanished folder is not a bug
        _exit(_not_written(error), EXIT_FAILED)
    except ValueError as error:
        if not isinstance(error, InputError):
            raise
        _exit(error.as_flags() if isinstance(error, OptionError) else str(error), EXIT_BAD_INPUT)


@contextlib.contextmanager
def _warnings_in_a_line() -> Iterator[None]:
    """Prints Python's warnings within the block as lines without places in our code, which users cannot change."""

    def say(message: Warning | str, *_: Any, **__: Any) -> None:
        sys.stderr.write(f"warning: {printable(' '.join(str(message).split()))}\n")

    with warnings.catch_warnings():
        warnings.showwarning = say
        yield


def found(place: str) -> Callable[..., Any]:
    """Returns the function at "module:function", and imports it silently, together with TensorFlow and its devices."""
    module, name = place.split(":")
    with quiet_start():
        importlib.import_module("tensorflow").config.list_logical_devices()  # this reports the devices that it finds
        return getattr(importlib.import_module(module), name)


@contextlib.contextmanager
def quiet_start() -> Iterator[None]:
    """Hides TensorFlow's start-up messages while TensorFlow is imported and finds its devices.

    The messages come from C++ before any log level applies, so file descriptor 2 itself is redirected. If the import
    fails, the hidden messages are shown.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except Exception:  # Ctrl-C does not show the hidden messages
            os.dup2(saved, 2)
            held.seek(0)
            sys.stderr.write(held.read().decode(errors="replace"))
            raise
        finally:
            sys.stderr.flush()
            os.dup2(saved, 2)
            os.close(saved)


def _parse(argv: Sequence[str], usage: str, positional: Sequence[str]) -> None:
    if any(argument in ("-h", "--help", "-help", "--helpfull", "--helpshort") for argument in argv[1:]):
        sys.stdout.write(_help(usage))
        sys.exit(0)
    try:
        rest = flags.FLAGS([argv[0], *map(_shipped_flagfile, _joined(argv[1:]))])
        unnamed = [name for name in positional if flags.FLAGS[name].value is None]
        for name, value in zip(unnamed, rest[1:], strict=False):
            setattr(flags.FLAGS, name, value)
        if len(rest) > 1 + len(unnamed):
            unexpected = rest[1 + len(unnamed)]
            raise flags.Error(
                f"unexpected argument {unexpected!r}; give every option as a flag, --name=value (see --help)"
            )
        for name in unnamed[len(rest) - 1 :]:
            raise flags.Error(
                f"expected --{name}=..., or its value as argument {positional.index(name) + 1} (see --help)"
            )
    except UnicodeDecodeError:
        _exit(
            "--flagfile: expected a text file with one --name=value in each line; received bytes that are not text",
            EXIT_BAD_INPUT,
        )
    except (flags.Error, OSError) as error:
        missing = re.findall(r"flag --(\w+)=None: Flag", str(error))  # absl's wording for required flags
        _exit(f"expected --{missing[0]}=... (see --help)" if missing else str(error), EXIT_BAD_INPUT)


def _joined(arguments: Sequence[str]) -> Iterator[str]:
    """Yields the arguments, with `--flagfile name` joined to one argument."""
    remaining = iter(arguments)
    for argument in remaining:
        if argument in ("--flagfile", "-flagfile"):
            argument += f"={next(remaining, '')}"
        yield argument


def _shipped_flagfile(argument: str) -> str:
    name = argument.removeprefix("--flagfile=").removeprefix("-flagfile=")
    if name == argument or os.path.exists(name):
        return argument
    if os.path.basename(name) == name and (FLAGFILES / name).is_file():
        return f"--flagfile={FLAGFILES / name}"
    shipped = ", ".join(sorted(path.name for path in FLAGFILES.glob("*.flags")))
    raise flags.Error(f"--flagfile={name}: no such file; give a path, or the name of a shipped flagfile: {shipped}")


_own_flags: dict[str, Any] = {}


def own_flags() -> dict[str, Any]:
    """Returns the values by name of the flags that the command itself defined, as `run` parsed them."""
    return dict(_own_flags)


def _defined_by_the_command() -> dict[str, Any]:
    """Returns all flags except those of absl and of TensorFlow's parts."""
    values = flags.FLAGS.flag_values_dict()
    return {name: value for name, value in sorted(values.items()) if not _is_foreign(name)}


def _help(usage: str) -> str:
    lines = [usage.strip(), ""]
    for name in _defined_by_the_command():
        flag = flags.FLAGS[name]
        choices = getattr(flag.parser, "enum_values", None)
        is_list = isinstance(flag.default, list)
        values = "|".join(choices) if choices else "value,value,..." if is_list else flag.flag_type()
        default = "" if flag.default is None else f" (default: {','.join(flag.default) if is_list else flag.default})"
        meaning = (flag.help or "").split(">: ", 1)[-1] if choices else flag.help  # absl repeats the choices
        head = f"--[no]{name}" if flag.boolean else f"--{name}=<{values}>"
        lines.append(f"  {head}{default}\n      {meaning}")
    lines.append(
        "  --flagfile=<file>\n      Read flags from a file, given by a path or by the name of a shipped flagfile. "
        "Later flags override earlier flags."
    )
    return "\n".join(lines) + "\n"


def _is_foreign(name: str) -> bool:
    """Returns whether a flag belongs to absl, or to TensorFlow, which a command may have imported already."""
    module = (flags.FLAGS.find_module_defining_flag(name) or "").split(".")[0]
    return module in ("absl", "tensorflow", "keras", "tf_keras") or name in ("flagfile", "undefok")


def _not_written(error: OSError) -> str:
    """Returns a line with the file, the problem, and the repair."""
    if error.errno not in ERRNOS:
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    file = error.filename or "standard output"  # only standard output has no name; other writers name their files
    mend = "and continue with --resume" if "resume" in flags.FLAGS else "or write to another place"
    return f"{file}: {error.strerror}; files that were written before are unchanged; free some space, {mend}"


def _exit(message: str, code: int) -> None:
    sys.stderr.write(f"error: {printable(' '.join(message.split()))}\n")
    try:
        sys.stdout.flush()
    except OSError:
        # Otherwise, the interpreter would try again at its end, and print many lines.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)
