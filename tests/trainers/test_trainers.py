"""Whole runs of every trainer: what they write, print, and that they can be repeated."""

import json

import command_session
import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

SMALL = ["--steps=60", "--hidden_units=16,16", "--export", "--compare_baseline"]
SELECTION = ["--learning_rate_schedule=cosine", "--average_weights", "--validation_fraction=0.2", "--nofigures"]
ONE_STEP = ["--objective=one_step", "--precision=float64"]
PIXELS = ["--num_trajectories=5", "--autoencoder_units=16", "--protocol=paper"]
ONLY_ITS_MODEL = ["--nofigures", "--noexport", "--nocompare_baseline"]
RUNS = {
    "pendulum": ["trainers.pendulum", "--flagfile=pendulum.flags", *SMALL],
    "mass_spring": ["trainers.mass_spring", "--flagfile=mass_spring.flags", *SMALL, "--protocol=paper"],
    "real_pendulum": ["trainers.real_pendulum", "--flagfile=real_pendulum.flags", *SMALL, "--data_path=record.txt"],
    "two_body": ["trainers.two_body", "--flagfile=two_body.flags", *SMALL, "--cache_dir=cache"],
    "three_body": ["trainers.three_body", *SMALL[:2], "--protocol=paper", "--nofigures"],
    "pixel_pendulum": ["trainers.pixel_pendulum", "--flagfile=pixel_pendulum.flags", *SMALL, *PIXELS],
    "second_order": ["trainers.two_body", *SMALL[:2], "--model=second_order", "--cache_dir=cache", *SELECTION],
    "its data again": ["trainers.two_body", *SMALL[:2], "--model=baseline", "--cache_dir=cache", "--nofigures"],
    "friction": ["trainers.real_pendulum", *SMALL[:3], "--data_path=record.txt", "--model=hnn_friction", "--nofigures"],
    "silent": ["trainers.mass_spring", *SMALL[:2], "--model=baseline", "--nofigures", "--progress=none", *ONE_STEP],
    "diverging": ["trainers.mass_spring", *SMALL[:2], "--learning_rate=1e30"],
}
TASKS = ["mass_spring", "real_pendulum", "two_body", "pixel_pendulum"]
VARIANTS = [*TASKS, "three_body", "second_order", "its data again", "friction"]
"""Run by the slow tests."""

PLANAR_FIGURES = ["coordinate_error.png", "energy.png", "hamiltonian.png", "phase_portrait.png", "rollout.gif"]
FIGURES = {
    "two_body": ["coordinate_error.png", "energy.png", "orbits.png", "rollout.gif"],
    "pixel_pendulum": ["coordinate_error.png", "energy.png", "film_strip.png", "latent_portrait.png", "rollout.gif"],
}
CLEAN = {
    "train_loss",
    "test_loss",
    "test_loss_of_truth",
    "clean_test_loss",
    "energy_mse",
    "coordinate_mse",
    "valid_prediction_time",
    "energy_drift",
    "ood_energy_mse",
    "ood_coordinate_mse",
}
CONSERVED = {"momentum_mse", "angular_momentum_mse"}
TAIL = {"clean_test_loss_median", "clean_test_loss_top_share", "energy_mse_median"}
PAPER = {"train_loss", "test_loss", "energy_mse"}
METRICS = {
    "pendulum": CLEAN,
    "mass_spring": PAPER | {"test_loss_of_truth"},
    "two_body": CLEAN - {"test_loss_of_truth"} | CONSERVED | TAIL,
    "three_body": PAPER | CONSERVED | TAIL,
    "pixel_pendulum": PAPER
    | {"test_reconstruction_loss", "test_canonical_loss", "test_motion_loss", "energy_mse_of_truth"}
    | {"latent_energy_mse", "angle_mse", "angle_within_tolerance"},
    "second_order": CLEAN - {"test_loss_of_truth"} | CONSERVED | TAIL | {"validation_loss", "best_step"},
    "real_pendulum": CLEAN - {"test_loss_of_truth", "clean_test_loss", "ood_energy_mse", "ood_coordinate_mse"}
    | {"measured_energy_drift"},
    "silent": CLEAN,
}
METRICS["its data again"] = METRICS["two_body"]
METRICS["friction"] = METRICS["real_pendulum"] | {"friction"}
PLANAR = ["pendulum", *(pytest.param(name, marks=pytest.mark.slow) for name in ("mass_spring", "real_pendulum"))]
WITH_ALL = ["pendulum", *(pytest.param(name, marks=pytest.mark.slow) for name in TASKS)]
COMPARED = ["pendulum", *TASKS]


