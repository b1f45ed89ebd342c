"""What TensorFlow.js, in Node, answers for exported models: the numbers of their SavedModels."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflowjs_client

import hnn_tf
from hnn_tf.export.graph_model import write_graph_model
from hnn_tf.export.graph_model_operations import OPERATIONS
from hnn_tf.export.request_shapes import request_shape
from hnn_tf.export.saved_model import export_model
from hnn_tf.models import ResidualMLP

# Two orders of summation in float32, relative to max(1, |x|).
TOLERANCE = 1e-5
pytestmark = pytest.mark.export
TIMES = np.array([0.0, 0.3, 0.35, 1.0], np.float32)


def _hnn(dof=1, **options):
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[16, 16], **options), name="hnn")
    model.build([None, 2 * dof])
    return model


def _baseline():
    model = hnn_tf.BaselineNetwork(hidden_units=[16, 16], name="baseline")
    model.build([None, 2])
    return model


def _second_order():
    model = hnn_tf.models.SecondOrderNetwork(hidden_units=[16, 16], name="second_order")
    model.build([None, 4])
    return model


def _dissipative(dissipation, control=None):
    hamiltonian = hnn_tf.MLPHamiltonian(hidden_units=[16, 16])
    model = hnn_tf.HamiltonianNetwork(hamiltonian, dissipation, control, name="dissipative")
    model.build([None, 4])
    return model


def _latent():
    parts = [ResidualMLP(2, hidden_units=8), ResidualMLP(28 * 28 * 2, hidden_units=8)]
    dynamics = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[8]))
    model = hnn_tf.LatentHamiltonianNetwork(*parts, dynamics, name="latent")
    model.build([None, 28, 28, 2])
    return model


# Every model of the package; then one integrator of each kernel, whose loops differ.
def _mechanical():
    """Three degrees of freedom, whose triangular systems have sums of several terms."""
    potential = hnn_tf.PeriodicCoordinates(hnn_tf.MLPEnergy(hidden_units=8), [1])
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MechanicalHamiltonian(hnn_tf.MLPMassMatrix(hidden_units=8), potential))
    model.build([None, 6])
    return model


def _pairwise():
    model = hnn_tf.HamiltonianNetwork(hnn_tf.PairwiseHamiltonian(hnn_tf.MLPEnergy(hidden_units=8)))
    model.build([None, 8])
    return model


CASES = {
    "hnn": (_hnn, "rk4"),
    "two_dof": (lambda: _hnn(dof=2, activation="softplus"), "rk4"),
    "baseline": (_baseline, "rk4"),
    "second_order": (_second_order, "rk4"),
    "hnn_friction": (lambda: _dissipative(hnn_tf.models.LinearFriction()), "rk4"),
    "hnn_dissipation": (lambda: _dissipative(hnn_tf.models.MLPDissipation(hidden_units=[8])), "rk4"),
    "mechanical": (_mechanical, "rk4"),
    "pairwise": (_pairwise, "rk4"),
    "latent": (_latent, "rk4"),
    "driven": (
        lambda: _dissipative(hnn_tf.LinearFriction(), hnn_tf.LinearInput(gains=[[1, 0.5], [-0.5, 2]])),
        "rk4",
        "zero_order_hold",
    ),
    "driven by MLPInput": (lambda: _dissipative(None, hnn_tf.MLPInput(1, hidden_units=[8])), "rk4", "linear"),
    **{name: (_hnn, name) for name in ("rk8", "tao2", "gauss4", "dormand_prince")},
}


def _inputs(function, rng):
    inputs = {}
    for name, spec in function.structured_input_signature[1].items():
        if name == "times":
            inputs[name] = TIMES * np.array([[1.0], [1.2], [0.7]], np.float32)  # own times for each row
        else:
            shape = request_shape(spec, batch_size=3, num_times=len(TIMES))
            inputs[name] = rng.uniform(-1, 1, shape).astype(np.float32)
    return inputs


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """By (case, signature): the SavedModel's answer and TensorFlow.js'. Of the latter, besides, its answer for times
    that can't be reached, the operations that it knows, and its answers for one row, or one sample, of inputs."""
    bundle = tensorflowjs_client.bundle(tmp_path_factory)
    folder = tmp_path_factory.mktemp("graph_models")
    rng, requests, expected = np.random.default_rng(0), [], {}
    tf.keras.utils.set_random_seed(0)
    for name, (build, integrator, *interpolation) in CASES.items():
        options = {"integrator": integrator, "input_interpolation": interpolation[0] if interpolation else None}
        saved_model = export_model(build(), folder / name, max_step_size=0.25, **options)
        functions = tf.saved_model.load(str(saved_model)).signatures
        for signature, function in functions.items():
            if integrator != "rk4" and signature != "rollout":
                continue  # the same as with rk4
            inputs = _inputs(function, rng)
            expected[name, signature] = function(**{key: tf.constant(value) for key, value in inputs.items()})
            model = write_graph_model(saved_model, folder / f"{name}-{signature}", signature=signature)
            requests.append((model, inputs))
    times = np.array([[0, 1], [0, np.nan]], np.float32)
    requests.append((folder / "hnn-rollout", {"state": np.full([2, 2], 0.5, np.float32), "times": times}))
    driven = {"state": np.ones([3, 4]), "inputs": np.ones([1, 2])}
    requests.append((folder / "driven-time_derivative", driven))
    requests.append((folder / "driven-rollout", driven | {"times": np.ones([3, 2]), "inputs": np.ones([3, 1, 2])}))
    (*results, unreachable, row, sample), operations = tensorflowjs_client.run(requests, bundle, folder)
    by_case = dict(zip(expected, zip(expected.values(), results, strict=True), strict=True))
    return by_case, unreachable, operations, (row, sample)


@pytest.mark.parametrize("case", CASES)
def test_tensorflowjs_answers_as_the_saved_model(answers, case):
    found = {signature: pair for (name, signature), pair in answers[0].items() if name == case}
    assert "rollout" in found
    for signature, (expected, result) in found.items():
        assert isinstance(result, tuple), (signature, result)
        outputs, leaked = result
        assert outputs.keys() == expected.keys()
        assert leaked == 0, signature
        for name, value in expected.items():
            assert outputs[name].shape == value.shape
            error = np.abs(outputs[name] - value) / np.maximum(1, np.abs(value))
            assert np.max(error) <= TOLERANCE, (signature, name)


def test_a_row_that_cannot_be_reached_is_nan_there_too(answers):
    outputs, _ = answers[1]
    assert np.isfinite(outputs["trajectory"][0]).all()
    assert np.isnan(outputs["trajectory"][1, 1]).all()


def test_inputs_of_another_batch_or_of_other_times_are_refused_there_too(answers):
    for answer in answers[3]:
        assert isinstance(answer, str), answer
        assert "concat" in answer.lower(), answer


def test_the_operations_are_those_of_the_npm_package(answers):
    assert answers[2] == OPERATIONS
