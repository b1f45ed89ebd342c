"""The README keeps its promises: its Python runs, its commands and files exist, its tables are the measured ones."""

import json
import re
import subprocess
import sys

import command_session
import keras
import numpy as np
import pytest
import tensorflow as tf

import hnn_tf
from benchmarks.cost import data as data_cost
from benchmarks.cost import rollout as rollout_cost
from benchmarks.cost import run as run_cost
from benchmarks.cost import serving as serving_cost
from benchmarks.documents import doc_section
from benchmarks.integrators import comparison as integrators
from benchmarks.integrators import runs as integrator_runs
from benchmarks.paper import limit_tables, result_tables
from hnn_tf.export.saved_model import export_model
from trainers import symplecticity_table as symplecticity

ROOT = command_session.ROOT
README = (ROOT / "README.md").read_text()
PYTHON = "\n".join(re.findall(r"```python\n(.*?)```", README, re.DOTALL))
SHELL = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL))
DOCUMENTS = ["README.md", "BUILD.md", "CONTRIBUTING.md", "GLOSSARY.md", "CHANGELOG.md", "docs/integrators.md"]
DOCUMENTS += ["docs/known_limits.md", "docs/objectives.md", "docs/serving.md", "docs/training_in_keras.md"]
DOCUMENTS += ["docs/results/paper_table.md"]


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
    assert names["paths"].states.shape == (100, 50, 8)
    assert names["bodies"].dof == 9
    np.testing.assert_array_equal(names["ours"], [[1.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.5, -0.5]])
    gain = names["system"].hamiltonian(names["higher"]) - names["system"].hamiltonian(names["state"])
    np.testing.assert_allclose(gain, 0.5, atol=1e-6)  # float32
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
    assert len(commands) == 7
    for module, arguments in commands:
        done = subprocess.run(
            [sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        for flag in re.findall(r"--(\w+)", arguments):
            assert re.search(rf"--(\[no\])?{flag}\b", done.stdout), (module, flag)


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name != "CHANGELOG.md"])
def test_commands_with_a_model_of_the_reader_are_installed(name):
    """`pip` brings hnn_tf, trainers and export; `benchmarks`, which make the pages' numbers, stay in the repository."""
    text = (ROOT / name).read_text()
    for module in re.findall(r"python -m ((?:hnn_tf|trainers|export)[\w.]*)", text):
        path = ROOT.joinpath(*module.split("."))
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module
    assert not re.search(r"python -m benchmarks\S* --model_path|`python -m benchmarks\.friction_interval", text)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_files(name):
    page = ROOT / name
    links = re.findall(r"\]\(([\w./-]+)\)", page.read_text())
    assert not [link for link in links if not (page.parent / link).is_file()]


def test_python_of_the_integrators_page_runs():
    (code,) = re.findall(r"```python\n(.*?)```", doc_section.INTEGRATORS.read_text(), re.DOTALL)
    names = {}
    exec(compile(code, "integrators.md", "exec"), names)
    assert names["path"].shape == [1, 1001, 2]
    assert names["sparse"].shape == [1, 3, 2]


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")  # Keras' own
def test_python_of_the_page_of_training_runs(tmp_path, monkeypatch):
    page = ROOT / "docs" / "training_in_keras.md"
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile("\n".join(re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)), page.name, "exec"), names)
    assert names["history"].history["loss"]
    blocks = names["loop"].step / 200
    assert {name: len(values) for name, values in names["seen"].history.items()} == dict.fromkeys(
        ("loss", "val_loss", "learning_rate"), blocks
    )
    state = tf.constant([[1.0, 0.5]])
    np.testing.assert_array_equal(names["best"](state), names["model"](state))
    assert [path.name for path in tmp_path.iterdir()] == ["best.keras"]  # a finished fit needs no backup


def test_every_integrator_is_on_its_page_as_it_declares_itself():
    rows = re.findall(r"^\| (`[a-z].*)", doc_section.INTEGRATORS.read_text().split("## All of them")[1], re.MULTILINE)
    declared = {name: row for row in rows[::-1] for name in re.findall(r"`(\w+)`", row.split("|")[0])}
    assert declared.keys() >= hnn_tf.integrators.INTEGRATORS.keys()
    for name, method in hnn_tf.integrators.INTEGRATORS.items():
        _, order, stages, symplectic, reversible, fields = declared[name].split("|")[:6]
        assert str(method.order) in order
        assert str(method.stages) in stages
        assert (symplectic.strip() == "no") != method.symplectic
        assert (reversible.strip() == "no") != method.time_reversible
        assert ("separable H" in fields) == method.requires_separable


def test_tables_are_those_of_the_committed_results():
    results = json.loads((ROOT / "docs" / "results" / "paper_table.json").read_text())
    assert doc_section.read(doc_section.README, "paper_table") == result_tables.readme_table(results)
    assert (ROOT / "docs" / "results" / "paper_table.md").read_text() == result_tables.page(results)
    ablations = json.loads((ROOT / "docs" / "results" / "pixel_ablation.json").read_text())
    names = ("torch_two_body.json", "torch_pixel_pendulum.json")
    pytorch = [json.loads((ROOT / "docs" / "results" / name).read_text()) for name in names]
    for name, text in limit_tables.sections(results["metrics"], ablations, *pytorch).items():
        assert doc_section.read(doc_section.LIMITS, name) == text
    costs = json.loads((ROOT / "docs" / "results" / "run_cost.json").read_text())
    assert doc_section.read(doc_section.README, "run_cost") == run_cost.markdown(costs)
    cost = json.loads((ROOT / "docs" / "results" / "data_cost.json").read_text())
    assert doc_section.read(doc_section.README, "data_cost") == data_cost.markdown(cost)
    serving = json.loads((ROOT / "docs" / "results" / "serving_cost.json").read_text())
    assert doc_section.read(doc_section.SERVING, "serving_cost") == serving_cost.markdown(serving)
    runs = json.loads((ROOT / "docs" / "results" / "integrators.json").read_text())
    page = doc_section.INTEGRATORS
    assert doc_section.read(page, "structure") == symplecticity.table(runs["structure"], integrator_runs.SWING_NAMES)
    assert doc_section.read(page, "long_runs") == integrators.long_run_table(runs["long_runs"])
    rollouts = json.loads((ROOT / "docs" / "results" / "rollout_cost.json").read_text())
    assert doc_section.read(page, "rollout_cost") == rollout_cost.markdown(rollouts)
