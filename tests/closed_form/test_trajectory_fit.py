"""The closed form of whole trajectories, on problems whose answers are known."""

import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import (
    BaselineNetwork,
    HamiltonianNetwork,
    InputError,
    MLPHamiltonian,
    RandomFeatureHamiltonian,
    TimeReversibleHamiltonian,
    closed_form,
    data,
    objectives,
    systems,
    warm_start,
)
from hnn_tf.closed_form.evidence import posterior
from hnn_tf.closed_form.linear_field import LinearField
from hnn_tf.closed_form.trajectory_fitter import TrajectoryFitter
from hnn_tf.models import LinearFriction

TIMES = np.linspace(0, 3, 16)


class _Quadratic:
    """H = w_1 q^2 + w_2 q p + w_3 p^2."""

    coefficient_scales = np.full(3, 1e3)
    coefficients = None

    def feature_gradients(self, state):
        q, p = state[..., 0], state[..., 1]
        zero = tf.zeros_like(q)
        return tf.stack([tf.stack([2 * q, p, zero], -1), tf.stack([zero, q, 2 * p], -1)], -2)

    def assign_coefficients(self, values):
        self.coefficients = values


def _samples(rng, *, noise_std, count=10, derivatives=True):
    starts = data.sample_on_radius(rng, count, radius=(0.5, 1.0))
    trajectories = data.generate_trajectories(systems.MassSpring(), starts, TIMES, noise_std=noise_std, rng=rng)
    samples = trajectories.trajectory_samples()
    return samples if derivatives else {name: samples[name] for name in ("times", "states", "initial_state")}


@pytest.mark.slow
def test_sensitivities_are_central_differences(rng):
    features = RandomFeatureHamiltonian(num_features=6, dtype="float64")
    features.adapt(rng.normal(size=[20, 2]))
    count = int(features.coefficients.shape[0])
    field = LinearField(features, friction=True)
    fitter = TrajectoryFitter(field, np.ones(count + 1), _samples(rng, noise_std=0.1, count=2))
    w, start = rng.normal(size=count + 1) / 10, rng.normal(size=[2, 2])

    def values(w, start):
        return np.stack([part.numpy() for part in fitter._rollout.values(tf.constant(w), tf.constant(start))])

    states, by_w, by_start, slopes, slopes_by_w, slopes_by_start = fitter._rollout.linearised(
        tf.constant(w), tf.constant(start)
    )
    np.testing.assert_allclose(np.stack([states, slopes]), values(w, start), atol=1e-12)
    step = 1e-5
    # The differences' own error: their step squared times third derivatives, relative to the second.
    for i in range(count + 1):
        shift = step * np.eye(count + 1)[i]
        difference = (values(w + shift, start) - values(w - shift, start)) / (2 * step)
        np.testing.assert_allclose(np.stack([by_w[..., i], slopes_by_w[..., i]]), difference, rtol=1e-5, atol=1e-6)
    for i in range(2):
        shift = step * np.eye(2)[i]
        difference = (values(w, start + shift) - values(w, start - shift)) / (2 * step)
        np.testing.assert_allclose(
            np.stack([by_start[..., i], slopes_by_start[..., i]]), difference, rtol=1e-5, atol=1e-6
        )


def test_posterior_is_the_bayesian_linear_models(rng):
    rows, scales = rng.normal(size=[30, 4]), np.array([1.0, 2.0, 0.5, 1.0])
    targets = rows @ [1.0, -1.0, 0.5, 0.0] + 0.1 * rng.normal(size=30)
    found = posterior(
        tf.constant(rows.T @ rows),
        tf.constant(rows.T @ targets),
        tf.constant(targets @ targets),
        30,
        tf.constant(scales),
        noise_variance=0.01,
    )
    prior = np.diag((found.prior_std * scales) ** 2)
    covariance = np.linalg.inv(rows.T @ rows / 0.01 + np.linalg.inv(prior))
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-9)
    np.testing.assert_allclose(found.mean, covariance @ rows.T @ targets / 0.01, rtol=1e-9)

    def evidence(std):  # of the targets as one normal vector
        total = rows @ np.diag((std * scales) ** 2) @ rows.T + 0.01 * np.eye(30)
        return -0.5 * (np.linalg.slogdet(total)[1] + targets @ np.linalg.solve(total, targets))

    assert found.log_evidence == pytest.approx(evidence(found.prior_std), rel=1e-9)
    assert evidence(found.prior_std) >= max(evidence(found.prior_std * f) for f in (0.5, 2.0))


