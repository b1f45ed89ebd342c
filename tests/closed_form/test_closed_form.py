"""Hamiltonians by one solve: known answers, friction, error bars, refusals."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import hnn_tf
from hnn_tf import (
    HamiltonianNetwork,
    InputError,
    MLPHamiltonian,
    RandomFeatureHamiltonian,
    closed_form,
    objectives,
    systems,
)
from hnn_tf.models import LinearFriction


def _network(width=2, hamiltonian=None, **options):
    options = {"num_features": 16, "dtype": "float64"} | options
    model = HamiltonianNetwork(hamiltonian or RandomFeatureHamiltonian(**options))
    model.build([None, width])
    return model


def _oscillators(rng, *, friction=0.0, noise_std=0.0, count=100):
    """Two coupled oscillators, H = |p|^2 / 2 + q_1^2 + 3 q_2^2 + q_1 q_2: states and the linear motion, by hand."""
    state = rng.normal(size=[count, 4])
    q1, q2, p1, p2 = state.T
    motion = np.stack([p1, p2, -2 * q1 - q2 - friction * p1, -6 * q2 - q1 - friction * p2], 1)
    return {"state": state, "time_derivative": motion + noise_std * rng.normal(size=[count, 4])}


def _pendulum(rng, system, count=400):
    state = rng.uniform(-2, 2, [count, 2])
    return {"state": state, "time_derivative": system(tf.constant(state)).numpy()}


def test_an_oscillator_is_found_exactly(rng):
    model = _network(4)
    report = closed_form.fit(model, _oscillators(rng))
    unseen = _oscillators(rng)
    # 1e-12: a float64's 16 digits less those of the condition; quadratic features hold the true H.
    np.testing.assert_allclose(model(tf.constant(unseen["state"])), unseen["time_derivative"], atol=1e-12)
    assert report.solution.noise_std < 1e-13


def test_coefficients_equal_a_naive_solve(rng):
    model, samples = _network(4, structure="separable"), _oscillators(rng, noise_std=0.3)
    report = closed_form.fit(model, samples, ridge=2.0)
    with tf.GradientTape() as tape:
        state = tf.constant(samples["state"])
        tape.watch(state)
        features = model.hamiltonian.features(state)
    gradients = tape.batch_jacobian(features, state).numpy()  # [N, m, 2n]
    a = np.concatenate([gradients[..., 2:], -gradients[..., :2]], -1).swapaxes(1, 2).reshape(400, -1)
    penalised = a.T @ a + 2.0 * np.eye(a.shape[1])
    expected = np.linalg.solve(penalised, a.T @ samples["time_derivative"].reshape(-1))
    np.testing.assert_allclose(model.hamiltonian.coefficients, expected, atol=1e-12)
    # The error bars of the same covariance.
    covariance = report.solution.noise_std**2 * np.linalg.inv(penalised)
    bars = np.sqrt(np.einsum("ni,ij,nj->n", a, covariance, a)).reshape(100, 4)
    np.testing.assert_allclose(report.field_std(samples["state"]), bars, rtol=1e-10)
    difference = features.numpy() - features.numpy()[:1]
    bars = np.sqrt(np.einsum("ni,ij,nj->n", difference, covariance, difference))
    found = report.energy_std(samples["state"], reference=samples["state"][0])
    np.testing.assert_allclose(found, bars, rtol=1e-10)
    assert found[0] == 0


def test_batches_give_what_all_at_once_gives(rng, monkeypatch):
    model, samples = _network(4), _oscillators(rng, noise_std=0.1)
    monkeypatch.setattr(closed_form.hamiltonian_regression, "LARGEST_BLOCK", 4 * 30 * 7)  # seven states at a time
    found = []
    for batch in (100, 33):
        regression = closed_form.HamiltonianRegression(model.hamiltonian, friction=True)
        for first in range(0, 100, batch):
            rows = slice(first, first + batch)
            regression.add(samples["state"][rows], samples["time_derivative"][rows])
        found.append(regression.solve(ridge=1e-3))
    np.testing.assert_allclose(found[0].solution.coefficients, found[1].solution.coefficients, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(found[0].friction, found[1].friction, rtol=1e-10)


def test_a_noise_free_pendulum_is_found_to_many_digits(rng):
    system = systems.Pendulum()
    # With an angle, cos q is a feature itself; without, tanh's have to make it.
    for options, bound in (({"periodic": (0,)}, 1e-24), ({"num_features": 100}, 1e-8)):
        model = _network(**options)
        closed_form.fit(model, _pendulum(rng, system))
        assert hnn_tf.evaluation.derivative_mse(model, _pendulum(rng, system)) < bound


def test_two_bodies_are_found_from_distances(rng):
    system, model = systems.NBody(), _network(8, structure="pairwise")
    starts, unseen = (hnn_tf.data.sample_two_body(rng, 300) for _ in range(2))
    closed_form.fit(model, {"state": starts, "time_derivative": system(tf.constant(starts)).numpy()})
    samples = {"state": unseen, "time_derivative": system(tf.constant(unseen)).numpy()}
    assert hnn_tf.evaluation.derivative_mse(model, samples) < 1e-10


def test_a_float32_model_gets_coefficients_that_float32_can_evaluate(rng):
    system = systems.Pendulum()
    samples, errors = _pendulum(rng, system), {}
    model, precise = _network(num_features=100, dtype="float32"), _network(num_features=100)
    for name, fitted in (("float32", model), ("float64", precise)):
        closed_form.fit(fitted, samples)
        model.hamiltonian.assign_coefficients(fitted.hamiltonian.coefficients)
        errors[name] = hnn_tf.evaluation.derivative_mse(model, samples)
    # Round-off of float32 features counts as noise; the precise solution's large coefficients would multiply it.
    assert errors["float32"] < 1e-5
    assert errors["float32"] < 0.01 * errors["float64"]


@pytest.mark.parametrize("gamma", [0.0, 0.35, -0.1])
def test_friction_is_found_beside_the_energy(rng, gamma):
    model = _network(4)
    report = closed_form.fit(model, _oscillators(rng, friction=gamma, noise_std=0.1), friction=True)
    # Of 100 states with noise 0.1 on each: about 0.01, which is 4 sigma.
    assert np.all((0.005 < report.friction_std) & (report.friction_std < 0.02))
    np.testing.assert_array_less(np.abs(report.friction - gamma), 4 * report.friction_std)
    # The energy is that of the motion without friction.
    unseen = _oscillators(rng)
    np.testing.assert_allclose(model(tf.constant(unseen["state"])), unseen["time_derivative"], atol=0.3)


def test_without_friction_there_is_none(rng):
    assert closed_form.fit(_network(4), _oscillators(rng)).friction.shape == (0,)


@pytest.mark.slow
def test_error_bars_of_energy_and_motion_cover_what_they_say(rng):
    inside = {"energy": [], "motion": []}
    unseen = {name: column[:20] for name, column in _oscillators(rng).items()}
    q1, q2, p1, p2 = unseen["state"].T
    true = (p1**2 + p2**2) / 2 + q1**2 + 3 * q2**2 + q1 * q2
    model = _network(4)
    for seed in range(40):
        report = closed_form.fit(model, _oscillators(rng, noise_std=0.5), seed=seed)
        error = model(tf.constant(unseen["state"])) - unseen["time_derivative"]
        inside["motion"].append(np.abs(error) < report.field_std(unseen["state"]))
        energy = model.hamiltonian(tf.constant(unseen["state"])).numpy()
        error = (energy - energy[0]) - (true - true[0])
        inside["energy"].append((np.abs(error) < report.energy_std(unseen["state"], reference=unseen["state"][0]))[1:])
    for name, covered in inside.items():
        # 68.3 % of a Gaussian; 40 draws know it to 5 % (states of one draw err together): 15 % is three sigma.
        assert np.mean(covered) == pytest.approx(0.683, abs=0.15), name


def test_error_bars_grow_away_from_the_data(rng):
    model = _network(2)
    report = closed_form.fit(model, _pendulum(rng, systems.Pendulum()) | {"state": rng.normal(size=[400, 2])})
    near, far = np.zeros([1, 2]), np.full([1, 2], 8.0)
    assert np.all(report.field_std(far) > 10 * report.field_std(near))


def test_only_the_last_kernel_of_a_perceptron_is_solved_for(rng):
    model, system = _network(hamiltonian=MLPHamiltonian(hidden_units=[12, 50], dtype="float64")), systems.Pendulum()
    before = [v.numpy() for v in model.trainable_variables]
    samples = _pendulum(rng, system)
    closed_form.fit(model, samples)
    changed = [np.any(v.numpy() != b) for v, b in zip(model.trainable_variables, before, strict=True)]
    assert [v.name for v, c in zip(model.trainable_variables, changed, strict=True) if c] == ["kernel_2"]
    assert hnn_tf.evaluation.derivative_mse(model, _pendulum(rng, system)) < 1e-3


@pytest.mark.slow
def test_training_goes_on_from_a_solve(rng):
    model, samples = _network(4, num_features=8), _oscillators(rng)
    closed_form.fit(model, samples, ridge=1e4)  # too strong, so that there is something to train
    loop = hnn_tf.TrainingLoop(model, hnn_tf.objectives.DerivativeMatching(), keras.optimizers.Adam(1e-2), samples)
    before = loop.loss()
    loop.run(100)
    assert loop.loss() < 0.5 * before


def test_features_that_were_adapted_can_be_kept(rng):
    model, samples = _network(4), _oscillators(rng)
    model.hamiltonian.adapt(samples["state"], seed=7)
    kernel = model.hamiltonian.non_trainable_variables[2].numpy()
    closed_form.fit(model, samples, adapt=False)
    np.testing.assert_array_equal(model.hamiltonian.non_trainable_variables[2], kernel)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ({"state": np.zeros([5, 2]), "time_derivative": np.zeros([5, 1])}, r"shapes \(5, 2\) and \(5, 1\)"),
        ({"state": np.ones(4), "time_derivative": np.ones(4)}, r"both \[N, 2n\]; received shapes \(4,\) and \(4,\)"),
        ({"state": np.ones([5, 2]), "time_derivative": np.full([5, 2], np.nan)}, "expected finite rows and targets"),
    ],
)
def test_samples_that_cannot_be_used_are_refused(samples, message):
    with pytest.raises(InputError, match=message):
        closed_form.fit(_network(), samples, adapt=False)


def test_a_solve_without_samples_is_refused():
    with pytest.raises(InputError, match="expected samples before solve"):
        closed_form.HamiltonianRegression(_network().hamiltonian).solve()


def test_friction_of_bodies_at_rest_is_refused(rng):
    samples = {"state": rng.normal(size=[50, 2]) * [1, 0], "time_derivative": rng.normal(size=[50, 2])}
    with pytest.raises(InputError, match="expected independent columns without penalty"):
        closed_form.fit(_network(), samples, friction=True)


def test_the_weak_form_of_a_perceptron_is_solved_for_its_last_layer():
    times = np.linspace(0.0, 3.0, 61)
    states = np.stack([np.stack([np.cos(times + a), -np.sin(times + a)], -1) for a in (0.0, 1.0, 2.0)])
    hamiltonian = MLPHamiltonian(hidden_units=[64], dtype="float64")
    closed_form.fit_weak(hamiltonian, {"times": np.tile(times, [3, 1]), "states": states}, objectives.WeakForm())
    model = HamiltonianNetwork(hamiltonian)
    expected = states[0] @ [[0.0, -1.0], [1.0, 0.0]]
    np.testing.assert_allclose(model(tf.constant(states[0])), expected, atol=1e-3)  # of quadrature at steps of 0.05


def test_a_dissipation_that_would_stay_unfitted_is_refused(rng):
    model = HamiltonianNetwork(RandomFeatureHamiltonian(), LinearFriction())
    with pytest.raises(
        InputError, match="expected a model without dissipation, because only the Hamiltonian is fitted"
    ):
        closed_form.fit(model, _oscillators(rng))


def test_a_hamiltonian_that_is_not_linear_is_refused():
    class Cubic(keras.layers.Layer):
        def call(self, state):
            return tf.reduce_sum(state**3, -1)

    with pytest.raises(InputError, match="expected a Hamiltonian that is linear in its coefficients"):
        closed_form.fit(_network(hamiltonian=Cubic()), {"state": np.ones([5, 2]), "time_derivative": np.ones([5, 2])})
