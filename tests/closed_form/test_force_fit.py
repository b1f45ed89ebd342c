"""Mass matrix and potential by one solve of forces: a known arm, friction, noise, refusals."""

import keras
import numpy as np
import pytest
import two_link_arm

from hnn_tf import HamiltonianNetwork, InputError, MechanicalHamiltonian, closed_form, models


def _network(*, friction=False, num_features=16, **options):
    keras.utils.set_random_seed(0)
    shared = {"num_features": num_features, "angles": (0, 1), "dtype": "float64"} | options
    dissipation = models.LinearFriction(dtype=shared["dtype"]) if friction else None
    return HamiltonianNetwork(
        MechanicalHamiltonian(models.RandomFeatureMassMatrix(**shared), models.RandomFeatureEnergy(**shared)),
        dissipation,
    )


def _errors(network, q):
    """The largest errors of M and of dV/dq."""
    hamiltonian = network.hamiltonian
    mass = np.abs(hamiltonian.mass_matrix(q) - two_link_arm.mass_matrix(q)).max()
    return float(mass), float(np.abs(hamiltonian.gravity_force(q) - two_link_arm.gravity(q)).max())


def test_a_known_arm_is_found(rng):
    network = _network()
    found = closed_form.fit_inverse_dynamics(network, two_link_arm.samples(rng, 400))
    # The arm is among the features. The solve leaves some 1e-13, and the bound is half of float64's digits.
    assert max(_errors(network, rng.uniform(-1.5, 1.5, [50, 2]))) < 1e-8
    assert found.solution.noise_std < 1e-8
    assert found.friction is None
    unseen = two_link_arm.samples(rng, 50)
    force = network.inverse_dynamics(unseen["position"], unseen["velocity"], unseen["acceleration"])
    np.testing.assert_allclose(force, unseen["force"], atol=1e-7)


@pytest.mark.slow
def test_coefficients_equal_a_naive_solve(rng):
    network, samples = _network(num_features=4), two_link_arm.samples(rng, 60)
    found = closed_form.fit_inverse_dynamics(network, samples, ridge=2.0)
    hamiltonian, columns = network.hamiltonian, []
    parts = [(weight, weight.shape) for weight in (*hamiltonian.mass_matrix.trainable_weights,)]
    parts += [(weight, weight.shape) for weight in hamiltonian.potential.trainable_weights]
    motion = [samples[name] for name in ("position", "velocity", "acceleration")]
    for _, shape in parts:
        for weight, other in parts:
            weight.assign(np.zeros(other))
        (own,) = (weight for weight, other in parts if other is shape)
        for index in range(int(np.prod(shape))):
            own.assign(np.eye(int(np.prod(shape)))[index].reshape(shape))
            columns.append(hamiltonian.inverse_dynamics(*motion).numpy().reshape(-1))
    a = np.stack(columns, 1)
    penalty = 2.0 * np.eye(a.shape[1])
    penalty[:3, :3] = 0.0  # the constants of M
    expected = np.linalg.solve(a.T @ a + penalty, a.T @ samples["force"].reshape(-1))
    received = [found.constant, found.mass_coefficients.reshape(-1), found.potential_coefficients]
    # Normal equations: the condition of some 1e5 squared, of 1e-16.
    np.testing.assert_allclose(np.concatenate(received), expected, atol=1e-6)


def test_friction_is_found(rng):
    network = _network(friction=True)
    found = closed_form.fit_inverse_dynamics(network, two_link_arm.samples(rng, 400, friction=0.3))
    assert found.friction == pytest.approx(0.3, abs=1e-8)
    assert network.physical_parameters()["friction"] == pytest.approx(0.3, abs=1e-8)
    assert max(_errors(network, rng.uniform(-1.5, 1.5, [50, 2]))) < 1e-8


def test_friction_that_would_drive_is_none(rng):
    network = _network(friction=True)
    found = closed_form.fit_inverse_dynamics(network, two_link_arm.samples(rng, 400, friction=-0.3))
    assert found.friction == 0.0
    assert network.physical_parameters()["friction"] == 0.0


def test_noise_costs_as_little_as_its_average_leaves(rng):
    network, samples = _network(), two_link_arm.samples(rng, 2000)
    noisy = samples["force"] + 0.1 * rng.normal(size=samples["force"].shape)
    found = closed_form.fit_inverse_dynamics(network, samples | {"force": noisy})
    assert found.solution.noise_std == pytest.approx(0.1, rel=0.1)  # 4000 numbers: 0.1 is nine standard deviations
    unseen = two_link_arm.samples(rng, 500)
    force = network.inverse_dynamics(unseen["position"], unseen["velocity"], unseen["acceleration"])
    # Of 4000 rows, p determined coefficients leave a mean square of 0.01 p / 4000; a fit has some 60, and at most 129.
    assert np.mean((force - unseen["force"]) ** 2) < 4 * 0.01 * 129 / 4000


def test_float32_is_found_to_its_round_off(rng):
    network = _network(dtype="float32")
    closed_form.fit_inverse_dynamics(network, two_link_arm.samples(rng, 400))
    # 1e-7, times the coefficients' size of some tens.
    assert max(_errors(network, rng.uniform(-1.5, 1.5, [50, 2]))) < 1e-4


def test_a_mass_matrix_that_is_not_positive_definite_is_refused(rng):
    network, samples = _network(), two_link_arm.samples(rng, 400)
    network.build([None, 4])
    before = [weight.numpy() for weight in network.trainable_weights]
    with pytest.raises(InputError, match=r"expected a positive definite mass matrix at all 400 positions; .* -2\."):
        closed_form.fit_inverse_dynamics(network, samples | {"force": -samples["force"]})
    for weight, value in zip(network.trainable_weights, before, strict=True):
        np.testing.assert_array_equal(weight, value)


def test_what_cannot_be_fitted_is_refused(rng):
    samples = two_link_arm.samples(rng, 40)
    potential = models.MLPEnergy(hidden_units=4, dtype="float64")
    mass_matrix = models.MLPMassMatrix(hidden_units=4, dtype="float64")
    with pytest.raises(InputError, match="expected a MechanicalHamiltonian with RandomFeatureMassMatrix"):
        closed_form.fit_inverse_dynamics(MechanicalHamiltonian(mass_matrix, potential), samples)
    state_friction = models.MLPDissipation(hidden_units=4, dtype="float64")
    network = HamiltonianNetwork(_network().hamiltonian, state_friction)
    assert not network.forces_have_closed_form()
    with pytest.raises(InputError, match="expected LinearFriction or no dissipation"):
        closed_form.fit_inverse_dynamics(network, samples)
    with pytest.raises(InputError, match=r"expected the columns position, .* \(40, 2\), \(40, 2\), \(40, 1\)"):
        closed_form.fit_inverse_dynamics(_network(), samples | {"acceleration": samples["acceleration"][:, :1]})
    with pytest.raises(InputError, match="independent columns without penalty"):
        closed_form.fit_inverse_dynamics(_network(), samples | {"acceleration": np.zeros([40, 2])})
