"""Exports of models with inputs: what a server answers for them, what it refuses, and what their cards say."""

import re

import c_api_client
import exported_models
import keras
import numpy as np
import pytest
import tensorflow as tf
from exported_pendulum import RUN

import hnn_tf
from hnn_tf.export import inspect, model_card, self_test, serving_constraints, warmup

# Each of the three models is exported, which takes most of the time.
pytestmark = pytest.mark.slow

INPUTS = {"names": ["force", "torque", "wind"], "units": ["N", "N m", ""], "interpolation": "linear"}
OF_LINEAR_RECORDINGS = RUN | {"state": None, "inputs": INPUTS}
EXPORTS = {
    "held": ("driven", {"input_interpolation": "zero_order_hold", "run": OF_LINEAR_RECORDINGS}),
    "linear": ("driven", {"input_interpolation": None, "run": OF_LINEAR_RECORDINGS}),
    "MLPInput": ("driven by MLPInput", {}),
}
"""Of each export, the model and the options."""
INTERPOLATIONS = {"held": "zero_order_hold", "linear": "linear", "MLPInput": "linear"}
NUM_INPUTS = {"held": 3, "linear": 3, "MLPInput": 2}

RNG = np.random.default_rng(0)
STATE = RNG.normal(size=[3, 4]).astype("float32")
# Repeated times, at some of which no row moves, and a row that runs backwards.
TIMES = np.array([[0, 0.3, 0.3, 0.3, 1], [0, 0.5, 0.9, 0.9, 1.2], [2, 1.5, 1.5, 1.5, 0.7]], np.float32)
SAMPLES = RNG.normal(size=[3, 5, 3]).astype("float32")
TOLERANCE = exported_models.ROUND_OFF["float32"]


def _request(name, signature):
    if signature == "energy":
        return {"state": STATE}
    samples = SAMPLES[..., : NUM_INPUTS[name]]
    if signature == "rollout":
        return {"state": STATE, "times": TIMES, "inputs": samples}
    return {"state": STATE, "inputs": samples[:, 0]}


