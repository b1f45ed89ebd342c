"""Training and test parts."""

import numpy as np
import pytest

from hnn_tf.data import Trajectories, split_by_trajectory


def _numbered(count):
    """Trajectories whose states are all their own number."""
    states = np.tile(np.arange(count, dtype=float)[:, None, None], [1, 5, 2])
    return Trajectories(np.arange(5.0), states, states, states)


def _numbers(part):
    return np.unique(part.observed_samples()["state"]).tolist()


def test_parts_share_no_trajectory_and_lose_none():
    train, test = split_by_trajectory(_numbered(10), train_fraction=0.6)
    assert _numbers(train) == [0, 1, 2, 3, 4, 5]
    assert _numbers(test) == [6, 7, 8, 9]


def test_half_of_fifty_is_the_papers_split():
    train, test = split_by_trajectory(_numbered(50), train_fraction=0.5)
    assert (_numbers(train), _numbers(test)) == (list(range(25)), list(range(25, 50)))


def test_trajectories_stay_whole():
    for part in split_by_trajectory(_numbered(4), train_fraction=0.5):
        assert part.states.shape == (2, 5, 2)
        np.testing.assert_array_equal(part.times, np.arange(5.0))


def test_the_nearest_count_is_taken():
    # 0.29 * 100 is 28.999999999999996.
    assert len(split_by_trajectory(_numbered(100), train_fraction=0.29)[0].states) == 29


@pytest.mark.parametrize("fraction", [0.0, 0.01, 0.99, 1.0, -0.5, 2.0])
def test_an_empty_part_is_refused(fraction):
    with pytest.raises(ValueError, match="both parts non-empty"):
        split_by_trajectory(_numbered(10), train_fraction=fraction)
