import dataclasses

import keras
import numpy as np
import pytest
import scipy.integrate
import tensorflow as tf

from hnn_tf import BaselineNetwork, HamiltonianNetwork, InputError, MLPHamiltonian, systems
from hnn_tf.rollouts.energy_change import change_energy

PENDULUM, SPRING = systems.Pendulum(), systems.MassSpring()
STATES = tf.constant([[1.0, 0.5], [-0.6, 0.9], [0.3, -0.4]], tf.float64)


def _pendulum_gradient(state):
    """Of H = p^2 + 3 (1 - cos q), by hand."""
    return np.array([3 * np.sin(state[0]), 2 * state[1]])


def _henon_heiles_gradient(state):
    x, y, p_x, p_y = state
    return np.array([x + 2 * x * y, y + x**2 - y**2, p_x, p_y])


def _gradient_flow(gradient, state, amount, weights=1.0):
    """End of the path by SciPy: a state moved along the gradient, per energy."""

    def slope(_, s):
        g = gradient(s)
        return g / weights / (g @ (g / weights))

    path = scipy.integrate.solve_ivp(slope, [0, amount], state, "DOP853", rtol=1e-12, atol=1e-13)
    return path.y[:, -1]


@pytest.mark.parametrize("amount", [1.5, -0.2])
def test_a_springs_gradient_is_radial(amount):
    energy = np.sum(STATES.numpy() ** 2, -1, keepdims=True)  # H = q^2 + p^2
    expected = STATES * np.sqrt((energy + amount) / energy)
    # Round-off: by symmetry every step is radial, and the correction sets the radius.
    np.testing.assert_allclose(change_energy(SPRING, STATES, amount), expected, atol=1e-14)


@pytest.mark.parametrize("amount", [1.5, -0.2])
def test_crosses_level_sets_at_right_angles(amount):
    expected = [_gradient_flow(_pendulum_gradient, state, amount) for state in STATES.numpy()]
    # The 32 steps' own error, of fourth order: measured as 5e-8 from the state nearest to rest.
    np.testing.assert_allclose(change_energy(PENDULUM, STATES, amount), expected, atol=1e-7)


def test_no_change_leaves_a_state_at_rest_where_it_is():
    # There the gradient vanishes, and no direction leads anywhere.
    rest = tf.zeros([1, 2], tf.float64)
    np.testing.assert_array_equal(change_energy(PENDULUM, rest, 0.0), rest)


