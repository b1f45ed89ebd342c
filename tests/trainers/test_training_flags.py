"""The trainers' flags: the registries' names, and answers before anything heavy is imported."""

import subprocess
import sys

import command_session
import pytest

from hnn_tf import derivative_estimators, integrators, objectives
from hnn_tf.options import described
from trainers.tasks import TASK_OPTIONS, TASKS


@pytest.mark.parametrize(
    "registry", [integrators.INTEGRATORS, objectives.OBJECTIVES, derivative_estimators.DERIVATIVE_ESTIMATORS]
)
def test_a_part_has_the_name_that_the_registry_knows_it_by(registry):
    assert {name: part.name for name, part in registry.items()} == {name: name for name in registry}


@pytest.mark.parametrize("task", sorted(TASKS))
@pytest.mark.parametrize(("argument", "code"), [("--help", 0), ("--stepz=1", 2)])
def test_help_and_bad_flags_answer_without_importing_anything_heavy(task, argument, code):
    command = [sys.executable, "-X", "importtime", "-m", f"trainers.{task}", argument]
    done = subprocess.run(command, cwd=command_session.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert ("--learning_rate=<float>" in done.stdout) == (code == 0)
    imported = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert not {"tensorflow", "keras", "numpy", "scipy", "matplotlib"} & imported


def test_every_task_is_registered_and_has_its_command():
    folder = command_session.ROOT / "trainers"
    tasks = {path.stem for path in (folder / "tasks").glob("*.py") if "\nTASK = " in path.read_text(encoding="utf-8")}
    commands = {path.stem for path in folder.glob("*.py") if "task_command.run(" in path.read_text(encoding="utf-8")}
    assert set(TASKS) == tasks == commands
    assert {name: task.name for name, task in TASKS.items()} == {name: name for name in TASKS}


@pytest.mark.parametrize("task", sorted(TASKS))
def test_options_of_one_run_have_names_of_their_own(task):
    names = [name for part in TASK_OPTIONS[task].defaults.parts() for name, _, _ in described(type(part))]
    assert len(names) == len(set(names))
