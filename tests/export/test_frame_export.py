"""What TensorFlow's C++ session answers for an exported model that sees frames."""

import c_api_client
import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from hnn_tf import InputError, LatentHamiltonianNetwork, models
from hnn_tf.export import model_card, self_test, serving_constraints
from hnn_tf.export.saved_model import describe, export_model, load_model

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")
SHAPE = (6, 5, 2)
TIMES = np.array([0.0, 1.0, 3.0, 3.5])
TOLERANCE = {"float32": 1e-6, "float64": 1e-12}  # round-off, relative to max(1, |x|)
CASES = [(dynamics, dtype) for dynamics in ("hnn", "baseline") for dtype in ("float32", "float64")]


def _build(dynamics, dtype):
    size = {"hidden_units": 16, "dtype": dtype}
    model = LatentHamiltonianNetwork(
        models.ResidualMLP(2, **size),
        models.ResidualMLP(60, **size),
        models.MODELS[dynamics](hidden_units=(8,), activation="tanh", dtype=dtype),
        frame_shape=SHAPE,
        name=dynamics,
    )
    model.build([None, *SHAPE])
    return model


def _requests(model):
    rng = np.random.default_rng(0)
    for batch in (1, 5, 0):
        frames = rng.uniform(0, 0.5, [batch, *SHAPE]).astype(model.compute_dtype)
        times = np.tile(TIMES, [batch, 1]).astype(model.compute_dtype)
        for name in (
            "serving_default",
            "encode",
            "time_derivative",
            *["energy"] * hasattr(model.dynamics, "hamiltonian"),
        ):
            yield name, {"frames": frames}
        yield "rollout", {"frames": frames, "times": times}
        yield "decode", {"latent": rng.normal(size=[batch, 2]).astype(model.compute_dtype)}


def _expected(model, name, inputs):
    if name == "decode":
        return {"frames": model.decode(inputs["latent"])}
    latent = model.encode(inputs["frames"])
    if name == "encode":
        return {"latent": latent}
    if name == "rollout":
        trajectory, frames = model.rollout(inputs["frames"], inputs["times"])
        answers = {"trajectory": trajectory, "frames": frames}
        latent = trajectory
    else:
        answers = {"time_derivative": model(tf.constant(inputs["frames"]))}
    if name == "energy":
        answers = {}
    if hasattr(model.dynamics, "hamiltonian") and name != "time_derivative":
        answers["energy"] = model.dynamics.hamiltonian(latent)
    return answers


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Models and folders by case, and (signature, inputs, answer) of each. One subprocess for all."""
    keras.utils.set_random_seed(0)
    folder = tmp_path_factory.mktemp("frames")
    found = {case: _build(*case) for case in CASES}
    paths = {case: export_model(model, folder / "models") for case, model in found.items()}
    requests = [(case, *request) for case, model in found.items() for request in _requests(model)]
    answers = c_api_client.serve([(paths[case], name, inputs) for case, name, inputs in requests], folder)
    by_case = {case: [] for case in CASES}
    for (case, name, inputs), answer in zip(requests, answers, strict=True):
        by_case[case].append((name, inputs, answer))
    return found, paths, by_case


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_every_signature_answers_as_the_model(served, case):
    models_by_case, paths, answers = served
    assert {name for name, *_ in answers[case]} == set(c_api_client.signature_defs(paths[case]))
    for name, inputs, answer in answers[case]:
        assert isinstance(answer, dict), answer
        expected = _expected(models_by_case[case], name, inputs)
        assert answer.keys() == expected.keys(), name
        for key, value in expected.items():
            assert answer[key].dtype == case[1]
            assert answer[key].shape == value.shape, (name, key)
            error = np.abs(answer[key] - value) / np.maximum(1, np.abs(value))
            assert np.max(error, initial=0) <= TOLERANCE[case[1]], (name, key)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_a_server_would_refuse_nothing_and_a_copy_can_be_told_from_a_broken_one(served, case):
    path = served[1][case]
    assert serving_constraints.violations(path) == []
    assert max(self_test.differences(path, model_card.read(path)).values()) == 0


@pytest.mark.slow
def test_inputs_and_outputs_have_a_batch(served):
    lines = describe(served[1]["hnn", "float32"])
    assert "encode: frames [?, 6, 5, 2] float32 -> latent [?, 2] float32" in lines
    assert "decode: latent [?, 2] float32 -> frames [?, 6, 5, 2] float32" in lines
    assert (
        "rollout: frames [?, 6, 5, 2] float32, times [?, ?] float32 -> "
        "energy [?, ?] float32, frames [?, ?, 6, 5, 2] float32, trajectory [?, ?, 2] float32"
    ) in lines


@pytest.mark.slow
def test_the_graph_has_no_gradient_kernels(served):
    parsed = saved_model_pb2.SavedModel.FromString((served[1]["hnn", "float32"] / "saved_model.pb").read_bytes())
    graph = parsed.meta_graphs[0].graph_def
    ops = {node.op for node in [*graph.node, *(n for function in graph.library.function for n in function.node_def)]}
    assert "MatMul" in ops
    assert not {op for op in ops if op.endswith("Grad")}


@pytest.mark.slow
def test_a_models_file_can_be_exported(tmp_path):
    model = _build("hnn", "float32")
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    path = export_model(loaded, tmp_path / "served", integrator="leapfrog" if loaded.dynamics.separable else "gauss4")
    assert path.name == "1"


@pytest.mark.slow
def test_parts_of_ones_own_are_exported(tmp_path):
    """An encoder that knows one width of its input only."""
    layers = keras.layers
    encoder = keras.Sequential([layers.Reshape(SHAPE), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(2)])
    decoder, dynamics = (
        models.ResidualMLP(60, hidden_units=8),
        models.MODELS["hnn"](hidden_units=(8,), activation="tanh", dtype="float32"),
    )
    model = LatentHamiltonianNetwork(encoder, decoder, dynamics, frame_shape=SHAPE)
    model.build([None, *SHAPE])
    assert model.compute_output_shape((None, *SHAPE)) == (None, 2)
    answer = tf.saved_model.load(str(export_model(model, tmp_path))).signatures["encode"](frames=tf.ones([3, *SHAPE]))
    np.testing.assert_allclose(answer["latent"], model.encode(tf.ones([3, *SHAPE])), atol=1e-6)  # round-off


def test_what_cannot_be_exported_is_refused(tmp_path):
    with pytest.raises(InputError, match="leapfrog"):
        export_model(_build("hnn", "float32"), tmp_path, integrator="leapfrog")
    unbuilt = LatentHamiltonianNetwork(models.ResidualMLP(2), models.ResidualMLP(60), models.BaselineNetwork())
    with pytest.raises(InputError, match="expected a built model"):
        export_model(unbuilt, tmp_path)
    assert not list(tmp_path.iterdir())
