"""The command that reads an export's card and tells a good copy from a broken one."""

import hashlib
import json
import os
import shutil

import command_session
import pytest
from exported_pendulum import export_versions, pendulum_network

from hnn_tf.export import model_card
from hnn_tf.export.saved_model import export_model


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served") / "pendulum"
    export_versions(folder)
    return folder


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
    other = folder.parent.parent / "other"
    if not other.exists():
        export_model(pendulum_network(seed=1), other)
    for path in (other / "1" / "variables").iterdir():
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
    "other weights": (_other_weights, "from the answer at the export"),
    "short weights": (_truncate_weights, "expected a SavedModel that runs"),
    "cut card": (_cut_card, "model_card.json: expected a model card in JSON; the file can't be read"),
    "odd card": (lambda f: _change_card(f, "metrics", value=[1]), "expected a model card of format 1"),
    "null card": (lambda f: (f / model_card.PATH).write_text("null"), "expected a model card of format 1"),
    "large number": (
        lambda f: _change_card(f, "metrics", value={"energy_mse": 10**400}),
        "the file can't be read: an integer has more than 64 bits",
    ),
    "pipe beside": (lambda f: os.mkfifo(f / "assets" / "pipe"), "assets/pipe: expected a plain file; received a pipe"),
    "long request": (
        lambda f: _change_card(f, "reference_points", "inputs", value={"state": [[0.5, 0.5]] * 2, "times": [[0, 1]]}),
        "expected reference points of numbers",
    ),
    "many files": (
        lambda f: [(f / f"{i}.txt").touch() for i in range(1000)],
        "; and 995 more; copy or export the model again",
    ),
    "odd dtype": (lambda f: _change_card(f, "dtype", value="float16"), "expected a model card of format 1"),
    "odd points": (
        lambda f: _change_card(f, "reference_points", "inputs", value={"state": [[1], [1, 2]]}),
        "expected reference points of numbers",
    ),
    "no points": (
        lambda f: _change_card(f, "reference_points", "signatures", value={}),
        "energy: the card has no reference point of this signature",
    ),
    "linked": (_behind_a_link, "from the answer at the export"),
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
