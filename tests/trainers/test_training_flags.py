"""The trainers' flags: the registries' names, and answers before anything heavy is imported."""

import subprocess
import sys

import command_session
import pytest

from hnn_tf import derivative_estimators, integrators, objectives

TASKS = ["mass_spring", "pendulum", "pixel_pendulum", "real_pendulum", "three_body", "two_body"]


@pytest.mark.parametrize(
    "registry", [integrators.INTEGRATORS, objectives.OBJECTIVES, derivative_estimators.DERIVATIVE_ESTIMATORS]
)
def test_a_part_has_the_name_that_the_registry_knows_it_by(registry):
    assert {name: part.name for name, part in registry.items()} == {name: name for name in registry}


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(("argument", "code"), [("--help", 0), ("--stepz=1", 2)])
def test_help_and_bad_flags_answer_without_importing_anything_heavy(task, argument, code):
    command = [sys.executable, "-X", "importtime", "-m", f"trainers.{task}", argument]
    done = subprocess.run(command, cwd=command_session.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert ("--learning_rate=<float>" in done.stdout) == (code == 0)
    imported = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert not {"tensorflow", "keras", "numpy", "scipy", "matplotlib"} & imported
