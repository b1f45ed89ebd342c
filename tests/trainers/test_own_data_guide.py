"""A newcomer's way: the README's section on own data, and the fit of its page, do what they promise."""

import json
import pathlib
import re
import shlex
import subprocess
import sys

import command_session
import keras
import numpy as np
import pytest
from scipy import integrate

import hnn_tf

ROOT = command_session.ROOT
FRICTION = 0.05
NOISE = 0.01

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword"),  # Keras' own
]


def _section(page, heading):
    return (ROOT / page).read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]


def _blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def _motion(start, times):
    """The angle and its velocity `[T, 2]` of a pendulum with friction, q'' = -sin q - FRICTION q'."""
    found = integrate.solve_ivp(
        lambda _, s: [s[1], -np.sin(s[0]) - FRICTION * s[1]],
        [times[0], times[-1]],
        start,
        t_eval=times,
        rtol=1e-9,
        atol=1e-9,
    )
    return found.y.T


def _swing(rng):
    times = np.linspace(0.0, 60.0, 301)
    return times, _motion([1.3, 0.0], times)[:, 0] + NOISE * rng.standard_normal(len(times))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The folder in which the README's command has run, and what the command printed."""
    folder = tmp_path_factory.mktemp("newcomer")
    times, angles = _swing(np.random.default_rng(0))
    rows = np.stack([times, angles], -1)
    np.savetxt(folder / "swing.csv", rows, delimiter=",", header="t,theta", comments="")
    (command,) = _blocks(_section("README.md", "Your own data"), "sh")
    python, *arguments = shlex.split(command)
    assert python == "python"
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=command_session.environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-1000:]
    return folder, done.stdout


def test_the_command_writes_all_its_files(run):
    folder = run[0] / "runs" / "swing"
    names = ["report.html", "metrics.json", "data_report.json", "model.keras", "saved_model/1/saved_model.pb"]
    assert not [name for name in names if not (folder / name).is_file()]


def test_the_command_prints_its_findings_and_explanation(run):
    folder, printed = run
    explanation = json.loads((folder / "runs" / "swing" / "metrics.json").read_text())["explanation"]
    assert len(explanation) == 3
    assert all(sentence in printed for sentence in explanation)
    assert "301 readings" in printed
    assert str(pathlib.Path("runs") / "swing" / "report.html") in printed


def test_the_friction_is_found(run):
    metrics = json.loads((run[0] / "runs" / "swing" / "metrics.json").read_text())["metrics"]
    low, high = metrics["friction_interval"]
    assert metrics["friction"] == pytest.approx(FRICTION, rel=0.05)
    # A 95 % interval; of a right one, this width contains the truth but for 1 of 10 000 draws.
    assert abs(metrics["friction"] - FRICTION) < (high - low)
    assert metrics["held_out_coordinate_mse"] < metrics["baseline_coordinate_mse"]


def test_the_served_and_the_loaded_model_continue_the_motion(run, monkeypatch):
    monkeypatch.chdir(run[0])
    names = {}
    exec(compile(_blocks(_section("README.md", "Your own data"), "python")[0], "README.md", "exec"), names)
    times = [0.0, 0.5, 1.0]  # those of the README
    truth = _motion([1.0, 0.0], times)
    served = names["swing"]["trajectory"].numpy()
    assert served.shape == (1, 3, 2)
    # The noise of 301 readings leaves an error of about a thousandth.
    np.testing.assert_allclose(served[0], truth, atol=0.01)
    loaded = hnn_tf.rollout_at_times(names["model"], np.float32([[1.0, 0.0]]), times, max_step_size=0.05)
    np.testing.assert_allclose(loaded, served, atol=1e-5)  # float32


def test_fit_of_a_table_with_angles_only_predicts_the_motion(rng):
    times, angles = _swing(rng)
    table = {"t": times, "theta": angles}
    recordings = hnn_tf.data.Recordings.from_pandas(table, time="t", positions=["theta"], angles=["theta"])
    fitted = hnn_tf.fit(recordings, model="known_mass_random_features_friction", progress=False)
    new = np.linspace(0.0, 10.0, 21)
    # The largest angle of the readings is 1.3.
    np.testing.assert_allclose(fitted.rollout([1.0, 0.0], new), _motion([1.0, 0.0], new), atol=0.02)


def test_the_fit_of_the_page_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make, fit = _blocks((ROOT / "docs" / "own_data.md").read_text(), "python")
    names = {}
    exec(compile(make + fit, "docs/own_data.md", "exec"), names)
    assert names["motion"].shape == (3, 2)
    # In the page, the amplitude falls as exp(-0.02 t), which is half of the friction.
    assert names["fitted"].metrics["friction"] == pytest.approx(0.04, rel=0.1)
    assert isinstance(keras.saving.load_model(tmp_path / "fitted" / "model.keras"), keras.Model)
    assert (tmp_path / "served" / "fitted" / "1" / "saved_model.pb").is_file()
