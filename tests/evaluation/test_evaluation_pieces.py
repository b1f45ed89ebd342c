"""Evaluations in pieces: a model or system never sees more than a piece at once, and the results are the whole's."""

import numpy as np
import pytest
from noting_network import SEEN, noting_network

from hnn_tf import evaluation, objectives, rollout, systems
from hnn_tf.data import generate_trajectories
from hnn_tf.data.reference_solution import reference_solution
from hnn_tf.evaluation import symplectic_defects
from hnn_tf.numerics import pieces
from hnn_tf.objectives.initial_states import estimate_initial_states

MOST = 60
SYSTEM = systems.MassSpring()


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(pieces, "MOST_STATES", MOST)


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


@pytest.mark.slow
@pytest.mark.parametrize("name", _cases(np.random.default_rng(0)))
def test_an_evaluation_in_pieces_is_that_of_the_whole(name, rng, monkeypatch):
    evaluate, model = _cases(rng)[name], noting_network()
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


@pytest.mark.slow
def test_energy_slopes_are_taken_in_pieces(rng, monkeypatch):
    class Noted(systems.MassSpring):
        seen = []

        def hamiltonian(self, state):
            self.seen.append(int(np.prod(state.shape[:-1])))
            return super().hamiltonian(state)

    rollouts = []

    def noted_rollout(field, states, **options):
        rollouts.append(len(states))
        return rollout(field, states, **options)

    monkeypatch.setattr(symplectic_defects, "rollout", noted_rollout)
    states, options = rng.normal(size=[5, 2]), {"step_size": 0.1, "integrator": "rk4", "return_steps": 1}
    whole = evaluation.symplecticity(SYSTEM, states, drift_steps=500, **options).energy_slopes
    monkeypatch.setattr(pieces, "MOST_STATES", MOST)
    rollouts.clear()
    slopes = evaluation.symplecticity(Noted(), states, drift_steps=500, **options).energy_slopes
    # A trajectory of 501 states is more than a piece, so that it is looked at by itself.
    assert max(Noted.seen) == 501
    assert sum(rollouts) == len(states)
    assert max(rollouts) == MOST // pieces.states_of_rollout(501)
    # Elementwise float64: compiled for another batch, some roundings of energies of order 1.
    np.testing.assert_allclose(slopes, whole, rtol=1e-9, atol=1e-15)
