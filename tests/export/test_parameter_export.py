"""Exported models with parameters: what they answer, what they refuse, and what their cards say."""

import exported_models
import keras
import numpy as np
import pytest
import tensorflow as tf
from exported_pendulum import RUN

import hnn_tf
from hnn_tf.export import inspect, model_card, self_test, serving_constraints, warmup

OF_SYSTEM = {"names": ["mass", "gravity"], "units": ["kg", ""], "ranges": [[0.5, 1.5], [3.0, 4.0]]}
RNG = np.random.default_rng(0)
STATE, TIMES, SAMPLES, THETA = (
    values.astype("float32")
    for values in (
        RNG.normal(size=[3, 4]),
        np.cumsum(RNG.uniform(0.1, 0.3, [3, 4]), 1),
        RNG.normal(size=[3, 4, 1]),
        RNG.uniform([0.5, 3.0], [1.5, 4.0], [3, 2]),
    )
)
REQUESTS = {
    "energy": {"state": STATE, "parameters": THETA},
    "time_derivative": {"state": STATE, "inputs": SAMPLES[:, 0], "parameters": THETA},
    "serving_default": {"state": STATE, "inputs": SAMPLES[:, 0], "parameters": THETA},
    "rollout": {"state": STATE, "times": TIMES, "inputs": SAMPLES, "parameters": THETA},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    run = RUN | {"state": None, "system_parameters": OF_SYSTEM}
    return exported_models.export("family", tmp_path_factory.mktemp("family"), run=run)


@pytest.fixture(scope="module")
def signatures(folder):
    loaded = tf.saved_model.load(str(folder))
    yield loaded.signatures
    del loaded  # has the variables


@pytest.fixture(scope="module")
def model():
    """The exported model, which the seed makes again."""
    keras.utils.set_random_seed(0)
    made = exported_models.BUILDERS["family"]()
    made.build([None, 4])
    return made


def _answers(signatures, name, **changes):
    request = REQUESTS[name] | changes
    return signatures[name](**{key: tf.constant(value) for key, value in request.items()})


@pytest.mark.parametrize("name", REQUESTS)
def test_every_signature_answers_at_the_parameters_of_each_row(signatures, model, name):
    found = _answers(signatures, name)
    path = hnn_tf.rollout_at_times(
        model, STATE, TIMES, inputs=SAMPLES, parameters=THETA, max_step_size=0.1, integrator="rk4"
    )
    along = name == "rollout"
    expected = {
        "time_derivative": model(STATE, inputs=SAMPLES[:, 0], parameters=THETA),
        "trajectory": path,
        "energy": model.hamiltonian(path, parameters=THETA[:, np.newaxis])
        if along
        else model.hamiltonian(STATE, parameters=THETA),
    }
    for key, value in found.items():
        np.testing.assert_allclose(value, expected[key], rtol=0, atol=4 * exported_models.ROUND_OFF["float32"])
    other = _answers(signatures, name, parameters=THETA[::-1])
    assert all(np.abs(found[key] - other[key]).max() > 1e-3 for key in found)


@pytest.mark.parametrize("name", ["energy", "rollout"])
def test_one_row_of_parameters_is_not_used_for_all(signatures, name):
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"[Dd]imension"):
        _answers(signatures, name, parameters=THETA[:1])


def test_a_server_would_refuse_nothing_and_warmup_has_parameters(folder):
    assert serving_constraints.violations(folder) == []
    requests = warmup.read(folder)
    assert len(requests) == len(REQUESTS) * len(warmup.BATCH_SIZES)
    assert all(request["parameters"].shape == (len(request["state"]), 2) for _, request in requests)


def test_the_card_names_the_parameters_and_their_trained_ranges(folder):
    card = model_card.read(folder)
    assert card["system_parameters"] == {"number": 2} | OF_SYSTEM
    assert "  parameters: 2: mass (kg), gravity; trained from 0.5 to 1.5, from 3 to 4" in inspect._described(card)
    # The digits that are written give the very numbers back, and the graph gives them again.
    assert max(self_test.differences(folder, card).values()) == 0


def test_models_of_frames_refuse_dynamics_with_parameters():
    dynamics = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[4], num_parameters=1))
    frames = exported_models._frames(dynamics)
    frames.build([None, *exported_models.FRAME_SHAPE])
    with pytest.raises(hnn_tf.InputError, match="expected dynamics without parameters; received dynamics with 1"):
        frames.serving_signatures()
