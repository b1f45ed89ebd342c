"""The units of columns: which are taken, which are refused, and how velocities are converted."""

import numpy as np
import pytest
from measured_tables import oscillation, prepare

from hnn_tf import InputError
from hnn_tf.data.measured.schema import Schema
from hnn_tf.data.measured.units import column_units


def _angle_columns(name="theta", factor=1.0):
    columns = oscillation(noise=0.001)
    return {"t": columns["t"], name: factor * columns["x"], "v": columns["v"]}


@pytest.mark.parametrize(
    ("units", "message"),
    [
        (("x=parsec_x",), r"column 'x': expected a unit, such as .* received 'parsec_x' .* correct --units=x=..."),
        (("t=m",), r"column 't': expected a unit of time, such as s or ms; received 'm'; give --units=t=s"),
        (("t=s", "x=m", "v=m"), r"column 'v': expected a unit like m/s; received 'm', which has another dimension"),
    ],
)
def test_units_that_do_not_fit_are_refused(units, message):
    with pytest.raises(InputError, match=message) as error:
        prepare(oscillation(), units=units)
    assert "\n" not in str(error.value)


def test_an_angle_in_metres_is_refused():
    with pytest.raises(InputError, match="column 'x': expected a unit of angles, such as rad or deg; received 'm'"):
        prepare(oscillation(), angles=("x",), units=("x=m",))


@pytest.mark.parametrize("unit", ["kg*m/s", "N*s", "m/s"])
def test_momenta_of_a_length_have_such_units(unit):
    found = prepare(oscillation(), momenta=("v",), units=("t=s", "x=m", f"v={unit}")).recordings
    assert found.state_units == ("m", unit)


def test_momenta_of_an_angle_are_angular_momenta():
    units = ("t=s", "x=rad", "v=kg*m^2/s")
    assert prepare(oscillation(), momenta=("v",), angles=("x",), units=units).recordings.second_half == "momenta"
    with pytest.raises(InputError, match="column 'v': expected a unit for velocities like rad/s; received 'kg.m/s'"):
        prepare(oscillation(), momenta=("v",), angles=("x",), units=("t=s", "x=rad", "v=kg*m/s"))


def test_accelerations_have_the_dimension_of_accelerations():
    columns = oscillation()
    columns["a"] = -(1.3**2) * columns["x"]
    with pytest.raises(InputError, match="column 'a': expected a unit like m/s/s; received 'm/s'"):
        prepare(columns, derivatives_given=("a",), units=("t=s", "x=m", "a=m/s"))
    found = prepare(columns, derivatives_given=("a",), units=("t=s", "x=m", "v=m/s", "a=cm/s^2")).recordings
    np.testing.assert_allclose(found[0].time_derivatives[:, 1], columns["a"] / 100)


def test_velocities_become_position_units_over_time_units():
    columns = oscillation()
    columns["t"] *= 1000
    columns["v"] *= 100
    found = prepare(columns, units=("t=ms", "x=m", "v=cm/s"))
    np.testing.assert_allclose(found.recordings[0].states[:, 1], columns["v"] / 100 / 1000, rtol=1e-12)
    assert (found.recordings.state_units, found.recordings.time_unit) == (("m", "m/ms"), "ms")
    assert found.report["warnings"] == []


def test_degrees_and_radians_per_second_fit_each_other():
    columns = _angle_columns(factor=180 / np.pi)
    roles = {"positions": ("theta",), "angles": ("theta",)}
    found = prepare(columns, units=("t=s", "theta=deg", "v=rad/s"), **roles).recordings
    np.testing.assert_allclose(found[0].states[:, 1], columns["v"] * 180 / np.pi)
    with pytest.raises(InputError, match="column 'v': .* received numbers that are 0.0175 times dtheta/dt"):
        prepare(columns, units=("t=s", "theta=deg"), **roles)


def test_units_are_not_needed():
    found = prepare(oscillation())
    assert (found.recordings.state_units, found.recordings.time_unit) == (("", ""), "")


@pytest.mark.parametrize("name", ["theta_deg", "angle (deg)", "angle [°]", "Degrees"])
def test_the_name_of_an_angle_may_say_degrees(name):
    schema = Schema(time="t", positions=(name,), angles=(name,))
    assert column_units(schema, {"t": np.arange(3.0), name: np.arange(3.0)})[name] == "deg"


def test_a_small_angle_without_unit_is_in_radians():
    schema = Schema(time="t", positions=("degrade",), angles=("degrade",))
    assert column_units(schema, {"t": np.arange(3.0), "degrade": np.array([0.0, -12.5, np.nan])})["degrade"] == "rad"


def test_a_large_angle_without_unit_is_refused():
    message = r"column 'theta': .* its values reach 90; received no unit; give --units=theta=deg or --units=theta=rad"
    with pytest.raises(InputError, match=message):
        prepare({"t": np.arange(9.0), "theta": np.linspace(0, 90, 9)}, positions=("theta",), angles=("theta",))
