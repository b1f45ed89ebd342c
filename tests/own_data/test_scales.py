"""The scales in which models of measurements are fitted."""

import dataclasses

import numpy as np
import pytest

from hnn_tf import InputError, ModelOptions
from hnn_tf.data.recording import Recording
from hnn_tf.data.recordings import Recordings
from hnn_tf.models.new_model import new_model
from hnn_tf.own_data.scales import Scales

TIMES = np.linspace(5.0, 25.0, 101)


def recordings(**changes):
    """An angle in degrees and a position in mm, with a period of 4."""
    phase = 2 * np.pi * TIMES / 4.0
    q = np.stack([30.0 * np.sin(phase), 100.0 + 7.0 * np.cos(phase)], -1)
    v = np.pi / 2 * np.stack([30.0 * np.cos(phase), -7.0 * np.sin(phase)], -1)
    recording = Recording(times=TIMES, states=np.concatenate([q, v], 1), inputs=3.0 * np.cos(phase)[:, np.newaxis])
    options = {
        "state_units": ("deg", "mm", "deg/s", "mm/s"),
        "angles": (0,),
        "second_half": "velocities",
        "masses": (2.0, 5.0),
    } | changes
    return Recordings((recording,), **options)


@pytest.mark.parametrize("velocities", [False, True])
def test_scales_are_invertible(velocities):
    scales = Scales.of(recordings(), period=4.0, velocities=velocities)
    states = recordings()[0].states
    np.testing.assert_allclose(scales.outer(scales.inner(states)), states, rtol=1e-12)
    np.testing.assert_array_equal(scales.scaled(recordings())[0].states, scales.inner(states))


def test_an_angle_becomes_one_in_rad_about_the_same_zero_and_other_positions_are_standardised():
    inner = Scales.of(recordings(), period=4.0).scaled(recordings())[0].states
    np.testing.assert_allclose(inner[:, 0], np.radians(recordings()[0].states[:, 0]), rtol=1e-12)
    assert inner[:, 1].mean() == pytest.approx(0.0, abs=1e-12)
    assert inner[:, 1].std() == pytest.approx(1.0)


def test_the_period_becomes_a_full_turn_and_times_begin_at_zero():
    inner = Scales.of(recordings(), period=4.0).scaled(recordings())[0]
    np.testing.assert_allclose(inner.times, (TIMES - 5.0) * 2 * np.pi / 4.0, rtol=1e-12)


@pytest.mark.parametrize("second_half", ["velocities", "momenta"])
def test_the_products_of_the_scales_of_each_position_and_momentum_are_equal(second_half):
    masses = (2.0, 5.0) if second_half == "velocities" else (1.0,)
    scales = Scales.of(recordings(second_half=second_half, masses=masses), period=4.0)
    products = scales.scale[:2] * scales.scale[2:] * scales.masses
    np.testing.assert_allclose(products, scales.energy * scales.time, rtol=1e-12)


def test_inner_momenta_are_inner_masses_times_inner_velocities():
    scales = Scales.of(recordings(), period=4.0)
    inner = scales.scaled(recordings())[0]
    slopes = np.gradient(inner.states[:, :2], inner.times, axis=0, edge_order=2)[1:-1]
    # Central differences with steps of a twentieth of a period: sin(h) / h = 0.984.
    np.testing.assert_allclose(
        inner.states[1:-1, 2:], scales.inner_masses * slopes, atol=0.02 * scales.inner_masses.max()
    )


def test_scales_of_velocities_make_the_second_half_the_slope_of_the_first():
    inner = Scales.of(recordings(), period=4.0, velocities=True).scaled(recordings())[0]
    slopes = np.gradient(inner.states[:, :2], inner.times, axis=0, edge_order=2)[1:-1]
    np.testing.assert_allclose(inner.states[1:-1, 2:], slopes, atol=0.03)


def test_inputs_have_the_size_1():
    inner = Scales.of(recordings(), period=4.0).scaled(recordings())[0]
    assert np.sqrt(np.mean(inner.inputs**2)) == pytest.approx(1.0)


def test_derivatives_are_scaled_with_the_states():
    whole = recordings()
    slopes = np.gradient(whole[0].states, TIMES, axis=0)
    whole = dataclasses.replace(whole, recordings=(dataclasses.replace(whole[0], time_derivatives=slopes),))
    inner = Scales.of(whole, period=4.0).scaled(whole)[0]
    np.testing.assert_allclose(inner.time_derivatives, np.gradient(inner.states, inner.times, axis=0), atol=1e-9)


def test_other_units_give_the_same_dimensionless_recordings():
    """Of mm and s: um and ms, and rad instead of degrees."""
    whole = recordings()
    factors = np.array([np.pi / 180, 1e3, np.pi / 180 * 1e-3, 1.0])
    one = whole[0]
    other = dataclasses.replace(
        whole,
        recordings=(dataclasses.replace(one, times=1e3 * one.times, states=one.states * factors),),
        state_units=("rad", "um", "rad/ms", "um/ms"),
        # Mixed coordinates: the inertia of the angle is in mass x length^2 / angle^2.
        masses=(2.0 / factors[0] ** 2, 5.0 / factors[1] ** 2),
    )
    expected = Scales.of(whole, period=4.0).scaled(whole)[0]
    found = Scales.of(other, period=4e3).scaled(other)[0]
    np.testing.assert_allclose(found.times, expected.times, rtol=1e-9)
    np.testing.assert_allclose(found.states, expected.states, atol=1e-9)


def test_an_unknown_period_is_found_from_velocities():
    # The last reading is the first one again, 1 of 101 readings.
    assert Scales.of(recordings(), period=None).time == pytest.approx(2 / np.pi, rel=0.01)


def test_a_wrapped_model_has_the_velocities_of_the_recordings():
    scales = Scales.of(recordings(), period=4.0)
    masses = scales.inner_masses.tolist()
    inner = new_model(
        ModelOptions("known_mass", hidden_units=(8,), precision="float64"),
        width=4,
        angles=(0,),
        masses=masses,
        num_inputs=1,
    )
    model = scales.wrapped(inner)
    states = recordings()[0].states
    motion = model(states, inputs=recordings()[0].inputs).numpy()
    np.testing.assert_allclose(motion[:, :2], states[:, 2:], atol=1e-9)


def test_an_angle_of_another_unit_is_refused():
    with pytest.raises(InputError, match="angles: expected a unit of rad, .*; received 'mm'"):
        Scales.of(recordings(state_units=("mm", "mm", "", "")), period=4.0)
