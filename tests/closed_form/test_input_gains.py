"""The gains of inputs, and friction beside them, by one solve of derivatives or of the weak form."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from cart_pole_energy import CartPoleEnergy

from hnn_tf import (
    HamiltonianNetwork,
    InputError,
    LinearFriction,
    LinearInput,
    MLPInput,
    RandomFeatureHamiltonian,
    closed_form,
    data,
    systems,
)
from hnn_tf.motion_inputs import interval_ends
from hnn_tf.objectives import WeakForm

DAMPING = 0.3
PENDULUM = systems.DrivenPendulum(mass=0.8, length=1.1, damping=DAMPING)
CART = systems.CartPole()
ROUNDING = 2e-14
"""Derivatives of up to 20 are rounded to 2e-15 each, which is their noise; a factor of ten is left to the solve."""


def _features(**options):
    return RandomFeatureHamiltonian(**({"num_features": 10, "periodic": (0,), "dtype": "float64"} | options))


def _network(control=None, **options):
    model = HamiltonianNetwork(_features(**options), control=control or LinearInput(1, dtype="float64"))
    model.build([None, 2])
    return model


def _derivatives(rng, system, *, count=200, noise_std=0.0):
    state = rng.uniform(-2, 2, [count, 2 * system.dof])
    inputs = rng.normal(size=[count, system.num_inputs])
    motion = system(tf.constant(state), inputs).numpy()
    return {"state": state, "time_derivative": motion + noise_std * rng.normal(size=motion.shape), "inputs": inputs}


def test_gain_and_friction_of_a_pendulum_are_found_exactly(rng):
    model, unseen = _network(), _derivatives(rng, PENDULUM)
    found = closed_form.fit(model, _derivatives(rng, PENDULUM), friction=True)
    np.testing.assert_allclose(found.gains, [[1.0]], atol=ROUNDING)
    np.testing.assert_allclose(found.friction, [DAMPING / PENDULUM.inertia], atol=ROUNDING)
    assert found.gains_std.item() < ROUNDING
    np.testing.assert_array_equal(model.control.gains, found.gains)
    damping = np.stack([0.0 * unseen["state"][:, 1], -found.friction[0] * unseen["state"][:, 1]], 1)
    motion = model(tf.constant(unseen["state"]), inputs=tf.constant(unseen["inputs"])) + damping
    np.testing.assert_allclose(motion, unseen["time_derivative"], atol=20 * ROUNDING)  # a sum of 19 terms


def test_a_force_on_a_cart_acts_on_the_carts_momentum_alone(rng):
    energy, samples = CartPoleEnergy(CART), _derivatives(rng, CART, count=50)
    found = closed_form.fit(energy, samples)
    np.testing.assert_allclose(found.gains, [[1.0], [0.0]], atol=ROUNDING)
    np.testing.assert_allclose(energy.coefficients, energy.true_coefficients, atol=ROUNDING)
    assert found.friction.shape == (0,)


def test_gains_and_friction_of_several_momenta_keep_their_places(rng):
    gains, friction = np.array([[1.0, -2.0], [0.5, 0.0]]), np.array([0.1, 0.4])
    samples = _derivatives(rng, CART, count=80)
    force = rng.normal(size=[80, 2])
    motion = systems.CartPole()(tf.constant(samples["state"]), np.zeros([80, 1])).numpy()
    motion[:, 2:] += force @ gains.T - friction * samples["state"][:, 2:]
    found = closed_form.fit(
        CartPoleEnergy(CART), {"state": samples["state"], "time_derivative": motion, "inputs": force}, friction=True
    )
    np.testing.assert_allclose(found.gains, gains, atol=ROUNDING)
    np.testing.assert_allclose(found.friction, friction, atol=ROUNDING)


def test_known_gains_are_subtracted_and_stay(rng):
    samples = _derivatives(rng, PENDULUM)
    for known, bound in (([[1.0]], ROUNDING), ([[0.7]], np.inf)):
        model = _network(LinearInput(gains=known, dtype="float64"))
        found = closed_form.fit(model, samples, friction=True)
        assert found.gains.size == 0
        np.testing.assert_array_equal(model.control.gains, known)
        assert found.solution.noise_std < bound
    assert found.solution.noise_std > 0.1  # a wrong gain leaves 0.3 u of the motion unexplained
    # The same for a Hamiltonian alone.
    given = closed_form.InputGains(1, 1, [[1.0]])
    assert closed_form.fit(_features(), samples, friction=True, gains=given).solution.noise_std < ROUNDING


@pytest.mark.slow
def test_intervals_of_gain_and_friction_cover_the_truth(rng):
    inside = []
    for seed in range(40):
        found = closed_form.fit(_features(), _derivatives(rng, PENDULUM, noise_std=0.3), friction=True, seed=seed)
        misses = (found.gains[0, 0] - 1.0, found.friction[0] - DAMPING / PENDULUM.inertia)
        inside.append(np.abs(misses) < 1.96 * np.array([found.gains_std[0, 0], found.friction_std[0]]))
    # Of 40 draws, a 95 % interval covers fewer than 33 with probability 7e-4 (binomial).
    assert np.all(np.sum(inside, 0) >= 33)


def test_batches_of_samples_with_inputs_give_what_all_at_once_gives(rng, monkeypatch):
    monkeypatch.setattr(closed_form.hamiltonian_regression, "LARGEST_BLOCK", 2 * 30 * 7)
    samples, found = _derivatives(rng, PENDULUM, noise_std=0.1), []
    for _ in range(2):
        found.append(closed_form.fit(_features(), samples, ridge=1e-3).gains)
        monkeypatch.undo()
    np.testing.assert_allclose(*found, rtol=1e-9)


class _Wind(keras.layers.Layer):
    num_inputs = 1

    def call(self, state):
        return tf.ones_like(state)[..., tf.newaxis]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: (HamiltonianNetwork(_features()), s), "takes no inputs; leave the inputs out"),
        (lambda s: (_network(), {k: s[k] for k in ("state", "time_derivative")}), "expected inputs of width 1"),
        (lambda s: (_network(MLPInput(1, dtype="float64")), s), "expected inputs that act with constant gains"),
        (lambda s: (_network(_Wind(dtype="float64")), s), "expected inputs that act with constant gains"),
        (lambda s: (_features(), s | {"inputs": s["inputs"][:5]}), r"inputs: expected finite numbers \[200\] \+ \[m\]"),
        (lambda s: (_features(), s | {"inputs": np.nan * s["inputs"]}), "inputs: expected finite numbers"),
        (lambda s: (_features(), s | {"inputs": 0.0 * s["inputs"]}), r"received inputs \[0\] that are always 0"),
    ],
)
def test_inputs_that_cannot_be_fitted_are_refused_in_one_line(rng, change, message):
    model, samples = change(_derivatives(rng, PENDULUM))
    with pytest.raises(InputError, match=message) as refused:
        closed_form.fit(model, samples)
    assert "\n" not in str(refused.value)


def test_gains_that_do_not_fit_are_refused(rng):
    samples = _derivatives(rng, PENDULUM)
    for gains, model, message in (
        (closed_form.InputGains(2, 1), _features(), "gains: expected those of 1 momenta and 1 inputs"),
        (closed_form.InputGains(1, 1), _network(), "gains: expected none beside the network"),
    ):
        with pytest.raises(InputError, match=message):
            closed_form.fit(model, samples, gains=gains)
    with pytest.raises(InputError, match=r"gains: expected finite numbers \[1, 1\]"):
        closed_form.InputGains(1, 1, [[1.0], [0.0]])
    regression = closed_form.HamiltonianRegression(_network().hamiltonian)
    with pytest.raises(InputError, match=r"expected inputs of shape None; received \(200, 1\)"):
        regression.add(samples["state"], samples["time_derivative"], samples["inputs"])


def test_a_regression_takes_nested_lists(rng):
    samples, hamiltonian, found = _derivatives(rng, PENDULUM), _network().hamiltonian, []
    for as_given in (np.asarray, lambda column: np.asarray(column).tolist()):
        columns = [as_given(samples[name]) for name in ("state", "time_derivative", "inputs")]
        regression = closed_form.HamiltonianRegression(
            hamiltonian, gains=closed_form.InputGains(1, 1, np.array([[0.5]]))
        )
        regression.add(*columns)
        found.append(regression.solve(ridge=1e-3).solution.coefficients)
    np.testing.assert_array_equal(*found)


def test_gains_without_inputs_are_refused_in_one_line(rng):
    samples = _derivatives(rng, PENDULUM)
    del samples["inputs"]
    for model, message in (
        (_features(), "gains: expected samples with inputs, on which gains act"),
        (HamiltonianNetwork(_features(), name="free"), "network free, which takes no inputs; leave the gains out"),
    ):
        with pytest.raises(InputError, match=message) as refused:
            closed_form.fit(model, samples, gains=closed_form.InputGains(1, 1))
        assert "\n" not in str(refused.value)


def test_a_networks_own_friction_is_still_refused(rng):
    model = HamiltonianNetwork(_features(), LinearFriction(dtype="float64"), LinearInput(1, dtype="float64"))
    with pytest.raises(InputError, match="expected a model without dissipation"):
        closed_form.fit(model, _derivatives(rng, PENDULUM))


class _Particle:
    """H = w p^2 / 2."""

    coefficients, built = tf.zeros([1], tf.float64), True

    def feature_gradients(self, state):
        return tf.stack([tf.zeros_like(state[..., :1]), state[..., 1:]], -2)

    def assign_coefficients(self, values):
        self.coefficients = values


def _pushed(rng, interpolation):
    """Motions of dq/dt = 3 p, dp/dt = 2 u under constant or rising forces, for which the quadrature is exact."""
    times = np.cumsum(rng.uniform(0.05, 0.2, [6, 21]), 1)
    start, slope = rng.normal(size=[2, 6, 1]) * [[[1.0]], [[float(interpolation == "linear")]]]
    force = start + slope * times
    p = 2 * (start * times + slope * times**2 / 2)
    q = 6 * (start * times**2 / 2 + slope * times**3 / 6)
    inputs = force[..., np.newaxis]
    return {
        "times": times,
        "states": np.stack([q, p], -1),
        "inputs": inputs,
        "end_inputs": interval_ends(inputs, interpolation),
    }


@pytest.mark.parametrize("interpolation", ["zero_order_hold", "linear"])
def test_the_weak_form_finds_a_gain_exactly(rng, interpolation):
    energy, samples = _Particle(), _pushed(rng, interpolation)
    found = closed_form.fit_weak(energy, samples, WeakForm())
    # States of up to 30 are rounded to 7e-15, and so are their increments; a factor of ten as above.
    np.testing.assert_allclose(found.gains, [[2.0]], atol=1e-13)
    np.testing.assert_allclose(energy.coefficients, [3.0], atol=1e-13)
    if interpolation == "linear":  # a force that rises is not held
        held = closed_form.fit_weak(energy, samples | {"end_inputs": samples["inputs"]}, WeakForm())
        assert abs(held.gains.item() - 2.0) > 1e-3
    known = closed_form.InputGains(1, 1, [[2.0]])
    assert closed_form.fit_weak(energy, samples, WeakForm(), gains=known).noise_std < 1e-13


def _readings(rng, *, noise_std, interpolation="zero_order_hold"):
    """Readings of the pendulum under torques that change at every tenth reading."""
    times, starts = np.linspace(0.0, 4.0, 81), rng.uniform(-1.5, 1.5, [12, 2])
    inputs = np.repeat(rng.normal(size=[12, 9, 1]), 10, 1)[:, :81]
    found = data.generate_trajectories(
        PENDULUM, starts, times, noise_std=noise_std, rng=rng, inputs=inputs, input_interpolation=interpolation
    )
    recordings = data.Recordings.from_trajectories(found, angles=[0])
    return WeakForm().samples_of(recordings)


def test_the_weak_form_finds_friction_beside_the_gain(rng):
    model = _network()
    found = closed_form.fit_weak(model, _readings(rng, noise_std=0.01), WeakForm(), friction=True)
    # Four standard errors, and the quadrature's (omega h)^2 / 12 = 0.2 % where torques jump.
    np.testing.assert_allclose(found.gains, [[1.0]], atol=4 * found.gains_std.item() + 0.005)
    np.testing.assert_allclose(found.friction, [DAMPING / PENDULUM.inertia], atol=4 * found.friction_std.item() + 0.005)
    assert found.gains_std.item() < 0.01
    assert found.friction_std.item() < 0.01
    np.testing.assert_allclose(model.control.gains, found.gains)


def test_the_weak_form_needs_to_know_whether_inputs_are_held(rng):
    samples = _pushed(rng, "zero_order_hold")
    del samples["end_inputs"]
    with pytest.raises(InputError, match=r"end_inputs: expected the inputs \[6, 21, 1\] just before the next reading"):
        closed_form.fit_weak(_Particle(), samples, WeakForm())