def _pendulum_record():
    """A damped swing, read at as many irregular times as the published one: of fewer, a warning is said."""
    times = np.cumsum(np.random.default_rng(0).choice([1 / 6, 1 / 3], 556))
    angle, velocity = np.exp(-0.006 * times) * np.array([np.cos(times), -np.sin(times)])
    readings = [f"0 {row[0]:.8f} {row[1]:.8f} {row[2]:.8f}" for row in zip(times, angle, velocity, strict=True)]
    return "\n".join(["% o v", *readings, ""])


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """Folder of the runs, and (exit code, stdout, stderr) by name."""
    folder = tmp_path_factory.mktemp("trainers")
    (folder / "record.txt").write_text(_pendulum_record())
    # In a process of their own, in which "silent" starts TensorFlow, so that what TensorFlow itself prints is seen.
    commands = {name: RUNS[name] for name in ("silent", "diverging", "pendulum")}
    with_folders = [[*command, f"--output_dir={name}"] for name, command in commands.items()]
    results = dict(zip(commands, command_session.run_alone(with_folders, folder), strict=True))
    return folder, results


@pytest.fixture(scope="module")
def variants(tmp_path_factory):
    """The same of the variants."""
    folder = tmp_path_factory.mktemp("variants")
    (folder / "record.txt").write_text(_pendulum_record())
    commands = [[*RUNS[name], f"--output_dir={name}"] for name in VARIANTS]
    return folder, dict(zip(VARIANTS, command_session.run(commands, folder), strict=True))


@pytest.fixture
def found(request, name):
    """The session in which a run is."""
    return request.getfixturevalue("variants" if name in VARIANTS else "session")


@pytest.mark.parametrize("name", [*WITH_ALL, "silent"])
def test_ends_with_0(found, name):
    code, _, error = found[1][name]
    assert code == 0, error


@pytest.mark.parametrize("name", WITH_ALL)
def test_the_folder_is_complete(found, name):
    folder = found[0] / name
    assert sorted(path.name for path in folder.iterdir()) == [
        "checkpoints",
        "figures",
        "flags.txt",
        "metrics.json",
        "model.keras",
        "saved_model",
    ]
    figures = FIGURES.get(name, PLANAR_FIGURES)
    assert sorted(path.name for path in (folder / "figures").iterdir()) == figures
    assert [path.name for path in (folder / "saved_model").iterdir()] == ["1"]
    for figure in figures:
        with Image.open(folder / "figures" / figure) as image:
            image.verify()


