"""The choice among candidates by their errors on held-out readings."""

import numpy as np
import pytest

from hnn_tf.models import MODELS
from hnn_tf.own_data.candidates import BUDGETS, candidate_of, candidates, conservative
from hnn_tf.own_data.choice import chosen


def errors(**means):
    """Ten forecasts with a standard error of about 3 % of each mean."""
    spread = 1.0 + 0.1 * np.linspace(-1.5, 1.5, 10)
    return {name: [np.full(4, mean * factor) for factor in spread] for name, mean in means.items()}


ORDER = ["simple", "rich", "free"]


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        ({"simple": 1.0, "rich": 0.5, "free": 0.6}, "rich"),
        ({"simple": 0.505, "rich": 0.5, "free": 0.6}, "simple"),  # within one standard error
        ({"simple": 1.0, "rich": 0.5, "free": 0.3}, "rich"),  # not much better
        ({"simple": 1.0, "rich": 0.5, "free": 0.2}, "free"),
        ({"simple": 0.5, "rich": float("inf"), "free": 0.6}, "simple"),
    ],
)
def test_the_simplest_of_the_best_is_chosen(means, expected):
    assert chosen(errors(**means), ORDER, free="free", periods=10.0) == expected


@pytest.mark.parametrize(("periods", "expected"), [(1.0, "simple"), (1000.0, "rich")])
def test_of_few_forecasts_the_periods_give_the_standard_error(periods, expected):
    few = {"simple": [np.full(100, 1.3)], "rich": [np.full(100, 1.0)]}
    assert chosen(few, ["simple", "rich"], free=None, periods=periods) == expected


def test_candidates_are_models_and_have_models_without_friction():
    for second_half in ("velocities", "momenta"):
        closed_forms, networks = candidates(
            second_half=second_half, observed=True, forces=False, dof=2, budget="thorough"
        )
        for each in (*closed_forms, *networks):
            assert each.model in MODELS
            if each.conservative_twin:
                twin = conservative(each)
                assert (twin.model, twin.conservative_twin) == (each.conservative_twin, None)
                assert twin.model in MODELS
                assert "without friction" in twin.words


@pytest.mark.parametrize(
    ("second_half", "observed", "dof", "expected"),
    [
        ("velocities", False, 1, ["known_mass_random_features_friction"]),
        (
            "velocities",
            True,
            1,
            [
                "known_mass_random_features_friction",
                "separable_random_features_friction",
                "random_features_friction",
            ],
        ),
        (
            "momenta",
            True,
            2,
            [
                "separable_random_features_friction",
                "random_features_friction",
                "mechanical_random_features_friction",
            ],
        ),
    ],
)
def test_closed_forms_are_those_that_the_columns_determine(second_half, observed, dof, expected):
    found, networks = candidates(second_half=second_half, observed=observed, forces=False, dof=dof, budget="fast")
    assert [each.model for each in found] == expected
    assert networks == []


def test_a_larger_budget_tries_more():
    counts = [
        len(candidates(second_half="velocities", observed=True, forces=False, dof=2, budget=budget)[1])
        for budget in BUDGETS
    ]
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert counts[2] > counts[1] > 0


def test_a_named_model_is_the_candidate_of_this_name():
    assert candidate_of("second_order").velocities
    assert candidate_of("random_features").time_reversible
    assert candidate_of("hnn").model == "hnn"


def test_a_forecast_without_observed_readings_does_not_count():
    errors = {"a": [np.full(4, 0.1)] * 5 + [np.zeros(0)], "b": [np.full(4, 0.2)] * 6}
    assert chosen(errors, ["a", "b"], free=None, periods=5.0) == "a"


def test_if_all_forecasts_diverge_some_model_is_chosen():
    errors = {name: [np.full(4, np.inf)] * 6 for name in ("a", "b")}
    assert chosen(errors, ["a", "b"], free=None, periods=5.0) == "a"
