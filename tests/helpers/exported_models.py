"""Small exported models of each kind, requests to them, and how far a converted model's answers are from theirs."""

import keras
import numpy as np
import tensorflow as tf

import hnn_tf
from hnn_tf import models
from hnn_tf.export.request_shapes import request_shape
from hnn_tf.export.saved_model import export_model

FRAME_SHAPE = (6, 5, 2)
STATE_SIGNATURES = ("serving_default", "time_derivative", "energy", "rollout")
WITHOUT_ENERGY = ("baseline", "second_order", "pixel_baseline")
FRAME_SIGNATURES = (*STATE_SIGNATURES, "encode", "decode")


def _hnn(dtype="float32"):
    return hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[16, 16], dtype=dtype))


def _dissipative(dissipation, control=None):
    return hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[16, 16]), dissipation, control)


def _potential():
    return hnn_tf.PeriodicCoordinates(hnn_tf.MLPEnergy(hidden_units=16), [1])


def _frames(dynamics):
    size = {"hidden_units": 16}
    return hnn_tf.LatentHamiltonianNetwork(
        models.ResidualMLP(2, **size), models.ResidualMLP(60, **size), dynamics, frame_shape=FRAME_SHAPE
    )


BUILDERS = {
    "hnn": _hnn,
    "float64": lambda: _hnn("float64"),
    "hnn_friction": lambda: _dissipative(models.LinearFriction()),
    "hnn_dissipation": lambda: _dissipative(models.MLPDissipation(hidden_units=[8])),
    "driven": lambda: _dissipative(models.LinearFriction(), hnn_tf.LinearInput(gains=[[1, 0.5, -1], [-0.5, 2, 0.3]])),
    "driven by MLPInput": lambda: _dissipative(None, hnn_tf.MLPInput(2, hidden_units=[8])),
    "family": lambda: hnn_tf.HamiltonianNetwork(
        hnn_tf.MLPHamiltonian(hidden_units=[16, 16], num_parameters=2, parameter_ranges=[[0.5, 1.5], [3.0, 4.0]]),
        models.LinearFriction(),
        hnn_tf.LinearInput(gains=[[1.0], [0.5]]),
    ),
    "baseline": lambda: hnn_tf.BaselineNetwork(hidden_units=[16, 16]),
    "second_order": lambda: models.SecondOrderNetwork(hidden_units=[16, 16]),
    "separable": lambda: hnn_tf.HamiltonianNetwork(
        hnn_tf.SeparableHamiltonian(hnn_tf.QuadraticKinetic(), _potential())
    ),
    "mechanical": lambda: hnn_tf.HamiltonianNetwork(
        hnn_tf.MechanicalHamiltonian(hnn_tf.MLPMassMatrix(hidden_units=16, angles=[0]), _potential())
    ),
    "mechanical family": lambda: hnn_tf.HamiltonianNetwork(
        hnn_tf.MechanicalHamiltonian(
            hnn_tf.MLPMassMatrix(hidden_units=16, angles=[0], num_parameters=1, parameter_ranges=[[0.5, 1.5]]),
            hnn_tf.PeriodicCoordinates(
                hnn_tf.MLPEnergy(hidden_units=16, num_parameters=1, parameter_ranges=[[0.5, 1.5]]), [1]
            ),
        ),
        models.LinearFriction(),
    ),
    "known mass matrix": lambda: hnn_tf.HamiltonianNetwork(
        hnn_tf.MechanicalHamiltonian(hnn_tf.ConstantMassMatrix([[2.0, 0.5], [0.5, 1.0]]), _potential())
    ),
    "mechanical_velocity": lambda: hnn_tf.MechanicalVelocityNetwork(
        hnn_tf.MechanicalHamiltonian(hnn_tf.MLPMassMatrix(hidden_units=16, angles=[0]), _potential()),
        models.MLPDissipation(hidden_units=[8]),
    ),
    "lagrangian": lambda: hnn_tf.LagrangianNetwork(hnn_tf.MLPLagrangian(hidden_units=16, angles=[0])),
    "mechanical_features": lambda: hnn_tf.HamiltonianNetwork(
        hnn_tf.MechanicalHamiltonian(
            hnn_tf.RandomFeatureMassMatrix(num_features=16, angles=[0]),
            hnn_tf.RandomFeatureEnergy(num_features=16, angles=[0]),
        )
    ),
    "mechanical_random_features": lambda: hnn_tf.HamiltonianNetwork(
        hnn_tf.RandomFeatureMechanicalHamiltonian(num_features=16, periodic=[0])
    ),
    "pairwise": lambda: hnn_tf.HamiltonianNetwork(
        hnn_tf.PairwiseHamiltonian(hnn_tf.MLPEnergy(hidden_units=16), dimension=1)
    ),
    "pairwise family": lambda: hnn_tf.HamiltonianNetwork(
        hnn_tf.PairwiseHamiltonian(hnn_tf.MLPEnergy(hidden_units=16, num_parameters=1), dimension=1)
    ),
    "random_features": lambda: hnn_tf.HamiltonianNetwork(hnn_tf.RandomFeatureHamiltonian(num_features=16)),
    "time_reversible": lambda: hnn_tf.HamiltonianNetwork(
        hnn_tf.TimeReversibleHamiltonian(hnn_tf.MLPHamiltonian(hidden_units=[16, 16]))
    ),
    "pixel_hnn": lambda: _frames(hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[8]))),
    "pixel_baseline": lambda: _frames(hnn_tf.BaselineNetwork(hidden_units=[8])),
}
INTERPOLATIONS = {"driven by MLPInput": "linear"}
"""Of the models whose inputs are not held."""
ROUND_OFF = {"float32": 5e-6, "float64": 1e-14}
"""How far two programs' answers may be apart, relative to max(1, |x|). An answer is rounded some 480 times on its way:
six layers of at most 60 products in frames, and four stages in each of 30 steps in rollouts. Roundings add like a
random walk: sqrt(480) of 6e-8 or of 1.1e-16 are 1.3e-6 or 2.4e-15. The bound leaves four times as much for a processor
of other instructions."""
BODIES_APART = 4.0
"""Added to the second position of requests, so that the two bodies of "pairwise" do not meet. Where they meet, the
force has no bound, and one unit in the last place of the starting state grows to a thousand units within a step."""
INTEGRATORS = ("dormand_prince", "gauss4", "rk8", "tao2")
"""Of each kernel one, for rollouts of the HNN; the models above are rolled out by rk4."""


