"""The comparison of objectives trains as the trainers do, and its tables are those of its results."""

import dataclasses
import json
import re

import command_session
import pytest

from benchmarks.documents import doc_section
from benchmarks.objectives import derivative_errors, optimizer_cost, tables
from benchmarks.objectives import settings as objective_settings
from benchmarks.trainings import task_training
from trainers.tasks.data_options import DataOptions
from trainers.trainer_options import TrainerOptions


def test_its_defaults_are_those_of_the_flagfiles():
    flagfile = (command_session.ROOT / "trainers" / "flagfiles" / "mass_spring.flags").read_text()
    values = TrainerOptions.of(task_training.PLANAR, DataOptions)
    own = dataclasses.asdict(values.training) | dataclasses.asdict(values.data)
    for name in ("steps", "learning_rate", "weight_decay", "noise_std"):
        assert float(re.search(rf"--{name}=(\S+)", flagfile)[1]) == own[name]


def test_the_page_has_the_tables_of_the_committed_results():
    results = json.loads((command_session.ROOT / "docs" / "results" / "objectives.json").read_text())
    for name, text in tables.sections(results).items():
        assert doc_section.read(doc_section.OBJECTIVES, name) == text


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("derivative_errors", derivative_errors),
        ("objective_settings", objective_settings),
        ("optimizer_cost", optimizer_cost),
    ],
)
def test_the_page_has_the_small_commands_tables(name, command):
    results = json.loads((command_session.ROOT / "docs" / "results" / f"{name}.json").read_text())
    assert doc_section.read(doc_section.OBJECTIVES, name) == command.section(results)


@pytest.mark.slow
def test_the_pages_python_runs():
    (code,) = re.findall(r"```python\n(.*?)```", doc_section.OBJECTIVES.read_text(), re.DOTALL)
    names: dict = {}
    exec(compile(code, "objectives.md", "exec"), names)
    assert names["found"].noise_std == pytest.approx([0.1, 0.1], rel=0.2)
    assert names["found"].states.shape == (10, 45, 2)
    assert names["loss"] < 1.5  # the noise's own is 1
