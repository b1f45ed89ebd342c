"""Trainings of a minute and more, and the package as pip installs it."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import command_session
import pytest

pytestmark = pytest.mark.slow
ROOT = command_session.ROOT
ARCHIVE = pathlib.Path(os.environ.get("HNN_TF_SHARED_DATA", ROOT.parent / "shared" / "data"))
ARCHIVE = ARCHIVE / "schmidt_lipson" / "invar_datasets.zip"


@pytest.mark.parametrize("protocol", ["clean", "paper"])
@pytest.mark.parametrize("task", ["mass_spring", "pendulum", "real_pendulum"])
def test_seed_0_gives_the_committed_results(tmp_path, task, protocol):
    command = [f"trainers.{task}", f"--flagfile={task}.flags", f"--protocol={protocol}", "--output_dir=run"]
    if task == "real_pendulum":
        if not ARCHIVE.is_file():
            pytest.skip("the published archive isn't here; HNN_TF_SHARED_DATA names the folder of schmidt_lipson/")
        command.append(f"--data_path={ARCHIVE}")
    process = command_session.start([*command, "--nofigures", "--progress=none"], tmp_path)
    _, error = process.communicate(timeout=600)
    assert process.returncode == 0, error
    document = json.loads((tmp_path / "run" / "metrics.json").read_text())
    committed = json.loads((ROOT / "docs" / "results" / "paper_table.json").read_text())["metrics"][task][protocol]
    jumps = json.loads((ROOT / "docs" / "results" / "loss_jumps.json").read_text())["jumps"][task]
    jumps = jumps.get(protocol) or jumps["both"]
    for metric, models in committed.items():
        for model, found in (("hnn", document["metrics"]), ("baseline", document["baseline"]["metrics"])):
            seeds = models[model]
            if metric in ("train_loss", "test_loss"):
                # Another processor adds in another order, so that the last of 2000 steps may be one at which the loss
                # jumps: four times as far as the jumps of this training that were seen, and as 2 %.
                change = found[metric] / seeds[0] - 1
                jump = jumps[model]["largest"] - 1 if change > 0 else 1 - jumps[model]["least"]
                assert abs(change) < 4 * max(0.02, jump), (metric, model)
            else:
                # Rollouts over 20 time units and more amplify rounding, by less than models of other seeds differ. A
                # slope such as the energy drift differs most between seeds, up to 4.6 times.
                assert min(seeds) / 3 < found[metric], (metric, model)
                assert found[metric] < 3 * max(seeds), (metric, model)


def _train(task, protocol, folder):
    """The metrics.json of a whole training of seed 0."""
    command = [f"trainers.{task}", f"--flagfile={task}.flags", f"--protocol={protocol}", "--output_dir=run"]
    process = command_session.start([*command, "--nofigures", "--progress=none"], folder)
    _, error = process.communicate(timeout=1500)
    assert process.returncode == 0, error
    return json.loads((folder / "run" / "metrics.json").read_text())


@pytest.mark.parametrize("task", ["two_body", "three_body"])
def test_bodies_are_learned_as_well_as_in_the_committed_results(tmp_path, task):
    document = _train(task, "paper", tmp_path)
    committed = json.loads((ROOT / "docs" / "results" / "paper_table.json").read_text())["metrics"][task]["paper"]
    for metric in ("train_loss", "clean_test_loss_median"):
        for model, found in (("hnn", document["metrics"]), ("baseline", document["baseline"]["metrics"])):
            # 10 000 steps of batches at a constant rate end anywhere within the spread of the seeds, and a little more.
            low, high = min(committed[metric][model]), max(committed[metric][model])
            assert low / 3 < found[metric] < 3 * high, (metric, model)
    # Of the five seeds, the nearest to its baseline has a ninth of its error.
    assert document["metrics"]["energy_mse_median"] < 0.5 * document["baseline"]["metrics"]["energy_mse_median"]


def test_the_pixel_pendulum_is_followed_for_100_frames(tmp_path):
    metrics = _train("pixel_pendulum", "clean", tmp_path)["metrics"]
    # On another machine it is another draw: five seeds lie in 0.875 ... 1 and 5e-5 ... 2.8e-4, those of the paper's
    # objective below 0.2. test_results.py holds the medians.
    assert metrics["angle_within_tolerance"] >= 0.7
    assert metrics["energy_mse"] <= 6e-4


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Folder into which pip installed the package, without its dependencies."""
    folder, source = tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("source") / "hnn_tf"
    # Not in place: a build/ that is left of an older state would be packed, too.
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".*", "build", "*.egg-info", "runs"))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, source]
    subprocess.run(pip, check=True, capture_output=True)
    return folder


def test_the_package_has_the_commands_but_no_tests_and_benchmarks(installed):
    names = {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")}
    assert names == {"hnn_tf", "trainers", "export"}
    assert {path.name for path in (installed / "trainers" / "flagfiles").iterdir()} == {
        "double_pendulum.flags",
        "driven_pendulum.flags",
        "mass_spring.flags",
        "pendulum.flags",
        "pixel_pendulum.flags",
        "real_pendulum.flags",
        "spring_lattice.flags",
        "three_body.flags",
        "two_body.flags",
    }
    assert (installed / "hnn_tf" / "py.typed").is_file()
    # Which say where the names of lazy packages are.
    assert (installed / "hnn_tf" / "__init__.pyi").is_file()
    assert (installed / "hnn_tf" / "evaluation" / "__init__.pyi").is_file()
    for command in ("friction_interval", "symplecticity"):
        assert (installed / "trainers" / f"{command}.py").is_file()


def test_the_installed_trainer_works_from_an_empty_folder(installed, tmp_path):
    command = [sys.executable, "-m", "trainers.pendulum", "--flagfile=pendulum.flags", "--output_dir=r", "--export"]
    environment = os.environ | {"PYTHONPATH": str(installed)}
    subprocess.run([*command, "--steps=50"], cwd=tmp_path, env=environment, check=True, capture_output=True)
    load = "import keras, hnn_tf; m = keras.saving.load_model('r/model.keras'); print(hnn_tf.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", load], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == str(installed / "hnn_tf" / "__init__.py")
