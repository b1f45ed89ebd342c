"""A run on own data that was killed continues to the model of an unbroken run, and a finished one can be resumed."""

import hashlib
import json
import signal
import time

import command_session
import keras
import numpy as np
import own_swings
import pytest

# Whole runs.
pytestmark = [
    pytest.mark.slow,
    # Keras' own, with NumPy 2, when it saves a model.
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword"),
]

RUN = [
    *("trainers.own_data", "--data_path=swings.csv", "--time=t", "--positions=angle", "--angles=angle"),
    *("--recording=run", "--units=t=s", "--model=known_mass_random_features_friction", "--seed=3", "--progress=none"),
]


def _killed(command, folder, checkpoints):
    """Starts a command, and kills it after its first network was trained; returns the file of the network."""
    process = command_session.start(command, folder)
    deadline = time.monotonic() + 400
    # A name that begins with a point is that of a file that is being written.
    while not (found := [path for path in checkpoints.glob("*.npz") if not path.name.startswith(".")]):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    (kept,) = found
    return kept


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A folder with the run "unbroken", and the run "broken", which was killed after its first network was trained."""
    folder = tmp_path_factory.mktemp("own_data")
    own_swings.write(folder / "swings.csv", readings=60)
    broken = [*RUN, "--output_dir=broken", "--resume"]
    kept = _killed(broken, folder, folder / "broken" / "checkpoints")
    before = kept.stat().st_mtime_ns
    unbroken = [*RUN, "--output_dir=unbroken", "--export"]
    # One call for each, because a call may take five minutes.
    commands = [broken, unbroken, broken, unbroken, [*unbroken, "--resume", "--seed=4"]]
    results = [command_session.run([command], folder)[0] for command in commands]
    return folder, results, before == kept.stat().st_mtime_ns


def _weights(path):
    model = keras.saving.load_model(path / "model.keras")
    return hashlib.sha256(b"".join(np.ascontiguousarray(each).tobytes() for each in model.get_weights())).hexdigest()


def test_all_runs_end_well(runs):
    assert [code for code, _, _ in runs[1][:3]] == [0, 0, 0], runs[1]


def test_a_trained_network_is_not_trained_again(runs):
    assert runs[2]


def test_a_killed_run_gives_the_weights_of_an_unbroken_one(runs):
    folder = runs[0]
    assert _weights(folder / "broken") == _weights(folder / "unbroken")
    ours, theirs = (json.loads((folder / name / "metrics.json").read_text()) for name in ("broken", "unbroken"))
    assert ours["metrics"] == theirs["metrics"]


def test_a_finished_run_has_its_files(runs):
    folder = runs[0] / "unbroken"
    for name in ("model.keras", "metrics.json", "report.html", "data_report.json", "flags.txt", "saved_model/1"):
        assert (folder / name).exists(), name
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    assert {"held_out_coordinate_mse", "baseline_coordinate_mse", "friction", "friction_interval"} <= set(metrics)
    assert not (folder / ".lock").exists()


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (3, "--output_dir=unbroken: holds this run already; add --resume to continue, or choose another"),
        (4, "--output_dir=unbroken: holds a run of other flags (--seed=3 there, 4 here); choose another"),
    ],
)
def test_the_folder_of_a_run_is_refused_to_others(runs, index, message):
    code, _, error = runs[1][index]
    assert code == 2
    assert error.splitlines()[-1] == f"error: {message}"
