"""The trainers of the driven pendulum, of the double pendulum and of the lattice of springs."""

import json

import command_session
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import systems
from hnn_tf.data import reference_solution
from hnn_tf.input_error import OptionError
from trainers.tasks import double_pendulum, driven_figures, driven_pendulum, spring_lattice
from trainers.tasks.data_options import LatticeOptions

# Name: command, what the line says.
REFUSED = {
    "a model of velocities": (
        ["trainers.driven_pendulum", "--model=second_order"],
        "--model=second_order: assumes dq/dt = p, but driven_pendulum has another dq/dt",
    ),
    "an unknown interpolation": (["trainers.driven_pendulum", "--input_interpolation=cubic"], "zero_order_hold"),
    "gains that vary in a closed form": (
        ["trainers.driven_pendulum", "--control=mlp"],
        "--model=random_features_friction: its closed form takes inputs with constant gains; leave --control out",
    ),
    "inputs of a motion without": (
        ["trainers.double_pendulum", "--control=linear"],
        "--control=linear: expected recordings with inputs; received none",
    ),
    "a model of one number of bodies": (
        ["trainers.spring_lattice", "--model=separable", "--transfer_bodies=6,16"],
        "--transfer_bodies=6,16: expected a model for any number of bodies; received --model=separable; take pairwise",
    ),
    "one body": (["trainers.spring_lattice", "--transfer_bodies=6,1"], "expected integers from 2 to 1024"),
}