@pytest.mark.slow
def test_no_change_has_the_gradients_of_a_small_one():
    states = tf.constant([[1.0, 0.4], [0.0, 0.0]], tf.float64)
    amounts = tf.zeros([2], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch([states, amounts])
        moved = change_energy(PENDULUM, states, amounts)
        energy, at_rest = PENDULUM.hamiltonian(moved)[0], tf.reduce_sum(moved[1])
    np.testing.assert_array_equal(moved, states)
    to_states, to_amounts = tape.gradient([energy, at_rest], [states, amounts])
    # Of the first, dH/de = 1; of the one at rest, which stays, nothing is lost or NaN.
    np.testing.assert_allclose(to_amounts, [1.0, 0.0], atol=1e-12)  # round-off
    np.testing.assert_allclose(to_states, [_pendulum_gradient(states.numpy()[0]), [1.0, 1.0]], atol=1e-12)


def test_the_path_is_of_fourth_order():
    # 1 J up from q = 2.4 rad, where the gradient turns: the error is far above round-off.
    start = tf.constant([[2.4, 0.3]], tf.float64)
    expected = _gradient_flow(_pendulum_gradient, start[0].numpy(), 1.0)
    errors = [np.abs(change_energy(PENDULUM, start, 1.0, num_steps=n) - expected).max() for n in (16, 32)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(4, abs=0.5)  # steps are not short against the turn yet


def test_the_metric_is_what_a_right_angle_is():
    weights = np.array([4.0, 0.5])
    expected = [_gradient_flow(_pendulum_gradient, state, 1.5, weights) for state in STATES.numpy()]
    np.testing.assert_allclose(change_energy(PENDULUM, STATES, 1.5, metric=weights), expected, atol=1e-7)  # as above


def test_other_units_are_another_metric():
    # With P = 10 p the numbers of the momenta are ten times as large; the path is the same if lengths are.
    @dataclasses.dataclass(frozen=True)
    class Rescaled(systems.System):
        dof = 1

        def hamiltonian(self, state):
            return PENDULUM.hamiltonian(state * [1.0, 0.1])

    moved = change_energy(Rescaled(), STATES * [1.0, 10.0], 1.5, metric=[1.0, 0.01])
    np.testing.assert_allclose(moved * [1.0, 0.1], change_energy(PENDULUM, STATES, 1.5), atol=1e-14)  # round-off


@pytest.mark.slow
@pytest.mark.parametrize("amount", [0.08, -0.03])
def test_two_degrees_of_freedom(amount):
    system, start = systems.HenonHeiles(), tf.constant([0.1, 0.2, 0.2, -0.1], tf.float64)
    moved = change_energy(system, start, amount)
    assert moved.shape == [4]
    np.testing.assert_allclose(moved, _gradient_flow(_henon_heiles_gradient, start.numpy(), amount), atol=1e-8)
    np.testing.assert_allclose(system.hamiltonian(moved) - system.hamiltonian(start), amount, atol=1e-16)  # of 0.1


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [tf.float32, tf.float64])
def test_each_state_may_have_its_own_amount(dtype):
    states, amounts = tf.cast(STATES, dtype), tf.constant([2.0, -1.0, 0.0], dtype)
    moved = change_energy(PENDULUM, states, amounts)
    assert moved.dtype == dtype
    # Energies below 4, each of some four roundings by half of its last place, 2 eps; the moved state's own is as much.
    round_off = 8 * 2 * np.finfo(dtype.as_numpy_dtype).eps
    np.testing.assert_allclose(PENDULUM.hamiltonian(moved) - PENDULUM.hamiltonian(states), amounts, atol=round_off)
    np.testing.assert_array_equal(moved[2], states[2])


def test_few_steps_reach_the_energy_too():
    moved = change_energy(PENDULUM, STATES, 1.5, num_steps=4)
    # A few roundings of energies of order 3: what four steps miss, 1e-4, is corrected three times.
    np.testing.assert_allclose(PENDULUM.hamiltonian(moved) - PENDULUM.hamiltonian(STATES), [1.5] * 3, atol=2e-15)


def test_an_end_may_be_near_an_equilibrium():
    # From 2 % of the swing, where equal steps in energy would be far too long, and back there.
    start = tf.constant([[0.02, 0.01], [0.02, 0.03], [0.03, 0.01]], tf.float64)
    moved = change_energy(PENDULUM, start, 0.5)
    expected = [_gradient_flow(_pendulum_gradient, state, 0.5) for state in start.numpy()]
    # Measured as 3e-4: the first steps are as long as the way from the equilibrium.
    np.testing.assert_allclose(moved, expected, atol=5e-4)
    np.testing.assert_allclose(change_energy(PENDULUM, moved, -0.5), start, atol=5e-4)


@pytest.mark.slow
def test_a_batch_is_any_batch():
    together = change_energy(PENDULUM, STATES[tf.newaxis], [[0.1, 0.2, 0.3]])
    alone = change_energy(PENDULUM, STATES[1], 0.2)
    np.testing.assert_allclose(together[0, 1], alone, rtol=1e-15)  # the rounding of vectorised sines


@pytest.mark.slow
@pytest.mark.parametrize(("dtype", "round_off"), [("float32", 2e-6), ("float64", 4e-15)])
def test_a_learned_energy(dtype, round_off):
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[32, 32], dtype=dtype))
    model.build([None, 2])
    moved = change_energy(model, STATES, 0.1)
    assert moved.dtype == dtype
    # Roundings of sums of 32 terms of order 1; the model's precision, not that of the states.
    np.testing.assert_allclose(model.hamiltonian(moved) - model.hamiltonian(STATES), [0.1] * 3, atol=round_off)


@pytest.mark.slow
def test_is_the_same_inside_a_graph_for_any_batch_size():
    graph = tf.function(
        lambda states, amount: change_energy(PENDULUM, states, amount),
        input_signature=[tf.TensorSpec([None, 2], tf.float64), tf.TensorSpec([], tf.float64)],
        autograph=False,
    )
    np.testing.assert_array_equal(graph(STATES, 1.5), change_energy(PENDULUM, STATES, 1.5))
    assert graph(STATES[:0], 1.5).shape == (0, 2)


@pytest.mark.slow
def test_gradients_are_those_of_the_reached_energy_and_of_the_place():
    amount, states = tf.constant(0.7, tf.float64), STATES
    with tf.GradientTape() as tape:
        tape.watch([amount, states])
        energy = PENDULUM.hamiltonian(change_energy(PENDULUM, states, amount))
    by_amount, by_state = tape.gradient(energy, [amount, states])
    # The energy reached is H(state) + amount, exactly: so are its derivatives, up to round-off.
    np.testing.assert_allclose(by_amount, 3.0, rtol=1e-13)
    np.testing.assert_allclose(by_state, [_pendulum_gradient(s) for s in STATES.numpy()], rtol=1e-13)
    with tf.GradientTape() as tape:
        tape.watch(amount)
        angle = change_energy(PENDULUM, states, amount)[0, 0]
    h = 1e-4
    there, back = (change_energy(PENDULUM, STATES, 0.7 + sign * h)[0, 0] for sign in (1, -1))
    # The central difference's own error, h^2.
    np.testing.assert_allclose(tape.gradient(angle, amount), (there - back) / (2 * h), rtol=1e-7)


LEAP = [1.9, 0.01]
"""Passes so near the upright rest that 32 steps would come out on its other side, with the right energy."""


