"""The contract of every system; a new one without an entry in NAIVE fails."""

import dataclasses

import naive_systems
import numpy as np
import package_classes
import pytest
import scipy.integrate
import tensorflow as tf

from hnn_tf import systems
from hnn_tf.constraints import projected
from hnn_tf.data.reference_solution import reference_solution
from hnn_tf.declarations import declared
from hnn_tf.input_error import InputError

# An independent oracle for each: H and the time derivative, written by hand in NumPy. The time derivative of a system
# with inputs takes the numbers of a state, and then those of the inputs.
CHAIN = (0.9, 1.4, 0.8), (1.1, 0.7, 0.6), 2.3
CHAIN_RODS = [(0, (0.0, 0.0), 1.1), (1, 0, 0.7), (2, 1, 0.6)]
TOP = systems.HeavyTop((0.8, 1.7, 1.2), radius=0.6, height=0.4, gravity=2.3)
TOP_RODS = [(0, 1, 0), (1, 2, 0), (2, 0, 0), *((i, (0.0, 0.0, 0.0), 0) for i in range(3))]
COUPLED = systems.CoupledPendulums((0.8, 1.7, 1.2), length=0.9, distance=1.1, stiffness=3.0, gravity=2.3)
COUPLED_RODS = [(i, (1.1 * i, 0.0, 0.0), 0.9) for i in range(3)]

