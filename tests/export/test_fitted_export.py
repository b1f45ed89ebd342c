"""Exports of fitted models with inputs, whose recordings say what the inputs are."""

import numpy as np
import pytest

import hnn_tf
from hnn_tf import ModelOptions, TrainingOptions, data
from hnn_tf.export import model_card, saved_model

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")

DESCRIBED = {"names": ["torque"], "units": ["N m"]}


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(0)
    states, derivatives, torques = (rng.normal(size=[3, 8, width]) for width in (2, 2, 1))
    recordings = data.Recordings.from_arrays(
        np.linspace(0, 1, 8),
        states,
        time_derivatives=derivatives,
        inputs=torques,
        input_names=DESCRIBED["names"],
        input_units=DESCRIBED["units"],
        input_interpolation="linear",
    )
    choices = {"model": ModelOptions("baseline", hidden_units=(8,)), "training": TrainingOptions(steps=2)}
    return hnn_tf.fit(recordings[:2], test=recordings[2:], objective="derivative", progress=False, **choices)


def test_the_card_of_a_fitted_model_describes_its_inputs(fitted, tmp_path):
    card = model_card.read(hnn_tf.export.export_model(fitted, tmp_path / "served"))
    assert card["inputs"] == DESCRIBED | {"number": 1}
    assert card["rollout"]["input_interpolation"] == "linear"


@pytest.mark.slow
def test_the_export_of_a_saved_one_knows_as_much(fitted, tmp_path):
    """As `python -m export` writes it: of the files of the folder."""
    fitted.save(tmp_path)
    run = saved_model.run_document(tmp_path / "model.keras")
    assert run["inputs"] == DESCRIBED | {"interpolation": "linear"}
    model = saved_model.load_model(tmp_path / "model.keras")
    card = model_card.read(saved_model.export_model(model, tmp_path / "served", run=run))
    assert card["inputs"] == DESCRIBED | {"number": 1}
    assert card["rollout"]["input_interpolation"] == "linear"
    held = saved_model.export_model(model, tmp_path / "served", run=run, input_interpolation="zero_order_hold")
    assert model_card.read(held)["rollout"]["input_interpolation"] == "zero_order_hold"