@pytest.mark.slow
def test_a_quadratic_hamiltonian_without_noise_is_found(rng):
    quadratic = _Quadratic()
    found = closed_form.fit_trajectories(quadratic, _samples(rng, noise_std=0.0, derivatives=False))
    np.testing.assert_allclose(quadratic.coefficients, [1, 0, 1], atol=1e-6)  # the least noise that is assumed
    assert found.converged


@pytest.mark.slow
def test_coefficients_are_within_their_error_bars(rng):
    misses = []
    for _ in range(12):
        quadratic = _Quadratic()
        found = closed_form.fit_trajectories(
            quadratic, _samples(rng, noise_std=0.1, count=6, derivatives=False), substeps=2
        )
        std = np.sqrt(np.diag(found.posterior.covariance))
        misses += list((quadratic.coefficients - [1, 0, 1]) / std)
        assert found.noise_std == pytest.approx([0.1, 0.1], rel=0.35)  # 96 numbers know it to 7 %, and 3 deviations
    # Of 36 standard normals, not all independent: their root mean square.
    assert 0.6 < np.sqrt(np.mean(np.square(misses))) < 1.5


@pytest.mark.slow
def test_derivatives_at_rolled_out_states_have_no_bias(rng):
    quadratic, plain = _Quadratic(), _Quadratic()
    samples = _samples(rng, noise_std=0.2, count=10)
    closed_form.fit_trajectories(quadratic, samples)
    flat = [samples[name].reshape(-1, 2) for name in ("states", "time_derivatives")]
    rows = LinearField(plain).columns(tf.constant(flat[0]), tf.zeros([0], tf.float64)).numpy().reshape(-1, 3)
    attenuated = np.linalg.lstsq(rows, flat[1].reshape(-1), rcond=None)[0]
    # Noise in the regressors: mean square of a coordinate 0.29, of the noise 0.04.
    assert attenuated[[0, 2]].mean() < 0.93
    np.testing.assert_allclose(quadratic.coefficients, [1, 0, 1], atol=2e-3)


@pytest.mark.slow
def test_friction_is_found_with_its_error_bar(rng):
    gamma, states = 0.2, []
    # d^2 q / dt^2 = -4 q - 0.4 dq/dt, by its exact flow.
    matrix = np.array([[0.0, 2.0], [-2.0, -2.0 * gamma]])
    values, vectors = np.linalg.eig(matrix)
    for start in data.sample_on_radius(rng, 8, radius=(0.5, 1.0)):
        modes = np.linalg.solve(vectors, start.astype(complex))
        states.append(np.real(vectors @ (modes[:, None] * np.exp(np.outer(values, TIMES)))).T)
    clean = np.array(states)
    noisy = clean + 0.02 * rng.normal(size=clean.shape)
    samples = {"times": np.tile(TIMES, [8, 1]), "states": noisy, "initial_state": noisy[:, :1]}
    found = closed_form.fit_trajectories(_Quadratic(), samples, friction=True)
    value, std = float(found.posterior.mean[-1]), float(found.posterior.covariance[-1, -1]) ** 0.5
    assert std < 0.02
    assert abs(value - gamma) < 3 * std


@pytest.mark.slow
def test_evidence_prefers_the_structure_that_is_there(rng):
    samples = _samples(rng, noise_std=0.1, derivatives=False)
    full = RandomFeatureHamiltonian(num_features=20, dtype="float64")
    even = TimeReversibleHamiltonian(RandomFeatureHamiltonian(num_features=20, dtype="float64"))
    fits = [closed_form.fit_trajectories(hamiltonian, samples) for hamiltonian in (full, even)]
    assert fits[0].log_evidence < fits[1].log_evidence


