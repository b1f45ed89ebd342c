"""The contract of every integrator; a new one without an entry in CASES fails."""

import dataclasses
import math

import numpy as np
import package_classes
import pytest
import tensorflow as tf

from benchmarks.integrators import exact_solutions
from hnn_tf import (
    BaselineNetwork,
    HamiltonianNetwork,
    InputError,
    MLPHamiltonian,
    evaluation,
    integrators,
    rollout,
    systems,
)

# For each: a step at which its leading error term is alone, and the error at half of it is well above round-off.
CASES = {
    "blanes_moan4": 2**-3,
    "dormand_prince": 2**-6,
    "gauss4": 2**-4,
    "gauss6": 2**-3,
    "implicit_midpoint": 2**-4,
    "leapfrog": 2**-4,
    "rk4": 2**-5,
    "rk8": 2**-3,
    "symplectic_euler": 2**-7,
    "tao2": 2**-5,
    "tao4": 2**-6,
    "yoshida4": 2**-5,
    "yoshida6": 2**-4,
}
SLOW_TO_TRACE = (
    "blanes_moan4",
    "dormand_prince",
    "gauss4",
    "gauss6",
    "rk8",
    "symplectic_euler",
    "tao2",
    "tao4",
    "yoshida4",
    "yoshida6",
)
PENDULUM = systems.Pendulum()
START = [[1.9, 0.3]]
STARTS = 0.6 * np.random.default_rng(0).normal(size=[16, 2])


@dataclasses.dataclass(frozen=True)
class NotSeparable(systems.System):
    """H = (q^2 + 1) (p^2 + 1) / 2, Tao's example."""

    dof = 1
    separable = False
    state_names, state_units, energy_unit = ("q", "p"), ("", ""), ""

    def hamiltonian(self, state):
        return 0.5 * tf.reduce_prod(state**2 + 1, -1)


class Friction:
    """dq/dt = p, dp/dt = -q - 0.1 p."""

    name = "friction"
    conservative = False

    def __call__(self, state):
        q, p = tf.split(state, 2, -1)
        return tf.concat([p, -q - 0.1 * p], -1)


def test_every_integrator_has_an_entry():
    assert set(CASES) == set(integrators.INTEGRATORS)


def test_every_integrator_class_is_registered():
    # A kernel that others share has no name of its own.
    classes = {k for k in package_classes.subclasses(integrators.Integrator) if hasattr(k, "name")}
    assert {type(method) for method in integrators.INTEGRATORS.values()} == classes
    assert {kind.__name__ for kind in classes} <= set(integrators.__all__)


def _slow(name):
    return pytest.param(name, marks=pytest.mark.slow)


@pytest.fixture(params=sorted(CASES))
def method(request):
    return integrators.get(request.param)


@pytest.fixture(params=[_slow(name) if name in SLOW_TO_TRACE else name for name in sorted(CASES)])
def measured_method(request):
    return integrators.get(request.param)


def _end(method, step_size):
    if method.name == "dormand_prince":  # where any error will do, its inner step is the whole one
        method = integrators.DormandPrince(rtol=1e9, atol=1e9)
    return rollout(PENDULUM, STARTS, step_size=step_size, num_steps=round(2 / step_size), integrator=method)[:, -1]


def test_has_its_declared_order(measured_method):
    # RMS error over many swings: over one alone, error terms of opposite sign may cancel.
    exact, h = exact_solutions.pendulum(PENDULUM, STARTS, 2.0)[:, 0], CASES[measured_method.name]
    errors = [np.sqrt(np.mean((_end(measured_method, step) - exact) ** 2)) for step in (h, h / 2)]
    order = math.log2(errors[0] / errors[1])
    assert abs(order - measured_method.order) < 0.1, order


@pytest.mark.slow
def test_an_adaptive_step_is_as_accurate_as_asked():
    start, exact = tf.constant([[1.7, 0.0]], tf.float64), exact_solutions.pendulum(PENDULUM, [1.7, 0.0], 5.0)
    for tolerance in (1e-4, 1e-7, 1e-10):
        method = integrators.DormandPrince(rtol=tolerance, atol=tolerance)
        error = np.abs(rollout(PENDULUM, start, step_size=5.0, num_steps=1, integrator=method)[:, -1] - exact).max()
        # The tolerance is that of an inner step; over this time errors add up to some hundreds of it.
        assert 1e-2 * tolerance < error < 300 * tolerance


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:distutils Version classes are deprecated")
def test_tensorflow_probabilitys_method_is_not_as_accurate_which_is_why_it_is_not_used():
    from tensorflow_probability.python.math import ode  # warns of distutils, which only this test ignores

    solver, zero = ode.DormandPrince(rtol=1e-10, atol=1e-10), tf.zeros([], tf.float64)
    solve = tf.function(lambda s: solver.solve(lambda _, s: PENDULUM(s), zero, s, [5.0]).states[0], autograph=False)
    start, exact = tf.constant([[1.7, 0.0]], tf.float64), exact_solutions.pendulum(PENDULUM, [1.7, 0.0], 5.0)
    assert np.abs(solve(start) - exact).max() > 1e-7


# The others take their stages as often as they must.
@pytest.mark.parametrize(
    "method", [m for m in integrators.INTEGRATORS.values() if not m.may_fail], ids=lambda m: m.name
)
def test_counts_its_stages(method):
    calls = []

    def field(state):
        calls.append(1)
        return PENDULUM(state)

    state = method.extend(tf.constant(START, tf.float64))
    method.step(field, state, tf.constant(0.1, tf.float64))
    assert len(calls) == method.stages