NAIVE = {
    systems.CartPole: (
        systems.CartPole(0.9, 0.4, 0.7, 2.3, cart_damping=0.2, pole_damping=0.05),
        lambda *state: naive_systems.cart_pole(*state)[0],
        naive_systems.cart_pole_motion,
    ),
    systems.CartesianChainPendulum: (
        systems.CartesianChainPendulum(*CHAIN),
        lambda *state: naive_systems.points_energy(CHAIN[0], 2, 2.3, 1, state),
        lambda *state: naive_systems.rods_motion(
            CHAIN[0], 2, CHAIN_RODS, naive_systems.weights(CHAIN[0], 2, 2.3, 1), state
        ),
    ),
    systems.ChainPendulum: (
        systems.ChainPendulum(*CHAIN),
        lambda *state: naive_systems.chain_pendulum(*CHAIN, *np.split(np.stack(state, -1), 2, -1))[0],
        lambda *state: tuple(naive_systems.chain_pendulum(*CHAIN, *np.split(np.stack(state, -1), 2, -1))[1].T),
    ),
    systems.CoupledPendulums: (
        COUPLED,
        lambda *state: (
            naive_systems.points_energy(COUPLED.masses, 3, 2.3, 2, state) + naive_systems.spring_energy(3.0, 1.1, state)
        ),
        lambda *state: naive_systems.rods_motion(
            COUPLED.masses, 3, COUPLED_RODS, naive_systems.coupled_force(COUPLED.masses, 2.3, 3.0, 1.1), state
        ),
    ),
    systems.DoublePendulum: (
        systems.DoublePendulum(0.9, 1.4, 1.1, 0.7, 2.3),
        lambda *state: naive_systems.double_pendulum(*state)[0],
        lambda *state: naive_systems.double_pendulum(*state)[1],
    ),
    systems.DrivenPendulum: (
        systems.DrivenPendulum(mass=0.6, length=0.5, gravity=4.0, damping=0.1),
        lambda q, p: p**2 / 0.3 + 1.2 * (1 - np.cos(q)),
        lambda q, p, u: (p / 0.15, -1.2 * np.sin(q) - 0.1 * p / 0.15 + u),
    ),
    systems.Duffing: (
        systems.Duffing(mass=0.7, alpha=1.2, beta=0.4),
        lambda q, p: p**2 / 1.4 - 0.6 * q**2 + 0.1 * q**4,
        lambda q, p: (p / 0.7, 1.2 * q - 0.4 * q**3),
    ),
    systems.HeavyTop: (
        TOP,
        lambda *state: naive_systems.points_energy(TOP.masses, 3, 2.3, 2, state),
        lambda *state: naive_systems.rods_motion(
            TOP.masses, 3, TOP_RODS, naive_systems.weights(TOP.masses, 3, 2.3, 2), state
        ),
    ),
    systems.HenonHeiles: (
        systems.HenonHeiles(),
        lambda x, y, u, v: (u**2 + v**2 + x**2 + y**2) / 2 + x**2 * y - y**3 / 3,
        lambda x, y, u, v: (u, v, -x - 2 * x * y, -y - x**2 + y**2),
    ),
    systems.Kepler: (
        systems.Kepler(mu=1.3),
        lambda x, y, u, v: (u**2 + v**2) / 2 - 1.3 / np.hypot(x, y),
        lambda x, y, u, v: (u, v, -1.3 * x / np.hypot(x, y) ** 3, -1.3 * y / np.hypot(x, y) ** 3),
    ),
    systems.LotkaVolterra: (
        systems.LotkaVolterra(alpha=1.1, beta=0.7, gamma=0.9, delta=0.6),
        lambda q, p: 1.1 * p - 0.7 * np.exp(p) + 0.9 * q - 0.6 * np.exp(q),
        lambda q, p: (1.1 - 0.7 * np.exp(p), 0.6 * np.exp(q) - 0.9),
    ),
    systems.MassChain: (
        systems.MassChain(*naive_systems.CHAIN),
        naive_systems.chain_energy,
        naive_systems.chain_motion,
    ),
    systems.MassSpring: (
        systems.MassSpring(mass=0.7, spring_constant=1.9),
        lambda q, p: p**2 / 1.4 + 0.95 * q**2,
        lambda q, p: (p / 0.7, -1.9 * q),
    ),
    systems.NBody: (
        systems.NBody((0.8, 1.7, 1.2), gravitational_constant=1.3, softening=0.2),
        lambda *state: naive_systems.bodies_energy(np.stack(state), (0.8, 1.7, 1.2), 1.3, 0.2),
        lambda *state: naive_systems.bodies_motion(np.stack(state), (0.8, 1.7, 1.2), 1.3, 0.2),
    ),
    systems.Pendulum: (
        systems.Pendulum(inertia=0.6, gravity_torque=2.2),
        lambda q, p: p**2 / 1.2 + 2.2 * (1 - np.cos(q)),
        lambda q, p: (p / 0.6, -2.2 * np.sin(q)),
    ),
    systems.SpringLattice: (
        systems.SpringLattice(2, 3, mass=0.7, stiffness=1.3, length=0.8),
        naive_systems.lattice_energy,
        naive_systems.lattice_motion,
    ),
    systems.TwoJointArm: (
        systems.TwoJointArm(**naive_systems.ARM),
        lambda *state: naive_systems.arm(*state)[0],
        naive_systems.arm_motion,
    ),
}
# An ellipse, a motion that stays bounded and regular, and bodies that don't come close to each other.
STARTS = {
    systems.CartesianChainPendulum: [0.4, -0.9, 0.7, -1.4, 1.2, -1.6, 0.3, 0.1, 0.2, -0.4, 0.5, 0.1],
    systems.ChainPendulum: [0.4, -0.3, 0.2, 0.5, 0.1, -0.2],
    systems.CoupledPendulums: [0.1, 0.2, -0.8, 1.3, 0.1, -0.9, 2.1, -0.3, -0.8, *np.linspace(-0.3, 0.4, 9)],
    systems.HeavyTop: [*TOP.upright.ravel() + np.linspace(-0.2, 0.2, 9), *np.linspace(0.4, -0.3, 9)],
    systems.CartPole: [0.1, 0.8, 0.3, -0.2],
    systems.MassChain: [0.4, -0.3, 0.2, 0.5, 0.1, -0.2],
    systems.SpringLattice: [*systems.SpringLattice(2, 3, length=0.9).at_rest()[:12], *np.linspace(-0.3, 0.4, 12)],
    systems.TwoJointArm: [0.4, -0.3, 0.2, 0.5],
    systems.Kepler: [0.6, 0.1, -0.2, 1.2],
    systems.DoublePendulum: [0.4, -0.3, 0.2, 0.5],
    systems.HenonHeiles: [0.3, 0.1, 0.2, 0.3],
    systems.NBody: [1.0, -0.7, 0.1, 0.1, 0.9, -1.0, -0.2, 0.6, 0.1, 0.7, 0.3, -1.0],
}
ALL = sorted(package_classes.subclasses(systems.System), key=lambda kind: kind.__name__)


