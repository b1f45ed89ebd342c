"""The card of an export: what it says, and that its reference points are what the model answers."""

import json
import shutil

import numpy as np
import pytest
import tensorflow as tf
from exported_pendulum import RUN, STATE, export_versions, pendulum_network

from hnn_tf import InputError
from hnn_tf.export import model_card, self_test
from hnn_tf.export.saved_model import export_model


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served") / "pendulum"
    export_versions(folder)
    return folder


def test_the_card_says_what_is_known(exported):
    card = json.loads((exported / "1" / "assets.extra" / "model_card.json").read_text())
    assert set(card) == set(model_card.LAYOUT)
    assert (card["name"], card["model"], card["dtype"], card["licence"]) == (
        "pendulum",
        "HamiltonianNetwork",
        "float32",
        "CC-BY-4.0",
    )
    assert card["parameters"] == 2 * 16 + 16 + 16 * 16 + 16 + 16
    assert (card["system"], card["state"], card["metrics"]) == ("pendulum", STATE, RUN["metrics"])
    assert card["training"]["data"] == RUN["training_data"]
    assert card["training"]["seed"] == 3
    steps = {"max_step_size": 0.1, "substeps": None, "max_steps": 10_000}
    assert card["rollout"] == {"integrator": "rk4"} | steps | {"input_interpolation": None}
    assert card["versions"]["tensorflow"] == tf.__version__


def test_what_isnt_known_is_null(exported):
    card = model_card.read(exported / "2")
    assert [card[name] for name in ("system", "state", "inputs", "training", "metrics", "licence")] == [None] * 6
    steps = {"max_step_size": None, "substeps": 2, "max_steps": 500}
    assert card["rollout"] == {"integrator": "rk8"} | steps | {"input_interpolation": None}
    assert card["dtype"] == "float64"


@pytest.mark.parametrize("version", ["1", "2"])
def test_reference_points_are_what_the_model_answers(exported, version):
    card = model_card.read(exported / version)
    points = model_card.reference_points(card)
    assert set(points) == {"serving_default", "energy", "time_derivative", "rollout"}
    model = pendulum_network(card["dtype"])
    inputs, outputs = points["serving_default"]
    tolerance = {"float32": 1e-6, "float64": 1e-12}[card["dtype"]]  # round-off of another graph
    assert np.ptp(inputs["state"]) > 0
    np.testing.assert_allclose(outputs["time_derivative"], model(inputs["state"]), atol=tolerance)
    np.testing.assert_allclose(outputs["energy"], model.hamiltonian(inputs["state"]), atol=tolerance)
    assert points["rollout"][1]["trajectory"].dtype == card["dtype"]
    # The digits that are written give the very numbers back, and the graph gives them again.
    assert max(self_test.differences(exported / version, card).values()) == 0


def test_a_card_of_before_the_limit_of_steps_and_the_inputs_can_be_read(exported, tmp_path):
    folder = shutil.copytree(exported / "1", tmp_path / "1")
    path = folder / "assets.extra" / "model_card.json"
    card = json.loads(path.read_text())
    del card["rollout"]["max_steps"], card["rollout"]["input_interpolation"], card["inputs"]
    path.write_text(json.dumps(card))
    read = model_card.read(folder)
    assert read["rollout"] == card["rollout"] | {"max_steps": None, "input_interpolation": None}
    assert read["inputs"] is None


@pytest.mark.slow
def test_a_model_without_finite_answers_is_refused(tmp_path):
    model = pendulum_network()
    model.variables[0].assign(np.full(model.variables[0].shape, np.nan))
    with pytest.raises(InputError, match="expected finite answers"):
        export_model(model, tmp_path / "served")
    assert not (tmp_path / "served").exists()