def _structure(field, method, step_size):
    states = tf.constant([*START, [-0.4, 1.1]], tf.float64)
    jacobian = evaluation.step_jacobian(field, states, step_size=step_size, integrator=method)
    return evaluation.symplectic_defect(jacobian), np.abs(np.linalg.det(jacobian) - 1).max()


def test_is_symplectic_exactly_if_it_says_so(measured_method):
    defect, volume_error = _structure(PENDULUM, measured_method, 0.25)
    # 1e-12 with a margin of three digits for the implicit ones' tolerance; rk8's own defect here is some 1e-10.
    assert (defect <= 1e-12) == measured_method.symplectic, defect
    assert (volume_error <= 1e-12) == measured_method.symplectic, volume_error


@pytest.mark.parametrize(
    "name", ["tao2", _slow("tao4"), _slow("implicit_midpoint"), _slow("gauss4"), _slow("gauss6"), "rk4"]
)
def test_is_symplectic_for_a_hamiltonian_that_is_not_separable(name):
    method = integrators.get(name)
    assert (_structure(NotSeparable(), method, 0.05)[0] <= 1e-12) == method.symplectic


@pytest.mark.parametrize("name", ["tao2", _slow("tao4"), _slow("gauss6")])
def test_keeps_the_energy_of_a_hamiltonian_that_is_not_separable(name):
    system, start = NotSeparable(), tf.constant([[-1.5, 0.8]], tf.float64)
    path = rollout(system, start, step_size=0.01, num_steps=20_000, integrator=name, jit_compile=True)[0]
    energy = system.hamiltonian(path).numpy()
    # Second order at this step swings by 1e-3 of the energy; over ten times the time it stays so.
    assert np.abs(energy - energy[0]).max() < 5e-3 * energy[0]
    assert np.abs(energy[-2000:] - energy[0]).max() < 2 * np.abs(energy[:2000] - energy[0]).max() + 1e-12


@pytest.mark.slow
def test_comes_back_after_a_thousand_steps_if_it_says_so(measured_method):
    states = tf.constant(START, tf.float64)
    error = evaluation.return_error(PENDULUM, states, step_size=0.1, num_steps=1000, integrator=measured_method)
    # Round-off of 2000 steps; the others miss by their truncation error.
    assert (error <= 1e-10) == measured_method.time_reversible, error


def test_takes_the_hamiltonians_it_says(method):
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4]))
    if method.requires_separable:
        with pytest.raises(InputError, match="needs a separable Hamiltonian .* use 'tao4' or 'gauss4'"):
            method.check(model)
        with pytest.raises(InputError, match="needs a separable Hamiltonian"):
            method.check(BaselineNetwork())
    else:
        method.check(model)
        method.check(BaselineNetwork())


def test_a_symplectic_one_refuses_friction(method):
    if method.symplectic:
        with pytest.raises(
            InputError, match="friction is dissipative or driven .* use 'rk4', 'rk8' or 'dormand_prince'"
        ):
            rollout(Friction(), tf.zeros([1, 2]), step_size=0.1, num_steps=1, integrator=method)
    else:
        method.check(Friction())


@pytest.mark.parametrize(
    "kind",
    sorted(
        (k for k in package_classes.subclasses(integrators.Composition) if hasattr(k, "name")), key=lambda k: k.name
    ),
)
def test_fractions_of_a_composition_add_up_to_the_step(kind):
    totals = {}
    for flow, fraction in kind.flows:
        totals[flow] = totals.get(flow, 0.0) + fraction
    np.testing.assert_allclose(list(totals.values()), 1, rtol=1e-14)  # sums of fifteen-digit numbers
    palindrome = [(f, pytest.approx(c, abs=1e-15)) for f, c in reversed(kind.flows)]
    assert (list(kind.flows) == palindrome) == kind.time_reversible


def test_leapfrog_moves_q_with_the_velocity_not_the_momentum():
    # T = p^2 / (2 m), m = 0.5: from rest at V' = 0, a drift of h p alone would be half of the true one.
    spring = systems.MassSpring(mass=0.5, spring_constant=1e-12)
    end = integrators.get("leapfrog").step(spring, tf.constant([0.0, 1.0], tf.float64), tf.constant(0.1, tf.float64))
    assert end[0].numpy() == pytest.approx(0.2)


def test_symplectic_euler_is_gymnasiums_step():
    # theta' = 15 sin theta dt + ..., as its pendulum has it: velocity first, then the angle by the new velocity.
    q, p, h = 0.7, -0.2, 0.05
    new_p = p - h * 3 * np.sin(q)
    end = integrators.get("symplectic_euler").step(
        PENDULUM, tf.constant([q, p], tf.float64), tf.constant(h, tf.float64)
    )
    np.testing.assert_allclose(end, [q + h * 2 * new_p, new_p], rtol=1e-15)  # a few roundings


def test_an_unknown_name_is_refused():
    with pytest.raises(InputError, match="expected one of blanes_moan4, .*, yoshida6; received 'euler'"):
        integrators.get("euler")


@pytest.mark.parametrize(
    "make",
    [
        lambda: integrators.Tao2(omega=0.0),
        lambda: integrators.Tao4(omega=math.inf),
        lambda: integrators.GaussLegendre4(tolerance=-1.0),
        lambda: integrators.DormandPrince(rtol=0.0),
        lambda: integrators.DormandPrince(atol=math.nan),
    ],
)
def test_parameters_that_cannot_be_are_refused(make):
    with pytest.raises(ValueError, match="expected (a )?finite"):
        make()
