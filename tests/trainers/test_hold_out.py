"""What a run holds out of its training data to choose weights on: whole trajectories, and never test ones."""

import types

import numpy as np
import pytest

from hnn_tf.input_error import InputError
from trainers.tasks import pendulum
from trainers.tasks.task import TaskData


class _Data(TaskData):
    """Two objectives' columns, of 5 trajectories of 4 states and 3 steps."""

    def __init__(self, num_trajectories=5):
        super().__init__()
        self.num_trajectories = num_trajectories
        which = np.arange(5)
        self.train = {
            "state": {"state": which.repeat(4)[:, None], "row": np.arange(20)},
            "step": {"state": which.repeat(3)[:, None]},
        }

    def evaluate(self, model, *, objective, protocol):
        raise NotImplementedError

    def draw(self, folder, models):
        raise NotImplementedError


@pytest.mark.parametrize("objective", ["state", "step"])
def test_whole_trajectories_are_held_out(objective):
    data = _Data()
    data.hold_out(objective, 0.4)
    assert set(data.train[objective]["state"][:, 0]) == {0, 1, 2}
    assert set(data.validation[objective]["state"][:, 0]) == {3, 4}
    assert set(data.validation) == {objective}
    parts = (data.train, data.validation)
    assert sum(len(part[objective]["state"]) for part in parts) == {"state": 20, "step": 15}[objective]


def test_columns_stay_together():
    data = _Data()
    data.hold_out("state", 0.2)
    np.testing.assert_array_equal(data.validation["state"]["row"], [16, 17, 18, 19])
    np.testing.assert_array_equal(data.train["state"]["row"], np.arange(16))


def test_of_a_single_trajectory_the_end_is_held_out_and_no_sample_shares_a_reading():
    data = _Data(num_trajectories=1)
    data.hold_out("state", 0.25)
    np.testing.assert_array_equal(data.validation["state"]["row"], np.arange(15, 20))
    np.testing.assert_array_equal(data.train["state"]["row"], np.arange(14))


def test_a_fraction_of_0_holds_nothing_out():
    data = _Data()
    data.hold_out("state", 0.0)
    assert (len(data.train["state"]["row"]), data.validation) == (20, {})


@pytest.mark.parametrize(("fraction", "count"), [(0.05, 5), (0.95, 5), (1.0, 1), (0.01, 1)])
def test_a_split_with_an_empty_part_is_refused(fraction, count):
    message = f"--validation_fraction={fraction}: expected a split of {count if count > 1 else 20} training"
    with pytest.raises(InputError, match=message):
        _Data(num_trajectories=count).hold_out("state", fraction)


@pytest.mark.parametrize(("objective", "rows"), [("derivative", 45), ("one_step", 44)])
def test_a_tasks_test_trajectories_are_left_alone(objective, rows):
    settings = types.SimpleNamespace(seed=0, noise_std=0.1)
    whole, split = pendulum.TASK.load(settings), pendulum.TASK.load(settings)
    split.hold_out(objective, 0.2)
    parts = (split.train[objective]["state"], split.validation[objective]["state"])
    assert [len(part) for part in parts] == [20 * rows, 5 * rows]
    np.testing.assert_array_equal(np.concatenate(parts), whole.train[objective]["state"])
    np.testing.assert_array_equal(split.test[objective]["state"], whole.test[objective]["state"])
