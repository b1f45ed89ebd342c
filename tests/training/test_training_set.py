"""What is held out of the training data to choose weights on: whole recordings, and never test ones."""

import numpy as np
import pytest

from hnn_tf.data import FrameRecordings, Recordings
from hnn_tf.input_error import OptionError
from hnn_tf.objectives import DerivativeMatching, LatentMatching, OneStep
from hnn_tf.training.training_options import TrainingOptions
from hnn_tf.training.training_set import TrainingSet


def _recordings(count=5, length=4):
    """The states of each tell which it is, and the reading."""
    states = np.stack([np.arange(count).repeat(length), np.tile(np.arange(length), count)], 1).astype(float)
    states = states.reshape(count, length, 2)
    return Recordings.from_arrays(np.arange(length), states, time_derivatives=10 * states)


def _set(recordings, fraction, objective=DerivativeMatching):
    options = TrainingOptions(validation_fraction=fraction)
    return TrainingSet.of(recordings, test=_recordings(2), objective=objective(), options=options, derivatives=None)


@pytest.mark.parametrize(("objective", "count"), [(DerivativeMatching, 20), (OneStep, 15)])
def test_whole_recordings_are_held_out(objective, count):
    found = _set(_recordings(), 0.4, objective)
    assert set(found.train["state"][:, 0]) == {0, 1, 2}
    assert set(found.validation["state"][:, 0]) == {3, 4}
    assert len(found.train["state"]) + len(found.validation["state"]) == count


def test_columns_stay_together():
    found = _set(_recordings(), 0.2)
    for part in (found.train, found.validation):
        np.testing.assert_array_equal(part["time_derivative"], 10 * part["state"])


def test_of_a_single_recording_the_end_is_held_out_and_no_sample_shares_a_reading():
    found = _set(_recordings(1, 20), 0.25)
    np.testing.assert_array_equal(found.validation["state"][:, 1], np.arange(15, 20))
    np.testing.assert_array_equal(found.train["state"][:, 1], np.arange(14))


def test_a_fraction_of_0_holds_nothing_out():
    found = _set(_recordings(), 0.0)
    assert (len(found.train["state"]), found.validation) == (20, None)


@pytest.mark.parametrize(("fraction", "count"), [(0.05, 5), (0.95, 5), (1.0, 1), (0.01, 1)])
def test_a_split_with_an_empty_part_is_refused(fraction, count):
    message = "split of 5 training trajectories" if count > 1 else "split of 20 training readings"
    with pytest.raises(OptionError, match=message) as refused:
        _set(_recordings(count, 4 if count > 1 else 20), fraction)
    assert refused.value.as_flags().startswith(f"--validation_fraction={fraction}: ")


def test_a_split_of_frames_with_an_empty_part_is_refused():
    frames, options = FrameRecordings(np.zeros([1, 4, 2, 2, 2])), TrainingOptions(validation_fraction=0.5)
    with pytest.raises(OptionError, match="expected a split of 1 training trajectories"):
        TrainingSet.of(frames, test=frames, objective=LatentMatching(), options=options, derivatives=None)


def test_test_recordings_are_left_alone():
    np.testing.assert_array_equal(_set(_recordings(), 0.2).test["state"], _recordings(2).joined("states"))


def test_a_batch_larger_than_the_set_is_refused():
    options = TrainingOptions(batch_size=21)
    with pytest.raises(OptionError, match="batch_size=21: expected at most the 20 training samples"):
        TrainingSet.of(
            _recordings(), test=_recordings(2), objective=DerivativeMatching(), options=options, derivatives=None
        )


def test_derivatives_are_estimated_where_they_are_asked_for():
    times, options = np.linspace(0, 3, 60), TrainingOptions()
    states = np.stack([np.stack([np.cos(times + k), -np.sin(times + k)], -1) for k in range(3)])
    recordings = Recordings.from_arrays(times, states)
    found = TrainingSet.of(
        recordings, test=recordings, objective=DerivativeMatching(), options=options, derivatives="smoothing_spline"
    )
    expected = np.concatenate([np.stack([-np.sin(times + k), -np.cos(times + k)], -1) for k in range(3)])
    # A spline of 60 readings of half a period: its error is of the order of the third power of the step, at the ends.
    np.testing.assert_allclose(found.train["time_derivative"], expected, atol=20 * (3 / 59) ** 3)
