"""README and docs keep their promises: their Python runs, their commands and files exist, their tables are measured."""

import json
import re
import shutil
import statistics
import subprocess
import sys

import command_session
import driven_motion
import keras
import numpy as np
import pendulum_family
import pytest
import tensorflow as tf

import hnn_tf
from benchmarks.constrained import constraints_table, protocol
from benchmarks.cost import data as data_cost
from benchmarks.cost import rollout as rollout_cost
from benchmarks.cost import run as run_cost
from benchmarks.cost import serving as serving_cost
from benchmarks.documents import doc_section
from benchmarks.integrators import comparison as integrators
from benchmarks.integrators import runs as integrator_runs
from benchmarks.measured import own_data_table, pendulum
from benchmarks.paper import limit_tables, result_tables
from benchmarks.structures import robot_arm, structure_table
from hnn_tf.export.saved_model import export_model
from trainers import symplecticity_table as symplecticity

ROOT = command_session.ROOT
PAGES = ["docs/reading_results.md", "docs/using_models.md", "docs/your_system.md", "docs/results.md"]
DOCUMENTS = ["README.md", "BUILD.md", "CONTRIBUTING.md", "GLOSSARY.md", "CHANGELOG.md", *PAGES, "docs/integrators.md"]
DOCUMENTS += [
    "docs/constraints.md",
    "docs/inputs.md",
    "docs/known_limits.md",
    "docs/objectives.md",
    "docs/own_data.md",
    "docs/parameters.md",
    "docs/serving.md",
    "docs/structures.md",
    "docs/training_in_keras.md",
]
DOCUMENTS += ["docs/results/paper_table.md"]

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")  # Keras' own

LEFT_OUT = ("fitted = fit(", "fit_measurements(")
"""A block of Python with one of these isn't run here, because it takes its time.

tests/test_fitting.py and tests/trainers/test_own_data_guide.py run them.
"""


def _blocks(name, language):
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / name).read_text(), re.DOTALL)


def _names_after(name, before=None, **names):
    """Runs the Python of a page, or of the part before a heading, in one namespace of the given names."""
    blocks = _blocks(name, "python")
    if before is not None:
        text, _ = (ROOT / name).read_text().split(before)
        blocks = blocks[: text.count("```python")]
    code = [block for block in blocks if not any(call in block for call in LEFT_OUT)]
    assert code
    exec(compile("\n".join(code), name, "exec"), names)
    return names


SHELL = "\n".join(block for name in ("README.md", "docs/reading_results.md") for block in _blocks(name, "sh"))


@pytest.fixture
def trained_run(tmp_path, monkeypatch):
    """A working directory with the files of `make pendulum`, of a smaller network that nothing has trained."""
    run = tmp_path / "runs" / "pendulum"
    run.mkdir(parents=True)
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[8]))
    model.build([None, 2])
    model.save(run / "model.keras")
    export_model(model, run / "saved_model")
    shutil.copytree(run, tmp_path / "runs" / "swing")  # the section on own data
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("trained_run")
def test_python_of_the_readme_runs():
    names = _names_after("README.md")
    assert [recording.states.shape for recording in names["recordings"]] == [(300, 2)]
    assert names["recordings"].angles == (0,)
    assert names["swing"]["trajectory"].shape == [1, 3, 2]
    # The shapes that the comments promise.
    assert names["answer"]["trajectory"].shape == [1, 3, 2]
    assert names["answer"]["energy"].shape == [1, 3]


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The recordings are shorter than one period")  # as the page says
def test_python_of_the_page_on_models_runs(trained_run):
    names = _names_after("docs/using_models.md")
    assert names["energy"].shape == [1]
    assert names["time_derivative"].shape == [1, 2]
    assert names["trajectory"].shape == [1, 401, 2]
    assert names["irregular"].shape == [1, 4, 2]
    assert names["motion"].shape == (4, 2)
    assert names["fitted"].metrics["coordinate_mse"] < 2 * 0.05**2  # hardly more than the noise
    assert (trained_run / "fitted" / "figures" / "phase_portrait.png").is_file()
    assert names["loss"] < 0.1
    assert names["loop"].objective.name == "one_step"
    assert isinstance(keras.saving.load_model("own.keras"), hnn_tf.HamiltonianNetwork)
    assert (trained_run / "served" / "own" / "1" / "saved_model.pb").is_file()
    assert names["from_angle"].is_measured


def test_python_of_the_page_on_constraints_runs():
    names = _names_after("docs/constraints.md")
    assert names["model"](np.zeros([3, 8])).shape == [3, 8]


def test_python_of_the_page_on_own_data_runs():
    names = _names_after("docs/own_data.md")
    assert names["recordings"].state_units == names["same"].state_units == ("deg", "deg/s")
    assert names["from_arrays"].state_units == ("deg", "deg/s")
    np.testing.assert_array_equal(names["recordings"][0].observed.sum(0), [298, 0])  # as the page says


