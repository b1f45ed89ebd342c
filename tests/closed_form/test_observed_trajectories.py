"""`fit_trajectories` with the column `observed`, and the start of such fits."""

import known_spring
import numpy as np
import pytest

from hnn_tf import RandomFeatureHamiltonian, closed_form
from hnn_tf.closed_form.trajectory_start import first_coefficients, friction_scale, in_float64

TIMES = np.linspace(0.0, 6.0, 40)


def samples(rng, *, noise_std=0.0, derivatives=False):
    clean = np.stack([known_spring.motion(TIMES, start, friction=0.1) for start in [(1.0, 0.0), (0.2, 0.9)]])
    rates = np.stack([clean[..., 1], -clean[..., 0] - 0.1 * clean[..., 1]], -1)
    observed = np.zeros(clean.shape)
    observed[..., 0] = 1.0
    found = {
        "times": np.tile(TIMES, [2, 1]),
        "states": clean + noise_std * rng.normal(size=clean.shape) + (1 - observed) * 0.1 * np.sin(5 * clean),
        "observed": observed,
    }
    return found | ({"time_derivatives": rates} if derivatives else {})


@pytest.mark.slow
@pytest.mark.parametrize("derivatives", [False, True])
def test_a_spring_and_its_friction_are_found_from_positions(rng, derivatives):
    spring = known_spring.KnownSpring()
    given = samples(rng, noise_std=1e-3, derivatives=derivatives)
    found = closed_form.fit_trajectories(spring, given, friction=True, substeps=2)
    # 40 standard errors: the noise over the root of the number of readings, and over the time.
    np.testing.assert_allclose(spring.coefficients, 0.5, atol=1e-3)
    assert found.friction == pytest.approx(0.1, abs=1e-3)
    assert np.isfinite(found.noise_std).all()
    assert np.isfinite(found.log_evidence)


@pytest.mark.slow
def test_error_bars_count_observed_numbers_only(rng):
    alone = samples(rng, noise_std=0.05)
    both = {name: column for name, column in alone.items() if name != "observed"}
    stds = [
        closed_form.fit_trajectories(known_spring.KnownSpring(), each, friction=True, substeps=2).friction_std
        for each in (alone, both)
    ]
    assert np.isfinite(stds).all()
    # 40 readings of two trajectories; the exact error of a position's decay is about sigma / (amplitude T sqrt(N)) x 8.
    assert 0.002 < stds[0] < 0.05


def test_first_coefficients_are_those_of_the_weak_form():
    clean = np.stack([known_spring.motion(TIMES, (1.0, 0.0))])
    found = first_coefficients(
        known_spring.KnownSpring(), None, {"times": TIMES[np.newaxis], "states": clean}, np.full(1, 1e3)
    )
    assert found == pytest.approx([0.5], rel=1e-3)  # the weak form's quadrature


def test_first_coefficients_are_those_of_derivatives_if_they_are_known():
    clean = np.stack([known_spring.motion(TIMES, (1.0, 0.0))])
    rates = np.stack([clean[..., 1], -3.0 * clean[..., 0]], -1)  # of another spring: the states' own slopes are unused
    found = first_coefficients(
        known_spring.KnownSpring(),
        None,
        {"times": TIMES[np.newaxis], "states": clean, "time_derivatives": rates},
        np.full(1, 1e3),
    )
    assert found == pytest.approx([1.5], rel=1e-6)


def test_the_scale_of_friction_has_the_unit_of_friction():
    """If q is k times larger and t is c times larger, H is k^2 / c^2, and friction / H is c / k^2 times as large."""
    states = np.stack([known_spring.motion(TIMES, (1.0, 0.0))])
    one = friction_scale(TIMES[np.newaxis], states)
    assert friction_scale(5.0 * TIMES[np.newaxis], 3.0 * states) == pytest.approx(one * 5.0 / 9.0)


def test_a_layer_in_single_precision_is_copied_in_double_precision_with_its_weights(rng):
    layer = RandomFeatureHamiltonian(num_features=5)
    layer.adapt(rng.normal(size=[20, 2]))
    layer.assign_coefficients(rng.normal(size=layer.coefficients.shape[0]))
    copy = in_float64(layer)
    assert (layer.compute_dtype, copy.compute_dtype) == ("float32", "float64")
    for ours, theirs in zip(layer.weights, copy.weights, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy().astype(np.float32))
    assert in_float64(copy) is copy
