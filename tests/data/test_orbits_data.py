"""Where bodies start: the recipes of the reference code, one state at a time in plain NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import data, systems
from hnn_tf.data.reference_solution import reference_solution


def _rotate(vector, angle):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]]) @ vector


def _two_bodies(seed):
    """The recipe, by the legacy generator that the published metric uses."""
    rng = np.random.RandomState(seed)
    q = rng.rand(2) + 0.5
    v = q[::-1] / (2 * np.linalg.norm(q) ** 1.5)
    v[0] *= -1
    v *= 1 + 0.05 * rng.randn()
    return np.array([q[0], -q[0], q[1], -q[1], v[0], -v[0], v[1], -v[1]])


def _three_bodies(seed):
    rng = np.random.RandomState(seed)
    q = 2 * rng.rand(2) - 1
    r = rng.rand() * 0.3 + 0.9
    q *= r / np.sqrt(np.sum(q**2))
    v = _rotate(q, np.pi / 2) / r**1.5 * np.sqrt(np.sin(np.pi / 3) / (2 * np.cos(np.pi / 6) ** 2))
    positions = [_rotate(q, 2 * np.pi / 3 * i) for i in range(3)]
    velocities = [_rotate(v, 2 * np.pi / 3 * i) * (1 + 0.2 * (2 * rng.rand(2) - 1)) for i in range(3)]
    return np.concatenate([np.array(positions).T.ravel(), np.array(velocities).T.ravel()])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("sample", "recipe"), [(data.sample_two_body, _two_bodies), (data.sample_three_body, _three_bodies)]
)
def test_starts_are_the_reference_codes(sample, recipe, seed):
    # 1e-15: uniform(a, b) rounds once more than a + (b - a) rand().
    np.testing.assert_allclose(sample(np.random.RandomState(seed), 1)[0], recipe(seed), rtol=0, atol=2e-15)


@pytest.mark.parametrize(
    ("sample", "noise"), [(data.sample_two_body, "speed_noise"), (data.sample_three_body, "velocity_noise")]
)
def test_without_noise_orbits_are_circles(rng, sample, noise):
    starts = sample(rng, 5, **{noise: 0.0})
    system = systems.NBody((1.0,) * (starts.shape[1] // 4))
    paths = reference_solution(system, starts, np.linspace(0, 3, 7))
    radii = np.linalg.norm(system.bodies(tf.constant(paths))[0].numpy(), axis=-2)
    # Three bodies on a triangle are unstable: 1e-13 grows.
    np.testing.assert_allclose(radii, np.broadcast_to(radii[:, :1], radii.shape), rtol=0, atol=1e-10)


def test_the_centre_of_mass_rests():
    for sample, bodies in ((data.sample_two_body, 2), (data.sample_three_body, 3)):
        starts = sample(np.random.default_rng(0), 100)
        # Three turned coordinates of up to 1.2, of five roundings each: 15 x 2^-53 x 1.2 = 2e-15 at the worst.
        np.testing.assert_allclose(starts[:, : 2 * bodies].reshape(100, 2, bodies).sum(-1), 0, atol=4e-15)
    # Noise on each component of each velocity gives three bodies some momentum, two none.
    momentum = starts[:, 6:].reshape(100, 2, 3).sum(-1)
    assert np.abs(momentum).max() > 0.05


def test_radii_are_those_asked_for(rng):
    pairs = data.sample_two_body(rng, 500, coordinate=(1.5, 1.8))
    assert pairs[:, [0, 2]].min() >= 1.5
    assert pairs[:, [0, 2]].max() <= 1.8
    triangles = data.sample_three_body(rng, 500, radius=(1.2, 1.4))
    radii = np.hypot(triangles[:, :3], triangles[:, 3:6])
    assert radii.min() >= 1.2 - 1e-12
    assert radii.max() <= 1.4 + 1e-12


@pytest.mark.parametrize("bad", [(0.0, 1.0), (1.0, 0.5), (1.0, np.inf), (1.0,)])
def test_ranges_that_cannot_be_are_refused(rng, bad):
    with pytest.raises(ValueError, match="coordinate: expected"):
        data.sample_two_body(rng, 1, coordinate=bad)
    with pytest.raises(ValueError, match="radius: expected"):
        data.sample_three_body(rng, 1, radius=bad)