def test_every_system_has_an_entry():
    assert set(NAIVE) == set(ALL)


def test_every_system_is_public():
    public = {name for name in systems.__all__ if isinstance(getattr(systems, name), type)}  # and not a function
    assert {kind.__name__ for kind in ALL} | {"System"} == public


@pytest.fixture(params=ALL, ids=lambda kind: kind.__name__)
def entry(request):
    return NAIVE[request.param]


def _possible(system, state):
    """The states [..., 2n] on the manifold of the system's constraints next to the given ones."""
    if declared(system, "constraints") is None:
        return state
    return system.momenta(projected(system.constraints, tf.constant(system.velocities(state))).numpy())


@pytest.fixture
def state(entry, rng):
    return _possible(entry[0], rng.normal(size=[6, 2 * entry[0].dof]))


@pytest.fixture
def inputs(entry, rng):
    """Inputs of the six states; None for a system without inputs."""
    return rng.normal(size=[6, entry[0].num_inputs]) if entry[0].num_inputs else None


def _numbers(state, inputs):
    """The numbers of states and inputs, as the oracles take them."""
    return (*state.T, *(() if inputs is None else inputs.T))


def test_energy_equals_the_formula(entry, state):
    system, energy, _ = entry
    np.testing.assert_allclose(system.hamiltonian(tf.constant(state)), energy(*state.T), rtol=1e-14)


def test_motion_equals_the_formula(entry, state, inputs):
    system, _, motion = entry
    expected = np.stack(motion(*_numbers(state, inputs)), -1)
    # Some fifty roundings of terms of order 1, which may cancel, and some hundred of the largest terms.
    np.testing.assert_allclose(system(tf.constant(state), inputs), expected, rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(system.numpy_motion(state, inputs), expected, rtol=1e-13, atol=1e-14)


def test_one_state_and_one_row_of_inputs_for_all_are_accepted(entry, state, inputs):
    system, *_ = entry
    # The same operations; products of matrices, and vectorised functions, may round otherwise for another batch.
    close = {"rtol": 1e-14, "atol": 1e-14}
    row = None if inputs is None else inputs[0]
    for_all = system(tf.constant(state), None if row is None else np.tile(row, [6, 1]))
    np.testing.assert_allclose(system(tf.constant(state), row), for_all, **close)
    np.testing.assert_allclose(system(tf.constant(state[0]), row), for_all[0], **close)


def test_energy_changes_by_friction_and_work(entry, state, inputs):
    """dH/dt = -(grad H)^T R grad H + (grad H)^T G u."""
    system, *_ = entry
    at = tf.constant(state)
    with tf.GradientTape() as tape:
        tape.watch(at)
        energy = system.hamiltonian(at)
    gradient = tape.gradient(energy, at).numpy()
    dissipation, width = system.dissipation(at), 2 * system.dof
    r = np.zeros([6, width, width]) if dissipation is None else np.broadcast_to(dissipation, [6, width, width])
    expected = -np.einsum("bi,bij,bj->b", gradient, r, gradient)
    if system.num_inputs:
        g = np.broadcast_to(system.control(at), [6, width, system.num_inputs])
        expected = expected + np.einsum("bi,bij,bj->b", gradient, g, inputs)
    power = np.sum(gradient * system(at, inputs), -1)
    # Roundings of a sum of 2n products.
    most = np.sum(gradient**2, -1).max()
    np.testing.assert_allclose(power, expected, rtol=0, atol=4 * width * np.finfo(float).eps * max(1.0, most))


def test_dissipation_is_symmetric_positive_and_declared(entry, state):
    system, *_ = entry
    dissipation = system.dissipation(tf.constant(state))
    assert system.conservative == (dissipation is None and not system.num_inputs)
    if dissipation is not None:
        np.testing.assert_array_equal(dissipation, np.swapaxes(dissipation, -1, -2))
        assert np.linalg.eigvalsh(dissipation).min() >= 0
        assert np.max(dissipation) > 0


def test_declared_separability_is_true(entry, state):
    system, _, _ = entry
    n = system.dof
    swapped = np.concatenate([state[::-1, :n], state[:, n:]], -1)
    zeros = np.zeros([6, system.num_inputs]) if system.num_inputs else None
    # T(p) + V(q): dq/dt must not notice another q.
    velocities = [system(tf.constant(one), zeros)[:, :n] for one in (state, swapped)]
    assert np.allclose(*velocities, atol=1e-15) == system.separable


def test_layout_is_declared(entry):
    system, _, _ = entry
    assert len(system.state_names) == len(system.state_units) == 2 * system.dof
    assert isinstance(system.energy_unit, str)  # empty where there are none
    assert len(system.input_names) == len(system.input_units) == system.num_inputs


MAY_BE_ZERO = {
    "softening",
    "stiffness of CoupledPendulums",
    "gravity of HeavyTop",
    "gravity of TwoJointArm",
    "inertia_1",
    "inertia_2",
}
MAY_BE_ZERO |= {"damping", "damping_1", "damping_2", "cart_damping", "pole_damping"}


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf, "much"])
def test_parameters_that_are_not_positive_are_refused(entry, value):
    system, *_ = entry
    for field in dataclasses.fields(system):
        name, given = field.name, getattr(system, field.name)
        if isinstance(given, bool | int) or {name, f"{name} of {type(system).__name__}"} & MAY_BE_ZERO and value == 0.0:
            continue
        wrong = (*given[1:], value) if isinstance(given, tuple) else value
        with pytest.raises(
            ValueError, match=rf"^{type(system).__name__}: {name}: expected a.* finite numbers? >=? ?0;"
        ):
            dataclasses.replace(system, **{name: wrong})