def test_pictures_of_the_page_on_own_data_are_small():
    pictures = list((ROOT / "docs" / "images" / "own_data").iterdir())
    assert {path.stem for path in pictures} == set(pendulum.PICTURES.values())
    assert all(path.stat().st_size < 120_000 for path in pictures)


@pytest.mark.slow
def test_python_of_the_page_on_training_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = _names_after("docs/training_in_keras.md")
    assert names["history"].history["loss"]
    blocks = names["loop"].step / 200
    assert {name: len(values) for name, values in names["seen"].history.items()} == dict.fromkeys(
        ("loss", "val_loss", "learning_rate"), blocks
    )
    state = tf.constant([[1.0, 0.5]])
    np.testing.assert_array_equal(names["best"](state), names["model"](state))
    assert [path.name for path in tmp_path.iterdir()] == ["best.keras"]  # a finished fit needs no backup


@pytest.mark.slow
def test_python_of_the_page_on_systems_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = _names_after("docs/your_system.md")
    assert names["path"].shape == (1, 201, 2)
    assert (tmp_path / "energy.png").is_file()
    np.testing.assert_allclose(names["motion"], [[0.0, 1.5 - 1.5**3 + 0.3]], atol=1e-6)  # float32
    assert names["driven"].inputs.shape == (10, 60, 1)
    assert names["damped"].dissipation.coefficient.shape == [1]
    assert names["paths"].states.shape == (100, 50, 8)
    assert names["bodies"].dof == 9
    np.testing.assert_array_equal(names["states_for_nbody"], [[1.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.5, -0.5]])
    gain = names["pendulum"].hamiltonian(names["higher"]) - names["pendulum"].hamiltonian(names["state"])
    np.testing.assert_allclose(gain, 0.5, atol=1e-6)  # float32


VELOCITIES = "\n## My data has velocities\n"


@pytest.mark.slow
def test_python_of_the_page_on_structures_runs():
    names = _names_after("docs/structures.md", before=VELOCITIES)
    assert names["masses"]["mass"] == pytest.approx(0.5, rel=0.1)  # H = p² + ...
    np.testing.assert_allclose(names["acceleration"], names["a"], atol=1e-4)  # float32, of a matrix near the identity
    np.testing.assert_allclose(names["torque"], sum(names["parts"]), atol=1e-5)
    assert names["learned"].metrics["test_loss"] < 1e-20
    np.testing.assert_allclose(names["learned_matrix"], np.moveaxis(names["matrix"], -1, 0), atol=1e-8)
    np.testing.assert_allclose(names["forces"], names["torques"], atol=1e-8)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:hnn_friction. substeps=1")  # a network of so few readings bends between them
def test_python_of_the_page_on_inputs_runs(rng):
    data = driven_motion.recordings(count=12)
    given = {name: data.stacked(name).astype("float32") for name in ("states", "inputs")}
    given["states"] += rng.normal(0.0, 0.02, given["states"].shape).astype("float32")
    torques = given["inputs"][0]
    names = _names_after("docs/inputs.md", times=driven_motion.TIMES, new_inputs=torques, **given)
    assert names["path"].shape == (1, 21, 2)
    assert names["recordings"].input_names == ("torque",)
    assert names["motion"].shape == (21, 2)
    assert names["direction"].shape == (1, 21, 1)
    assert np.abs(names["direction"]).max() > 0
    found = names["found"]
    assert abs(found.gains.item() - driven_motion.GAIN) < 4 * found.gains_std.item() < 0.2
    assert abs(found.friction - driven_motion.FRICTION) < 4 * found.friction_std < 0.2


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:hnn. substeps=1")  # a network of so few readings bends between them
def test_python_of_the_page_on_parameters_runs():
    data = pendulum_family.recordings(count=6)
    given = {"times": pendulum_family.TIMES, "states": data.stacked("states"), "theta": data.stacked("parameters")}
    names = _names_after("docs/parameters.md", **given)
    assert names["path"].shape == (21, 2)
    assert names["family"].parameter_names == ("mass", "length")
    assert "coordinate_mse" in names["fitted"].metrics
    assert len(names["simulated"]) == 18
    assert set(names["errors"]) == {
        "coordinate_mse",
        "interpolation_coordinate_mse",
        "extrapolation_coordinate_mse",
    }
    assert (names["motion"].shape, names["energy"].shape, names["paths"].shape) == ((2, 2), (2,), (2, 21, 2))
    assert names["direction"].shape == (2,)
    assert np.abs(names["direction"]).max() > 0


def test_the_page_on_parameters_answers_in_its_first_lines():
    first = (ROOT / "docs" / "parameters.md").read_text().splitlines()[:10]
    assert all(any(word in line for line in first) for word in ("parameters=theta", "fit(", "rollout("))


