"""Chains of pieces: their order, and the elimination of the states between pieces."""

import known_spring
import numpy as np
import pytest

from hnn_tf.closed_form.linear_field import LinearField
from hnn_tf.closed_form.piece_chains import PieceChains
from hnn_tf.closed_form.trajectory_fitter import TrajectoryFitter

OWNERS = [0, 0, 0, 0, 0, 1, 1, 2]


@pytest.mark.parametrize("most", [1, 2, 3, 10])
def test_chains_are_neighbours_of_one_owner_and_have_each_piece_once(most):
    chains = PieceChains.of(OWNERS, most).index
    assert sorted(chains[chains >= 0]) == list(range(len(OWNERS)))
    for row in chains:
        pieces = row[row >= 0]
        assert len({OWNERS[piece] for piece in pieces}) == 1
        assert len(pieces) <= most
        np.testing.assert_array_equal(np.diff(pieces), 1)


def test_chains_of_one_owner_are_of_about_equal_length():
    lengths = (PieceChains.of([0] * 10, 4).index >= 0).sum(1)
    assert lengths.max() - lengths.min() <= 1


@pytest.fixture
def chains():
    return PieceChains(np.array([[0, 1, 2], [3, 4, -1], [5, -1, -1]]))


def test_states_along_a_chain_follow_from_its_first_state(chains, rng):
    a, b, d = rng.normal(size=[6, 2, 2]), rng.normal(size=[6, 2, 3]), rng.normal(size=[6, 2])
    p, q, r = chains.along(a, b, d)
    first, w = rng.normal(size=[3, 2]), rng.normal(size=3)
    for row, state in zip(chains.index, first, strict=True):
        for piece in row[row >= 0]:
            # Roundings of a few products.
            np.testing.assert_allclose(
                p[piece] @ first[np.argmax((chains.index == piece).any(1))] + q[piece] @ w + r[piece], state, rtol=1e-12
            )
            state = a[piece] @ state + b[piece] @ w + d[piece]


def test_defects_are_the_gaps_within_chains(chains, rng):
    ends, starts = rng.normal(size=[6, 2]), rng.normal(size=[6, 2])
    found = chains.defects(ends, starts)
    for piece, follower in {0: 1, 1: 2, 3: 4}.items():
        np.testing.assert_array_equal(found[piece], ends[piece] - starts[follower])
    np.testing.assert_array_equal(found[[2, 4, 5]], 0.0)


def test_rows_of_pieces_become_rows_of_their_chain(chains):
    rows = np.arange(12.0).reshape(6, 2) + 1
    expected = [[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 0, 0], [11, 12, 0, 0, 0, 0]]
    np.testing.assert_array_equal(chains.of_chains(rows), expected)


def test_pieces_receive_the_values_of_their_chain(chains):
    np.testing.assert_array_equal(chains.of_pieces(np.array([7, 8, 9])), [7, 7, 7, 8, 8, 9])


def test_sensitivities_that_overflow_are_not_finite_and_no_warning(chains):
    large = np.full([6, 2, 2], 1e200)
    p, *_ = chains.along(large, np.ones([6, 2, 1]), np.ones([6, 2]))
    assert np.isinf(p[2]).all()
    assert np.isfinite(p[[0, 1, 3, 4, 5]]).all()


# The rows themselves overflow, or only the products of their normal equations.
@pytest.mark.parametrize("num_pieces", [20, 60])
def test_a_chain_whose_sensitivities_overflow_is_refused(num_pieces, rng):
    # The distance from an unstable equilibrium grows by a factor of exp(20) along each piece.
    times = np.tile(np.linspace(0.0, 2.0, 11), [num_pieces, 1])
    field = LinearField(known_spring.KnownSpring(), friction=True)
    states = rng.normal(size=[num_pieces, 11, 2])
    fitter = TrajectoryFitter(field, np.full(2, 1e3), {"times": times, "states": states})
    fitter.chains = PieceChains.of([0] * num_pieces, num_pieces)
    with pytest.raises(ArithmeticError, match="an unstable motion's sensitivities overflow"):
        fitter.fit(np.array([-50.0, 0.0]), np.zeros([num_pieces, 2]))


@pytest.mark.slow
def test_a_chained_fit_is_the_fit_of_the_whole_trajectory():
    states = known_spring.recordings((31,), noise_std=0.05, seed=2)[0].states
    times = known_spring.recordings((31,), seed=2)[0].times
    cuts = np.arange(0, 30, 10)[:, np.newaxis] + np.arange(11)
    counted = np.ones(cuts.shape)
    counted[:-1, -1] = 0.0

    def fitter(**samples):
        return TrajectoryFitter(
            LinearField(known_spring.KnownSpring(), friction=True), np.full(2, 1e3), samples, substeps=4
        )

    whole = fitter(times=times[np.newaxis], states=states[np.newaxis]).fit(np.array([0.5, 0.0]), states[:1])
    pieces = fitter(times=times[cuts], states=states[cuts], counted=counted)
    pieces.chains = PieceChains.of([0, 0, 0], 3)
    chained = pieces.fit(np.array([0.5, 0.0]), states[cuts[:, 0]])
    # Both iterations end within 1e-4 standard deviations of the noise.
    std = np.sqrt(np.diag(whole.posterior.covariance))
    np.testing.assert_allclose(chained.posterior.mean, whole.posterior.mean, atol=3e-3 * std.min())
    np.testing.assert_allclose(np.sqrt(np.diag(chained.posterior.covariance)), std, rtol=1e-3)
    np.testing.assert_allclose(chained.initial_state[0], whole.initial_state[0], atol=1e-4)
    np.testing.assert_allclose(chained.noise_std, whole.noise_std, rtol=1e-3)