@pytest.mark.parametrize("name", [*WITH_ALL, "silent"])
def test_metrics_are_the_protocols_and_finite(found, name):
    _check_metrics(found, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", VARIANTS[len(TASKS) :])
def test_so_are_those_of_variants(variants, name):
    assert variants[1][name][0] == 0, variants[1][name][2]
    _check_metrics(variants, name)


def _check_metrics(session, name):
    document = json.loads((session[0] / name / "metrics.json").read_text())
    assert set(document["metrics"]) == METRICS[name]
    assert all(np.isfinite(value) for value in document["metrics"].values())
    assert document["steps"] == 60
    assert document["fit_seconds"] > 0
    assert ("baseline" in document) == (name in COMPARED)
    if name in COMPARED:
        assert set(document["baseline"]["metrics"]) == METRICS[name]


def test_the_truths_loss_is_of_the_same_objective_and_data(session):
    document = json.loads((session[0] / "silent" / "metrics.json").read_text())
    # The noise of both states, std 0.1, the first turned by the flow: 2 * 0.1^2, known to some 5 % from 1450 numbers.
    assert document["metrics"]["test_loss_of_truth"] == pytest.approx(0.02, rel=0.15)


@pytest.mark.slow
def test_the_objective_is_the_protocols_own(variants):
    objectives = {name: json.loads((variants[0] / name / "metrics.json").read_text())["objective"] for name in TASKS}
    assert objectives == {
        "mass_spring": "derivative",
        "real_pendulum": "one_step",
        "two_body": "derivative",
        "pixel_pendulum": "derivative",
    }


@pytest.mark.slow
def test_the_data_held_out_are_not_trained_on(variants):
    document = json.loads((variants[0] / "second_order" / "metrics.json").read_text())
    assert document["training_data"]["samples"] == 640 * 50  # of 800
    assert document["metrics"]["best_step"] in (50, 60)


@pytest.mark.slow
def test_runs_of_the_same_settings_share_their_data(variants):
    assert len(list((variants[0] / "cache").iterdir())) == 1


@pytest.mark.slow
def test_the_losses_of_frames_are_reported_one_by_one(variants):
    metrics = json.loads((variants[0] / "pixel_pendulum" / "metrics.json").read_text())["metrics"]
    parts = [metrics[f"test_{name}_loss"] for name in ("reconstruction", "canonical", "motion")]
    # float32 sums of other batches.
    assert metrics["test_loss"] == pytest.approx(parts[0] + parts[1] + 0.1 * parts[2], rel=1e-4)


@pytest.mark.parametrize("name", PLANAR)
def test_the_model_and_its_export_agree(found, name):
    folder = found[0] / name
    model = keras.saving.load_model(folder / "model.keras")
    served = tf.saved_model.load(str(folder / "saved_model" / "1")).signatures["serving_default"]
    state = tf.constant([[0.3, -0.8], [1.2, 0.1]])
    answer = served(state=state)
    # 1e-6: float32 round-off of numbers of order 1.
    np.testing.assert_allclose(answer["time_derivative"], model(state), atol=1e-6)
    np.testing.assert_allclose(answer["energy"], model.hamiltonian(state), atol=1e-6)


@pytest.mark.slow
def test_a_run_is_repeated_from_its_flags_to_the_bit(session):
    folder = session[0]
    again = ["trainers.pendulum", "--flagfile", "pendulum/flags.txt", *ONLY_ITS_MODEL, "--output_dir=repeated"]
    code, _, error = command_session.run([again], folder)[0]
    assert code == 0, error
    first, second = (keras.saving.load_model(folder / name / "model.keras") for name in ("pendulum", "repeated"))
    for a, b in zip(first.variables, second.variables, strict=True):
        np.testing.assert_array_equal(a, b)
    metrics = [json.loads((folder / name / "metrics.json").read_text()) for name in ("pendulum", "repeated")]
    assert metrics[0]["metrics"] == metrics[1]["metrics"]


def test_flags_txt_has_every_flag_of_the_trainer_and_no_other(session):
    lines = (session[0] / "pendulum" / "flags.txt").read_text().splitlines()
    names = {line.removeprefix("--").removeprefix("no").partition("=")[0] for line in lines}
    without = ["noaverage_weights", "compare_baseline", "export", "figures", "notensorboard", "notime_reversible"]
    assert [line.removeprefix("--") for line in lines if "=" not in line] == without
    # "no" of "noise_std" is cut above; objective was left to the protocol.
    assert names == {
        *("average_weights", "learning_rate_schedule", "optimizer", "patience", "validation_fraction"),
        *("activation", "batch_size", "compare_baseline", "export", "figures", "hidden_units", "integrator"),
        *("learning_rate", "model", "ise_std", "output_dir", "precision", "progress", "protocol", "seed", "steps"),
        *("tensorboard", "weight_decay", "segments", "huber", "growth_steps", "time_reversible"),
    }


@pytest.mark.slow
def test_the_table_shows_model_baseline_and_paper(variants):
    header, _, *rows = variants[1]["mass_spring"][1].splitlines()
    assert header.split("  ")[0] == "mass_spring (paper protocol)"
    assert [part.strip() for part in header.split("  ") if part.strip()][1:] == [
        "hnn",
        "baseline",
        "paper's hnn",
        "paper's baseline",
    ]
    assert [row.split()[0] for row in rows[:3]] == ["train_loss", "test_loss", "energy_mse"]
    assert rows[2].split()[-2:] == ["3.842e-04", "1.708e-01"]


@pytest.mark.parametrize("name", WITH_ALL)
def test_stderr_has_progress_lines_and_no_noise(found, name):
    lines = found[1][name][2].splitlines()
    assert all(line.startswith(("hnn: step ", "baseline: step ")) for line in lines)
    assert lines[-1].startswith("baseline: step 60/60, loss ")


def test_silent_is_silent(session):
    assert session[1]["silent"][2] == ""


def test_divergence_is_one_line_and_exit_code_1(session):
    code, output, error = session[1]["diverging"]
    assert (code, output) == (1, "")
    assert error.startswith("error: training of hnn diverged by step 50")
    assert "try a learning rate below 1e+30" in error
    assert error.count("\n") == 1
    assert not (session[0] / "diverging" / "model.keras").exists()
