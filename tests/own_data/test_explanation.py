"""The sentences that explain a fit."""

import types

import known_spring
import numpy as np
import pytest

from hnn_tf.data import Recording
from hnn_tf.own_data.candidates import candidate_of, conservative
from hnn_tf.own_data.explanation import explained
from hnn_tf.own_data.held_out import Forecast

FRICTION = candidate_of("known_mass_random_features_friction")
METRICS = {
    "noise_coordinate_mse": 0.01,
    "held_out_coordinate_mse": 0.04,
    "baseline_coordinate_mse": 0.4,
    "friction": 0.01234,
    "friction_interval": [0.01034, 0.01434],
}


def sentences(candidate=FRICTION, metrics=METRICS, errors=None, twin="known_mass_random_features", **options):
    recordings = options.pop("recordings", known_spring.recordings((50,), positions_only=True))
    errors = {"known_mass_random_features_friction": 0.04, "known_mass_random_features": 0.36} | (errors or {})
    dissipation = types.SimpleNamespace(coefficient=0.1) if candidate.conservative_twin else None
    # The forecast lasts 20 s.
    forecast = Forecast(Recording(np.array([0.0, 1.0, 21.0]), np.zeros([3, 2])), num_known=2)
    network = types.SimpleNamespace(dissipation=dissipation)
    return explained(
        types.SimpleNamespace(candidate=candidate, model=types.SimpleNamespace(network=network)),
        types.SimpleNamespace(metrics=metrics, forecasts=[forecast], states=[np.full([3, 2], 0.2)]),
        errors,
        twin,
        recordings,
        period=options.pop("period", 5.0),
    )


def test_friction_is_said_with_its_interval_and_what_it_is_needed_for():
    assert sentences()[1] == (
        "The friction is 0.012 ± 0.002 1/s (95 % interval): without it, the held-out squared error is 9 times larger."
    )


def test_the_model_is_said_in_words():
    assert sentences(errors={"second_order": 1.0})[0] == (
        "The motion of x is described by a model with known masses, a potential V(q) and linear friction, chosen among "
        "3 models by forecasts of held-out readings."
    )


def test_the_error_of_forecasts_is_in_the_columns_unit_and_in_noise_levels():
    assert sentences()[2] == (
        "Over up to 20 s (4.0 periods), its forecasts of held-out readings are off by 0.2 of x (root mean square), 2.0 "
        "times the noise of the readings; the squared error of a network without an energy is 10 times larger."
    )


def test_a_motion_without_friction_says_that_none_is_needed():
    conserved = {name: value for name, value in METRICS.items() if not name.startswith("friction")}
    found = sentences(
        conservative(FRICTION),
        conserved,
        errors={"known_mass_random_features": 0.04, "known_mass_random_features_friction": 0.0401},
        twin="known_mass_random_features_friction",
    )
    assert found[1] == "The model has no friction: with friction, the held-out squared error is the same."


def test_friction_of_a_mass_has_the_unit_mass_over_time():
    recordings = known_spring.recordings((50,))
    heavy = type(recordings)(recordings.recordings, second_half="velocities", masses=(2.0,), time_unit="s")
    assert " (mass / time) (95 % interval)" in sentences(recordings=heavy)[1]


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (float("inf"), "infinite, because the forecasts diverge"),
        (0.5, "2 times smaller"),
        (1.02, "the same"),
        (12.3, "12 times larger"),
        (1234.5, "1200 times larger"),
    ],
)
def test_ratios_are_words(ratio, words):
    found = sentences(errors={"known_mass_random_features": 0.04 * ratio})
    assert found[1].endswith(f"the held-out squared error is {words}.")


@pytest.mark.parametrize(
    ("value", "half", "words"),
    [(0.0123, 0.0009, "0.0123 ± 0.0009"), (12.3, 4.0, "12 ± 4"), (123.4, 20.0, "123 ± 20"), (0.5, 0.0, "0.5 ± 0")],
)
def test_a_number_has_the_digits_that_its_error_leaves(value, half, words):
    metrics = METRICS | {"friction": value, "friction_interval": [value - half, value + half]}
    assert sentences(metrics=metrics)[1].startswith(f"The friction is {words} 1/s")


def test_an_interval_that_covers_zero_says_so():
    metrics = METRICS | {"friction": 0.01, "friction_interval": [-0.01, 0.03]}
    assert sentences(metrics=metrics)[1].endswith(", so that there may be none.")
