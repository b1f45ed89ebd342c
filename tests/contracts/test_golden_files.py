"""What earlier releases wrote is loaded for ever: models, the folder of a run, an export."""

import json
import shutil

import command_session
import keras
import numpy as np
import pytest
import tensorflow as tf

import hnn_tf

RELEASES = sorted((command_session.ROOT / "tests" / "golden").iterdir())
MODELS = [path for release in RELEASES for path in sorted((release / "models").glob("*.keras"))]

# Float32 sums of some ten products of order 1, in another order: 10 x 6e-8, and eight times that.
TOLERANCE = {"rtol": 0.0, "atol": 5e-6}


@pytest.fixture(params=RELEASES, ids=lambda path: path.name)
def run(request, tmp_path):
    """A copy of a release's run of the pendulum: 100 steps of an HNN of 8 and 8 units, exported."""
    return shutil.copytree(request.param / "run", tmp_path / "run")


@pytest.mark.parametrize("path", MODELS, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_models_answer_as_they_did(path):
    expected = json.loads((path.parents[1] / "answers.json").read_text())[path.stem]
    model = keras.saving.load_model(path, safe_mode=True)
    answer = model(np.array(expected["input"], np.float32))
    np.testing.assert_allclose(answer, expected["time_derivative"], **TOLERANCE)


@pytest.mark.slow
def test_the_export_of_a_run_is_whole_and_answers_as_it_did(run):
    ((code, output, error),) = command_session.run([["export.inspect", f"{run.name}/saved_model"]], run.parent)
    assert (code, error) == (0, "")
    assert "4 signatures answer as at the export" in output


@pytest.mark.slow
def test_a_run_is_resumed_and_exported_again(run):
    answers = command_session.run(
        [
            ["trainers.pendulum", f"--flagfile={run.name}/flags.txt", "--resume"],
            ["export", f"--model_path={run.name}/model.keras", "--export_dir=served"],
            ["export.inspect", "served"],
        ],
        run.parent,
    )
    assert [(code, error) for code, _, error in answers] == [(0, "")] * 3


def test_an_export_and_the_model_of_its_run_agree(run):
    state = np.linspace(-1.0, 1.0, 6).reshape(3, 2).astype(np.float32)
    exported = tf.saved_model.load(str(run / "saved_model" / "1"))
    answer = exported.signatures["time_derivative"](state=tf.constant(state))["time_derivative"]
    model = hnn_tf.export.load_model(run / "model.keras")
    np.testing.assert_allclose(answer, model(state), **TOLERANCE)
