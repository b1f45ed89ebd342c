"""Nothing that a terminal would obey, or that nobody sees, is printed of names that come from files."""

import json
import os
import shutil

import client_command
import pytest
from command_session import ROOT
from tensorflow.core.protobuf import saved_model_pb2

import hnn_tf
from hnn_tf.commands.printable_text import printable
from hnn_tf.export import keras_archive, saved_model

ODD = "\x1b[31m\r\a\x7f\x9b2J\u202e\u2066\u2028\n"
SHOWN = r"\x1b[31m\r\x07\x7f\x9b2J\u202e\u2066\u2028\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ODD, SHOWN),
        ("\udcff", r"\udcff"),  # a byte of a path that is no text
        ("a\u200bb\u061c", r"a\u200bb\u061c"),
        ("\U000e0041", r"\U000e0041"),
        ("kg m²/s, θ̇, 角度, الطاقة, 🪀", "kg m²/s, θ̇, 角度, الطاقة, 🪀"),
        (r"C:\x1b", r"C:\x1b"),
    ],
)
def test_what_cannot_be_seen_is_escaped_and_letters_stay(text, expected):
    assert printable(text) == expected


@pytest.fixture(scope="module")
def odd_version(tmp_path_factory):
    """A version in which every name is odd: of its folder, in its card, of its signatures and their outputs."""
    folder = tmp_path_factory.mktemp("odd")
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[4]))
    model.build([None, 2])
    made = saved_model.export_model(model, folder / "plain")
    version = folder / f"served{ODD}\udcff" / "1"
    shutil.copytree(made, version)
    path = version / "assets.extra" / "model_card.json"
    card = json.loads(path.read_text())
    run = {"objective": "", "protocol": "", "seed": 1, "steps": 1, "fit_seconds": 1.0, "versions": {"": ""}}
    card |= {
        "state": {"names": ["", ""], "units": ["", ""], "time_unit": "", "energy_unit": ""},
        "training": run | {"data": {"samples": 1, "sha256": ""}},
        "metrics": {"": 1.0},
        "licence": "",
        "system": "",
    }
    path.write_text(json.dumps(_odd(card)))
    graph = saved_model_pb2.SavedModel.FromString((version / "saved_model.pb").read_bytes())
    signatures = graph.meta_graphs[0].signature_def
    # A protocol buffer's text has no lone surrogate.
    signatures[f"odd{ODD}"].CopyFrom(signatures["energy"])
    signatures[f"odd{ODD}"].outputs[ODD].CopyFrom(signatures["energy"].outputs["energy"])
    (version / "saved_model.pb").write_bytes(graph.SerializeToString())
    return version


def _odd(value, *keys):
    if isinstance(value, dict):
        free = keys[-1:] in (("metrics",), ("versions",), ("files",))
        return {f"{key}{ODD}\ud800" if free else key: _odd(each, *keys, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_odd(each, *keys) for each in value]
    free = isinstance(value, str) and keys[:1] not in (("dtype",), ("reference_points",))
    return f"{value}{ODD}\ud800" if free else value


def _run(run_example, capsys, command, *arguments):
    with pytest.raises(SystemExit) as stopped:
        run_example(ROOT / "export" / f"{command}.py", *map(os.fspath, arguments))
    output, error = capsys.readouterr()
    for line in [*output.split("\n"), *error.split("\n")]:
        assert line.isprintable(), ascii(line)
    assert error.count("\n") == 1
    return stopped.value.code, output, error


def test_the_inspection_prints_no_control_character(odd_version, run_example, capsys):
    code, output, error = _run(run_example, capsys, "inspect", odd_version)
    assert code == 2  # its card isn't of these files
    assert r"\x1b[31m" in error
    for name in ("system", "state", "trained", "data", "licence", "rollout", "exported by"):
        assert SHOWN in next(line for line in output.splitlines() if line.startswith(f"  {name}: ")), name
    for line in (f"    {SHOWN}\\ud800: 1.000e+00", f"  odd{SHOWN}: state [?, 2] float32 -> {SHOWN} [?] float32"):
        assert any(found.startswith(line) for found in output.splitlines()), line


@pytest.mark.parametrize("command", ["tensorflowjs", "litert", "onnx"])
def test_a_conversion_s_error_has_no_control_character(odd_version, run_example, capsys, tmp_path, command):
    code, output, error = _run(run_example, capsys, command, odd_version, tmp_path / "new", "--signature=none")
    assert (code, output) == (2, "")
    assert "take energy, odd\\x1b[31m" in error


def test_keras_words_about_a_layer_have_no_control_character(tmp_path, run_example, capsys, monkeypatch):
    (tmp_path / "model.keras").write_bytes(b"")
    monkeypatch.setattr(keras_archive, "check", lambda _: None)

    def refuse(*_, **__):
        raise ValueError(f"no such layer odd{ODD}")

    monkeypatch.setattr(saved_model.keras.saving, "load_model", refuse)
    arguments = [f"--model_path={tmp_path}/model.keras", f"--export_dir={tmp_path}/served"]
    code, _, error = _run(run_example, capsys, "__main__", *arguments)
    assert code == 2
    assert r"layer odd\x1b[31m" in error


def test_the_clients_print_no_control_character(capsys):
    client_command.write_answer({"state": [[1.0, 0.0]]}, {f"odd{ODD}": [1.0]})

    def refuse():
        raise client_command.RequestError(f"refused: odd{ODD}")

    with pytest.raises(SystemExit):
        client_command.run(refuse)
    output, error = capsys.readouterr()
    assert f"odd{SHOWN}" in output
    assert r"refused: odd\x1b[31m" in error
    assert all(line.isprintable() for line in [*output.split("\n"), *error.split("\n")])


def test_no_command_prints_past_it():
    """What is written otherwise than by `write_lines` or as a command's error isn't escaped."""
    commands = sorted((ROOT / "export").glob("*.py"))
    assert [path.name for path in commands if "stdout.write" in path.read_text() or "print(" in path.read_text()] == []
