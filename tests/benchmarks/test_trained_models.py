"""Benchmarks read the flags of a run as its trainer wrote them."""

import command_session

from benchmarks.trainings.trained_models import _settings


def test_flags_of_a_run_have_their_types():
    settings = _settings(command_session.ROOT / "tests" / "golden" / "0.1.0" / "run" / "flags.txt")
    assert (settings.steps, settings.noise_std, settings.hidden_units) == (100, 0.1, ["8", "8"])
    assert (settings.export, settings.time_reversible, settings.figures) == (True, False, False)
    assert settings.cache_dir is None
