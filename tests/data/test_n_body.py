"""The physics of bodies that attract each other: what they conserve, how long they take, what doesn't matter."""

import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import evaluation, systems
from hnn_tf.data.reference_solution import reference_solution

MASSES = (1.0, 2.0, 0.7)
TIMES = np.linspace(0.0, 3.0, 13)
# Roundings of some hundred steps.
CLOSE = {"rtol": 0, "atol": 1e-11}


def _state(positions, velocities, masses):
    """A state of positions and velocities `[N, d]`."""
    momenta = np.asarray(masses)[:, np.newaxis] * velocities
    return np.concatenate([np.asarray(positions).T.ravel(), momenta.T.ravel()])


@pytest.fixture(params=[2, 3], ids=["plane", "space"])
def bodies(request):
    """System, positions and velocities of three bodies of unequal masses that stay apart for a while."""
    dimension = request.param
    rng = np.random.default_rng(3)
    angles = np.array([0.0, 2.2, 4.1])
    positions = np.stack([1.5 * np.cos(angles), 1.4 * np.sin(angles), 0.3 * np.cos(3 * angles)], -1)
    velocities = np.stack([-np.sin(angles), np.cos(angles), np.zeros(3)], -1) + 0.1 * rng.normal(size=[3, 3])
    return systems.NBody(MASSES, dimension=dimension), positions[:, :dimension], velocities[:, :dimension]


def _path(system, positions, velocities, times=TIMES):
    return reference_solution(system, _state(positions, velocities, system.masses)[np.newaxis], times)[0]


def test_momentum_is_conserved(bodies):
    system, *start = bodies
    momentum = system.total_momentum(tf.constant(_path(*bodies))).numpy()
    assert momentum.shape == (13, system.dimension)
    np.testing.assert_allclose(momentum[0], np.asarray(MASSES) @ start[1], rtol=1e-15)
    np.testing.assert_allclose(momentum, np.tile(momentum[0], [13, 1]), **CLOSE)


def test_angular_momentum_is_conserved(bodies):
    system, positions, velocities = bodies
    angular = system.angular_momentum(tf.constant(_path(*bodies))).numpy()
    expected = sum(m * np.cross(q, v) for m, q, v in zip(MASSES, *_in_space(positions, velocities), strict=True))
    np.testing.assert_allclose(angular[0], expected[-angular.shape[1] :], rtol=1e-14)
    assert np.abs(angular[0]).max() > 0.5
    np.testing.assert_allclose(angular, np.tile(angular[0], [13, 1]), **CLOSE)


def test_energy_is_conserved_and_the_sum_of_its_parts(bodies):
    system, *_ = bodies
    path = tf.constant(_path(*bodies))
    energy = system.hamiltonian(path).numpy()
    np.testing.assert_allclose(energy, np.full(13, energy[0]), **CLOSE)
    np.testing.assert_array_equal(system.kinetic_energy(path) + system.potential_energy(path), energy)


def test_turned_bodies_take_turned_paths(bodies):
    system, positions, velocities = bodies
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=[system.dimension] * 2))
    turned = _path(system, positions @ turn, velocities @ turn)
    straight = _path(*bodies)
    for found, expected in zip(_vectors(system, turned), _vectors(system, straight), strict=True):
        np.testing.assert_allclose(found, expected @ turn, **CLOSE)


def test_names_of_the_bodies_do_not_matter(bodies):
    system, positions, velocities = bodies
    order = [2, 0, 1]
    renamed = systems.NBody(tuple(MASSES[i] for i in order), dimension=system.dimension)
    found = _vectors(renamed, _path(renamed, positions[order], velocities[order]))
    for one, other in zip(found, _vectors(system, _path(*bodies)), strict=True):
        np.testing.assert_allclose(one, other[:, order], **CLOSE)


def test_a_moving_frame_changes_nothing(bodies):
    system, positions, velocities = bodies
    drift = np.linspace(0.3, -0.2, system.dimension)
    found, _ = _vectors(system, _path(system, positions, velocities + drift))
    expected, _ = _vectors(system, _path(*bodies))
    np.testing.assert_allclose(found, expected + TIMES[:, np.newaxis, np.newaxis] * drift, **CLOSE)


def test_the_plane_is_a_part_of_space():
    flat, space = systems.NBody((1.0, 3.0)), systems.NBody((1.0, 3.0), dimension=3)
    positions, velocities = np.array([[1.0, 0.2], [-0.5, 0.1]]), np.array([[0.1, 1.2], [0.0, -0.5]])
    expected = _vectors(flat, _path(flat, positions, velocities))
    found = _vectors(space, _path(space, *_in_space(positions, velocities)))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one[..., :2], other, **CLOSE)
        np.testing.assert_array_equal(one[..., 2], 0.0)


