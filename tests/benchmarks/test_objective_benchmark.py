"""The tables of the comparison of objectives are those of its results."""

import json
import re

import command_session
import pytest

from benchmarks.documents import doc_section
from benchmarks.objectives import derivative_errors, optimizer_cost, tables
from benchmarks.objectives import settings as objective_settings


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
