"""The trainers' flags: every name of the registries, and answers before anything heavy is imported."""

import subprocess
import sys

import command_session
import pytest

import hnn_tf
from hnn_tf import derivative_estimators, integrators, models, objectives
from trainers import training_flags

TASKS = ["mass_spring", "pendulum", "pixel_pendulum", "real_pendulum", "three_body", "two_body"]


def test_flags_offer_every_name_of_the_registries():
    assert list(training_flags.MODELS) == sorted(models.MODELS)
    assert list(training_flags.OBJECTIVES) == sorted(objectives.OBJECTIVES)
    assert list(training_flags.DERIVATIVE_ESTIMATORS) == sorted(derivative_estimators.DERIVATIVE_ESTIMATORS)
    assert list(training_flags.INTEGRATORS) == sorted(integrators.INTEGRATORS)
    assert list(training_flags.ACTIVATIONS) == sorted(hnn_tf.activations.ACTIVATIONS)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(("argument", "code"), [("--help", 0), ("--stepz=1", 2)])
def test_help_and_bad_flags_answer_without_importing_anything_heavy(task, argument, code):
    command = [sys.executable, "-X", "importtime", "-m", f"trainers.{task}", argument]
    done = subprocess.run(command, cwd=command_session.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert ("--learning_rate=<float>" in done.stdout) == (code == 0)
    imported = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert not {"tensorflow", "keras", "numpy", "hnn_tf"} & imported