RUNS = {
    "driven_pendulum": ["--hidden_units=50", "--damping=0.2"],
    "double_pendulum": ["--hidden_units=8", "--steps=2", "--compare_baseline"],
    "spring_lattice": ["--hidden_units=8", "--steps=2", "--num_bodies=4", "--transfer_bodies=4,6"],
}
LOSSES = {"train_loss", "test_loss", "clean_test_loss"}
ROLLOUT = {"energy_mse", "coordinate_mse", "valid_prediction_time"}
OOD = {"energy_drift", "ood_energy_mse", "ood_coordinate_mse"}
GAINS = {f"{name}{kind}" for name in ("friction", "input_gain") for kind in ("", "_std", "_of_truth")}
TRANSFER = ("energy_mse_per_body", "coordinate_mse", "energy_ratio", "coordinate_ratio")
METRICS = {
    "driven_pendulum": LOSSES | ROLLOUT | GAINS | {"test_loss_of_truth"} | {f"free_{name}" for name in ROLLOUT},
    "double_pendulum": LOSSES | ROLLOUT | OOD | {"published_energy_error", "published_energy_error_of_truth"},
    "spring_lattice": LOSSES
    | ROLLOUT
    | OOD
    | {"mass", "mass_of_truth", "momentum_mse", "angular_momentum_mse"}
    | {f"transfer_{bodies}_{name}" for bodies in (4, 6) for name in TRANSFER},
}
BODIES = ["coordinate_error.png", "energy.png", "orbits.png", "rollout.gif"]
FIGURES = {
    "driven_pendulum": [
        "coordinate_error.png",
        "coordinates.png",
        "energy_balance.png",
        "hamiltonian.png",
        "rollout.gif",
    ],
    "double_pendulum": sorted(["coordinates.png", *BODIES]),
    "spring_lattice": BODIES,
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    """Exit code, standard output and standard error of every refused command by name."""
    commands = [command for command, _ in REFUSED.values()]
    return dict(zip(REFUSED, command_session.run(commands, tmp_path_factory.mktemp("refused")), strict=True))


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_refused_in_one_line(name, refused):
    code, output, error = refused[name]
    assert (code, output, error.count("\n")) == (2, "", 1)
    assert REFUSED[name][1] in error


def test_numbers_of_bodies_are_checked_in_python_too():
    with pytest.raises(OptionError, match="transfer_bodies.*expected numbers from 2 to 1024"):
        LatticeOptions(transfer_bodies=(16, 1))


@pytest.mark.parametrize(("bodies", "shape"), [(2, (1, 2)), (7, (1, 7)), (8, (2, 4)), (16, (4, 4)), (12, (3, 4))])
def test_a_lattice_is_as_square_as_its_number_of_bodies_allows(bodies, shape):
    lattice = spring_lattice.lattice_of(bodies)
    assert (lattice.rows, lattice.columns) == shape


def test_held_torques_change_at_every_ninth_reading_and_linear_ones_do_not_jump(rng):
    held = driven_pendulum.random_torques(rng, 3, 30, "zero_order_hold")
    assert held.shape == (3, 30, 1)
    assert np.flatnonzero(np.diff(held[0, :, 0])).tolist() == [8, 17, 26]
    linear = driven_pendulum.random_torques(rng, 3, 30, "linear")[..., 0]
    # From -2 to 2 in nine readings, up to rounding.
    assert np.abs(np.diff(linear)).max() < 4 / 9 + 1e-12
    assert np.flatnonzero(np.abs(np.diff(linear[0], 2)) > 1e-9).tolist() == [8, 17, 26]


@pytest.mark.parametrize("interpolation", ["zero_order_hold", "linear"])
def test_works_of_torque_and_friction_change_the_energy(interpolation, rng):
    system = systems.DrivenPendulum(mass=1 / 3, gravity=15.0, damping=0.3)
    times = np.linspace(0.0, 0.4, 201)
    torques = driven_pendulum.random_torques(rng, 1, len(times), interpolation)
    path = reference_solution.reference_solution(system, np.array([[1.0, 0.5]]), times, torques, interpolation)[0]
    balance = driven_figures.energy_balance(system, times, path, torques[0], interpolation)
    # The trapezoidal rule: T h^2 / 12 times the second derivative of powers of at most 10 W at frequencies of at most
    # 2 * 4 / s.
    tolerance = 0.4 * 0.002**2 / 12 * 10 * 64
    np.testing.assert_allclose(
        balance["energy change"], balance["work of torque"] + balance["work of friction"], atol=tolerance
    )
    assert balance["work of friction"][-1] < -100 * tolerance
    assert np.abs(balance["work of torque"]).max() > 50 * tolerance


def test_the_masses_of_a_double_pendulum_hang_on_their_rods():
    system = systems.DoublePendulum(length_1=2.0, length_2=0.5)
    path = np.array([[0.0, 0.0, 0.0, 0.0], [np.pi / 2, 0.0, 3.0, 1.0]])
    # Straight down, and the first rod to the right: exact up to rounding.
    expected = [[[0.0, -2.0], [0.0, -2.5]], [[2.0, 0.0], [2.0, -0.5]]]
    np.testing.assert_allclose(double_pendulum.positions_of_masses(system, path), expected, atol=1e-15)
    parts = double_pendulum.energy_parts(system, path)
    np.testing.assert_allclose(parts["kinetic"] + parts["potential"], system.hamiltonian(tf.constant(path)), rtol=1e-15)
    np.testing.assert_allclose(parts["potential"], [0.0, 4.0], atol=1e-14)  # (m_1 + m_2) g l_1


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The folder of the runs, and exit code, standard output and standard error of each by name."""
    folder = tmp_path_factory.mktemp("mechanics")
    usual = ["--export", "--progress=none"]
    commands = [[f"trainers.{name}", *flags, *usual, f"--output_dir={name}"] for name, flags in RUNS.items()]
    return folder, dict(zip(RUNS, command_session.run(commands, folder), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
def test_a_run_writes_its_metrics_and_figures(name, finished):
    folder, answers = finished
    code, _, error = answers[name]
    assert code == 0, error
    document = json.loads((folder / name / "metrics.json").read_text())
    assert set(document["metrics"]) == METRICS[name]
    assert sorted(path.name for path in (folder / name / "figures").iterdir()) == FIGURES[name]
    card = json.loads((folder / name / "saved_model" / "1" / "assets.extra" / "model_card.json").read_text())
    torque = {"names": ["torque"], "units": ["N m"]}
    driven = name == "driven_pendulum"
    assert document["inputs"] == ({**torque, "interpolation": "zero_order_hold"} if driven else None)
    assert card["inputs"] == ({"number": 1, **torque} if driven else None)


@pytest.mark.slow
def test_friction_and_gain_are_found_within_their_errors(finished):
    metrics = json.loads((finished[0] / "driven_pendulum" / "metrics.json").read_text())["metrics"]
    assert (metrics["friction_of_truth"], metrics["input_gain_of_truth"]) == (0.2, 1.0)
    for name in ("friction", "input_gain"):
        # Four standard errors: one of 16 000 seeds is farther away.
        assert abs(metrics[name] - metrics[f"{name}_of_truth"]) < 4 * metrics[f"{name}_std"]
        assert metrics[f"{name}_std"] < 0.02


@pytest.mark.slow
def test_steps_of_rk4_keep_the_true_energy_of_a_double_pendulum(finished):
    metrics = json.loads((finished[0] / "double_pendulum" / "metrics.json").read_text())["metrics"]
    assert metrics["published_energy_error_of_truth"] < 1e-4 < metrics["published_energy_error"]


@pytest.mark.slow
def test_a_lattice_of_the_same_size_has_the_errors_of_the_training(finished):
    metrics = json.loads((finished[0] / "spring_lattice" / "metrics.json").read_text())["metrics"]
    # These are five motions instead of 25 of the same distribution. The errors of single motions, which a few of them
    # dominate, differ by factors of ten; here the ratio was 0.17.
    assert 0.01 < metrics["transfer_4_coordinate_ratio"] < 100
    assert metrics["transfer_4_coordinate_mse"] / metrics["coordinate_mse"] == pytest.approx(
        metrics["transfer_4_coordinate_ratio"]
    )
