"""What an exported folder holds: signatures, frozen weights, a graph that every runtime takes."""

import inspect
import itertools

import c_api_client
import keras
import numpy as np
import package_classes
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

import hnn_tf
from hnn_tf import activations
from hnn_tf.export import saved_model, serving_constraints, warmup
from hnn_tf.export.signatures import ServingModule
from hnn_tf.training.fit_state import FitState

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")

CASES = list(itertools.product(["hnn", "baseline"], ["float32", "float64"]))
INPUTS = {name: ["state"] for name in ("serving_default", "energy", "time_derivative")} | {
    "rollout": ["state", "times"]
}
OUTPUTS = {
    "serving_default": ["energy", "time_derivative"],
    "energy": ["energy"],
    "time_derivative": ["time_derivative"],
    "rollout": ["energy", "trajectory"],
}
SHAPES = {"state": [-1, 4], "time_derivative": [-1, 4], "energy": [-1], "times": [-1, -1], "trajectory": [-1, -1, 4]}
ROLLOUT_SHAPES = SHAPES | {"energy": [-1, -1]}


def _build(kind, *, hidden_units=(16, 16), activation="tanh", dtype="float32", dof=2):
    model = hnn_tf.models.MODELS[kind](hidden_units=hidden_units, activation=activation, dtype=dtype)
    model.build([None, 2 * dof])
    return model


def _graph(path):
    return saved_model_pb2.SavedModel.FromString((path / "saved_model.pb").read_bytes()).meta_graphs[0].graph_def


