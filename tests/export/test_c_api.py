"""What TensorFlow's own C++ loader and session, without any Python, answer for an exported model."""

import c_api_client
import keras
import numpy as np
import pytest
import tensorflow as tf

import hnn_tf
from hnn_tf import models
from hnn_tf.export.saved_model import export_model

HIDDEN_UNITS, REFERENCE_HIDDEN_UNITS = (16, 16), (200, 200)
TIMES = np.array([0.0, 0.3, 0.35, 1.0])
MAX_STEP_SIZE = 0.1
# Session and eager graph are optimized differently: round-off, relative to max(1, |x|).
TOLERANCE = {"float32": 1e-6, "float64": 1e-12}


UNREACHABLE = {
    "state": np.full([4, 2], 0.5, np.float32),
    "times": np.array([[0, 1], [0, np.nan], [0, np.inf], [0, 1e9]], np.float32),
}
"""One good request, and three that would never end, in one batch."""


COMBINED = {
    "constant_mass",
    "constant_mass_friction",
    "mechanical_friction",
    "mechanical_random_features_friction",
    "mechanical_velocity_friction",
    "pairwise_random_features",
    "random_features_friction",
    "separable_friction",
    "separable_random_features",
    "separable_random_features_friction",
}
CASES = [
    ("hnn", "float32", 1, HIDDEN_UNITS, "rk4"),
    # Without those that are made of parts of two others.
    *((name, "float32", 2, HIDDEN_UNITS, "rk4") for name in sorted(set(models.MODELS) - COMBINED)),
    ("hnn", "float64", 2, HIDDEN_UNITS, "rk4"),
    *(
        ("hnn", "float64", 1, HIDDEN_UNITS, name)
        for name in ("rk4", "dormand_prince", "gauss4", "rk8", "tao2")  # one of each kernel, tracing takes its time
    ),
    ("hnn", "float32", 2, REFERENCE_HIDDEN_UNITS, "rk4"),
]
"""Every model of states, by its name; of frames: test_frame_export.py."""

pytestmark = pytest.mark.slow

IDS = [f"{name}-{dtype}-{dof}-{hidden[0]}-{method}" for name, dtype, dof, hidden, method in CASES]


def _signatures(model):
    return ["serving_default", "time_derivative", "rollout"] + ["energy"] * hasattr(model, "hamiltonian")


def _requests(model, dof, dtype):
    """(signature, inputs) of batch 1 and 5; then the edges: no times, one time, no states, neither."""
    rng = np.random.default_rng(0)
    for batch, times in [(1, TIMES), (5, TIMES), (3, TIMES[:0]), (3, TIMES[:1]), (0, TIMES), (0, TIMES[:0])]:
        state = rng.normal(size=[batch, 2 * dof]).astype(dtype)
        for signature in _signatures(model):
            # Own times for each member.
            own = times * (1 + 0.1 * np.arange(batch)[:, np.newaxis])
            yield signature, {"state": state} | ({"times": own.astype(dtype)} if signature == "rollout" else {})


def _expected(model, integrator, signature, inputs):
    state = tf.constant(inputs["state"])
    if signature == "rollout":
        trajectory = hnn_tf.rollout_at_times(
            model, state, tf.constant(inputs["times"]), max_step_size=MAX_STEP_SIZE, integrator=integrator
        )
        outputs = {"trajectory": trajectory, "energy": trajectory}
    else:
        outputs = {"time_derivative": model(state), "energy": state}
    if signature in ("energy", "time_derivative"):
        outputs = {signature: outputs[signature]}
    if not hasattr(model, "hamiltonian"):
        outputs.pop("energy", None)
    if "energy" in outputs:
        outputs["energy"] = model.hamiltonian(outputs["energy"])
    return outputs


