"""The pendulum, the cart-pole and the arm with inputs: special cases whose motion is known otherwise."""

import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import systems
from hnn_tf.data.reference_solution import reference_solution

TIMES = np.linspace(0.0, 2.0, 6)


@pytest.mark.parametrize(
    "system", [systems.DrivenPendulum(), systems.CartPole(), systems.TwoJointArm()], ids=lambda s: type(s).__name__
)
def test_by_default_there_is_no_friction(system):
    assert system.dissipation(tf.zeros([2 * system.dof])) is None


def test_a_pendulum_without_friction_and_torque_is_the_ideal_one(rng):
    driven = systems.DrivenPendulum(mass=0.6, length=0.7, gravity=3.0)
    ideal = systems.Pendulum(inertia=0.6 * 0.7**2, gravity_torque=0.6 * 0.7 * 3.0)
    states = rng.normal(size=[5, 2])
    # The products of the parameters are rounded in another order: two roundings.
    np.testing.assert_allclose(driven(tf.constant(states), np.zeros([5, 1])), ideal(tf.constant(states)), rtol=1e-15)
    found = reference_solution(driven, states, TIMES, np.zeros([6, 1]))
    # Some hundred steps of 1e-13.
    np.testing.assert_allclose(found, reference_solution(ideal, states, TIMES), rtol=0, atol=1e-11)


def test_the_controlled_pendulum_of_symplectic_ode_nets_can_be_made(rng):
    """H = 5 (1 - cos q) + 1.5 p^2, and a constant torque that acts with the gain 1."""
    system, states = systems.DrivenPendulum(mass=1 / 3, gravity=15.0), rng.normal(size=[4, 2])
    q, p = states.T
    np.testing.assert_allclose(system.hamiltonian(tf.constant(states)), 5 * (1 - np.cos(q)) + 1.5 * p**2, rtol=1e-14)
    motion = system(tf.constant(states), np.full([4, 1], -2.0))
    np.testing.assert_allclose(motion, np.stack([3 * p, -5 * np.sin(q) - 2], -1), rtol=1e-14, atol=1e-14)


def test_friction_brakes_a_small_swing_exponentially():
    # omega^2 = g / l - (gamma / (2 m l^2))^2 = 9 - 0.25^2; the amplitude falls as exp(-0.25 t).
    system = systems.DrivenPendulum(mass=2.0, length=0.5, gravity=4.5, damping=0.25)
    period = 2 * np.pi / np.sqrt(9 - 0.25**2)
    path = reference_solution(system, np.array([[1e-6, 0.0]]), np.array([0.0, period]), np.zeros([2, 1]))[0]
    # The sine differs from its argument by a share of 1e-13.
    np.testing.assert_allclose(path[1, 0], 1e-6 * np.exp(-0.25 * period), rtol=1e-11)


def test_only_the_force_changes_the_momentum_along_the_rail(rng):
    force = rng.normal(size=[6, 1])
    path = reference_solution(systems.CartPole(1.0, 1.0, 1.0), rng.normal(size=[1, 4]), TIMES, force)[0]
    impulse = np.concatenate([[0.0], np.cumsum(force[:-1, 0] * np.diff(TIMES))])
    np.testing.assert_allclose(path[:, 2], path[0, 2] + impulse, rtol=0, atol=1e-11)


def test_the_upright_pole_rests_and_falls_when_pushed():
    system = systems.CartPole(cart_mass=0.7, pole_mass=0.3, pole_length=0.8, gravity=5.0)
    upright = np.array([0.4, np.pi, 0.0, 0.0])
    np.testing.assert_allclose(system(tf.constant(upright), [0.0]), np.zeros(4), atol=1e-15)
    # From M at the upright pole: theta'' = u / (m_c l), away from the force.
    velocities = [system(tf.constant(upright + step * np.array([0, 0, 1.0, 0])), [0.0])[1] for step in (0.0, 1e-6)]
    np.testing.assert_allclose((velocities[1] - velocities[0]) / 1e-6, 1 / (0.7 * 0.8), rtol=1e-9)


def test_an_arm_of_point_masses_is_the_double_pendulum(rng):
    """q_2 of the double pendulum is q_1 + q_2 of the arm, and p_1 of the arm is p_1 + p_2 of the double pendulum."""
    arm, double = (
        systems.TwoJointArm(0.8, 1.3, 0.9, 0.9, 0.6, gravity=2.0),
        systems.DoublePendulum(0.8, 1.3, 0.9, 0.6, 2),
    )
    states = rng.normal(size=[5, 4])
    to_double = np.array([[1.0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, -1], [0, 0, 0, 1]])
    there = tf.constant(states @ to_double.T)
    energy = arm.hamiltonian(tf.constant(states))
    # Some tens of roundings of numbers up to 10.
    np.testing.assert_allclose(energy, double.hamiltonian(there), rtol=1e-13)
    motion = arm(tf.constant(states), np.zeros([5, 2])).numpy() @ to_double.T
    np.testing.assert_allclose(motion, double(there), rtol=1e-13, atol=1e-13)


def test_without_gravity_the_first_torque_turns_the_whole_arm(rng):
    arm = systems.TwoJointArm(gravity=0.0)
    torques = np.tile([0.4, -1.1], [6, 1])
    path = reference_solution(arm, rng.normal(size=[1, 4]), TIMES, torques)[0]
    np.testing.assert_allclose(path[:, 2], path[0, 2] + 0.4 * TIMES, rtol=0, atol=1e-11)


def test_a_system_with_inputs_and_without_control_is_refused():
    class Forgotten(systems.Pendulum):
        conservative = False
        num_inputs = 1
        input_names = ("torque",)

    for motion in (lambda s: Forgotten()(tf.constant(s), [0.0]), lambda s: Forgotten().numpy_motion(s, np.zeros(1))):
        with pytest.raises(NotImplementedError, match=r"Forgotten: expected a method control\(state\)"):
            motion(np.zeros([1, 2]))


def test_a_numpy_motion_of_states_alone_still_serves_a_system_without_inputs():
    class Written(systems.Pendulum):
        def numpy_motion(self, states):
            return 2 * super().numpy_motion(states)

    found = reference_solution(Written(), np.array([[0.3, 0.1]]), TIMES / 2)
    expected = reference_solution(systems.Pendulum(), np.array([[0.3, 0.1]]), TIMES)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
