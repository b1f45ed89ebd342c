"""Runs commands of the project one after another in one process: TensorFlow is imported once for all of them.

In a test: `command_session.run([[module, *arguments], ...], folder)` gives (exit code, stdout, stderr) of each. The
process is this file as a program, and goes on to the next test file; it works in `folder`, where nothing can be
downloaded. `command_session.run_alone` has a process of its own, in which what TensorFlow itself prints is seen, too.
"""

import contextlib
import functools
import io
import json
import os
import pathlib
import runpy
import subprocess
import sys
import tempfile
import threading

import garbage_collection  # noqa: F401 - takes effect
from absl import flags

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(commands, folder):
    """Exit code, standard output and standard error of each command, in order."""
    return _shared().answers(commands, folder)


def run_alone(commands, folder):
    """The same in a new process, where the first command imports TensorFlow; standard error with all libraries'."""
    process = _Process("alone", folder)
    try:
        return process.answers(commands, folder)
    finally:
        process.end()


def end():
    """Ends the process that `run` has started, if it has."""
    if _shared.cache_info().currsize:
        _shared().end()
        _shared.cache_clear()


@functools.cache
def _shared():
    return _Process("shared", pathlib.Path(tempfile.gettempdir()))


class _Process:
    """This file as a program, which reads a list of commands from each line."""

    def __init__(self, kind, folder):
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, __file__, kind],
            env=environment(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )

    def answers(self, commands, folder):
        request = {"commands": commands, "folder": os.fspath(folder), "environment": environment(folder)}
        late = threading.Timer(300, self._process.kill)
        late.start()
        try:
            self._process.stdin.write(f"{json.dumps(request)}\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        finally:
            late.cancel()
        if not line:
            self._errors.seek(0)
            raise AssertionError(self._errors.read().decode(errors="replace")[-3000:])
        return [tuple(result) for result in json.loads(line)]

    def end(self):
        self._process.communicate(timeout=60)
        self._errors.close()


def start(command, folder):
    """A command in a process of its own, its output piped."""
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def environment(folder):
    """Of a command that finds the package, and no network: this proxy's port answers nobody."""
    proxies = {f"{scheme}_proxy": "http://127.0.0.1:9" for scheme in ("http", "https")}
    return os.environ | proxies | {"PYTHONPATH": str(ROOT), "KERAS_HOME": str(folder / "keras_home"), "no_proxy": ""}


def _run_one(captured, module, *arguments):
    before = set(flags.FLAGS)
    sys.argv, code = [module, *arguments], 0
    with captured() as (output, error):
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        except SystemExit as stop:
            code = stop.code
    _forget_flags(before)
    flags.FLAGS.unparse_flags()
    return code, output.getvalue(), error.getvalue()


@contextlib.contextmanager
def _of_python():
    output, error = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(error):
        yield output, error


@contextlib.contextmanager
def _of_all_libraries():
    """Also what C++ writes, and what a handler of logs writes that was made before."""
    output, error = io.StringIO(), io.StringIO()
    with contextlib.ExitStack() as stack:
        for number, stream, said in ((1, sys.stdout, output), (2, sys.stderr, error)):
            stack.enter_context(_descriptor_captured(number, stream, said))
        yield output, error


@contextlib.contextmanager
def _descriptor_captured(number, stream, said):
    saved = os.dup(number)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), number)
        try:
            yield
        finally:
            stream.flush()
            os.dup2(saved, number)
            os.close(saved)
            held.seek(0)
            said.write(held.read().decode())


def _forget_flags(but):
    for name in set(flags.FLAGS) - but:
        if not (flags.FLAGS.find_module_defining_flag(name) or "").startswith("absl"):  # its logging needs its own
            delattr(flags.FLAGS, name)


def _serve(captured):
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)  # what is not of a command isn't of an answer
        for line in sys.stdin:
            request = json.loads(line)
            os.environ.clear()
            os.environ.update(request["environment"])
            os.chdir(request["folder"])
            results = [_run_one(captured, *command) for command in request["commands"]]
            answers.write(f"{json.dumps(results)}\n")
            answers.flush()
            if keras := sys.modules.get("keras"):
                keras.utils.clear_session()  # layers are numbered from the beginning again, as in a new process


if __name__ == "__main__":
    if sys.argv[1] == "shared":
        known = set(flags.FLAGS)
        import hnn_tf  # noqa: F401

        # TensorFlow's parts define flags when they are imported, which a command does after it has read its own.
        _forget_flags(known)
    _serve(_of_python if sys.argv[1] == "shared" else _of_all_libraries)
