"""Runs commands of the project one after another in one process: TensorFlow is imported once for all of them.

In a test: `command_session.run([[module, *arguments], ...], folder)` gives (exit code, stdout, stderr) of each. The
process is this file as a program; it works in `folder`, where nothing can be downloaded.
"""

import contextlib
import io
import json
import os
import pathlib
import runpy
import subprocess
import sys

from absl import flags

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(commands, folder):
    """Exit code, standard output and standard error of each command, in order."""
    done = subprocess.run(
        [sys.executable, __file__, json.dumps(commands)],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [tuple(result) for result in json.loads(done.stdout.splitlines()[-1])]


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


def _run_one(module, *arguments):
    before = set(flags.FLAGS)
    sys.argv = [module, *arguments]
    output, error, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(error):
        try:
            runpy.run_module(module, run_name="__main__")
        except SystemExit as stop:
            code = stop.code
    _forget_flags(before)
    flags.FLAGS.unparse_flags()
    return code, output.getvalue(), error.getvalue()


def _forget_flags(but):
    for name in set(flags.FLAGS) - but:
        if not (flags.FLAGS.find_module_defining_flag(name) or "").startswith("absl"):  # its logging needs its own
            delattr(flags.FLAGS, name)


if __name__ == "__main__":
    known = set(flags.FLAGS)
    import hnn_tf  # noqa: F401

    # TensorFlow's parts define flags when they are imported, which a command does after it has read its own.
    _forget_flags(known)
    results = [_run_one(*command) for command in json.loads(sys.argv[1])]
    sys.stdout.write(f"\n{json.dumps(results)}\n")