def _nodes(graph):
    return [*graph.node, *(node for function in graph.library.function for node in function.node_def)]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Model and folder by (kind, dtype)."""
    models = {case: _build(case[0], dtype=case[1]) for case in CASES}
    return {
        case: (model, saved_model.export_model(model, tmp_path_factory.mktemp("served"), max_step_size=0.1))
        for case, model in models.items()
    }


def test_every_model_declares_what_its_export_offers():
    found = package_classes.subclasses(keras.Model) - {FitState}  # a backup of a training
    found -= {hnn_tf.models.ForceNetwork, hnn_tf.models.AccelerationNetwork}  # functions of forces, and no motion
    assert all("serving_signatures" in dir(kind) for kind in found)


@pytest.mark.parametrize("case", CASES)
def test_signatures_are_what_a_server_takes(exported, case):
    kind, dtype = case
    names = set(OUTPUTS) - ({"energy"} if kind == "baseline" else set())
    definitions = c_api_client.signature_defs(exported[case][1])
    assert set(definitions) == names
    for name, definition in definitions.items():
        outputs = [output for output in OUTPUTS[name] if kind == "hnn" or output != "energy"]
        assert definition.method_name == "tensorflow/serving/predict"
        assert sorted(definition.inputs) == INPUTS[name]
        assert sorted(definition.outputs) == outputs
        for key, info in [*definition.inputs.items(), *definition.outputs.items()]:
            shapes = ROLLOUT_SHAPES if name == "rollout" else SHAPES
            assert [dim.size for dim in info.tensor_shape.dim] == shapes[key], (name, key)
            assert tf.as_dtype(info.dtype) == dtype


@pytest.mark.parametrize("case", CASES)
def test_a_server_would_refuse_nothing(exported, case):
    assert serving_constraints.violations(exported[case][1]) == []


@pytest.mark.parametrize("case", CASES)
def test_the_graph_asks_for_nothing_that_runtimes_lack(exported, case):
    graph = _graph(exported[case][1])
    assert not [node.op for node in _nodes(graph) if node.op.endswith("Grad")]
    attributes = [node.attr for node in _nodes(graph)] + [function.attr for function in graph.library.function]
    keys = ("_XlaMustCompile", "_XlaCompile", "jit_compile")
    assert not [attr for attr in attributes if any(key in attr and attr[key].b for key in keys)]


@pytest.mark.slow
@pytest.mark.parametrize("activation", [name for name, a in activations.ACTIVATIONS.items() if a.smooth])
def test_no_activation_leaves_gradient_kernels(activation):
    module = ServingModule(_build("hnn", activation=activation), integrator="rk4", max_step_size=0.1, max_steps=99)
    ops = {node.op for function in module.functions.values() for node in _nodes(function.graph.as_graph_def())}
    assert "MatMul" in ops
    assert not {op for op in ops if op.endswith("Grad")}


def test_any_keras_model_may_be_the_hamiltonian():
    inputs = keras.Input([2])
    energy = keras.ops.squeeze(keras.layers.Dense(1)(keras.layers.Dense(8, "tanh")(inputs)), -1)
    model = hnn_tf.HamiltonianNetwork(keras.Model(inputs, energy))
    state = tf.ones([3, 2])
    model(state)
    rollout = ServingModule(model, integrator="rk4", max_step_size=0.1, max_steps=99).functions["rollout"]
    answer = rollout(state=state, times=tf.constant([[0.0, 0.3]] * 3))
    # 1e-6: float32 round-off.
    np.testing.assert_allclose(answer["energy"][:, 1], model.hamiltonian(answer["trajectory"][:, 1]), atol=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_variables_are_frozen_copies_with_plain_names(exported, case):
    model, path = exported[case]
    weights = tf.saved_model.load(str(path)).weights
    assert [weight.name for weight in weights] == [f"{v.path.replace('/', '_')}:0" for v in model.variables]
    assert not any(weight.trainable for weight in weights)
    for weight, variable in zip(weights, model.variables, strict=True):
        np.testing.assert_array_equal(weight, variable)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["hnn", pytest.param("baseline", marks=pytest.mark.slow)])
def test_weights_are_stored_once_without_the_optimizer(tmp_path, kind):
    model = _build(kind, hidden_units=(200, 200), dof=1)
    model.compile("adam", "mse")
    model.fit(np.zeros([4, 2]), np.zeros([4, 2]), verbose=0)
    path = saved_model.export_model(model, tmp_path)
    stored = [shape for name, shape in tf.train.list_variables(str(path / "variables" / "variables")) if shape]
    assert sorted(stored) == sorted(list(v.shape) for v in model.variables)
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    assert size <= 1.5 * 4 * model.count_params() + 100_000


@pytest.mark.slow
def test_a_reloaded_model_exports_what_the_saved_one_did(rng, tmp_path):
    model = _build("hnn")
    model.compile("adam", "mse")
    model.fit(np.zeros([4, 4]), np.zeros([4, 4]), verbose=0)
    model.save(tmp_path / "model.keras")
    reloaded = saved_model.load_model(tmp_path / "model.keras")
    path = saved_model.export_model(reloaded, tmp_path / "served")
    state = tf.constant(rng.normal(size=[3, 4]), tf.float32)
    answer = tf.saved_model.load(str(path)).signatures["serving_default"](state=state)
    np.testing.assert_allclose(answer["time_derivative"], model(state), atol=1e-6)  # float32 round-off
    np.testing.assert_allclose(answer["energy"], model.hamiltonian(state), atol=1e-6)


def test_a_model_built_by_a_call_has_its_width(tmp_path):
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[8]))
    model(tf.zeros([3, 7, 6]))
    path = saved_model.export_model(model, tmp_path)
    assert "time_derivative: state [?, 6] float32 -> time_derivative [?, 6] float32" in saved_model.describe(path)


@pytest.mark.parametrize("endpoint", ["time_derivative", pytest.param("serving_default", marks=pytest.mark.slow)])
def test_a_keras_pipeline_embeds_it_and_trains_around_it(exported, endpoint):
    model, path = exported["hnn", "float32"]
    inputs = keras.Input([4])
    layer = keras.layers.TFSMLayer(str(path), call_endpoint=endpoint)
    embedded = layer(keras.layers.Dense(4, kernel_initializer="identity")(inputs))["time_derivative"]
    pipeline = keras.Model(inputs, keras.layers.Dense(4, kernel_initializer="identity")(embedded))
    states = np.random.default_rng(0).normal(size=[8, 4]).astype("float32")
    np.testing.assert_allclose(pipeline(states), model(states), atol=1e-6)  # float32 round-off
    before, frozen = [v.numpy() for v in pipeline.trainable_variables], [w.numpy() for w in layer.weights]
    assert len(before) == 4  # kernel and bias of both Dense layers, nothing of the export
    pipeline.compile(keras.optimizers.Adam(1e-2), "mse")
    pipeline.fit(states, np.ones_like(states), batch_size=8, verbose=0)
    after = [v.numpy() for v in pipeline.trainable_variables]
    assert all((a != b).any() for a, b in zip(after, before, strict=True))
    for weight, value in zip(layer.weights, frozen, strict=True):
        np.testing.assert_array_equal(weight, value)


@pytest.mark.parametrize("case", CASES)
def test_every_warmup_record_is_a_request_that_can_be_answered(exported, case):
    prediction_log = pytest.importorskip("tensorflow_serving.apis.prediction_log_pb2")
    path = exported[case][1]
    signatures = tf.saved_model.load(str(path)).signatures
    seen = []
    for record in tf.data.TFRecordDataset(str(path / "assets.extra" / "tf_serving_warmup_requests")):
        log = prediction_log.PredictionLog.FromString(record.numpy())
        log.DiscardUnknownFields()
        assert log.ByteSize() == len(record.numpy())  # there were none
        request = log.predict_log.request
        assert request.model_spec.name == path.parent.name
        name = request.model_spec.signature_name
        inputs = {key: tf.make_ndarray(tensor) for key, tensor in request.inputs.items()}
        assert sorted(inputs) == INPUTS[name]
        outputs = signatures[name](**{key: tf.constant(value) for key, value in inputs.items()})
        assert all(np.isfinite(value).all() for value in outputs.values())
        if name == "rollout":
            np.testing.assert_allclose(inputs["times"], np.tile([0.0, 0.01], [len(inputs["state"]), 1]), rtol=1e-7)
        seen.append((name, len(inputs["state"])))
    assert sorted(seen) == sorted(itertools.product(signatures, warmup.BATCH_SIZES))


def test_saving_says_nothing(tmp_path, caplog):
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel("INFO")
    try:
        saved_model.export_model(_build("hnn"), tmp_path)
    finally:
        logger.setLevel(level)
    assert not caplog.messages


def test_the_module_keeps_no_keras_model():
    """Tracked, it would be saved, and sessions without Python would look for its variables in vain."""
    module = ServingModule(_build("hnn"), integrator="rk4", max_step_size=0.1, max_steps=99)
    assert not [value for _, value in inspect.getmembers(module) if isinstance(value, keras.layers.Layer)]