def test_a_state_of_another_width_is_refused(entry, inputs):
    system, *_ = entry
    with pytest.raises(ValueError, match=rf"expected states \[..., {2 * system.dof}\]; received"):
        system(tf.zeros([6, 10], tf.float64), inputs)


def test_inputs_that_are_missing_or_do_not_fit_are_refused(entry, state):
    system, *_ = entry
    m = system.num_inputs
    wrong = [np.zeros([6, m + 1]), np.zeros([5, m]), np.zeros([6, 1, m]), np.float64(1.0), *([None] if m else [])]
    expected = rf"inputs: expected \[..., {m}\] .*" if m else "inputs: expected none, because it has no inputs"
    for inputs in wrong:
        received = "none; give zeros for the free motion$" if inputs is None else "shape"
        for motion in (lambda u: system(tf.constant(state), u), lambda u: system.numpy_motion(state, u)):
            with pytest.raises(InputError, match=f"^{type(system).__name__}: {expected}; received {received}") as error:
                motion(inputs)
            assert "\n" not in str(error.value)


def test_the_motion_agrees_with_scipy(entry):
    system, _, motion = entry
    start = _possible(system, np.array(STARTS.get(type(system), [1.2, -0.4])))
    times = np.linspace(0, 4, 9)
    inputs = np.full([9, system.num_inputs], 0.3) if system.num_inputs else None
    u = () if inputs is None else inputs[0]
    reference = scipy.integrate.solve_ivp(
        lambda _, s: np.ravel(motion(*s[:, np.newaxis], *u)), (0, 4), start, "DOP853", times, rtol=1e-13, atol=1e-13
    ).y.T

    solution = reference_solution(system, start[np.newaxis], times, inputs)[0]
    # 1e-11: DOP853 at rtol 1e-13 interpolates its output times a little less accurately.
    np.testing.assert_allclose(solution, reference, atol=1e-11)
