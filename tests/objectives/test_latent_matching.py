"""The objective of models that see frames, against the paper's three losses in plain NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import objectives, systems


class _Scaled:
    """Stands for a model: the latent of frames `[B, 1, 2, 2]` is their first channel, doubled; `decode` halves it."""

    dynamics = systems.MassSpring()  # (2 p, -2 q)

    def encode(self, frames):
        return 2.0 * tf.constant(frames)[:, 0, :, 0]

    def decode(self, latent):
        return tf.stack([0.5 * latent, tf.zeros_like(latent)], -1)[:, tf.newaxis]


@pytest.fixture
def samples(rng):
    return {name: rng.normal(size=[4, 1, 2, 2]) for name in ("frames", "next_frames")}


def _naive(samples):
    z, z_next = (2 * samples[name][:, 0, :, 0] for name in ("frames", "next_frames"))
    motion = np.stack([2 * z[:, 1], -2 * z[:, 0]], -1)
    return {
        "reconstruction": np.mean(samples["frames"][..., 1] ** 2) / 2,  # the first channel comes back
        "canonical": np.mean((z[:, 1] - (z_next[:, 0] - z[:, 0])) ** 2),
        "motion": np.mean((z + motion - z_next) ** 2),
    }


def test_losses_are_the_papers(samples):
    losses = objectives.LatentMatching().losses(_Scaled(), samples)
    expected = _naive(samples)
    assert losses.keys() == expected.keys()
    for name, value in expected.items():
        assert float(losses[name]) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(("weights", "canonical", "motion"), [({}, 1.0, 0.1), ({"canonical_weight": 0.0}, 0.0, 0.1)])
def test_the_loss_is_their_weighted_sum(samples, weights, canonical, motion):
    expected = _naive(samples)
    total = expected["reconstruction"] + canonical * expected["canonical"] + motion * expected["motion"]
    loss = objectives.LatentMatching(**weights).loss(_Scaled(), samples)
    assert float(loss) == pytest.approx(total, rel=1e-14)


def test_the_motion_may_go_through_an_integrator(samples):
    objective = objectives.LatentMatching(objectives.OneStep(integrator="rk8", substeps=8))
    z, z_next = (2 * samples[name][:, 0, :, 0] for name in ("frames", "next_frames"))
    c, s = np.cos(2.0), np.sin(2.0)  # the spring's motion over one frame
    moved = np.stack([c * z[:, 0] + s * z[:, 1], c * z[:, 1] - s * z[:, 0]], -1)
    # Eighth order at an eighth of a frame.
    assert float(objective.losses(_Scaled(), samples)["motion"]) == pytest.approx(
        np.mean((moved - z_next) ** 2), rel=1e-7
    )


@pytest.mark.slow
def test_the_integrators_error_is_that_of_the_latent_motion(samples):
    motion = objectives.OneStep(substeps=2)
    z, z_next = (2 * samples[name][:, 0, :, 0] for name in ("frames", "next_frames"))
    latent = {"state": z, "next_state": z_next, "time_step": np.ones([4, 1])}
    expected = motion.integration_error(systems.MassSpring(), latent)
    assert expected > 0
    # Of 6000 pairs, every third, as if all were like them.
    many = {name: np.tile(column, [1500, 1, 1, 1])[np.arange(6000) // 3 % 4] for name, column in samples.items()}
    objective = objectives.LatentMatching(motion)
    assert objective.integration_error(_Scaled(), samples) == pytest.approx(expected, rel=1e-9)
    assert objective.integration_error(_Scaled(), many) == pytest.approx(1500**0.5 * expected, rel=1e-9)
    assert objective.num_substeps == 2


@pytest.mark.parametrize("weight", [-1.0, np.inf, np.nan])
def test_weights_that_cannot_be_are_refused(weight):
    with pytest.raises(ValueError, match="weights: expected finite numbers >= 0"):
        objectives.LatentMatching(motion_weight=weight)