@pytest.mark.parametrize(
    ("field", "state", "amount", "message"),
    [
        (SPRING, [0.0, 0.0], 1.0, r"1 of 4 states, the first of them \[0. 0.\], are at an equilibrium"),
        (SPRING, [0.5, 0.0], -1.0, "without a path to their energy"),
        (PENDULUM, [1.9, 0.0], 8.0, "without a path to their energy"),
        (PENDULUM, LEAP, 8.0, "more num_steps"),
    ],
    ids=["from rest", "below the minimum", "through a saddle", "steps too long"],
)
def test_what_has_no_path_is_refused(field, state, amount, message):
    with pytest.raises(ValueError, match=message):
        change_energy(field, tf.concat([STATES, [state]], 0), [0.1, 0.1, 0.1, amount])


def test_what_has_no_path_is_nan_inside_a_graph():
    states = tf.concat([STATES[:1], [[0.0, 0.0], [1.9, 0.0], LEAP]], 0)
    moved = tf.function(change_energy, autograph=False)(PENDULUM, states, 8.0).numpy()
    np.testing.assert_array_equal(np.isnan(moved).all(-1), [False, True, True, True])
    np.testing.assert_allclose(moved[:1], change_energy(PENDULUM, STATES, 8.0)[:1], rtol=1e-14)  # the other one stays


def test_more_steps_resolve_a_narrow_path():
    # On the side of q = pi on which it began, which no gradient path crosses.
    assert change_energy(PENDULUM, tf.constant(LEAP, tf.float64), 8.0, num_steps=2000)[0] < np.pi


def test_lost_states_stay_lost():
    # NaN in, NaN out, as in a rollout: what is refused is a finite state.
    moved = change_energy(PENDULUM, tf.concat([STATES, [[np.nan, 0.0]]], 0), 0.1)
    assert np.isnan(moved[3]).all()
    assert np.isfinite(moved[:3]).all()


@pytest.mark.parametrize(
    ("state", "amount", "options", "message"),
    [
        ([1.0, 2.0, 3.0], 1.0, {}, "last axis of known even size"),
        (tf.constant([[1, 0]]), 1.0, {}, "state: expected floating-point numbers; received int32"),
        (STATES, [1.0, 2.0], {}, r"amount: expected a scalar or shape \(3,\)"),
        (STATES[0], [1.0, 2.0], {}, "repeat the state"),
        (STATES, np.nan, {}, "amount: expected finite"),
        (STATES, 1.0, {"num_steps": 0}, "num_steps: expected an integer >= 1"),
        (STATES, 1.0, {"metric": [1.0]}, r"metric: expected a weight for each coordinate, \[2\]"),
        (STATES, 1.0, {"metric": [1.0, 0.0]}, "metric: expected finite weights > 0"),
    ],
)
def test_what_does_not_fit_is_refused(state, amount, options, message):
    with pytest.raises(ValueError, match=message):
        change_energy(PENDULUM, state, amount, **options)


def test_a_field_without_an_energy_is_refused():
    with pytest.raises(TypeError, match="field: expected a hamiltonian"):
        change_energy(BaselineNetwork(hidden_units=[8]), STATES, 1.0)


class Torques(keras.layers.Layer):
    """H = p² + theta (1 - cos q), of pendulums with several gravity torques."""

    num_parameters = 1

    def call(self, state, parameters):
        q, p = state[..., 0], state[..., 1]
        return p**2 + parameters[..., 0] * (1 - tf.cos(q))


@pytest.mark.slow
def test_each_state_climbs_at_its_own_parameters():
    family, torques = HamiltonianNetwork(Torques(dtype="float64")), [[3.0], [1.0], [0.5]]
    found = change_energy(family, STATES, 0.1, parameters=torques)
    for index, (torque,) in enumerate(torques):
        system = systems.Pendulum(inertia=0.5, gravity_torque=torque)
        alone = change_energy(system, STATES[index : index + 1], 0.1)
        # Some roundings: both take the same steps.
        np.testing.assert_allclose(found[index], alone[0], rtol=0, atol=1e-13)
    same = change_energy(family, STATES, 0.1, parameters=[3.0])
    np.testing.assert_allclose(same[0], found[0], rtol=0, atol=1e-15)
    inside = tf.function(lambda theta: change_energy(family, STATES, 0.1, parameters=theta), autograph=False)
    np.testing.assert_allclose(inside(tf.constant(torques, tf.float64)), found, rtol=0, atol=1e-15)


def test_parameters_that_do_not_fit_are_refused():
    family = HamiltonianNetwork(Torques(dtype="float64"), name="family")
    with pytest.raises(InputError, match="family: expected parameters of width 1; received none"):
        change_energy(family, STATES, 1.0)
    with pytest.raises(InputError, match=r"parameters: expected shape \[k\], or \[3\] \+ \[k\]"):
        change_energy(family, STATES, 1.0, parameters=[[1.0], [2.0]])
    with pytest.raises(InputError, match="Pendulum: takes no parameters; leave the parameters out"):
        change_energy(PENDULUM, STATES, 1.0, parameters=[1.0])


def test_a_field_that_cannot_be_kept_is_refused():
    @dataclasses.dataclass
    class Unhashable(systems.Pendulum.__base__):
        dof = 1

        def hamiltonian(self, state):
            return tf.reduce_sum(state**2, -1)

    with pytest.raises(TypeError, match="frozen=True"):
        change_energy(Unhashable(), STATES, 1.0)
