"""Samples in pieces: a model never sees more than a piece at once, and the results are those of the whole."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import BaselineNetwork, TrainingLoop, evaluation, objectives, pieces, systems
from hnn_tf.data import fingerprint, generate_trajectories
from hnn_tf.objectives.initial_states import estimate_initial_states
from hnn_tf.reference_solution import reference_solution

MOST = 60
SYSTEM = systems.MassSpring()
TRAJECTORIES = {"trajectory", "combined", "weak"}


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(pieces, "MOST_STATES", MOST)


@pytest.fixture
def trajectories(rng):
    """23 of them: the last piece is a smaller one."""
    return generate_trajectories(SYSTEM, rng.normal(size=[23, 2]), np.linspace(0.0, 1.0, 12), noise_std=0.1, rng=rng)


def _columns(objective, trajectories):
    if isinstance(objective, objectives.DerivativeMatching):
        return trajectories.observed_samples()
    if isinstance(objective, objectives.OneStep):
        return trajectories.transition_samples()
    return trajectories.trajectory_samples(num_segments=2)


SEEN = []


class Noting(BaselineNetwork):
    """Notes how many states it is called at, when it is traced or called."""

    def call(self, state):
        SEEN.append(int(np.prod(state.shape[:-1])))
        return super().call(state)


def _model(dtype="float64"):
    keras.utils.set_random_seed(0)
    model = Noting(hidden_units=(6,), dtype=dtype)
    model.build([None, 2])
    return model


def _whole(objective, model, samples):
    columns = {name: tf.constant(samples[name], model.compute_dtype) for name in objective.columns}
    return float(tf.function(lambda: objective.loss(model, columns), autograph=False)())


# Losses.


@pytest.mark.parametrize("kind", objectives.OBJECTIVES.values(), ids=lambda kind: kind.name)
@pytest.mark.usefixtures("small_pieces")
def test_the_loss_of_pieces_is_that_of_the_whole(kind, trajectories):
    objective, model = kind(), _model()
    samples = _columns(objective, trajectories)
    expected = _whole(objective, model, samples)
    loop = TrainingLoop(model, objective, keras.optimizers.Adam(), samples)
    SEEN.clear()
    # float64, added in another order: some roundings of 1e-16.
    assert loop.loss() == pytest.approx(expected, rel=1e-13)
    assert loop.loss(samples) == pytest.approx(expected, rel=1e-13)
    assert 0 < max(SEEN) <= MOST


@pytest.mark.parametrize("kind", objectives.OBJECTIVES.values(), ids=lambda kind: kind.name)
def test_the_loss_of_few_samples_is_theirs_to_the_bit(kind, trajectories):
    objective, model = kind(), _model("float32")
    samples = _columns(objective, trajectories)
    loop = TrainingLoop(model, objective, keras.optimizers.Adam(), samples)
    assert loop.loss() == loop.loss(samples) == _whole(objective, model, samples)


@pytest.mark.parametrize("name", ["one_step", "combined"])
@pytest.mark.usefixtures("small_pieces")
def test_the_validation_loss_is_taken_in_pieces(name, trajectories, monkeypatch):
    objective, model = objectives.OBJECTIVES[name](), _model()
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
    model, objective = _model(), _Largest()
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

    loop = TrainingLoop(_model(), Counted(), keras.optimizers.Adam(), trajectories.observed_samples())
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


# Evaluations.


def _cases(rng):
    starts = rng.normal(size=[23, 2])
    times = np.linspace(0.0, 1.0, 12)
    bodies = systems.NBody((1.0, 1.0))
    paths = rng.normal(size=[2, 23, 12, 8])
    plane = rng.normal(size=[2, 23, 12, 2])
    samples = {"state": rng.normal(size=[203, 2]), "time_derivative": rng.normal(size=[203, 2])}
    noisy = generate_trajectories(SYSTEM, starts, times, noise_std=0.1, rng=rng).trajectory_samples(num_segments=2)
    matching = objectives.TrajectoryMatching()
    own_times = times * rng.uniform(0.5, 1.0, [23, 1])
    return {
        "derivative_mse": lambda model: evaluation.derivative_mse(model, samples),
        "derivative_error_spread": lambda model: list(evaluation.derivative_error_spread(model, samples).values()),
        "rollout": lambda model: evaluation.evaluation_rollout(model, starts, own_times),
        "reference": lambda _: reference_solution(SYSTEM, starts, own_times),
        "initial states": lambda model: estimate_initial_states(model, matching, noisy),
        "clean protocol": lambda _: list(evaluation.evaluate_rollouts(SYSTEM, times, *plane).values()),
        "conserved": lambda _: list(evaluation.conserved_quantity_errors(bodies, *paths).values()),
        "jacobian": lambda model: evaluation.step_jacobian(model, starts, step_size=0.1, integrator="rk4"),
        "return": lambda model: evaluation.return_error(model, starts, step_size=0.1, num_steps=3, integrator="rk4"),
    }


@pytest.mark.parametrize("name", _cases(np.random.default_rng(0)))
def test_an_evaluation_in_pieces_is_that_of_the_whole(name, rng, monkeypatch):
    evaluate, model = _cases(rng)[name], _model()
    whole = evaluate(model)
    monkeypatch.setattr(pieces, "MOST_STATES", 20)
    SEEN.clear()
    # float64; a fit of initial states and an adaptive step amplify roundings, by less than a thousand.
    np.testing.assert_allclose(evaluate(model), whole, rtol=1e-10, atol=1e-13)
    assert all(count <= 20 for count in SEEN)
    assert SEEN or name in ("reference", "clean protocol", "conserved")


@pytest.mark.usefixtures("small_pieces")
def test_systems_see_pieces_too(rng):
    class Noted(systems.NBody):
        seen = []

        def hamiltonian(self, state):
            self.seen.append(int(np.prod(state.shape[:-1])))
            return super().hamiltonian(state)

        def numpy_motion(self, states):
            self.seen.append(len(states))
            return super().numpy_motion(states)

        def total_momentum(self, state):
            self.seen.append(int(np.prod(state.shape[:-1])))
            return super().total_momentum(state)

    bodies, paths, times = Noted((1.0, 1.0)), rng.normal(size=[2, 40, 12, 8]), np.linspace(0.0, 1.0, 12)
    evaluation.evaluate_rollouts(bodies, times, *paths)
    evaluation.conserved_quantity_errors(bodies, *paths)
    evaluation.evaluation_rollout(bodies, 10.0 + 50.0 * rng.normal(size=[40, 8]), times[:2])
    assert 0 < max(Noted.seen) <= MOST


@pytest.mark.usefixtures("small_pieces")
def test_states_that_frames_show_are_those_of_each_pair(rng):
    pairs = rng.uniform(size=[3, 5, 28, 28, 2]).astype("float32")
    states = evaluation.states_of_frame_pairs(pairs)
    assert states.shape == (3, 5, 2)
    # Products of float32 in another order: far below the templates' spacing of 0.01.
    np.testing.assert_allclose(states[1, 2], evaluation.states_of_frame_pairs(pairs[1, 2]), atol=1e-3)


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