@pytest.mark.slow
def test_a_float32_layer_gets_the_float64_fit(rng):
    samples = _samples(rng, noise_std=0.1)
    single, double = (RandomFeatureHamiltonian(num_features=10, dtype=dtype) for dtype in ("float32", "float64"))
    for hamiltonian in (single, double):
        closed_form.fit_trajectories(hamiltonian, samples)
    states = rng.normal(size=[5, 2]) / 2
    np.testing.assert_allclose(single.gradient(tf.constant(states)), double.gradient(tf.constant(states)), atol=1e-4)


@pytest.mark.slow
def test_warm_start_gives_a_network_the_fitted_motion_and_the_noise(rng):
    samples = _samples(rng, noise_std=0.1)
    network = HamiltonianNetwork(MLPHamiltonian(hidden_units=[16]), LinearFriction())
    network.build([None, 2])
    began = warm_start(network, objectives.CombinedMatching(), samples, steps=600)
    assert began.objective.noise_std == pytest.approx([0.1, 0.1], rel=0.3)
    assert began.samples["initial_state"].shape == (10, 1, 2)
    states = tf.constant(began.fit.states.reshape(-1, 2))
    error = network(tf.cast(states, tf.float32)).numpy() - systems.MassSpring()(states).numpy()
    assert np.sqrt(np.mean(error**2)) < 0.2  # of 1.4; at random weights it is about that
    assert float(network.dissipation.coefficient[0]) < 0.1


def test_a_constant_coordinate_is_refused(rng):
    samples = _samples(rng, noise_std=0.1)
    locked = {name: np.repeat(column, 2, -1) if name != "times" else column for name, column in samples.items()}
    locked["states"][..., 1] = 0.3
    with pytest.raises(InputError, match=r"received constant coordinates \[1\]"):
        closed_form.fit_trajectories(RandomFeatureHamiltonian(dtype="float64"), locked)


@pytest.mark.slow
@pytest.mark.parametrize("amplitude", [1.0, 1e-5])
def test_friction_is_found_in_any_unit(rng, amplitude):
    gamma, times = 0.1, np.linspace(0.0, 8.0, 41)
    omega = np.sqrt(1 - gamma**2 / 4)
    q = np.exp(-gamma / 2 * times) * np.cos(omega * times + rng.uniform(0, 6, [10, 1]))
    p = np.gradient(q, times, axis=1, edge_order=2)
    states = amplitude * (np.stack([q, p], -1) + 0.02 * rng.normal(size=[10, 41, 2]))
    features = RandomFeatureHamiltonian(num_features=10, dtype="float64")
    samples = {"times": np.tile(times, [10, 1]), "states": states}
    found = closed_form.fit_trajectories(features, samples, friction=True)
    value, std = float(found.posterior.mean[-1]), float(found.posterior.covariance[-1, -1]) ** 0.5
    assert found.converged
    assert abs(value - gamma) < 4 * std < gamma
    assert found.noise_std == pytest.approx([0.02 * amplitude] * 2, rel=0.3)


def test_models_without_a_closed_form_get_the_observed_noise(rng):
    model = BaselineNetwork(hidden_units=[4])
    model.build([None, 2])
    began = warm_start(model, objectives.TrajectoryMatching(huber=3.0), _samples(rng, noise_std=0.1), steps=0)
    assert began.objective.noise_std == pytest.approx([0.1, 0.1], rel=0.3)


@pytest.mark.slow
def test_friction_that_is_not_there_can_still_be_learned(rng):
    samples = _samples(rng, noise_std=0.1)
    samples["states"] = samples["states"] * np.exp(0.05 * samples["times"])[..., np.newaxis]  # it gains energy
    network = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4]), LinearFriction())
    network.build([None, 2])
    warm_start(network, objectives.TrajectoryMatching(), samples, steps=0)
    assert float(network.dissipation.coefficient[0]) > 0


def test_a_start_has_the_period_of_angles(rng):
    network = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4]))
    network.build([None, 2])
    with pytest.raises(InputError, match="periodic: expected indices of positions"):
        warm_start(network, objectives.TrajectoryMatching(), _samples(rng, noise_std=0.1), periodic=(1,))


def test_a_network_without_coefficients_is_refused(rng):
    class Own:
        pass

    with pytest.raises(InputError, match="linear in its coefficients"):
        closed_form.fit_trajectories(Own(), _samples(rng, noise_std=0.1))
