"""Benchmarks read the flags of a run as its trainer wrote them."""

import command_session

from benchmarks.trainings.trained_models import run_flags
from trainers.tasks import TASK_OPTIONS


def test_flags_of_a_run_have_their_types():
    values = run_flags(command_session.ROOT / "tests" / "golden" / "0.1.0" / "run" / "flags.txt")
    assert (values["steps"], values["noise_std"], values["hidden_units"]) == (100, 0.1, ["8", "8"])
    assert (values["export"], values["time_reversible"], values["figures"]) == (True, False, False)
    options = TASK_OPTIONS["pendulum"].of(values)
    assert (options.training.steps, options.model.hidden_units) == (100, (8, 8))
