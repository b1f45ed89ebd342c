"""The contract of every integrator; a new one without an entry in CASES fails."""

import math

import numpy as np
import package_classes
import pytest
import tensorflow as tf

from hnn_tf import HamiltonianNetwork, InputError, MLPHamiltonian, integrators, phase_space, rollout, systems

# For each: a step at which its leading error term is alone, and the error at half of it is well above round-off.
CASES = {"leapfrog": 2**-4, "rk4": 2**-5, "rk8": 2**-3}
START = [[1.9, 0.3]]


def test_every_integrator_has_an_entry():
    assert set(CASES) == set(integrators.INTEGRATORS)


def test_every_integrator_class_is_registered():
    # A kernel that others share has no name of its own.
    classes = {k for k in package_classes.subclasses(integrators.Integrator) if hasattr(k, "name")}
    assert {type(method) for method in integrators.INTEGRATORS.values()} == classes
    assert {kind.__name__ for kind in classes} <= set(integrators.__all__)


@pytest.fixture(params=sorted(CASES))
def method(request):
    return integrators.get(request.param)


def _error(method, step_size, starts):
    """RMS error at t = 2 over many nonlinear swings: over one alone, error terms of opposite sign may cancel."""
    path = {
        h: rollout(systems.Pendulum(), starts, step_size=h, num_steps=round(2 / h), integrator=use)[:, -1]
        for h, use in ((step_size, method), (2**-8, "rk8"))
    }
    return np.sqrt(np.mean((path[step_size] - path[2**-8]) ** 2))


def test_has_its_declared_order(method, rng):
    starts = tf.constant(0.6 * rng.normal(size=[16, 2]))
    h = CASES[method.name]
    order = math.log2(_error(method, h, starts) / _error(method, h / 2, starts))
    assert abs(order - method.order) < 0.1, order


def test_counts_its_stages(method):
    calls = []

    def field(state):
        calls.append(1)
        return systems.Pendulum()(state)

    field.separable = True
    method.step(field, tf.constant(START, tf.float64), tf.constant(0.1, tf.float64))
    assert len(calls) == method.stages


def _jacobian_defect(method, step_size):
    state = tf.constant(START[0], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(state)
        end = method.step(systems.Pendulum(), state, tf.constant(step_size, tf.float64))
    m = tape.jacobian(end, state).numpy()
    j = phase_space.symplectic_matrix(1).numpy()
    return np.abs(m.T @ j @ m - j).max()


def test_is_symplectic_exactly_if_it_says_so(method):
    defect = _jacobian_defect(method, 0.25)
    # 1e-15 is a few roundings; rk8's own defect at this step is some 1e-10, rk4's 1e-6.
    assert (defect < 1e-15) == method.symplectic, defect


def test_comes_back_exactly_if_it_says_so(method):
    state, h = tf.constant(START, tf.float64), tf.constant(0.25, tf.float64)
    back = method.step(systems.Pendulum(), method.step(systems.Pendulum(), state, h), -h)
    returned = np.abs(back - state).max()
    # 1e-15: a few roundings; the others miss by their truncation error, 1e-9 and more.
    assert (returned < 1e-15) == method.time_reversible, returned


def test_needs_a_separable_hamiltonian_if_it_says_so(method):
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4]))
    if method.requires_separable:
        with pytest.raises(InputError, match="'rk4' or 'rk8'"):
            method.check(model)
    else:
        method.check(model)


def test_leapfrog_moves_q_with_the_velocity_not_the_momentum():
    # T = p^2 / (2 m), m = 0.5: from rest at V' = 0, a drift of h p alone would be half of the true one.
    spring = systems.MassSpring(mass=0.5, spring_constant=1e-12)
    end = integrators.get("leapfrog").step(spring, tf.constant([0.0, 1.0], tf.float64), tf.constant(0.1, tf.float64))
    assert end[0].numpy() == pytest.approx(0.2)


def test_an_unknown_name_is_refused():
    with pytest.raises(InputError, match="expected one of leapfrog, rk4, rk8"):
        integrators.get("euler")
