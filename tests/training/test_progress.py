"""How a training shows itself: a bar on a terminal, lines elsewhere, or nothing."""

import io
import os
import sys

import pytest

from hnn_tf.training import progress


class _Terminal(io.StringIO):
    def isatty(self):
        return True


def _show(monkeypatch, stream, *, columns=80, silent=False, seconds_a_call=1.0):
    clock = iter(range(1000))
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress.time, "monotonic", lambda: seconds_a_call * next(clock))
    monkeypatch.setattr(progress.shutil, "get_terminal_size", lambda: os.terminal_size((columns, 24)))
    with progress.Progress("hnn", 2000, silent=silent) as shown:
        for step in range(50, 2001, 50):
            shown.update(step, 0.0326)
    return stream.getvalue()


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 200])
def test_a_terminals_line_never_wraps(monkeypatch, columns):
    text = _show(monkeypatch, _Terminal(), columns=columns)
    lines = text.rstrip("\n").split("\r\033[K")[1:]
    assert max(len(line) for line in lines) < columns
    assert len(lines) == 41  # "compiling", and one for each update


@pytest.mark.parametrize(("columns", "bar"), [(60, ""), (80, f"[{'#' * 19}] "), (200, f"[{'#' * 24}] ")])
def test_a_narrow_terminal_loses_of_the_bar_not_of_the_numbers(monkeypatch, columns, bar):
    last = _show(monkeypatch, _Terminal(), columns=columns).rstrip("\n").split("\r\033[K")[-1]
    assert last == f"{bar}hnn: step 2000/2000, loss 3.260e-02, 50 steps/s, 0 s left"


def test_a_terminal_shows_loss_rate_and_time_left(monkeypatch):
    last = _show(monkeypatch, _Terminal(), columns=200).rstrip("\n").split("\r\033[K")[-1]
    assert last.startswith("[########################] hnn: step 2000/2000, loss 3.260e-02, 50 steps/s, 0 s left")


def test_elsewhere_there_is_a_line_every_few_seconds_and_at_the_end(monkeypatch):
    lines = _show(monkeypatch, io.StringIO()).splitlines()
    assert len(lines) == 8  # 40 s, one in 5
    assert "\033" not in "".join(lines)
    assert lines[0] == "hnn: step 250/2000, loss 3.260e-02, 50 steps/s, 35 s left"
    assert lines[-1].startswith("hnn: step 2000/2000")


def test_a_training_that_stopped_early_says_so(capsys):
    with progress.Progress("hnn", 2000) as shown:
        shown.update(400, 0.5, finished=True)
    line = capsys.readouterr().err
    assert line.startswith("hnn: step 400/2000, loss 5.000e-01, ")
    assert line.endswith(" steps/s, stopped early\n")


@pytest.mark.parametrize("stream", [_Terminal, io.StringIO])
def test_silent_shows_nothing(monkeypatch, stream):
    assert _show(monkeypatch, stream(), silent=True) == ""


def test_a_notebook_has_a_bar(monkeypatch):
    stream = type("OutStream", (io.StringIO,), {"__module__": "ipykernel.iostream"})()
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    assert "\r\033[K[" in _show(monkeypatch, stream)