@pytest.fixture(scope="module")
def jitted(tmp_path_factory):
    """A SavedModel with the mistake that the export must not make."""
    module = tf.Module()
    spec = tf.TensorSpec([None, 2], tf.float32, name="state")
    function = tf.function(lambda state: {"energy": tf.reduce_sum(state, 1)}, input_signature=[spec], jit_compile=True)
    path = tmp_path_factory.mktemp("jitted") / "1"
    tf.saved_model.save(module, str(path), signatures={"energy": function})
    return path


@pytest.fixture(scope="module")
def served(tmp_path_factory, jitted):
    """Models, requests and answers by case; and what the jitted model answers. One subprocess for all."""
    keras.utils.set_random_seed(0)
    folder = tmp_path_factory.mktemp("served")
    built, requests, keys = {}, [], []
    for case in CASES:
        name, dtype, dof, hidden_units, integrator = case
        size = {"hidden_units": hidden_units, "activation": "tanh", "dtype": dtype, "body_dimension": 1}
        model = built[case] = models.MODELS[name](**size)
        model.build([None, 2 * dof])
        path = export_model(model, folder / "models", integrator=integrator, max_step_size=MAX_STEP_SIZE)
        for signature, inputs in _requests(model, dof, dtype):
            requests.append((path, signature, inputs))
            keys.append(case)
    requests.append((export_model(built[CASES[0]], folder / "models"), "rollout", UNREACHABLE))
    requests.append((jitted, "energy", {"state": np.zeros([1, 2], np.float32)}))
    answers = c_api_client.serve(requests, folder)
    by_case = {case: [] for case in CASES}
    for case, (_, signature, inputs), answer in zip(keys, requests[:-2], answers[:-2], strict=True):
        by_case[case].append((signature, inputs, answer))
    return built, by_case, answers[-2:]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_signature_answers_as_the_model(served, case):
    built, answers, _ = served
    _, dtype, dof, _, integrator = case
    assert {signature for signature, *_ in answers[case]} == set(_signatures(built[case]))
    for signature, inputs, answer in answers[case]:
        assert isinstance(answer, dict), answer
        if len(inputs["state"]) not in (1, 5):
            continue  # the edges have the test below
        expected = _expected(built[case], integrator, signature, inputs)
        assert answer.keys() == expected.keys()
        for name, value in expected.items():
            assert answer[name].dtype == dtype
            assert answer[name].shape == value.shape
            error = np.abs(answer[name] - value) / np.maximum(1, np.abs(value))
            assert np.max(error, initial=0) <= TOLERANCE[dtype], (signature, name)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_rollouts_have_a_state_for_every_time_and_begin_at_the_first(served, case):
    rollouts = [(inputs, answer) for signature, inputs, answer in served[1][case] if signature == "rollout"]
    assert {inputs["times"].shape for inputs, _ in rollouts} == {(1, 4), (5, 4), (3, 0), (3, 1), (0, 4), (0, 0)}
    for inputs, answer in rollouts:
        assert answer["trajectory"].shape == (*inputs["times"].shape, inputs["state"].shape[1])
        if inputs["times"].shape[1]:
            np.testing.assert_array_equal(answer["trajectory"][:, 0], inputs["state"])


def test_the_session_refuses_xla_as_a_server_does(served):
    """Without this the other tests could pass on an export that no server can run."""
    assert "XLA" in served[2][1]


def test_a_clients_mistake_does_not_change_anothers_answer(served):
    answer = served[2][0]
    model, state = served[0][CASES[0]], UNREACHABLE["state"][:1]
    alone = hnn_tf.rollout_at_times(model, state, UNREACHABLE["times"][:1], max_step_size=0.05)
    np.testing.assert_allclose(answer["trajectory"][:1], alone, atol=1e-6)  # float32 round-off
    for name in ("trajectory", "energy"):
        assert np.isfinite(answer[name][:, 0]).all()
        assert np.isfinite(answer[name][0]).all()
        assert np.isnan(answer[name][1:, 1]).all()
