"""The robot arm's trainer: its files, its metrics beside feed-forward networks, and what it refuses."""

import json

import command_session
import keras
import numpy as np
import pytest
import two_link_arm

# Name: arguments, what the line says.
REFUSED = {
    "no file": ([], "--data_path: expected the path of characters.npz; received none"),
    "a file that is absent": (["--data_path=absent.npz"], "absent.npz: expected an NPZ file"),
    "three joints": (["--data_path=three.npz"], "--data_path=three.npz: expected an arm of 2 joints; received 3"),
    "no test characters": (["--data_path=other.npz"], "expected the characters e, q, v and others; received a, b"),
    "an objective of momenta": (
        ["--data_path=arm.npz", "--objective=one_step"],
        "--objective=one_step: needs momenta, but robot_arm has velocities and torques; take inverse_dynamics or",
    ),
    "a model without forces": (["--data_path=arm.npz", "--model=hnn"], "expected a model with a mass matrix"),
}
FEW = ["trainers.robot_arm", "--data_path=arm.npz", "--steps=2", "--hidden_units=4", "--progress=none"]
CLOSED = [*FEW, "--model=mechanical_features", "--precision=float64", "--nocompare_baseline", "--nofigures"]
OTHER_TASK = ["trainers.pendulum", "--objective=inverse_dynamics", "--model=mechanical", "--steps=2"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with files of arms."""
    folder, rng = tmp_path_factory.mktemp("arm"), np.random.default_rng(0)
    arrays = two_link_arm.arrays(rng)
    np.savez(folder / "arm.npz", **arrays)
    np.savez(folder / "other.npz", **two_link_arm.arrays(rng, labels="ab"))
    wide = {name: np.concatenate([x, x[:, :1]], 1) if x.ndim == 2 else x for name, x in arrays.items()}
    np.savez(folder / "three.npz", **wide)
    return folder


@pytest.fixture(scope="module")
def finished(folder):
    """Exit code, standard output and standard error of every command by name."""
    commands = {name: ["trainers.robot_arm", *arguments] for name, (arguments, _) in REFUSED.items()}
    commands |= {"other task": OTHER_TASK, "closed form": CLOSED}
    return dict(zip(commands, command_session.run(list(commands.values()), folder), strict=True))


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_refused_in_one_line(name, finished):
    code, output, error = finished[name]
    assert (code, output) == (2, "")
    assert error.count("\n") == 1
    assert REFUSED[name][1] in error


def test_other_tasks_have_no_forces(finished):
    code, _, error = finished["other task"]
    assert code == 2
    assert "expected inputs; received recordings without" in error


def test_the_closed_form_takes_no_steps_and_is_exact(finished, folder):
    assert finished["closed form"][0] == 0, finished["closed form"]
    document = json.loads((folder / "runs" / "robot_arm" / "metrics.json").read_text())
    assert "force_network" not in document
    # Coefficients have errors of some 1e-12, and test characters move a little outside of the others.
    assert max(document["metrics"].values()) < 1e-16
    model = keras.saving.load_model(folder / "runs" / "robot_arm" / "model.keras", safe_mode=True)
    assert model.hamiltonian.mass_matrix(np.zeros([1, 2])).shape == (1, 2, 2)


@pytest.mark.slow
def test_a_run_compares_the_arm_with_feed_forward_networks(folder):
    ((code, output, error),) = command_session.run(
        [[*FEW, "--output_dir=compared", "--noise_std=0.1", "--export"]], folder
    )
    assert (code, error) == (0, "")
    document = json.loads((folder / "compared" / "metrics.json").read_text())
    parts, losses = {"inertial_mse", "coriolis_mse", "gravity_mse"}, {"train_loss", "test_loss"}
    assert document["metrics"].keys() == losses | parts | {"torque_mse", "acceleration_mse"}
    of_force, of_acceleration = (document[f"{name}_network"]["metrics"] for name in ("force", "acceleration"))
    assert of_force.keys() == losses | {"torque_mse"}
    assert of_acceleration.keys() == losses | {"acceleration_mse"}
    # The loss of the test is that of its metric, in float32.
    assert of_acceleration["test_loss"] == pytest.approx(of_acceleration["acceleration_mse"], rel=1e-5)
    assert output.splitlines()[0].split()[-3:] == ["mechanical", "force_network", "acceleration_network"]
    assert document["inputs"]["interpolation"] == "zero_order_hold"
    assert (folder / "compared" / "saved_model" / "1").is_dir()  # of a model that takes no inputs itself
    figures = {path.name for path in (folder / "compared" / "figures").iterdir()}
    assert figures == {"torques_e.png", "torques_q.png", "torques_v.png"}
