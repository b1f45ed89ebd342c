"""Trajectory and combined matching: segments, weights, and that learned initial states undo the noise."""

import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import HamiltonianNetwork, InputError, MLPHamiltonian, TrainingLoop, data, objectives, optimizers, systems
from hnn_tf.data.segments import Segments
from hnn_tf.objectives.initial_states import estimate_initial_states

SYSTEM = systems.MassSpring()


def _trajectories(rng, *, noise_std=0.0, count=4, num_times=12):
    starts = data.sample_on_radius(rng, count, radius=(0.5, 1.0))
    return data.generate_trajectories(SYSTEM, starts, np.linspace(0, 3, num_times), noise_std=noise_std, rng=rng)


def _constants(samples):
    return {name: tf.constant(column) for name, column in samples.items()}


@pytest.mark.parametrize(("num_times", "num_segments"), [(12, 1), (12, 5), (30, 4), (5, 4)])
def test_segments_count_every_observation_once_and_meet(num_times, num_segments):
    segments = Segments(num_times, num_segments)
    counted = segments.indices[segments.counted > 0]
    assert sorted(counted) == list(range(num_times))
    np.testing.assert_array_equal(segments.indices[:-1, -1], segments.indices[1:, 0])


@pytest.mark.parametrize("num_segments", [0, 12])
def test_segments_without_a_step_are_refused(num_segments):
    with pytest.raises(ValueError, match="segments: expected from 1 to 11"):
        Segments(12, num_segments)


@pytest.mark.parametrize("num_segments", [1, 3])
def test_true_field_from_true_states_has_only_the_integrators_error(rng, num_segments):
    samples = _constants(_trajectories(rng).trajectory_samples(num_segments=num_segments))
    losses = [float(objectives.CombinedMatching(substeps=substeps).loss(SYSTEM, samples)) for substeps in (4, 8)]
    # RK4's error of order 4, squared; 0.2: the next term at this step.
    assert np.log2(losses[0] / losses[1]) == pytest.approx(8, abs=0.2)


def test_predicted_states_are_in_the_observations_order(rng):
    trajectories = _trajectories(rng)
    samples = _constants(trajectories.trajectory_samples(num_segments=3))
    predicted = objectives.TrajectoryMatching(substeps=20).predict(SYSTEM, samples)
    np.testing.assert_allclose(predicted, trajectories.states, atol=1e-7)  # RK4 at a twentieth of 0.27


def test_noise_std_weighs_coordinates(rng):
    samples = _constants(_trajectories(rng, noise_std=0.1).trajectory_samples())
    one = objectives.TrajectoryMatching()
    predicted, observed = one.predict(SYSTEM, samples).numpy(), samples["states"].numpy()
    expected = np.mean(((predicted - observed) / [0.1, 10.0]) ** 2)
    weighed = objectives.TrajectoryMatching(noise_std=np.array([0.1, 10.0])).loss(SYSTEM, samples)
    assert float(weighed) == pytest.approx(expected, rel=1e-12)


def test_huber_counts_outliers_by_their_size(rng):
    samples = _trajectories(rng).trajectory_samples()
    samples["states"] = samples["states"].copy()
    samples["states"][0, 5, 0] += 100.0
    losses = [
        float(objectives.TrajectoryMatching(substeps=9, huber=d).loss(SYSTEM, _constants(samples))) for d in (1, 2)
    ]
    # 2 d |r| - d^2 of one of 96 numbers.
    assert losses == pytest.approx([199 / 96, 396 / 96], rel=1e-4)


@pytest.mark.slow
def test_horizon_grows_from_one_interval_to_all(rng):
    samples = _trajectories(rng).trajectory_samples()
    samples["states"] = samples["states"].copy()
    samples["states"][:, -1] += 1.0
    objective = objectives.TrajectoryMatching(growth_steps=100, substeps=9)
    early, late = (float(objective.loss_at_step(SYSTEM, _constants(samples), tf.constant(k))) for k in (0, 100))
    assert early < 1e-8 < 1 / 12 - 1e-3 < late
    assert late == pytest.approx(float(objective.loss(SYSTEM, _constants(samples))))


@pytest.mark.slow
def test_what_is_beyond_a_growing_horizon_may_diverge(rng):
    samples = _trajectories(rng, num_times=30).trajectory_samples(num_segments=2)
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4], dtype="float64"))
    model.build([None, 2])
    model.call = lambda state: 30.0 * state**3 + 0.0 * SYSTEM(state)  # its pole is at 1 / (60 s_0^2)
    objective = objectives.CombinedMatching(growth_steps=10**6, substeps=1)
    loop = TrainingLoop(model, objective, optimizers.CoupledAdam(1e-9), samples)
    assert not np.isfinite(loop.loss())
    assert np.isfinite(loop.run(1))
    assert np.isfinite(loop.learned["initial_state"]).all()


