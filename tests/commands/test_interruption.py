"""Ctrl-C and SIGTERM end every command within two seconds: one line, its exit code, and what was learned kept."""

import os
import signal
import subprocess
import sys
import time

import command_session
import pytest

from hnn_tf.commands import command_line, interruption

# Each is the main of a command; it says "ready" when the signal may come. None of them imports TensorFlow.
READY = "os.write(1, b'ready'); "
MAINS = {
    "in Python": READY + "[None for _ in iter(int, 1)]",
    "waiting": READY + "time.sleep(60)",
    # Takes no notice of signals, as a compilation by XLA.
    "inside of C": READY + "hashlib.pbkdf2_hmac('sha256', b'', b'', 10**9)",
    "its messages held back": "\n  with command_line.quiet_start(): "
    + READY
    + "hashlib.pbkdf2_hmac('sha256', b'', b'', 10**9)",
    "taking no notice": READY + "\n  while True:\n   try: time.sleep(60)\n   except BaseException: pass",
    "broken by it": READY + "\n  try: time.sleep(60)\n  except BaseException: raise RuntimeError('of a library')",
}
SCRIPT = """
import hashlib, os, sys, time
from importlib.machinery import ModuleSpec
# As one of our commands, in which hnn_tf imports no TensorFlow by itself.
sys.modules["__main__"].__spec__ = ModuleSpec("trainers.pendulum", None, origin={command!r})
from hnn_tf.commands import command_line, interruption
def last_words():
  time.sleep({seconds})
  open("kept", "w").write("whole")
  return "--resume continues"
def main():
  interruption.on_interruption(last_words)
  {main}
command_line.run(main, usage="", argv=["test"])
"""


COMMAND = str(command_session.ROOT / "trainers" / "pendulum.py")


def _take_ctrl_c():
    """In the new process: whoever runs the tests in the background has had Ctrl-C ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _interrupted(folder, main, number, *, seconds=0.0, again=(), prepare=_take_ctrl_c):
    """Exit code, standard error, and how many seconds after the signal the command ended."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT.format(main=main, seconds=seconds, command=COMMAND)],
        cwd=folder,
        env=command_session.environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=prepare,
    )
    assert process.stdout.read(5) == "ready", process.communicate()
    time.sleep(0.1)  # until it is in what it said it is ready for
    began = time.monotonic()
    process.send_signal(number)
    for delay, another in again:
        time.sleep(delay)
        process.send_signal(another)
    try:
        _, error = process.communicate(timeout=60)
    finally:
        process.kill()
    return process.returncode, error, time.monotonic() - began


@pytest.mark.parametrize("name", MAINS)
def test_a_signal_ends_a_command_wherever_it_is(tmp_path, name):
    code, error, seconds = _interrupted(tmp_path, MAINS[name], signal.SIGTERM)
    assert (code, error) == (143, "error: interrupted by SIGTERM: --resume continues\n")
    assert seconds < 2
    assert (tmp_path / "kept").read_text() == "whole"


def test_ctrl_c_does_the_same(tmp_path):
    code, error, seconds = _interrupted(tmp_path, MAINS["inside of C"], signal.SIGINT)
    assert (code, error) == (130, "error: interrupted: --resume continues\n")
    assert seconds < 2
    assert (tmp_path / "kept").read_text() == "whole"


def test_the_main_thread_removes_its_temporary_files(tmp_path):
    main = "\n  try: " + READY + "time.sleep(60)\n  finally: open('removed', 'w').close()"
    assert _interrupted(tmp_path, main, signal.SIGTERM)[0] == 143
    assert (tmp_path / "removed").exists()


@pytest.mark.slow
@pytest.mark.parametrize("another", [signal.SIGINT, signal.SIGTERM])
def test_more_signals_break_nothing(tmp_path, another):
    # While the first one's last words take their time, twice.
    again = [(0.2, another), (0.2, another)]
    code, error, _ = _interrupted(tmp_path, MAINS["waiting"], signal.SIGINT, seconds=0.8, again=again)
    assert (code, error) == (130, "error: interrupted: --resume continues\n")
    assert (tmp_path / "kept").read_text() == "whole"


def test_what_can_not_be_kept_is_said(tmp_path):
    (tmp_path / "kept").mkdir()
    code, error, _ = _interrupted(tmp_path, MAINS["waiting"], signal.SIGTERM)
    assert code == 143
    assert error.startswith("error: interrupted by SIGTERM: the last training steps couldn't be saved: ")
    assert error.count("\n") == 1


def test_a_job_in_the_background_still_ignores_ctrl_c(tmp_path):
    again = [(0.2, signal.SIGTERM)]

    def ignore():
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    assert _interrupted(tmp_path, MAINS["waiting"], signal.SIGINT, again=again, prepare=ignore)[0] == 143


def test_a_command_that_ended_leaves_the_signals_as_they_were():
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        pytest.skip("the tests run in the background, where Ctrl-C is ignored")
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    inside = []
    with interruption.ends_in_one_line():
        inside += [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    assert not set(inside) & set(before)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    woken = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(woken)
    assert woken == -1


def test_nothing_stays_open_after_a_command():
    open_before = os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd") else []
    command_line.run(lambda: None, usage="", argv=["test"])
    assert len(os.listdir("/proc/self/fd") if open_before else []) == len(open_before)
