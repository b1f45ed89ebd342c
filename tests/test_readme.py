"""The README keeps its promises: its Python runs, its commands and files exist, its tables are the measured ones."""

import json
import re
import subprocess
import sys

import command_session
import keras
import pytest

import hnn_tf
from benchmarks import doc_section, result_tables, run_cost
from export.saved_model import export_model

ROOT = command_session.ROOT
README = (ROOT / "README.md").read_text()
PYTHON = "\n".join(re.findall(r"```python\n(.*?)```", README, re.DOTALL))
SHELL = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL))
DOCUMENTS = ["README.md", "BUILD.md", "CONTRIBUTING.md", "GLOSSARY.md", "CHANGELOG.md"]


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")  # Keras' own
def test_python_examples_run(tmp_path, monkeypatch):
    run = tmp_path / "runs" / "pendulum"
    run.mkdir(parents=True)
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[8]))
    model.build([None, 2])
    model.save(run / "model.keras")
    export_model(model, run / "saved_model")
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(PYTHON, "README.md", "exec"), names)
    # The shapes that the comments promise.
    assert names["irregular"].shape == [1, 4, 2]
    assert names["path"].shape == (1, 201, 2)
    assert {"energy.png", "served"} <= {path.name for path in tmp_path.iterdir()}
    assert names["energy"].shape == [1]
    assert names["time_derivative"].shape == [1, 2]
    assert names["trajectory"].shape == [1, 401, 2]
    assert names["answer"]["trajectory"].shape == [1, 3, 2]
    assert names["loss"] < 0.1
    assert isinstance(keras.saving.load_model("own.keras"), hnn_tf.HamiltonianNetwork)


def test_make_targets_exist():
    targets = re.findall(r"^make (\w+)", SHELL, re.MULTILINE) + re.findall(
        r"`make ([a-z-]+)\b", "".join((ROOT / name).read_text() for name in DOCUMENTS)
    )
    makefile = (ROOT / "Makefile").read_text()
    assert {"pendulum", "test"} <= set(targets)
    assert not [target for target in targets if f"\n{target}:" not in makefile]


def test_flags_of_the_commands_exist():
    commands = re.findall(r"^python -m (\S+) (.*)$", SHELL, re.MULTILINE)
    assert len(commands) == 4
    for module, arguments in commands:
        done = subprocess.run(
            [sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        for flag in re.findall(r"--(\w+)", arguments):
            assert re.search(rf"--(\[no\])?{flag}\b", done.stdout), (module, flag)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_files(name):
    links = re.findall(r"\]\(([\w./-]+)\)", (ROOT / name).read_text())
    assert not [link for link in links if not (ROOT / link).is_file()]


def test_tables_are_those_of_the_committed_results():
    results = json.loads((ROOT / "docs" / "results" / "paper_table.json").read_text())
    assert doc_section.read(doc_section.README, "paper_table") == result_tables.markdown(results)
    costs = json.loads((ROOT / "docs" / "results" / "run_cost.json").read_text())
    assert doc_section.read(doc_section.README, "run_cost") == run_cost.markdown(costs)
