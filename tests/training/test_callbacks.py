"""Keras' callbacks in a training loop do their work with every objective, or are refused in one line."""

import importlib

import keras
import numpy as np
import pytest
import tensorflow as tf
from equal_states import assert_equal_states
from keras.callbacks import BackupAndRestore, EarlyStopping, ModelCheckpoint, ReduceLROnPlateau, TensorBoard
from passing_loop import SAMPLES, Passing, passing_loop
from pendulum_loop import OBJECTIVES, pendulum_loop, pendulum_samples
from seen_training import SeenTraining

from hnn_tf import BestWeights, InputError
from hnn_tf.optimizers import LBFGS

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


class _NoneLearned(Passing):
    learned_columns = ()


def _last_scalars(folder):
    """Of each tag in TensorBoard's logs."""
    found = {}
    for path in sorted(folder.glob("events.*")):
        for record in tf.data.TFRecordDataset(str(path)):
            for value in tf.compat.v1.Event.FromString(record.numpy()).summary.value:
                found[value.tag] = tf.make_ndarray(value.tensor)
    return found


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] * (n != "derivative")) for n in OBJECTIVES])
def test_the_five_do_their_work_with_every_objective(name, tmp_path, monkeypatch):
    # The same, without the package tensorboard. Not of `tf.summary`, which importing this replaces.
    summary = importlib.import_module("tensorflow.summary")
    monkeypatch.setattr(summary, "scalar", summary.write)
    loop, seen = pendulum_loop(name), SeenTraining()
    callbacks = [
        ReduceLROnPlateau(factor=0.5, patience=1, min_delta=1e9),  # by which only the first epoch improves
        EarlyStopping(patience=3, min_delta=1e9),
        ModelCheckpoint(tmp_path / "{epoch}.keras"),
        TensorBoard(tmp_path / "logs"),
        BackupAndRestore(tmp_path / "backup"),
        seen,
    ]
    losses = loop.fit(100, validation=pendulum_samples(name, seed=1), block_size=2, callbacks=callbacks)
    assert loop.step == 8
    assert all(np.isfinite(value) for logs in seen.logs for value in logs.values())
    rates = [logs["learning_rate"] for logs in seen.logs]
    np.testing.assert_allclose(rates, [0.01, 0.01, 0.005, 0.0025], rtol=1e-6)  # float32; of the epoch that ends
    assert losses["validation_loss"] <= min(logs["val_loss"] for logs in seen.logs)
    for epoch in range(4):
        loaded = keras.saving.load_model(tmp_path / f"{epoch + 1}.keras", safe_mode=True)
        np.testing.assert_array_equal(loaded.get_weights()[0], seen.kernels[epoch])
    assert _last_scalars(tmp_path / "logs" / "train")["epoch_loss"] == np.float32(seen.logs[-1]["loss"])
    assert _last_scalars(tmp_path / "logs" / "validation")["epoch_loss"] == np.float32(seen.logs[-1]["val_loss"])
    assert not (tmp_path / "backup").exists()


def test_a_block_is_an_epoch_of_one_batch():
    seen, loop, plain = SeenTraining(), passing_loop(), passing_loop()
    loop.run(3)
    loop.fit(12, callbacks=[seen], block_size=5)
    assert seen.calls == [
        "train begins",
        *("epoch 0 begins", "batch 4 ends", "epoch 0 ends"),
        *("epoch 1 begins", "batch 4 ends", "epoch 1 ends"),
        *("epoch 2 begins", "batch 1 ends", "epoch 2 ends"),
        "train ends",
    ]
    assert loop.step == 15
    assert [logs["loss"] for logs in seen.logs] == [plain.run(steps) for steps in (3, 5, 5, 2)][1:]
    assert all(logs.keys() == {"loss", "learning_rate"} for logs in seen.logs)


def test_a_callback_that_only_looks_changes_nothing():
    watched, plain, options = passing_loop(), passing_loop(), {"validation": SAMPLES, "block_size": 5}
    assert watched.fit(30, callbacks=[SeenTraining()], **options) == plain.fit(30, **options)
    assert_equal_states(watched.state(), plain.state())


def test_a_callback_ends_one_training_and_not_the_next():
    def stop(model, epoch):
        model.stop_training = epoch == 2

    loop = passing_loop()
    loop.fit(50, block_size=5, callbacks=[SeenTraining(stop)])
    assert loop.step == 15
    loop.fit(10, block_size=5, callbacks=[SeenTraining()])
    assert loop.step == 25


def test_a_loss_that_is_not_a_number_ends_the_training():
    loop = passing_loop(optimizer=keras.optimizers.SGD(1e30))
    loop.fit(50, block_size=5, callbacks=keras.callbacks.TerminateOnNaN())  # one without a list, as in Keras
    assert loop.step == 5


