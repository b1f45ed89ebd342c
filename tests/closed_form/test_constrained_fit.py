"""The closed form for points with constraints, against systems whose masses, potentials and friction are known."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import models, systems
from hnn_tf.closed_form import fit_constrained
from hnn_tf.closed_form.constrained_field import ConstrainedField
from hnn_tf.closed_form.input_gains import InputGains
from hnn_tf.constraints import RigidRods, projected
from hnn_tf.data.reference_solution import reference_solution
from hnn_tf.input_error import InputError

CHAIN = systems.CartesianChainPendulum((1.0, 1.4), (1.1, 0.7))


def _chunks(system, count, *, length=5, noise_std=0.0, seed=0):
    """Short trajectories of positions and velocities, each from its own start."""
    rng = np.random.default_rng(seed)
    starts = projected(system.constraints, rng.normal(size=[count, 2 * system.dof])).numpy()
    times = np.arange(length) * 0.03
    states = system.velocities(reference_solution(system, system.momenta(starts), times))
    return {"times": np.tile(times, [count, 1]), "states": states + noise_std * rng.normal(size=states.shape)}


def _model(system, *, pairs=(), dissipation=None, control=None, constraints=None, **masses):
    dimension = system.dimension
    mechanics = models.MechanicalHamiltonian(
        models.PointMassMatrix(dimension, dtype="float64", **masses),
        models.RandomFeaturePointEnergy(dimension=dimension, pairs=pairs, num_features=5, dtype="float64"),
    )
    constraints = system.constraints if constraints is None else constraints
    return models.MechanicalVelocityNetwork(mechanics, dissipation, control, constraints)


def test_masses_and_motion_of_a_chain_are_found():
    model = _model(CHAIN)
    found = fit_constrained(model, _chunks(CHAIN, 40))
    # The accelerations of exact readings err by some 1e-6, and Gauss-Newton removes this. The noise has a floor of 1e-6
    # of the spread; five of the standard errors that follow from it.
    error = model.mechanics.mass_matrix.physical_parameters()["mass_ratio_2"] - 1.4
    assert abs(error) < 5 * np.sqrt(found.posterior.covariance.numpy()[0, 0])
    test = _chunks(CHAIN, 10, seed=1)["states"].reshape(-1, 8)
    expected = CHAIN.velocities(CHAIN.numpy_motion(CHAIN.momenta(test)))
    np.testing.assert_allclose(model(test), expected, atol=1e-3 * np.abs(expected).max())


@pytest.mark.slow
def test_springs_between_pendulums_are_found():
    system = systems.CoupledPendulums((1.0, 1.3, 0.8))
    model = _model(system, pairs=[(0, 1), (0, 2), (1, 2)])
    rng = np.random.default_rng(0)
    hanging = (system.pivots - [0.0, 0.0, 1.0]).ravel()
    starts = np.concatenate([hanging + 0.3 * rng.normal(size=[60, 9]), rng.normal(size=[60, 9])], -1)
    starts = system.momenta(projected(system.constraints, starts).numpy())
    times = np.arange(5) * 0.03
    states = system.velocities(reference_solution(system, starts, times))
    found = fit_constrained(model, {"times": np.tile(times, [60, 1]), "states": states})
    expected = system.velocities(system.numpy_motion(starts))
    np.testing.assert_allclose(model(system.velocities(starts)), expected, atol=1e-3 * np.abs(expected).max())
    ratios = model.mechanics.mass_matrix.physical_parameters()
    std = np.sqrt(np.diag(found.posterior.covariance.numpy())[:2])
    assert (np.abs([ratios["mass_ratio_2"] - 1.3, ratios["mass_ratio_3"] - 0.8]) < 5 * std).all()


@pytest.mark.slow
def test_noisy_masses_are_within_their_intervals():
    errors = []
    for seed in range(8):
        model = _model(CHAIN)
        found = fit_constrained(model, _chunks(CHAIN, 60, noise_std=1e-3, seed=seed))
        std = np.sqrt(found.posterior.covariance.numpy()[0, 0])
        errors.append((model.mechanics.mass_matrix.physical_parameters()["mass_ratio_2"] - 1.4) / std)
    # Of 8 draws, more than 2 are outside of 95 % with a probability of 0.6 %.
    assert np.sum(np.abs(errors) > 1.96) <= 2, errors


def _field(**options):
    potential = models.RandomFeaturePointEnergy(dimension=2, num_features=4, dtype="float64")
    potential.build([None, 4])
    return ConstrainedField(potential, CHAIN.constraints, np.array([0, 0, 1, 1]), **options)


@pytest.mark.parametrize(
    "options", [{}, {"friction": True}, {"gains": InputGains(4, 1)}, {"masses": np.array([1.0, 2])}]
)
def test_derivatives_of_the_field_are_those_of_a_tape(options, rng):
    field = _field(**options)
    count = field.num_gains + field.num_masses + 14 + options.get("friction", False)
    state = projected(CHAIN.constraints, rng.normal(size=[3, 8]))
    parameters = tf.constant(np.abs(rng.normal(size=count)))
    inputs = tf.constant(rng.normal(size=[3, 1])) if "gains" in options else None
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([state, parameters])
        value = field.value(state, parameters, inputs)
        flat = tf.reshape(value, [-1])
    by_state = tape.batch_jacobian(value, state, experimental_use_pfor=False)
    by_parameters = tape.jacobian(flat, parameters, experimental_use_pfor=False)
    found = field.linearised(state, parameters, inputs)
    # Some hundred roundings, and a division by the smallest eigenvalue of J M^-1 J^T.
    scale = float(tf.reduce_max(tf.abs(by_state)))
    np.testing.assert_allclose(found[0], value, rtol=1e-10, atol=1e-11 * scale)
    np.testing.assert_allclose(found[1], by_state, atol=1e-10 * scale)
    np.testing.assert_allclose(tf.reshape(found[2], [-1, count]), by_parameters, atol=1e-9 * scale)


@pytest.mark.slow
def test_friction_and_gains_are_found(rng):
    """A chain with friction, and a force on its last point, simulated by the field itself."""
    model = _model(
        CHAIN, dissipation=models.LinearFriction(dtype="float64"), control=models.LinearInput(1, dtype="float64")
    )
    count, length = 60, 8
    times, states = np.tile(np.arange(length) * 0.03, [count, 1]), []
    model.build([None, 8])
    state = projected(CHAIN.constraints, rng.normal(size=[count, 8]))
    inputs = np.repeat(rng.normal(size=[count, 1, 1]), length, 1)

    def motion(at):
        canonical = tf.constant(CHAIN.momenta(at.numpy()))
        velocity = canonical.numpy()[:, 4:] / [1.0, 1.0, 1.4, 1.4]
        # The same force acts through the constraints: project it with the true masses.
        push = -0.3 * velocity + inputs[:, 0] * [0.0, 0.0, 2.0, 0.5]
        jacobian = CHAIN.constraints.numpy_jacobian(at.numpy()[:, :4])
        masses = np.repeat(CHAIN.masses, 2)
        matrix = np.einsum("bcn,bdn->bcd", jacobian / masses, jacobian)
        tension = np.linalg.solve(matrix, np.einsum("bcn,bn->bc", jacobian, push / masses)[..., np.newaxis])
        push = (push - np.einsum("bcn,bc->bn", jacobian, tension[..., 0])) / masses
        return tf.constant(
            CHAIN.velocities(CHAIN.numpy_motion(canonical.numpy())) + np.concatenate([0 * push, push], -1)
        )

    for _ in range(length):
        states.append(state.numpy())
        for _ in range(10):  # steps of rk4
            h = 0.003
            a = motion(state)
            b = motion(state + h / 2 * a)
            c = motion(state + h / 2 * b)
            d = motion(state + h * c)
            state = state + h / 6 * (a + 2 * b + 2 * c + d)
    samples = {"times": times, "states": np.stack(states, 1), "inputs": inputs, "end_inputs": inputs}
    found = fit_constrained(model, samples)
    assert abs(found.friction - 0.3) < 1e-3
    np.testing.assert_allclose(found.gains[:, 0], [0.0, 0.0, 2.0, 0.5], atol=1e-3)


def test_positions_far_from_the_manifold_are_refused():
    wrong = RigidRods([(0, 1)], [(0, (0.0, 0.0))], dimension=2, lengths=[1.1, 0.7], dtype="float64")
    with pytest.raises(
        InputError, match="^closed form: expected positions on the manifold of the constraints; received"
    ):
        fit_constrained(_model(CHAIN, constraints=wrong), _chunks(CHAIN, 10))


def test_known_gains_determine_the_unit_of_the_masses():
    field = _field(gains=InputGains(4, 1, known=np.array([[0.0], [0.0], [2.0], [0.5]])))
    assert field.num_masses == 2
    parameters = tf.constant([2.0, 3.0, *np.zeros(14)], tf.float64)
    state = tf.constant(projected(CHAIN.constraints, np.zeros([1, 8]) + [0.3, -0.9, 0.5, -1.5, 0, 0, 0, 0]))
    once = field.value(state, parameters, tf.constant([[1.0]], tf.float64))
    twice = field.value(state, 2.0 * parameters, tf.constant([[2.0]], tf.float64))
    np.testing.assert_allclose(twice, once, rtol=1e-12, atol=1e-14)
    acceleration = np.split(once, 2, -1)[1]
    columns, known = field.missing_force(state, tf.constant(acceleration), tf.constant([[1.0]], tf.float64))
    jacobian = CHAIN.constraints.jacobian(state[:, :4]).numpy()[0]
    tangent = np.eye(4) - np.linalg.pinv(jacobian) @ jacobian
    balance = (columns.numpy() @ parameters.numpy() + known.numpy())[0]
    np.testing.assert_allclose(tangent @ balance, 0.0, atol=1e-12)


class Circle(keras.layers.Layer):
    """A constraint without written-out derivatives."""

    def call(self, q):
        return (tf.reduce_sum(q * q, -1, keepdims=True) - 1.0) / 2.0


@pytest.mark.slow
def test_a_single_mass_and_a_constraint_of_ones_own_are_fitted():
    one = systems.CartesianChainPendulum((1.0,), (1.0,))
    mechanics = models.MechanicalHamiltonian(models.PointMassMatrix(2), models.RandomFeaturePointEnergy(dimension=2))
    model = models.MechanicalVelocityNetwork(mechanics, constraints=Circle())
    model.build([None, 4])
    mechanics.mass_matrix.assign_masses([2.0])  # without a meaning of its own
    samples = _chunks(one, 20)
    fit_constrained(model, samples)
    state = samples["states"][:, 0]
    expected = one.velocities(one.numpy_motion(one.momenta(state)))
    # The model computes in float32, and sums some two hundred features of which the largest are some 100.
    np.testing.assert_allclose(model(state), expected, atol=1e-3 * np.abs(expected).max())


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"times": None}, "expected the columns times and states; received none named times"),
        ({"times": np.tile([0.0, 0.1, 0.1, 0.2, 0.3], [4, 1])}, "expected finite times that increase"),
        ({"times": np.tile([0.0, 0.1, np.nan, 0.2, 0.3], [4, 1])}, "expected finite times that increase"),
        (
            {"states": np.zeros([4, 5, 4])},
            "expected states of width 8, for which the model was built; received width 4",
        ),
    ],
)
def test_samples_that_do_not_fit_are_refused(changed, message):
    samples = {name: value for name, value in (_chunks(CHAIN, 4) | changed).items() if value is not None}
    model = _model(CHAIN)
    model.build([None, 8])
    with pytest.raises(InputError, match=f"^closed form: {message}") as error:
        fit_constrained(model, samples)
    assert "\n" not in str(error.value)


def test_other_models_and_samples_are_refused():
    other = models.MechanicalVelocityNetwork(models.MechanicalHamiltonian(models.MLPMassMatrix(), models.MLPEnergy()))
    with pytest.raises(InputError, match="^closed form: expected MechanicalVelocityNetwork with PointMassMatrix"):
        fit_constrained(other, _chunks(CHAIN, 4))
    with pytest.raises(InputError, match=r"^closed form: expected times \[N, T\], T >= 3, and finite states"):
        fit_constrained(_model(CHAIN), _chunks(CHAIN, 4, length=2))
