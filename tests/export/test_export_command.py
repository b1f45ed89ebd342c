"""`python -m export` as its user meets it: exit codes, one line of error, what is printed."""

import os
import subprocess
import sys

import command_session
import keras
import numpy as np
import pytest
import tensorflow as tf

import hnn_tf

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")

COMMANDS = {
    "exports": ["--model_path=model.keras", "--export_dir=served/pendulum", "--max_step_size=0.2"],
    "baseline": ["--model_path=baseline.keras", "--export_dir=served/baseline", "--integrator=rk8", "--substeps=4"],
    "driven": ["--model_path=driven.keras", "--export_dir=served/driven", "--input_interpolation=linear"],
    "no inputs": ["--model_path=model.keras", "--export_dir=nothing", "--input_interpolation=linear"],
    "missing": ["--model_path=nowhere.keras", "--export_dir=nothing"],
    "damaged": ["--model_path=damaged.keras", "--export_dir=nothing"],
    "existing": ["--model_path=model.keras", "--export_dir=existing", "--version=3"],
    "both": ["--model_path=model.keras", "--export_dir=nothing", "--substeps=2", "--max_step_size=0.1"],
    "leapfrog": ["--model_path=model.keras", "--export_dir=nothing", "--integrator=leapfrog"],
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Exit code, standard output and error by name; the first in a process of its own, for TensorFlow's noise."""
    folder = tmp_path_factory.mktemp("command")
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[8]), name="hnn")
    model.build([None, 2])
    model.save(folder / "model.keras")
    baseline = hnn_tf.BaselineNetwork(hidden_units=[8], name="baseline")
    baseline.build([None, 2])
    baseline.save(folder / "baseline.keras")
    driven = hnn_tf.BaselineNetwork(hidden_units=[8], num_inputs=1, name="driven")
    driven.build([None, 2])
    driven.save(folder / "driven.keras")
    (folder / "damaged.keras").write_bytes((folder / "model.keras").read_bytes()[:5000])
    (folder / "existing" / "3").mkdir(parents=True)
    alone, *others = COMMANDS
    process = _start(COMMANDS[alone], folder)
    answers = command_session.run([["export", *COMMANDS[name]] for name in others], folder)
    output, error = process.communicate(timeout=120)
    return folder, {alone: (process.returncode, output, error)} | dict(zip(others, answers, strict=True))


def _start(arguments, folder, *options):
    root = os.path.dirname(os.path.dirname(hnn_tf.__file__))
    environment = os.environ | {"PYTHONPATH": root}
    command = [sys.executable, *options, "-m", "export", *arguments]
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_prints_the_folder_and_its_signatures_and_nothing_else(finished):
    folder, results = finished
    code, output, error = results["exports"]
    assert (code, error) == (0, "")
    assert output.splitlines() == [
        "served/pendulum/1",
        "  energy: state [?, 2] float32 -> energy [?] float32",
        "  rollout: state [?, 2] float32, times [?, ?] float32 -> energy [?, ?] float32, trajectory [?, ?, 2] float32",
        "  serving_default: state [?, 2] float32 -> energy [?] float32, time_derivative [?, 2] float32",
        "  time_derivative: state [?, 2] float32 -> time_derivative [?, 2] float32",
        "  the card does not describe the training: no metrics.json of this model is beside the model",
    ]
    loaded = tf.saved_model.load(str(folder / "served" / "pendulum" / "1"))
    assert loaded.signatures["energy"](state=tf.zeros([1, 2]))["energy"].shape == [1]


def test_says_that_a_baseline_has_no_energy(finished):
    code, output, error = finished[1]["baseline"]
    assert (code, error) == (0, "")
    assert output.splitlines()[-2:] == [
        "  the card does not describe the training: no metrics.json of this model is beside the model",
        "  no energy: baseline has no Hamiltonian",
    ]
    assert "energy [" not in output


