"""The card of an export, and the command that reads it and tells a good copy from a broken one."""

import hashlib
import json
import os
import shutil

import command_session
import keras
import numpy as np
import pytest
import tensorflow as tf

import hnn_tf
from export import model_card, self_test
from export.saved_model import export_model
from hnn_tf import InputError

STATE = {"names": ["q", "p"], "units": ["rad", "kg m²/s"], "time_unit": "s", "energy_unit": "J"}
RUN = {
    "task": "pendulum",
    "objective": "derivative",
    "protocol": "clean",
    "seed": 3,
    "steps": 2000,
    "fit_seconds": 1.5,
    "state": STATE,
    "training_data": {"samples": 1125, "sha256": "ab" * 32},
    "metrics": {"test_loss": 0.03, "energy_mse": 0.001},
    "versions": {"hnn_tf": "0.0.1"},
}


def _model(dtype="float32", *, seed=0):
    keras.utils.set_random_seed(seed)
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[16, 16], dtype=dtype))
    model.build([None, 2])
    return model


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The served folder: version 1 of a run, version 2 of a model alone, in float64."""
    folder = tmp_path_factory.mktemp("served") / "pendulum"
    export_model(_model(), folder, run=RUN, licence="CC-BY-4.0", max_step_size=0.1)
    export_model(_model("float64"), folder, integrator="rk8", substeps=2, max_steps=500)
    return folder


def test_the_card_says_what_is_known(exported):
    card = json.loads((exported / "1" / "assets.extra" / "model_card.json").read_text())
    assert set(card) == set(model_card.LAYOUT)
    assert (card["name"], card["model"], card["dtype"], card["licence"]) == (
        "pendulum",
        "HamiltonianNetwork",
        "float32",
        "CC-BY-4.0",
    )
    assert card["parameters"] == 2 * 16 + 16 + 16 * 16 + 16 + 16
    assert (card["system"], card["state"], card["metrics"]) == ("pendulum", STATE, RUN["metrics"])
    assert card["training"]["data"] == RUN["training_data"]
    assert card["training"]["seed"] == 3
    assert card["rollout"] == {"integrator": "rk4", "max_step_size": 0.1, "substeps": None, "max_steps": 10_000}
    assert card["versions"]["tensorflow"] == tf.__version__


def test_what_isnt_known_is_null(exported):
    card = model_card.read(exported / "2")
    assert [card[name] for name in ("system", "state", "training", "metrics", "licence")] == [None] * 5
    assert card["rollout"] == {"integrator": "rk8", "max_step_size": None, "substeps": 2, "max_steps": 500}
    assert card["dtype"] == "float64"


@pytest.mark.parametrize("version", ["1", "2"])
def test_reference_points_are_what_the_model_answers(exported, version):
    card = model_card.read(exported / version)
    points = model_card.reference_points(card)
    assert set(points) == {"serving_default", "energy", "time_derivative", "rollout"}
    model = _model(card["dtype"])
    inputs, outputs = points["serving_default"]
    tolerance = {"float32": 1e-6, "float64": 1e-12}[card["dtype"]]  # round-off of another graph
    assert np.ptp(inputs["state"]) > 0
    np.testing.assert_allclose(outputs["time_derivative"], model(inputs["state"]), atol=tolerance)
    np.testing.assert_allclose(outputs["energy"], model.hamiltonian(inputs["state"]), atol=tolerance)
    assert points["rollout"][1]["trajectory"].dtype == card["dtype"]
    # The digits that are written give the very numbers back, and the graph gives them again.
    assert max(self_test.differences(exported / version, card).values()) == 0


def test_a_card_of_before_the_limit_of_steps_can_be_read(exported, tmp_path):
    folder = shutil.copytree(exported / "1", tmp_path / "1")
    path = folder / "assets.extra" / "model_card.json"
    card = json.loads(path.read_text())
    del card["rollout"]["max_steps"]
    path.write_text(json.dumps(card))
    assert model_card.read(folder)["rollout"] == card["rollout"] | {"max_steps": None}


def test_a_model_without_finite_answers_is_refused(tmp_path):
    model = _model()
    model.variables[0].assign(np.full(model.variables[0].shape, np.nan))
    with pytest.raises(InputError, match="expected finite answers"):
        export_model(model, tmp_path / "served")
    assert not (tmp_path / "served").exists()


def _flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x40
    path.write_bytes(content)


def _rehash(folder, name):
    """As if the file had been so from the beginning."""
    path = folder / "assets.extra" / "model_card.json"
    card = json.loads(path.read_text())
    card["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    path.write_text(json.dumps(card))


def _other_weights(folder):
    other = export_model(_model(seed=1), folder.parent.parent / f"other than {folder.parent.name}")
    for path in (other / "variables").iterdir():
        shutil.copy(path, folder / "variables")
        _rehash(folder, f"variables/{path.name}")


def _cut_card(folder):
    path = folder / "assets.extra" / "model_card.json"
    path.write_text(path.read_text()[:100])


def _truncate_weights(folder):
    path = folder / "variables" / "variables.data-00000-of-00001"
    path.write_bytes(path.read_bytes()[:-100])
    _rehash(folder, "variables/variables.data-00000-of-00001")


def _change_card(folder, *keys, value):
    path = folder / "assets.extra" / "model_card.json"
    card = part = json.loads(path.read_text())
    for key in keys[:-1]:
        part = part[key]
    part[keys[-1]] = value
    path.write_text(json.dumps(card))


def _behind_a_link(folder):
    folder.rename(folder.parent / "final")
    folder.symlink_to("final")
    _other_weights(folder)


BROKEN = {
    "weights": (lambda f: _flip(f / "variables" / "variables.data-00000-of-00001"), "differs from what was exported"),
    "missing": (lambda f: (f / "variables" / "variables.index").unlink(), "variables/variables.index: missing"),
    "foreign": (lambda f: (f / "notes.txt").write_text("mine"), "notes.txt: not of this export"),
    "other weights": (_other_weights, "from what it answered when it was exported"),
    "short weights": (_truncate_weights, "expected a SavedModel that runs"),
    "cut card": (_cut_card, "model_card.json: expected a model card in JSON; it can't be read"),
    "odd card": (lambda f: _change_card(f, "metrics", value=[1]), "expected a model card of format 1"),
    "null card": (lambda f: (f / model_card.PATH).write_text("null"), "expected a model card of format 1"),
    "large number": (
        lambda f: _change_card(f, "metrics", value={"energy_mse": 10**400}),
        "it can't be read: an integer has more than 64 bits",
    ),
    "pipe beside": (lambda f: os.mkfifo(f / "assets" / "pipe"), "assets/pipe: expected a plain file; it is a pipe"),
    "long request": (
        lambda f: _change_card(f, "reference_points", "inputs", value={"state": [[0.5, 0.5]] * 2, "times": [[0, 1]]}),
        "expected reference points of numbers",
    ),
    "many files": (
        lambda f: [(f / f"{i}.txt").touch() for i in range(1000)],
        "; and 995 more; copy or export it anew",
    ),
    "odd dtype": (lambda f: _change_card(f, "dtype", value="float16"), "expected a model card of format 1"),
    "odd points": (
        lambda f: _change_card(f, "reference_points", "inputs", value={"state": [[1], [1, 2]]}),
        "expected reference points of numbers",
    ),
    "no points": (
        lambda f: _change_card(f, "reference_points", "signatures", value={}),
        "energy: the card has no reference point of it",
    ),
    "linked": (_behind_a_link, "from what it answered when it was exported"),
    "no card": (lambda f: (f / "assets.extra" / "model_card.json").unlink(), "model_card.json: no such file"),
    "no graph": (lambda f: (f / "saved_model.pb").unlink(), "saved_model.pb"),
    "graph": (lambda f: (f / "saved_model.pb").write_bytes(b"\xff" * 100), "saved_model.pb: expected a SavedModel"),
    "name": (lambda f: f.rename(f.parent / "final"), "final: expected an integer as the version's folder"),
}


@pytest.fixture(scope="module")
def inspected(exported, tmp_path_factory):
    """Exit code, output and error by case."""
    folder, commands = tmp_path_factory.mktemp("copies"), {"latest": [str(exported)], "one": [str(exported / "1")]}
    for case, (breaking, _) in BROKEN.items():
        copy = folder / case / "1"
        shutil.copytree(exported / "1", copy)
        breaking(copy)
        commands[case] = [str(copy if copy.exists() else next(copy.parent.iterdir()))]
    commands |= {"nothing": [], "two": ["a", "b"], "nowhere": [str(folder / "nowhere")], "empty": [str(folder)]}
    answers = command_session.run([["export.inspect", *arguments] for arguments in commands.values()], folder)
    return dict(zip(commands, answers, strict=True))


def test_a_good_export_is_shown_and_passes(inspected):
    code, output, error = inspected["one"]
    assert (code, error) == (0, "")
    for line in (
        "  HamiltonianNetwork pendulum: 336 weights, float32",
        "  system: pendulum",
        "  state: q (rad), p (kg m²/s); time in s; energy in J",
        "  trained: objective derivative, protocol clean, seed 3, 2000 steps",
        "    energy_mse: 1.000e-03",
        "  rollout: rk4, steps of at most 0.1, at most 10000 a call",
        "  licence: CC-BY-4.0",
        "  energy: state [?, 2] float32 -> energy [?] float32",
        "  nothing that a server refuses",
        "  4 signatures answer as at the export (largest difference 0.0e+00)",
    ):
        assert line in output.splitlines()


def test_a_served_folder_is_its_latest_version(inspected, exported):
    code, output, error = inspected["latest"]
    assert (code, error) == (0, "")
    assert output.splitlines()[0] == str(exported / "2")
    assert "  licence: not stated" in output.splitlines()
    assert "  rollout: rk8, 2 steps between two times, at most 500 a call" in output.splitlines()


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_copy_is_found(inspected, case):
    code, output, error = inspected[case]
    assert code == 2
    assert error.startswith("error: ")
    assert BROKEN[case][1] in error
    assert error.count("\n") == 1
    assert "answer as at the export" not in output


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("nothing", "error: expected --saved_model=..."),
        ("two", "error: unexpected argument 'b'"),
        ("nowhere", "nowhere: no such folder"),
        ("empty", "expected a SavedModel, or versions of one; received neither"),
    ],
)
def test_a_bad_argument_is_one_line(inspected, case, message):
    code, output, error = inspected[case]
    assert (code, output) == (2, "")
    assert message in error
    assert error.count("\n") == 1
