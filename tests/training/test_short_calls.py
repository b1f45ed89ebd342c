"""Steps in calls of about half a second, whatever a step takes."""

import types

import pytest

from hnn_tf.optimizers import LBFGS
from hnn_tf.training import short_calls


class _Loop:
    """Takes its time by a clock of its own: ten seconds more in the first call, as to compile."""

    def __init__(self, clock, seconds_a_step, optimizer=None):
        self.step, self.optimizer, self.counts = 0, optimizer, []
        self._clock, self._seconds = clock, seconds_a_step

    def run(self, count):
        self._clock.now += self._seconds * count + (0 if self.counts else 10)
        self.step += count
        self.counts.append(count)
        return float(self.step)


@pytest.fixture
def clock(monkeypatch):
    clock = types.SimpleNamespace(now=0.0)
    monkeypatch.setattr(short_calls.time, "monotonic", lambda: clock.now)
    return clock


def _counts(loop, end=50):
    calls = short_calls.ShortCalls(loop)
    while loop.step < end:
        assert calls.run_towards(end) == loop.step  # the loss of the last step
    return loop.counts


@pytest.mark.parametrize(
    ("seconds_a_step", "expected"),
    [
        (1e-3, [1, 1, 48]),
        (0.03, [1, 1, 16, 16, 16]),
        (0.2, [1, 1] + 24 * [2]),
        (7.0, 50 * [1]),
    ],
)
def test_a_call_takes_about_half_a_second_and_never_passes_the_end(clock, seconds_a_step, expected):
    assert _counts(_Loop(clock, seconds_a_step)) == expected


def test_a_loop_that_becomes_slower_gets_shorter_calls(clock):
    loop = _Loop(clock, 0.01)
    calls = short_calls.ShortCalls(loop)
    for _ in range(2):
        calls.run_towards(10_000)
    loop._seconds = 0.1
    for _ in range(2):
        calls.run_towards(10_000)
    assert loop.counts == [1, 1, 50, 5]


def test_calls_of_lbfgs_are_whole(clock):
    assert _counts(_Loop(clock, 0.2, LBFGS())) == [50]
