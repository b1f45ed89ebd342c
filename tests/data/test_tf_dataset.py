"""Samples for Keras' own `fit`."""

import keras
import numpy as np
import pytest

from hnn_tf import BaselineNetwork
from hnn_tf.data import to_tf_dataset


@pytest.fixture
def samples():
    state = np.arange(20.0).reshape(10, 2)
    return {"state": state, "time_derivative": -state, "label": ["unused"]}


def _epoch(dataset):
    return np.concatenate([state for state, _ in dataset.as_numpy_iterator()])


def test_batches_hold_every_sample_in_order(samples):
    dataset = to_tf_dataset(samples, batch_size=4)
    assert [len(state) for state, _ in dataset.as_numpy_iterator()] == [4, 4, 2]
    np.testing.assert_array_equal(_epoch(dataset), samples["state"])


def test_all_samples_are_one_batch_by_default(samples):
    assert [len(state) for state, _ in to_tf_dataset(samples).as_numpy_iterator()] == [10]


def test_states_keep_their_derivatives_when_shuffled(samples):
    for state, derivative in to_tf_dataset(samples, batch_size=3, seed=0).as_numpy_iterator():
        np.testing.assert_array_equal(derivative, -state)


def test_every_epoch_is_another_order_of_all_samples(samples):
    dataset = to_tf_dataset(samples, batch_size=3, seed=0)
    first, second = _epoch(dataset), _epoch(dataset)
    assert (first != second).any()
    for epoch in (first, second):
        np.testing.assert_array_equal(np.sort(epoch, axis=0), samples["state"])


def test_the_same_seed_gives_the_same_epochs(samples):
    datasets = [to_tf_dataset(samples, batch_size=3, seed=5) for _ in range(2)]
    for _ in range(2):
        np.testing.assert_array_equal(_epoch(datasets[0]), _epoch(datasets[1]))


def test_another_seed_gives_another_order(samples):
    assert (_epoch(to_tf_dataset(samples, seed=5)) != _epoch(to_tf_dataset(samples, seed=6))).any()


def test_neighbours_do_not_stay_near_each_other():
    count = 100_000
    state = np.arange(float(count))[:, np.newaxis]
    order = _epoch(to_tf_dataset({"state": state, "time_derivative": state}, batch_size=5000, seed=0))[:, 0]
    for distance in (1, 2, 8):
        correlation = np.corrcoef(order[:-distance], order[distance:])[0, 1]
        assert abs(correlation) < 0.03  # nine standard deviations of independent ones; a weak cipher's is 0.1 to 0.4


def test_the_first_batch_needs_no_other_sample():
    # Only indices of the batch are computed: a shuffled buffer of a hundred million would take minutes and gigabytes.
    column = np.broadcast_to(np.float32(0), [100_000_000, 0])
    dataset = to_tf_dataset({"state": column, "time_derivative": column}, batch_size=4, seed=0)
    assert next(iter(dataset))[0].shape == (4, 0)
    assert len(dataset) == 25_000_000


@pytest.mark.parametrize("seed", [None, 3])
def test_the_number_of_batches_is_known(samples, seed):
    assert len(to_tf_dataset(samples, batch_size=4, seed=seed)) == 3


def test_one_sample_is_a_batch(samples):
    one = {name: samples[name][:1] for name in ("state", "time_derivative")}
    np.testing.assert_array_equal(_epoch(to_tf_dataset(one, seed=0)), one["state"])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_batches_have_the_asked_precision(samples, dtype):
    assert {spec.dtype.name for spec in to_tf_dataset(samples, dtype=dtype).element_spec} == {dtype}


def test_keras_fits_it(samples):
    model = BaselineNetwork(hidden_units=(4,))
    model.compile(keras.optimizers.Adam(1e-2), "mse")
    losses = model.fit(to_tf_dataset(samples, batch_size=5, seed=0), epochs=5, shuffle=False, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(
    ("samples", "options", "message"),
    [
        ({"state": np.zeros([4, 2])}, {}, r"missing: \['time_derivative'\]"),
        ({"state": np.zeros([4, 2]), "time_derivative": np.zeros([4, 1])}, {}, "equal shape"),
        ({"state": np.zeros([4, 2]), "time_derivative": np.zeros([4, 2])}, {"batch_size": 0}, "at least 1"),
    ],
)
def test_samples_that_make_no_batches_are_refused(samples, options, message):
    with pytest.raises(ValueError, match=message):
        to_tf_dataset(samples, **options)
