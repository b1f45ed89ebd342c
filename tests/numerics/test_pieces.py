"""Losses in pieces: a model never sees more than a piece at once, and the losses are those of the whole."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from noting_network import SEEN, noting_network

from hnn_tf import TrainingLoop, objectives, systems
from hnn_tf.data import fingerprint, generate_trajectories
from hnn_tf.numerics import pieces

MOST = 60
SYSTEM = systems.MassSpring()


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(pieces, "MOST_STATES", MOST)


@pytest.fixture
def trajectories(rng):
    """23 of them: the last piece is a smaller one."""
    return generate_trajectories(SYSTEM, rng.normal(size=[23, 2]), np.linspace(0.0, 1.0, 12), noise_std=0.1, rng=rng)


# The others compare forces; see test_dynamics_matching.py.
OF_MOTIONS = [kind for kind in objectives.OBJECTIVES.values() if not kind.sees_velocities]


def _columns(objective, trajectories):
    if isinstance(objective, objectives.DerivativeMatching):
        return trajectories.observed_samples()
    if isinstance(objective, objectives.OneStep):
        return trajectories.transition_samples()
    return trajectories.trajectory_samples(num_segments=2)


def _whole(objective, model, samples):
    columns = {name: tf.constant(samples[name], model.compute_dtype) for name in objective.columns}
    return float(tf.function(lambda: objective.loss(model, columns), autograph=False)())


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=[pytest.mark.slow] * (kind.name not in ("derivative", "one_step")), id=kind.name)
        for kind in OF_MOTIONS
    ],
)
@pytest.mark.usefixtures("small_pieces")
def test_the_loss_of_pieces_is_that_of_the_whole(kind, trajectories):
    objective, model = kind(), noting_network()
    samples = _columns(objective, trajectories)
    expected = _whole(objective, model, samples)
    loop = TrainingLoop(model, objective, keras.optimizers.Adam(), samples)
    SEEN.clear()
    # float64, added in another order: some roundings of 1e-16.
    assert loop.loss() == pytest.approx(expected, rel=1e-13)
    assert loop.loss(samples) == pytest.approx(expected, rel=1e-13)
    assert 0 < max(SEEN) <= MOST


@pytest.mark.slow
@pytest.mark.parametrize("kind", OF_MOTIONS, ids=lambda kind: kind.name)
def test_the_loss_of_few_samples_is_theirs_to_the_bit(kind, trajectories):
    objective, model = kind(), noting_network("float32")
    samples = _columns(objective, trajectories)
    loop = TrainingLoop(model, objective, keras.optimizers.Adam(), samples)
    assert loop.loss() == loop.loss(samples) == _whole(objective, model, samples)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["one_step", "combined"])
@pytest.mark.usefixtures("small_pieces")
def test_the_validation_loss_is_taken_in_pieces(name, trajectories, monkeypatch):
    objective, model = objectives.OBJECTIVES[name](), noting_network()
    samples = _columns(objective, trajectories)
    loop = TrainingLoop(model, objective, keras.optimizers.Adam(), samples)
    SEEN.clear()
    cut = loop.validation_loss(samples)
    assert 0 < max(SEEN) <= MOST
    monkeypatch.setattr(pieces, "MOST_STATES", 10**6)
    # Initial states are fitted to each trajectory by itself, so that they differ by roundings of float64 only.
    assert cut == pytest.approx(loop.validation_loss(samples), rel=1e-9)


class _Largest(objectives.DerivativeMatching):
    """Not a mean over samples, and says so."""

    is_sample_mean = False

    def loss(self, model, samples):
        return tf.reduce_max(tf.abs(model(samples["state"]) - samples["time_derivative"]))


@pytest.mark.usefixtures("small_pieces")
def test_a_loss_that_is_no_mean_over_samples_is_taken_at_once(trajectories):
    model, objective = noting_network(), _Largest()
    samples = trajectories.observed_samples()
    loop = TrainingLoop(model, objective, keras.optimizers.Adam(), samples)
    assert loop.loss() == _whole(objective, model, samples)
    assert not objectives.LatentMatching(objective).is_sample_mean


def test_an_objective_is_no_mean_over_samples_unless_it_says_so():
    assert not objectives.Objective.is_sample_mean
    assert objectives.LatentMatching().is_sample_mean


@pytest.mark.usefixtures("small_pieces")
def test_a_second_look_traces_nothing_again(trajectories):
    class Counted(objectives.DerivativeMatching):
        traces = 0

        def loss(self, model, samples):
            Counted.traces += 1
            return super().loss(model, samples)

    loop = TrainingLoop(noting_network(), Counted(), keras.optimizers.Adam(), trajectories.observed_samples())
    loop.loss()
    assert Counted.traces == 2  # of the pieces, and of the last and smaller one
    loop.loss()
    assert Counted.traces == 2


class _Frames:
    """Of a model that sees frames: everything is doubled, and the number of frames noted."""

    compute_dtype = "float64"

    def __init__(self):
        self.seen = []

    def encode(self, frames):
        self.seen.append(len(frames))
        return tf.stack([tf.reduce_sum(frames, [1, 2, 3]), frames[:, 0, 0, 0]], -1)

    def decode(self, latent):
        return tf.ones([1, 2, 2, 1], tf.float64) * latent[:, :1, tf.newaxis, tf.newaxis]

    def dynamics(self, latent):
        return 2.0 * latent


@pytest.mark.usefixtures("small_pieces")
def test_frames_are_encoded_in_pieces(rng):
    frames = rng.normal(size=[2, 37, 2, 2, 1])
    samples, model = dict(zip(("frames", "next_frames"), frames, strict=True)), _Frames()
    objective = objectives.LatentMatching()
    cut = objective.mean_loss(lambda columns: objective.loss(model, columns), samples)
    assert max(model.seen) == MOST // 4
    assert cut == pytest.approx(float(objective.loss(model, samples)), rel=1e-13)  # float64


# The cut.


@pytest.mark.parametrize(
    ("count", "states_each", "sizes"), [(0, 1, [0]), (60, 1, [60]), (61, 1, [60, 1]), (3, 99, 3 * [1])]
)
@pytest.mark.usefixtures("small_pieces")
def test_pieces_are_full_but_the_last(count, states_each, sizes):
    cut = pieces.pieces(count, states_each=states_each)
    assert [piece.stop - piece.start for piece in cut] == sizes
    assert [piece.start for piece in cut] == [0, *np.cumsum(sizes)[:-1]]


def test_a_fingerprint_is_of_the_bytes_whatever_the_layout(rng):
    column = rng.normal(size=[6, 4])
    assert fingerprint({"a": column[:, ::2]}) == fingerprint({"a": column[:, ::2].copy()})
    assert fingerprint({"a": np.zeros([0, 2])}) != fingerprint({"a": np.zeros([0, 3])})