@pytest.mark.slow
@pytest.mark.parametrize("objective", [objectives.TrajectoryMatching(), objectives.WeakForm()])
def test_clock_times_lose_no_digits(rng, objective):
    samples = _trajectories(rng, num_times=12).trajectory_samples()
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4]))
    model.build([None, 2])
    losses = []
    for start in (0.0, 1.7e9):  # seconds since 1970, in float32 128 apart
        shifted = samples | {"times": samples["times"] + start}
        losses.append(TrainingLoop(model, objective, optimizers.CoupledAdam(1e-3), shifted).loss())
    assert losses[1] == pytest.approx(losses[0], rel=1e-4)


def test_arrays_are_as_good_as_tensors(rng):
    samples = _trajectories(rng).trajectory_samples()
    for objective in (objectives.CombinedMatching(), objectives.WeakForm()):
        assert objective.loss(SYSTEM, samples) == objective.loss(SYSTEM, _constants(samples))


def test_continuity_weight_closes_gaps(rng):
    samples = _trajectories(rng).trajectory_samples(num_segments=2)
    samples["initial_state"] = samples["initial_state"] + np.array([[0.0, 0.0], [0.3, 0.0]])
    losses = [
        float(objectives.TrajectoryMatching(substeps=9, continuity_weight=c).loss(SYSTEM, _constants(samples)))
        for c in (0.0, 2.0)
    ]
    assert losses[1] - losses[0] == pytest.approx(2 * 0.09 / 2, rel=1e-3)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"substeps": 0}, "substeps"),
        ({"noise_std": 0.0}, "noise_std"),
        ({"continuity_weight": -1.0}, "continuity_weight"),
        ({"huber": 0.0}, "huber"),
        ({"growth_steps": -1}, "growth_steps"),
        ({"derivative_std": np.nan}, "derivative_std"),
    ],
    ids=lambda value: str(next(iter(value))) if isinstance(value, dict) else value,
)
def test_options_out_of_range_are_refused(option, message):
    with pytest.raises(ValueError, match=message):
        objectives.CombinedMatching(**option)


def test_leapfrog_is_refused_where_it_is_not_symplectic(rng):
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4], dtype="float64"))
    with pytest.raises(InputError, match="separable"):
        objectives.TrajectoryMatching(integrator="leapfrog").loss(
            model, _constants(_trajectories(rng).trajectory_samples())
        )


@pytest.mark.slow
def test_training_improves_the_initial_states(rng):
    trajectories = _trajectories(rng, noise_std=0.1, count=24, num_times=20)
    samples = trajectories.trajectory_samples()

    # The true system as a model without weights: only the initial states are learned.
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4]))
    model.build([None, 2])
    model.trainable = False
    model.call = lambda state: SYSTEM(state)
    loop = TrainingLoop(model, objectives.TrajectoryMatching(), optimizers.CoupledAdam(1e-2, l2=1.0), samples)
    loop.run(100)
    learned, true = loop.learned["initial_state"][:, 0], trajectories.clean_states[:, 0]
    assert np.std(samples["initial_state"][:, 0] - true) > 0.08
    # 0.1 sqrt(1 / 20), as each coordinate of a rotation is seen at 20 times; L2, which isn't theirs, would shrink them.
    assert np.std(learned - true) < 0.04


@pytest.mark.slow
def test_validation_is_at_the_initial_states_that_fit_the_model(rng):
    trajectories = _trajectories(rng, noise_std=0.1, count=8, num_times=30)
    samples = trajectories.trajectory_samples()
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4]))
    model.build([None, 2])
    model.call = lambda state: SYSTEM(state)
    loop = TrainingLoop(model, objectives.TrajectoryMatching(), optimizers.CoupledAdam(1e-3), samples)
    # Of 60 numbers a trajectory two are fitted: 0.01 (1 - 2 / 60), and its deviation of 8 trajectories, sqrt(2 / 464).
    assert loop.validation_loss(samples) == pytest.approx(0.01 * 58 / 60, rel=0.2)
    assert loop.loss(samples) > 0.015  # at the noisy guess: nearly twice the noise


def test_estimated_initial_states_are_those_of_least_squares(rng):
    trajectories = _trajectories(rng, noise_std=0.1, count=3, num_times=15)
    samples = trajectories.trajectory_samples(num_segments=2)
    found = estimate_initial_states(SYSTEM, objectives.TrajectoryMatching(substeps=4), samples)
    for segment, first in enumerate((0, 7)):
        rows = slice(first, first + 8)
        angles = 2 * (trajectories.times[rows] - trajectories.times[first])
        maps = np.array([[np.cos(angles), np.sin(angles)], [-np.sin(angles), np.cos(angles)]])
        design = np.moveaxis(maps, -1, 0).reshape(-1, 2)
        for n in range(3):
            expected = np.linalg.lstsq(design, trajectories.states[n, rows].reshape(-1), rcond=None)[0]
            np.testing.assert_allclose(found[n, segment], expected, atol=1e-4)  # RK4's error