@pytest.mark.parametrize("eccentricity", [0.0, 0.5])
def test_two_bodies_come_back_after_keplers_period(eccentricity):
    masses, g, axis = np.array([1.5, 0.4]), 1.2, 0.9
    system = systems.NBody(tuple(masses), gravitational_constant=g)
    period = 2 * np.pi * np.sqrt(axis**3 / (g * masses.sum()))
    # At pericentre, about the common centre of mass.
    separation = axis * (1 - eccentricity)
    speed = np.sqrt(g * masses.sum() / axis * (1 + eccentricity) / (1 - eccentricity))
    shares = np.array([masses[1], -masses[0]])[:, np.newaxis] / masses.sum()
    start = shares * [separation, 0.0], shares * [0.0, speed]
    path = _path(system, *start, times=np.array([0.0, period / 2, period]))
    np.testing.assert_allclose(path[2], path[0], **CLOSE)
    # Half a period later they are at apocentre.
    apart = np.diff(_vectors(system, path)[0][1], axis=0)[0]
    np.testing.assert_allclose(apart, [axis * (1 + eccentricity), 0.0], **CLOSE)


def test_momenta_are_momenta_for_unequal_masses():
    system = systems.NBody((1.0, 4.0))
    motion = system(tf.constant(_state([[1.0, 0.0], [-1.0, 0.0]], [[0.0, 0.6], [0.3, 0.0]], (1.0, 4.0))))
    velocity = motion[:4].numpy().reshape(2, 2).T
    np.testing.assert_allclose(velocity, [[0.0, 0.6], [0.3, 0.0]], rtol=1e-15)
    # Newton's third law: 1 * 4 / 2^2 = 1 on each, towards the other.
    np.testing.assert_allclose(motion[4:], [-1.0, 1.0, 0.0, 0.0], rtol=1e-15)


def test_softened_bodies_pass_through_each_other():
    system = systems.NBody(softening=0.1)
    meeting = _path(system, [[0.5, 0.0], [-0.5, 0.0]], np.zeros([2, 2]), times=np.array([0.0, 1.5, 3.0]))
    assert np.isfinite(meeting).all()
    energy = system.hamiltonian(tf.constant(meeting)).numpy()
    np.testing.assert_allclose(energy, np.full(3, -1 / np.sqrt(1.01)), **CLOSE)


def test_the_defaults_are_the_reference_codes():
    system = systems.NBody()
    state = tf.constant([[1.0, -1.0, 0.5, -0.5, 0.1, 0.2, 0.3, 0.4]], tf.float64)
    expected = 0.5 * (0.1**2 + 0.2**2 + 0.3**2 + 0.4**2) - 1 / np.hypot(2.0, 1.0)
    assert system.hamiltonian(state).numpy() == pytest.approx(expected, rel=1e-15)
    assert system.state_names == ("x_1", "x_2", "y_1", "y_2", "p_x1", "p_x2", "p_y1", "p_y2")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"masses": (1.0,)}, "masses: expected a tuple of at least 2"),
        ({"masses": [1.0, 1.0]}, "masses: expected a tuple"),
        ({"masses": (1.0, 0.0)}, "masses: expected a tuple"),
        ({"masses": (1.0, np.nan)}, "masses: expected a tuple"),
        ({"masses": ("a", 1.0)}, "masses: expected a tuple"),
        ({"dimension": 1}, "dimension: expected 2 or 3"),
        ({"dimension": 2.0}, "dimension: expected 2 or 3"),
        ({"gravitational_constant": 0.0}, "gravitational_constant: expected a finite number > 0; received 0.0$"),
        ({"softening": -0.1}, "softening: expected a finite number >= 0"),
        ({"softening": np.inf}, "softening: expected a finite number >= 0"),
    ],
)
def test_bodies_that_cannot_be_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        systems.NBody(**parameters)


def test_errors_of_conserved_quantities_are_means_of_squares():
    system = systems.NBody()
    true = np.zeros([1, 2, 8])
    predicted = true.copy()
    predicted[0, 1] = [1.0, 1.0, 0.0, 0.0, 0.5, 0.0, 2.0, 0.0]
    # Momentum (0.5, 2) at one of two times; angular momentum x_1 p_y1 = 2.
    expected = {"momentum_mse": (0.25 + 4.0) / 4, "angular_momentum_mse": 4.0 / 2}
    assert evaluation.conserved_quantity_errors(system, true, predicted) == expected
    with pytest.raises(ValueError, match="equal shape"):
        evaluation.conserved_quantity_errors(system, true, predicted[:, :1])


def _vectors(system, path):
    """Positions and momenta `[T, N, d]`."""
    return [np.swapaxes(part.numpy(), -1, -2) for part in system.bodies(tf.constant(path))]


def _in_space(*vectors):
    return [np.pad(array, [(0, 0), (0, 3 - array.shape[1])]) for array in vectors]