_SHAPE, _FED = "is not compatible with expected shape", "must feed a value for placeholder tensor"
_EQUAL = "Dimension {} in both shapes must be equal"
REFUSED = {
    # signature, inputs in the place of good ones (None: left out), what the error says
    "one row": ("time_derivative", {"inputs": SAMPLES[:1, 0]}, _EQUAL.format(0)),
    "one state": ("time_derivative", {"state": STATE[:1]}, _EQUAL.format(0)),
    "one row by default": ("serving_default", {"inputs": SAMPLES[:1, 0]}, _EQUAL.format(0)),
    "none": ("time_derivative", {"inputs": None}, f"{_FED} 'time_derivative_inputs'"),
    "another width": ("time_derivative", {"inputs": SAMPLES[:, 0, :2]}, rf"inputs.* \[3,2\] {_SHAPE} \[\?,3\]"),
    "samples for a state": ("time_derivative", {"inputs": SAMPLES}, rf"inputs.* \[3,5,3\] {_SHAPE} \[\?,3\]"),
    "float64": ("time_derivative", {"inputs": SAMPLES[:, 0].astype("float64")}, "to be float but double is provided"),
    "one row of samples": ("rollout", {"inputs": SAMPLES[:1]}, _EQUAL.format(0)),
    "one sample": ("rollout", {"inputs": SAMPLES[:, :1]}, _EQUAL.format(1)),
    "a sample less": ("rollout", {"inputs": SAMPLES[:, :-1]}, _EQUAL.format(1)),
    "no samples": ("rollout", {"inputs": None}, f"{_FED} 'rollout_inputs'"),
    "samples without a batch": ("rollout", {"inputs": SAMPLES[0]}, rf"inputs.* \[5,3\] {_SHAPE} \[\?,\?,3\]"),
    "a state of a rollout": ("rollout", {"state": STATE[:1]}, _EQUAL.format(0)),
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The folder of each export."""
    folder = tmp_path_factory.mktemp("driven")
    return {name: exported_models.export(model, folder / name, **options) for name, (model, options) in EXPORTS.items()}


@pytest.fixture(scope="module")
def signatures(folders):
    loaded = {name: tf.saved_model.load(str(folder)) for name, folder in folders.items()}
    yield {name: each.signatures for name, each in loaded.items()}
    del loaded  # has the variables


@pytest.fixture(scope="module")
def served(folders, tmp_path_factory):
    """What the C++ session answers: by export and signature; to the warmup requests; and to the refused ones."""
    good = {(name, signature): _request(name, signature) for name in EXPORTS for signature in OUTPUTS}
    requests = [(folders[name], signature, request) for (name, signature), request in good.items()]
    warm = [(folders["held"], *request) for request in warmup.read(folders["held"])]
    bad = []
    for signature, changes, _ in REFUSED.values():
        request = _request("held", signature) | changes
        bad.append((folders["held"], signature, {key: value for key, value in request.items() if value is not None}))
    answers = c_api_client.serve([*requests, *warm, *bad], tmp_path_factory.mktemp("answers"))
    refused = dict(zip(REFUSED, answers[len(good) + len(warm) :], strict=True))
    return dict(zip(good, answers, strict=False)), answers[len(good) : len(good) + len(warm)], refused


OUTPUTS = {
    "serving_default": {"energy", "time_derivative"},
    "energy": {"energy"},
    "time_derivative": {"time_derivative"},
    "rollout": {"trajectory", "energy"},
}


def _model(name):
    """The model of an export, which the seed makes again."""
    keras.utils.set_random_seed(0)
    model = exported_models.BUILDERS[EXPORTS[name][0]]()
    model.build([None, 4])
    return model


def _assert_near(answer, expected):
    assert answer.shape == expected.shape
    np.testing.assert_array_less(np.abs(answer - expected) / np.maximum(1, np.abs(expected)), TOLERANCE)


@pytest.mark.parametrize("name", EXPORTS)
def test_the_cpp_session_answers_as_the_model(served, name):
    model = _model(name)
    samples = SAMPLES[..., : NUM_INPUTS[name]]
    options = {"inputs": samples, "input_interpolation": INTERPOLATIONS[name], "max_step_size": 0.1}
    trajectory = hnn_tf.rollout_at_times(model, STATE, TIMES, **options)
    derivative, energy = model(STATE, inputs=samples[:, 0]), model.hamiltonian(STATE)
    for signature, outputs in OUTPUTS.items():
        answer = served[0][name, signature]
        assert isinstance(answer, dict), answer
        assert set(answer) == outputs
        along = signature == "rollout"
        expected = {
            "trajectory": trajectory,
            "time_derivative": derivative,
            "energy": model.hamiltonian(trajectory) if along else energy,
        }
        for key, value in answer.items():
            _assert_near(value, expected[key])


def test_interpolations_differ(served):
    held, linear = (served[0][name, "rollout"]["trajectory"] for name in ("held", "linear"))
    assert np.abs(held - linear)[:, 1:].max() > 0.01


@pytest.mark.parametrize("name", EXPORTS)
def test_a_server_would_refuse_nothing(folders, name):
    assert serving_constraints.violations(folders[name]) == []


def test_warmup_requests_are_answered(served):
    assert len(served[1]) == len(OUTPUTS) * len(warmup.BATCH_SIZES)
    for answer in served[1]:
        assert isinstance(answer, dict), answer
        assert all(np.isfinite(output).all() for output in answer.values())


@pytest.mark.parametrize("name", REFUSED)
def test_inputs_of_another_batch_or_of_other_times_are_refused(served, name):
    answer = served[2][name]
    assert isinstance(answer, str), answer
    assert re.search(REFUSED[name][2], answer), answer


def _rollout(signatures, name, state, times, samples):
    inputs = {"state": state, "times": times, "inputs": samples}
    return signatures[name]["rollout"](**{key: tf.constant(value) for key, value in inputs.items()})["trajectory"]


@pytest.mark.parametrize("name", ["held", "linear"])
def test_inputs_jump_at_repeated_times(signatures, name):
    """The motion goes on from there with the last of the samples, as if it began anew."""
    whole = _rollout(signatures, name, STATE[:1], TIMES[:1], SAMPLES[:1])
    first = _rollout(signatures, name, STATE[:1], TIMES[:1, :2], SAMPLES[:1, :2])
    rest = _rollout(signatures, name, first[:, 1], TIMES[:1, 3:], SAMPLES[:1, 3:])
    _assert_near(whole, tf.concat([first, first[:, 1:], rest], 1))


@pytest.mark.parametrize("name", ["held", "linear"])
@pytest.mark.parametrize(("batch_size", "num_times"), [(1, 1), (2, 0), (0, 4), (0, 0)])
def test_there_may_be_no_times_or_no_rows(signatures, name, batch_size, num_times):
    request = exported_models.requests(signatures[name]["rollout"], batch_size, num_times)
    trajectory = _rollout(signatures, name, *(request[key] for key in ("state", "times", "inputs")))
    assert trajectory.shape == (batch_size, num_times, 4)
    np.testing.assert_array_equal(trajectory[:, :1], request["state"][:, np.newaxis][:, :num_times])


@pytest.mark.parametrize("name", ["held", "linear"])
def test_a_row_beyond_the_limit_or_without_numbers_is_nan_alone(signatures, name):
    times = np.tile(np.array([0, 0.3, 0.6], np.float32), [5, 1])
    times[1, 2], times[2, 1] = 1e6, np.nan  # ten million steps; no time
    samples = np.tile(SAMPLES[:1, :3], [5, 1, 1])
    samples[3, 1], samples[4, 2] = np.nan, np.nan
    path = _rollout(signatures, name, np.tile(STATE[:1], [5, 1]), times, samples)
    # A held sample acts only after its time, and the last one not at all.
    steps = {"held": [3, 2, 1, 2, 3], "linear": [3, 2, 1, 1, 2]}[name]
    assert np.isfinite(path).all(-1).sum(-1).tolist() == steps
    alone = _rollout(signatures, name, STATE[:1], times[:1], samples[:1])
    for row, count in zip(path, steps, strict=True):
        _assert_near(row[:count], alone[0, :count])


def test_a_keras_pipeline_embeds_it(folders, signatures):
    state, inputs = keras.Input([4]), keras.Input([3])
    layer = keras.layers.TFSMLayer(str(folders["held"]), call_endpoint="time_derivative")
    pipeline = keras.Model([state, inputs], layer({"state": state, "inputs": inputs})["time_derivative"])
    _assert_near(pipeline([STATE, SAMPLES[:, 0]]), _model("held")(STATE, inputs=SAMPLES[:, 0]))
    rollout = keras.layers.TFSMLayer(str(folders["held"]), call_endpoint="rollout")
    answer = rollout({"state": STATE, "times": TIMES, "inputs": SAMPLES})["trajectory"]
    np.testing.assert_array_equal(answer, _rollout(signatures, "held", STATE, TIMES, SAMPLES))


@pytest.mark.parametrize("name", EXPORTS)
def test_the_card_says_what_is_known(folders, name):
    card = model_card.read(folders[name])
    known = {"names": INPUTS["names"], "units": INPUTS["units"]}
    of_model = {"number": 2, "names": None, "units": None}
    assert card["inputs"] == (of_model if name == "MLPInput" else {"number": 3} | known)
    # That of the recordings, where no other was asked for.
    assert card["rollout"]["input_interpolation"] == INTERPOLATIONS[name]
    lines = inspect._described(card)
    assert f"  inputs: {'2' if name == 'MLPInput' else '3: force (N), torque (N m), wind'}" in lines
    step = "steps of at most 0.1, at most 10000 a call"
    assert f"  rollout: rk4, {step}, inputs {INTERPOLATIONS[name]}" in lines
    # The digits that are written give the very numbers back, and the graph gives them again.
    assert max(self_test.differences(folders[name], card).values()) == 0
    points = model_card.reference_points(card)
    assert points["rollout"][0]["inputs"].shape == (1, 2, card["inputs"]["number"])
    assert points["time_derivative"][0]["inputs"].shape == (1, card["inputs"]["number"])
