"""The compiled loop: the same steps as a plain loop, however they are cut, restored and batched."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from equal_states import assert_equal_states

from hnn_tf import BaselineNetwork, TrainingLoop
from hnn_tf.objectives import DerivativeMatching, Objective
from hnn_tf.optimizers import CoupledAdam


def _samples(rng, count=12):
    state = rng.normal(size=[count, 2])
    return {"state": state, "time_derivative": state[:, ::-1] * [2, -2]}


def _model(*, hidden_units=(6,), dtype="float32", seed=0):
    keras.utils.set_random_seed(seed)
    model = BaselineNetwork(hidden_units=hidden_units, dtype=dtype)
    model.build([None, 2])
    return model


def _loop(samples, *, objective=None, model=None, **options):
    return TrainingLoop(
        model or _model(), objective or DerivativeMatching(), CoupledAdam(1e-2, l2=1e-3), samples, **options
    )


def test_lowers_the_loss(rng):
    loop = _loop(_samples(rng))
    before = loop.loss()
    loop.run(200)
    assert loop.loss() < 0.3 * before


def test_equals_a_plain_loop(rng):
    samples, model, optimizer = _samples(rng), _model(dtype="float64"), CoupledAdam(1e-2, l2=1e-3)
    losses = []
    for _ in range(4):
        with tf.GradientTape() as tape:
            error = model(tf.constant(samples["state"])) - samples["time_derivative"]
            loss = tf.reduce_mean(error**2)
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        losses.append(float(loss))
    loop = _loop(samples, model=_model(dtype="float64"))
    # 1e-12: XLA adds in another order, over 4 steps; the weights move by 1e-2 a step.
    np.testing.assert_allclose([loop.run(1) for _ in range(4)], losses, rtol=1e-12)
    for received, expected in zip(loop.model.variables, model.variables, strict=True):
        np.testing.assert_allclose(received, expected, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("batch_size", [None, 5])
def test_one_call_of_ten_steps_equals_two_of_five(rng, batch_size):
    samples = _samples(rng)
    whole, cut = _loop(samples, batch_size=batch_size), _loop(samples, batch_size=batch_size)
    loss = whole.run(10)
    cut.run(5)
    assert cut.run(5) == loss
    assert_equal_states(cut.state(), whole.state())


@pytest.mark.slow
def test_the_returned_loss_is_that_before_the_last_update(rng):
    loop = _loop(_samples(rng))
    loop.run(3)
    before = loop.loss()
    assert loop.run(1) == pytest.approx(before, rel=1e-6)  # float32, compiled otherwise
    assert loop.loss() < before


def test_loss_on_other_samples_is_theirs(rng):
    loop = _loop(_samples(rng))
    other = _samples(rng, 7)
    error = loop.model(other["state"].astype("float32")) - other["time_derivative"]
    assert loop.loss(other) == pytest.approx(np.mean(error.numpy() ** 2), rel=1e-5)  # float32


class _Counted(DerivativeMatching):
    def __init__(self):
        self.traces = 0

    def loss(self, model, samples):
        self.traces += 1
        return super().loss(model, samples)


def test_another_count_of_steps_is_not_compiled_again(rng):
    objective = _Counted()
    loop = _loop(_samples(rng), objective=objective)
    loop.run(2)
    first = objective.traces
    for count in (5, 1, 9):
        loop.run(count)
    assert (objective.traces, first > 0) == (first, True)
    assert loop.step == int(loop.optimizer.iterations) == 17


# Restoring.


@pytest.mark.slow
@pytest.mark.parametrize("batch_size", [5, pytest.param(None, marks=pytest.mark.slow)])
def test_a_restored_state_continues_bit_by_bit(rng, batch_size):
    samples = _samples(rng)
    loop = _loop(samples, batch_size=batch_size)
    loop.run(5)
    middle = loop.state()
    loop.run(5)
    other = _loop(samples, model=_model(seed=1), batch_size=batch_size)
    other.restore(middle)
    other.run(5)
    assert_equal_states(other.state(), loop.state())


def test_a_state_stays_as_it_was_while_training_goes_on(rng):
    loop = _loop(_samples(rng))
    state = loop.state()
    copies = {name: value.copy() for name, value in state.items()}
    loop.run(3)
    assert_equal_states(state, copies)


@pytest.mark.parametrize("spoil", ["another model", "a column less", "a column more"])
def test_a_state_of_other_variables_is_refused_and_changes_nothing(rng, spoil):
    samples = _samples(rng)
    loop = _loop(samples)
    before = loop.state()
    state = {name: value + 1 for name, value in before.items()}
    if spoil == "another model":
        state = _loop(samples, model=_model(hidden_units=(7,))).state()
    elif spoil == "a column less":
        state.popitem()
    else:
        state["model.99"] = np.zeros(3)
    with pytest.raises(ValueError, match="differing"):
        loop.restore(state)
    assert_equal_states(loop.state(), before)


# Batches.


class _MeanOfIndices(Objective):
    """A loss that says which samples are in the batch, and trains nothing."""

    name = "mean_of_indices"
    columns = ("index",)

    def loss(self, model, samples):
        return tf.reduce_mean(samples["index"]) + 0.0 * tf.reduce_sum(model(tf.zeros([1, 2])))


def _drawn(*, num_samples=5, batch_size=1, seed=0, steps=60):
    samples = {"index": np.arange(num_samples)}
    loop = _loop(samples, objective=_MeanOfIndices(), batch_size=batch_size, seed=seed)
    return [loop.run(1) for _ in range(steps)]


def test_a_batch_reaches_every_sample():
    # One of 5 is missed by 60 draws with probability 5 * 0.8^60 = 1e-5.
    assert set(_drawn()) == {0, 1, 2, 3, 4}


@pytest.mark.slow
def test_the_same_seed_draws_the_same_batches():
    assert _drawn(steps=20) == _drawn(steps=20)


@pytest.mark.slow
def test_another_seed_draws_other_batches():
    assert _drawn(steps=20, seed=1) != _drawn(steps=20)


def test_a_batch_has_its_size():
    # Means of two draws of 0 or 1, not of one or three; one is missed in 60 steps with probability 0.75^60 = 3e-8.
    assert set(_drawn(num_samples=2, batch_size=2)) == {0.0, 0.5, 1.0}


def test_no_batch_size_takes_all_samples():
    assert set(_drawn(batch_size=None, steps=3)) == {2.0}


def test_columns_of_a_batch_stay_together(rng):
    class Paired(DerivativeMatching):
        def loss(self, model, samples):
            matched = tf.reduce_max(tf.abs(samples["state"] * 2 - samples["time_derivative"]))
            return matched + 0.0 * super().loss(model, samples)

    state = rng.normal(size=[12, 2])
    loop = _loop({"state": state, "time_derivative": 2 * state}, objective=Paired(), batch_size=3)
    assert loop.run(5) == 0


# Refusals.


@pytest.mark.parametrize("batch_size", [-3, 0, 13])
def test_a_batch_that_is_empty_or_larger_than_the_set_is_refused(rng, batch_size):
    with pytest.raises(ValueError, match=f"expected 1 to 12 samples; received {batch_size}"):
        _loop(_samples(rng), batch_size=batch_size)


def test_columns_of_different_lengths_are_refused(rng):
    samples = _samples(rng)
    with pytest.raises(ValueError, match="columns of equal length; received {'state': 12, 'time_derivative': 5}"):
        _loop(samples | {"time_derivative": samples["time_derivative"][:5]}, batch_size=4)


@pytest.mark.parametrize("count", [0, -2])
def test_a_count_of_no_steps_is_refused_and_changes_nothing(rng, count):
    loop = _loop(_samples(rng))
    with pytest.raises(ValueError, match="num_steps: expected an integer >= 1"):
        loop.run(count)
    assert loop.step == 0


def test_missing_columns_are_refused_by_name(rng):
    samples = _samples(rng)
    with pytest.raises(ValueError, match=r"needs the columns \['time_derivative'\]"):
        _loop({"state": samples["state"]})
    with pytest.raises(ValueError, match=r"needs the columns \['state'\]"):
        _loop(samples).loss({"time_derivative": samples["time_derivative"]})


def test_an_unbuilt_model_is_refused(rng):
    with pytest.raises(ValueError, match="expected a built model"):
        _loop(_samples(rng), model=BaselineNetwork(hidden_units=(4,)))


def test_columns_that_the_objective_does_not_read_are_left_alone(rng):
    loop = _loop(_samples(rng) | {"label": np.array(["a"] * 3)})
    assert np.isfinite(loop.loss())