@pytest.mark.parametrize(
    "callback",
    [
        ReduceLROnPlateau("loss", factor=0.0, patience=1, min_delta=1e9),
        keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate if epoch < 2 else 0.0),
    ],
)
def test_a_rate_of_0_from_the_third_epoch_on_leaves_the_weights_there(callback):
    seen, loop = SeenTraining(), passing_loop()
    loop.fit(20, block_size=5, callbacks=[callback, seen])
    assert float(loop.optimizer.learning_rate) == 0.0
    assert not np.array_equal(seen.kernels[0], seen.kernels[1])
    np.testing.assert_array_equal(seen.kernels[1], seen.kernels[3])


# What is left.


def test_with_validation_the_best_are_left_whatever_a_callback_restores():
    loop, plain, options = passing_loop(), passing_loop(), {"validation": SAMPLES, "block_size": 5}
    restoring = EarlyStopping("loss", patience=100, restore_best_weights=True)  # the last: the loss always falls
    losses = loop.fit(60, callbacks=[restoring], **options)
    assert losses == plain.fit(60, **options)
    assert 0 < losses["best_step"] < 60
    for received, expected in zip(loop.trained_variables, plain.trained_variables, strict=True):
        np.testing.assert_array_equal(received, expected)


def test_without_validation_keras_restores_its_own_best():
    def spoil_after_the_third(model, epoch):
        model.optimizer.learning_rate = 10.0 if epoch == 2 else 0.1

    seen, loop = SeenTraining(spoil_after_the_third), passing_loop(objective=_NoneLearned())
    loop.fit(25, block_size=5, callbacks=[seen, EarlyStopping("loss", patience=1, restore_best_weights=True)])
    assert loop.step == 20
    np.testing.assert_array_equal(loop.model.get_weights()[0], seen.kernels[2])


def test_callbacks_see_the_averages_that_the_validation_loss_is_of(tmp_path):
    seen, averaging = SeenTraining(), {"use_ema": True, "ema_momentum": 0.8}
    watched, plain = passing_loop(**averaging), passing_loop(**averaging)
    checkpoint = ModelCheckpoint(tmp_path / "{epoch}.keras")
    watched.fit(10, validation=SAMPLES, block_size=5, callbacks=[seen, checkpoint])
    for epoch in range(2):
        plain.run(5)
        with plain.averaged_weights():
            expected = plain.model.get_weights()[0]
            assert seen.logs[epoch]["val_loss"] == plain.validation_loss(SAMPLES)
        np.testing.assert_array_equal(seen.kernels[epoch], expected)
        loaded = keras.saving.load_model(tmp_path / f"{epoch + 1}.keras")
        np.testing.assert_array_equal(loaded.get_weights()[0], expected)


def test_the_model_is_afterwards_as_it_was(tmp_path):
    loop = passing_loop()
    loop.fit(5, callbacks=[SeenTraining()])
    assert not hasattr(loop.model, "optimizer")
    loop.model.compile("sgd", "mse")
    own = loop.model.optimizer
    loop.fit(5, callbacks=[ModelCheckpoint(tmp_path / "model.keras")])
    assert (loop.model.optimizer, loop.model.compiled) == (own, True)
    loop.model.fit(np.ones([4, 2]), np.ones([4, 2]), verbose=0)
    assert not keras.saving.load_model(tmp_path / "model.keras").compiled  # Keras has no such loss


# Refusals.


def _decaying():
    return keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.2, 60))


@pytest.mark.parametrize(
    ("callback", "optimizer", "message"),
    [
        (lambda: BestWeights(passing_loop(), SAMPLES), None, "callbacks: expected keras.callbacks.Callback objects"),
        (lambda: BackupAndRestore("backup", save_freq=10), None, "BackupAndRestore: expected save_freq='epoch'"),
        (lambda: keras.callbacks.SwapEMAWeights(), None, "SwapEMAWeights: expected none"),
        (
            lambda: ReduceLROnPlateau("loss"),
            LBFGS,
            "ReduceLROnPlateau: .* received LBFGS with a schedule or no rate; set a number",
        ),
        (
            lambda: ReduceLROnPlateau("loss"),
            _decaying,
            "ReduceLROnPlateau: .* received Adam with a schedule or no rate; set a number",
        ),
        (lambda: EarlyStopping("loss", restore_best_weights=True), None, r"restores no learned columns \(offset\)"),
    ],
)
def test_what_a_callback_cannot_do_here_is_said_before_any_step(callback, optimizer, message):
    loop = passing_loop(optimizer=optimizer and optimizer())
    with pytest.raises(InputError, match=message) as refusal:
        loop.fit(5, callbacks=[callback()])
    assert "\n" not in str(refusal.value)
    assert loop.step == 0