@pytest.mark.slow
def test_python_of_the_section_on_velocities_runs():
    names = _names_after("docs/structures.md")
    states, model = names["states"], names["model"]
    assert names["energy"].shape == [21]
    path = hnn_tf.rollout(model, states[:1, 0], step_size=0.1, num_steps=20, integrator="rk8")
    np.testing.assert_allclose(names["path"], path, atol=1e-3)  # those of gauss4 in steps of 0.1
    np.testing.assert_allclose(names["no_force"], np.zeros([21, 2]), atol=1e-5)  # float32, of terms up to 3
    assert names["acceleration_of_charge"].shape == names["momentum_of_charge"].shape == [21, 2]


def test_make_targets_exist():
    targets = re.findall(r"^make (\w+)", SHELL, re.MULTILINE) + re.findall(
        r"`make ([a-z-]+)\b", "".join((ROOT / name).read_text() for name in DOCUMENTS)
    )
    makefile = (ROOT / "Makefile").read_text()
    assert {"pendulum", "test"} <= set(targets)
    assert not [target for target in targets if f"\n{target}:" not in makefile]


def test_flags_of_the_commands_exist():
    commands = re.findall(r"^python -m (\S+) (.*)$", SHELL, re.MULTILINE)
    assert len(commands) == 12
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


@pytest.mark.slow
def test_python_of_the_integrators_page_runs():
    names = _names_after("docs/integrators.md")
    assert names["path"].shape == [1, 1001, 2]
    assert names["sparse"].shape == [1, 3, 2]


def test_every_integrator_is_on_its_page_as_it_declares_itself():
    section = doc_section.INTEGRATORS.read_text().split("## All integrators")[1]
    rows = re.findall(r"^\| (`[a-z].*)", section, re.MULTILINE)
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
    assert doc_section.read(doc_section.README, "readme_table") == result_tables.readme_table(results)
    assert doc_section.read(doc_section.RESULTS, "paper_table") == result_tables.chief_table(results)
    assert (ROOT / "docs" / "results" / "paper_table.md").read_text() == result_tables.page(results)
    ablations = json.loads((ROOT / "docs" / "results" / "pixel_ablation.json").read_text())
    names = ("torch_two_body.json", "torch_pixel_pendulum.json")
    pytorch = [json.loads((ROOT / "docs" / "results" / name).read_text()) for name in names]
    for name, text in limit_tables.sections(results["metrics"], ablations, *pytorch).items():
        assert doc_section.read(doc_section.LIMITS, name) == text
    costs = json.loads((ROOT / "docs" / "results" / "run_cost.json").read_text())
    assert doc_section.read(doc_section.RESULTS, "run_cost") == run_cost.markdown(costs)
    measured = json.loads((ROOT / "docs" / "results" / "measured_pendulum.json").read_text())
    assert doc_section.read(doc_section.OWN_DATA, "measured_pendulum") == pendulum.section(measured)
    assert doc_section.read(doc_section.OWN_DATA, "measured_pendulum_words") == pendulum.words(measured)
    cost = json.loads((ROOT / "docs" / "results" / "data_cost.json").read_text())
    assert doc_section.read(doc_section.RESULTS, "data_cost") == data_cost.markdown(cost)
    serving = json.loads((ROOT / "docs" / "results" / "serving_cost.json").read_text())
    assert doc_section.read(doc_section.SERVING, "serving_cost") == serving_cost.markdown(serving)
    runs = json.loads((ROOT / "docs" / "results" / "integrators.json").read_text())
    arm = json.loads((ROOT / "docs" / "results" / "robot_arm.json").read_text())["results"]
    for name in arm:
        assert doc_section.read(doc_section.STRUCTURES, f"robot_arm_{name}") == robot_arm.section(arm, name)
    structures = json.loads((ROOT / "docs" / "results" / "structure.json").read_text())
    assert doc_section.read(doc_section.STRUCTURES, "structure") == structure_table.section(structures)
    own_data = json.loads((ROOT / "docs" / "results" / "own_data.json").read_text())
    assert doc_section.read(doc_section.OWN_DATA, "own_data") == own_data_table.section(own_data)
    constrained = json.loads((ROOT / "docs/results/constraints.json").read_text())
    assert doc_section.read(doc_section.CONSTRAINTS, "constraints") == constraints_table.section(constrained)
    for name, case in protocol.SYSTEMS.items():
        # The published record, with a factor of ten.
        assert statistics.median(constrained[f"{name}-800-0"]["error"]) < case.published["CHNN"] / 10
    page = doc_section.INTEGRATORS
    assert doc_section.read(page, "structure") == symplecticity.table(runs["structure"], integrator_runs.SWING_NAMES)
    assert doc_section.read(page, "long_runs") == integrators.long_run_table(runs["long_runs"])
    rollouts = json.loads((ROOT / "docs" / "results" / "rollout_cost.json").read_text())
    assert doc_section.read(page, "rollout_cost") == rollout_cost.markdown(rollouts)
