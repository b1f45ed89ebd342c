"""The match of forces and of accelerations: their samples, and which recordings and models they refuse."""

import numpy as np
import pytest
import tensorflow as tf
import two_link_arm
from bead_family import BeadMass, Height

import hnn_tf
from hnn_tf import InputError, ModelOptions, TrainingOptions, data, models, objectives
from hnn_tf.training.training_set import TrainingSet


@pytest.fixture
def columns(rng):
    return two_link_arm.samples(rng, 60)


def _recordings(columns, **changes):
    """Two recordings of 40 and 20 readings."""
    q, v, a, force = (columns[name] for name in objectives.InverseDynamics.columns)
    parts = {
        "states": np.concatenate([q, v], 1),
        "time_derivatives": np.concatenate([v, a], 1),
        "inputs": force,
    } | changes
    cut = {name: [part[:40], part[40:]] for name, part in parts.items() if part is not None}
    return data.Recordings.from_arrays([np.arange(40.0), np.arange(20.0)], angles=(0, 1), **cut)


@pytest.fixture(params=[objectives.InverseDynamics, objectives.ForwardDynamics])
def objective(request):
    return request.param()


def test_samples_are_the_readings(objective, columns):
    samples = objective.samples_of(_recordings(columns))
    assert samples.keys() == columns.keys()
    for name, column in columns.items():
        np.testing.assert_array_equal(samples[name], column)


def test_recordings_without_what_it_needs_are_refused(objective, columns):
    with pytest.raises(InputError, match="expected inputs; received recordings without"):
        objective.samples_of(_recordings(columns, inputs=None))
    with pytest.raises(InputError, match="expected time_derivatives; received recordings without"):
        objective.samples_of(_recordings(columns, time_derivatives=None))
    with pytest.raises(InputError, match=r"expected one force for each of the 2 positions; received inputs of width 1"):
        objective.samples_of(_recordings(columns, inputs=columns["force"][:, :1]))


def test_parameters_are_those_of_each_reading(objective, rng):
    q, v, a = rng.normal(size=[3, 60, 1])
    theta = np.array([[0.5, 3.0], [2.0, 9.81]])
    mass, gravity = np.repeat(theta, [40, 20], 0).T[..., np.newaxis]
    force = mass * (1 + q**2) * a + mass * q * v**2 + mass * gravity * q
    parts = {"states": [q, v], "time_derivatives": [v, a], "inputs": [force]}
    cut = {name: np.split(np.concatenate(part, 1), [40]) for name, part in parts.items()}
    family = data.Recordings.from_arrays([np.arange(40.0), np.arange(20.0)], parameters=theta, **cut)
    beads = hnn_tf.HamiltonianNetwork(hnn_tf.MechanicalHamiltonian(BeadMass(dtype="float64"), Height(dtype="float64")))
    samples = {name: tf.constant(column) for name, column in objective.samples_of(family).items()}
    # The square of 1e-13, which is some ten roundings of numbers below 100.
    assert float(objective.loss(beads, samples)) < 1e-26
    assert float(objective.loss(beads, samples | {"parameters": samples["parameters"][::-1]})) > 1e-2
    network = models.new_model(ModelOptions("mechanical", hidden_units=(4,)), width=2)
    with pytest.raises(InputError, match="mechanical: takes no parameters; leave the parameters out"):
        objective.loss(network, samples)
    with pytest.raises(InputError, match="expected parameters of width 2; received none"):
        objective.loss(beads, {name: column for name, column in samples.items() if name != "parameters"})
    with pytest.raises(InputError, match="closed form: expected samples without parameters"):
        hnn_tf.closed_form.fit_inverse_dynamics(
            models.new_model(ModelOptions("mechanical_features", hidden_units=(4,)), width=2), samples
        )


def test_momenta_in_the_place_of_velocities_are_refused(objective, columns):
    q, v, a = (columns[name] for name in ("position", "velocity", "acceleration"))
    momenta = two_link_arm.inertial(q, v)
    with pytest.raises(InputError, match="expected velocities in the second half of the states; received numbers that"):
        objective.samples_of(_recordings(columns, states=np.concatenate([q, momenta], 1)))
    noisy = v + 0.1 * np.random.default_rng(1).normal(size=v.shape)  # of velocities of about 1
    objective.samples_of(_recordings(columns, time_derivatives=np.concatenate([noisy, a], 1)))


@pytest.mark.parametrize("name", ["hnn", "baseline", "separable", "random_features"])
def test_models_without_a_mass_matrix_are_refused(objective, name):
    model = models.new_model(ModelOptions(name, hidden_units=(4,)), width=4)
    with pytest.raises(InputError, match=f"expected a model with a mass matrix, .* received '{name}'; take mechanical"):
        objective.check(model)


@pytest.mark.slow
def test_the_true_arm_has_no_loss(objective, columns):
    shared = {"num_features": 4, "angles": (0, 1), "dtype": "float64"}
    arm = hnn_tf.HamiltonianNetwork(
        hnn_tf.MechanicalHamiltonian(hnn_tf.RandomFeatureMassMatrix(**shared), hnn_tf.RandomFeatureEnergy(**shared))
    )
    hnn_tf.closed_form.fit_inverse_dynamics(arm, columns)  # test_force_fit.py shows that it is the true one
    constants = {name: tf.constant(column) for name, column in columns.items()}
    assert float(objective.loss(arm, constants)) < 1e-16


@pytest.mark.slow
@pytest.mark.parametrize("model", ["mechanical", "mechanical_friction"])
def test_a_network_learns_the_arm(model, columns):
    objective = objectives.InverseDynamics()
    network = models.new_model(ModelOptions(model, hidden_units=(8,)), width=4, angles=(0, 1))
    loop = hnn_tf.TrainingLoop(network, objective, hnn_tf.optimizers.LBFGS(), columns)
    before = loop.loss()
    loop.run(30)
    assert loop.loss() < 0.1 * before


def test_fit_takes_the_closed_form(columns):
    recordings = _recordings(columns)
    fitted = hnn_tf.fit(
        recordings,
        test=recordings,
        model=ModelOptions("mechanical_features", hidden_units=(4,), precision="float64"),
        objective="inverse_dynamics",
        progress=False,
    )
    assert fitted.result.steps == 0
    assert fitted.metrics["test_loss"] < 1e-16
    assert "coordinate_mse" not in fitted.metrics  # the states are no states (q, p), where a rollout could begin


def test_derivatives_can_be_estimated(columns):
    times = 0.05 * np.arange(60)
    q = np.stack([np.sin(times), np.cos(1.3 * times)], 1)
    v = np.stack([np.cos(times), -1.3 * np.sin(1.3 * times)], 1)
    recordings = data.Recordings.from_arrays(times, [np.concatenate([q, v], 1)], inputs=[columns["force"]])
    found = TrainingSet.of(
        recordings,
        test=recordings,
        objective=objectives.InverseDynamics(),
        options=TrainingOptions(),
        derivatives="smoothing_spline",
    )
    a = np.stack([-np.sin(times), -1.69 * np.cos(1.3 * times)], 1)
    np.testing.assert_allclose(found.train["acceleration"], a, atol=1e-2)  # a spline's error at the ends
    np.testing.assert_array_equal(found.train["force"], columns["force"])
