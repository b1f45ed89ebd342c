"""The motion on a constraint manifold, with redundant and singular constraints, and the projection to the manifold."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import closed_form, models, rollout, systems
from hnn_tf.constraints import RigidRods, constrained_motion, projected, violation
from hnn_tf.constraints.constrained_motion import any_multipliers, multipliers
from hnn_tf.export import export_model
from hnn_tf.input_error import InputError
from hnn_tf.numerics.symplectic_gradient import symplectic_gradient

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


def _rods(dtype="float64"):
    return RigidRods([(0, 1)], [(0, (0.0, 0.0))], dimension=2, lengths=[1.1, 0.7], dtype=dtype)


@pytest.fixture
def chain():
    return systems.CartesianChainPendulum((0.9, 1.4), (1.1, 0.7))


@pytest.fixture
def state(chain, rng):
    return chain.momenta(projected(chain.constraints, rng.normal(size=[4, 8])).numpy())


def _free(system):
    return lambda at: symplectic_gradient(system.hamiltonian, at)


def test_doubled_rods_change_nothing(chain, state):
    class Twice(keras.layers.Layer):
        """Each rod twice, once in other units."""

        def call(self, q):
            values = chain.constraints(q)
            return tf.concat([values, 3.0 * values], -1)

    once = constrained_motion(_free(chain), chain.constraints, tf.constant(state))
    twice = constrained_motion(_free(chain), Twice(dtype="float64"), tf.constant(state))
    # The part of a singular value 1 has the error (1e-10)^3, and roundings are divided by the shift 1e-10.
    np.testing.assert_allclose(twice, once, rtol=1e-5, atol=1e-5 * np.abs(once).max())


@pytest.mark.parametrize("solve", [multipliers, any_multipliers])
def test_singular_systems_have_the_least_solution(solve, rng):
    root = rng.normal(size=[6, 4, 2])
    matrix = root @ np.swapaxes(root, -1, -2)
    right = (matrix @ rng.normal(size=[6, 4, 1]))[..., 0]
    least = (np.linalg.pinv(matrix, rcond=1e-10, hermitian=True) @ right[..., np.newaxis])[..., 0]
    found = solve(tf.constant(matrix), tf.constant(right)).numpy()
    # The roundings of b in the null space, 1e-16, are divided by the shift, 1e-10; a factor of 100 for their sum.
    np.testing.assert_allclose(found, least, atol=1e-4 * np.abs(least).max())
    np.testing.assert_allclose((matrix @ found[..., np.newaxis])[..., 0], right, atol=1e-12 * np.abs(right).max())


@pytest.mark.parametrize("solve", [multipliers, any_multipliers])
def test_no_constraint_at_all_gives_numbers(solve):
    assert np.isfinite(solve(tf.zeros([2, 3, 3]), tf.zeros([2, 3]))).all()


def test_indefinite_systems_are_solved(rng):
    matrix = rng.normal(size=[6, 4, 4])
    right = rng.normal(size=[6, 4])
    expected = np.linalg.solve(matrix, right[..., np.newaxis])[..., 0]
    # e / x^2 is 1e-10 times the square of the condition number, about 100 here, and enters in the third power.
    np.testing.assert_allclose(any_multipliers(tf.constant(matrix), tf.constant(right)), expected, rtol=1e-8)


def test_motion_conserves_energy_and_constraints(chain, state):
    worst = []
    for refinement in (1, 2):
        path = rollout(chain, tf.constant(state), num_steps=20 * refinement, step_size=0.02 / refinement)
        states = chain.velocities(path.numpy())
        energy = chain.hamiltonian(path).numpy()
        changes = [*map(np.max, violation(chain.constraints, states)), np.max(np.abs(energy - energy[:, :1]))]
        worst.append(changes)
    # The error is that of the integrator, of order 4: half the step divides it by about 16.
    assert (np.array(worst[1]) < np.array(worst[0]) / 8).all(), worst
    assert max(worst[1]) < 1e-2


def test_single_precision_gives_the_same_motion(chain, state):
    motion = chain(tf.constant(state)).numpy()
    # Some hundred roundings of the largest number.
    np.testing.assert_allclose(chain(tf.constant(state, tf.float32)), motion, atol=1e-5 * np.abs(motion).max())


def test_projection_gives_possible_states_with_the_nearest_velocities(chain, rng):
    states = tf.constant(rng.normal(size=[5, 8]))
    found = projected(chain.constraints, states)
    assert max(float(tf.reduce_max(each)) for each in violation(chain.constraints, found)) < 1e-14
    jacobian = chain.constraints.jacobian(found[:, :4]).numpy()
    tangent = np.eye(4) - np.linalg.pinv(jacobian) @ jacobian
    # The velocity loses only its part along J^T.
    change = (tangent @ (found - states).numpy()[:, 4:, np.newaxis])[..., 0]
    np.testing.assert_allclose(change, 0.0, atol=1e-13)
    np.testing.assert_allclose(projected(chain.constraints, found), found, atol=1e-14)


def test_positions_that_do_not_come_to_the_manifold_are_refused():
    rods = RigidRods([(0, 1)], dimension=2, lengths=[1.0], dtype="float64")
    with pytest.raises(InputError, match="^projected: expected positions near the manifold; received some that do not"):
        projected(rods, np.zeros([2, 8]))


def test_far_anchors_and_other_precisions_are_no_obstacle(rng):
    far = RigidRods([], [(0, (1e4, 0.0))], dimension=2, lengths=[1e4], dtype="float64")
    states = np.concatenate([rng.normal(size=[10, 2]) * [0.01, 0.9], np.zeros([10, 2])], -1).astype(np.float32)
    position, _ = violation(far, projected(far, states))
    assert np.max(position) < 1e-10  # some hundred roundings of 1e4


@pytest.mark.parametrize(
    "network",
    [
        models.HamiltonianNetwork(
            models.RandomFeatureHamiltonian(), constraints=_rods("float32"), name="random_features"
        ),
        models.HamiltonianNetwork(
            models.MechanicalHamiltonian(models.RandomFeatureMassMatrix(), models.RandomFeatureEnergy()),
            constraints=_rods("float32"),
            name="mechanics",
        ),
    ],
)
def test_what_does_not_know_constraints_refuses_them(network, rng):
    states, numbers = rng.normal(size=[5, 8]), rng.normal(size=[5, 4])
    assert not network.has_closed_form()
    assert not network.computes_forces()
    names = ("position", "velocity", "acceleration", "force")
    fits = {
        "random_features": lambda: closed_form.fit(network, {"state": states, "time_derivative": states}),
        "mechanics": lambda: closed_form.fit_inverse_dynamics(network, dict.fromkeys(names, numbers)),
    }
    with pytest.raises(InputError, match="expected a model without constraints"):
        fits[network.name]()
    with pytest.raises(InputError, match="expected a model without constraints"):
        models.ScaledNetwork(network, offset=[0.0] * 8, scale=[1.0] * 8, time_scale=1.0)


def test_symplectic_methods_are_refused(chain, state):
    with pytest.raises(InputError, match="^integrator 'leapfrog': expected a motion without constraints") as error:
        rollout(chain, state, num_steps=2, step_size=0.01, integrator="leapfrog")
    assert "\n" not in str(error.value)


def _mechanics():
    mass_matrix = models.PointMassMatrix(2, masses=[0.9, 1.4], dtype="float64")
    return models.MechanicalHamiltonian(mass_matrix, models.MLPEnergy(hidden_units=8, dtype="float64"))


def test_single_precision_is_enough_for_different_masses(rng):
    chain = systems.CartesianChainPendulum((1.0, 1000.0), (1.0, 1.0))
    state = chain.momenta(projected(chain.constraints, rng.normal(size=[10, 8])).numpy())
    motion = chain.velocities(chain.numpy_motion(state))
    single = chain.velocities(chain(tf.constant(state, tf.float32)).numpy())
    # (e / x)^3 with e = 2e-5 of the mean, and x some 1e-3 of it; then some hundred roundings.
    np.testing.assert_allclose(single, motion, atol=1e-4 * np.abs(motion).max())


def test_models_of_momenta_and_of_velocities_move_alike(rng):
    model = models.MechanicalVelocityNetwork(_mechanics(), constraints=_rods())
    rods = _rods()
    rods.build([None, 4])
    state = projected(rods, rng.normal(size=[5, 8]))
    motion = model(state).numpy()
    canonical = model.to_canonical(state).numpy()
    momenta = model.canonical_model()(canonical).numpy()
    masses = np.repeat([0.9, 1.4], 2)
    # Some hundred roundings of numbers of order 1, whose sum is divided by J M^-1 J^T.
    np.testing.assert_allclose(momenta[:, 4:] / masses, motion[:, 4:], rtol=1e-11, atol=1e-11)
    # The second derivative of phi is 0.
    bent = np.einsum("bcn,bn->bc", rods.jacobian(state[:, :4]), motion[:, 4:]) + rods.curvature(*np.split(state, 2, -1))
    np.testing.assert_allclose(bent, 0.0, atol=1e-12)


@pytest.mark.parametrize("parameters", [[1.0, 2.0], np.tile([1.0, 2.0], [5, 1])])
def test_parameters_and_inputs_combine_with_constraints(parameters, rng, tmp_path):
    model = models.HamiltonianNetwork(
        models.MLPHamiltonian(hidden_units=8, num_parameters=2, dtype="float64"),
        models.LinearFriction(dtype="float64"),
        models.LinearInput(1, dtype="float64"),
        constraints=_rods(),
    )
    state, inputs = rng.normal(size=[5, 8]), rng.normal(size=[5, 1])
    motion = model(state, inputs=inputs, parameters=parameters).numpy()
    assert np.isfinite(motion).all()
    one = model(state[:1], inputs=inputs[:1], parameters=[1.0, 2.0])
    # The Hessian of an untrained H may be nearly singular on the constraints, which enlarges the roundings.
    np.testing.assert_allclose(one, motion[:1], rtol=1e-6)
    compiled = tf.function(model, jit_compile=True)
    np.testing.assert_allclose(
        compiled(tf.constant(state), inputs=tf.constant(inputs), parameters=parameters), motion, rtol=1e-6
    )
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(state, inputs=inputs, parameters=parameters), motion)


def test_a_lagrangian_obeys_constraints(rng):
    model = models.LagrangianNetwork(models.MLPLagrangian(hidden_units=8, dtype="float64"), constraints=_rods())
    state = tf.constant(rng.normal(size=[5, 8]))
    motion, rods = model(state), model.constraints
    bent = np.einsum("bcn,bn->bc", rods.jacobian(state[:, :4]), motion[:, 4:]) + rods.curvature(*np.split(state, 2, -1))
    np.testing.assert_allclose(bent, 0.0, atol=1e-11)


@pytest.mark.parametrize("network", [models.HamiltonianNetwork, models.MechanicalVelocityNetwork])
def test_constraints_that_do_not_fit_are_refused(network):
    with pytest.raises(TypeError, match=r"^constraints: expected a Keras layer, position \[..., n\] -> phi \[..., C\]"):
        network(_mechanics(), constraints=lambda q: q)
    with pytest.raises(ValueError, match=r"^constraints: expected the .* precision float64; received float32"):
        network(_mechanics(), constraints=_rods("float32"))


@pytest.mark.parametrize("canonical", [False, True])
def test_exports_of_any_batch_move_alike(canonical, rng, tmp_path):
    model = models.MechanicalVelocityNetwork(_mechanics(), constraints=_rods())
    model.build([None, 8])
    model = model.canonical_model() if canonical else model
    state = tf.constant(rng.normal(size=[3, 8]))
    np.testing.assert_allclose(model(tf.reshape(state, [3, 1, 8]))[:, 0], model(state), rtol=1e-12)
    np.testing.assert_allclose(model(state[0]), model(state)[0], rtol=1e-12)
    served = tf.saved_model.load(str(export_model(model, tmp_path / "model")))
    answer = served.signatures["time_derivative"](state=state)["time_derivative"]
    # The same operations, in another order of the batch.
    np.testing.assert_allclose(answer, model(state), rtol=1e-12)