def export(name, folder, **options):
    """The SavedModel of a model or, of the HNN, for an integrator."""
    keras.utils.set_random_seed(0)
    model = BUILDERS.get(name, _hnn)()
    model.build([None, *FRAME_SHAPE] if "pixel" in name else [None, 4])
    options = {"input_interpolation": INTERPOLATIONS.get(name), "max_step_size": 0.1} | options
    return export_model(model, folder / name, integrator=name if name in INTEGRATORS else "rk4", **options)


def requests(function, batch_size, num_times=4):
    """Arrays by input name; each row with times of its own."""
    rng = np.random.default_rng(batch_size)
    found = {}
    for name, spec in function.structured_input_signature[1].items():
        if name == "times":
            values = np.cumsum(rng.uniform(0, 0.5, [batch_size, num_times]), 1)
        elif name == "frames":
            values = rng.uniform(0, 0.5, [batch_size, *spec.shape[1:]])
        else:
            values = rng.normal(size=request_shape(spec, batch_size=batch_size, num_times=num_times))
        if name == "state":
            values[..., 1] += BODIES_APART
        found[name] = values.astype(spec.dtype.as_numpy_dtype)
    return found


def difference(function, request, answers):
    """The largest, relative to max(1, |x|), of answers that have the SavedModel's names, shapes and dtypes."""
    expected = function(**{name: tf.constant(value) for name, value in request.items()})
    assert answers.keys() == expected.keys()
    largest = 0.0
    for name, value in expected.items():
        x = value.numpy()
        assert (answers[name].shape, answers[name].dtype) == (x.shape, x.dtype), name
        np.testing.assert_array_equal(np.isnan(answers[name]), np.isnan(x))
        error = np.abs(answers[name] - x) / np.maximum(1, np.abs(x))
        largest = max(largest, np.max(np.nan_to_num(error), initial=0))
    return largest