def test_a_model_with_inputs_has_the_interpolation_that_was_asked_for(finished):
    folder, results = finished
    code, output, error = results["driven"]
    assert (code, error) == (0, "")
    assert "  rollout: inputs [?, ?, 1] float32, state [?, 2] float32, times [?, ?] float32 -> trajectory" in output
    served = tf.saved_model.load(str(folder / "served" / "driven" / "1"))
    model = keras.saving.load_model(folder / "driven.keras")
    request = {"state": tf.constant([[0.5, 0.1]]), "times": tf.constant([[0.0, 0.7]])}
    inputs = tf.constant([[[1.0], [-2.0]]])
    options = {"inputs": inputs, "input_interpolation": "linear", "max_step_size": 0.05}
    expected = hnn_tf.rollout_at_times(model, *request.values(), **options)
    answer = served.signatures["rollout"](**request, inputs=inputs)["trajectory"]
    np.testing.assert_allclose(answer, expected, rtol=1e-6)  # float32, in another graph


def test_substeps_are_those_between_two_times(finished):
    folder, _ = finished
    served = tf.saved_model.load(str(folder / "served" / "baseline" / "1"))
    model = keras.saving.load_model(folder / "baseline.keras")
    state, times = tf.constant([[0.5, 0.1]]), tf.constant([[0.0, 0.7, 1.0]])
    expected = hnn_tf.rollout_at_times(model, state, times, substeps=4, integrator="rk8")
    answer = served.signatures["rollout"](state=state, times=times)["trajectory"]
    np.testing.assert_allclose(answer, expected, rtol=1e-6)  # float32, in another graph


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing", "error: nowhere.keras: no such file"),
        ("damaged", "error: damaged.keras: expected a .keras file"),
        ("existing", "error: existing/3: exists"),
        ("both", "error: max_step_size and substeps: expected one of the two; received both"),
        ("no inputs", "error: input_interpolation: hnn takes no inputs; leave the interpolation out"),
        ("leapfrog", "error: integrator 'leapfrog': needs a separable Hamiltonian"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(finished, name, message):
    folder, results = finished
    code, output, error = results[name]
    assert (code, output) == (2, "")
    assert error.startswith(message)
    assert error.count("\n") == 1
    assert not (folder / "nothing").exists()
    assert os.listdir(folder / "existing") == ["3"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "error: expected --model_path=... (see --help)"),
        (["--model_path=m.keras", "--export_dir=d", "--max_step_size=0"], "error: flag --max_step_size=0.0"),
        (["--model_path=m.keras", "--export_dir=d", "--max_step_size=nan"], "error: flag --max_step_size=nan"),
        (["--model_path=m.keras", "--export_dir=d", "--substeps=0"], "error: flag --substeps=0"),
        (["--model_path=m.keras", "--export_dir=d", "--max_steps=0"], "error: flag --max_steps=0"),
        (["--model_path=m.keras", "--export_dir=d", "--version=0"], "error: flag --version=0"),
        (["--model_path=m.keras", "--export_dir=d", "--integrator=euler"], "error: flag --integrator=euler"),
        (["--model_path=m.keras", "--export_dir=d", "--input_interpolation=x"], "error: flag --input_interpolation=x"),
    ],
    ids=["required", "zero step", "nan step", "substeps", "steps", "version", "integrator", "interpolation"],
)
def test_a_bad_flag_is_one_line(tmp_path, arguments, message):
    process = _start(arguments, tmp_path)
    output, error = process.communicate(timeout=60)
    assert (process.returncode, output) == (2, "")
    assert error.startswith(message)
    assert error.count("\n") == 1


@pytest.mark.parametrize(("argument", "code"), [("--help", 0), ("--verson=1", 2)])
def test_help_and_bad_flags_answer_without_importing_tensorflow(tmp_path, argument, code):
    process = _start([argument], tmp_path, "-X", "importtime")
    output, error = process.communicate(timeout=60)
    assert process.returncode == code
    assert ("--max_step_size=<float>" in output) == (code == 0)
    imported = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in error.splitlines() if "|" in line}
    assert "absl" in imported
    assert not {"tensorflow", "keras", "numpy", "scipy", "matplotlib"} & imported
