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
