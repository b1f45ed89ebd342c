"""A fit that was killed goes on, by Keras' BackupAndRestore, to the weights of an unbroken one."""

import os

import keras
import pytest
from equal_states import assert_equal_states
from keras.callbacks import BackupAndRestore, ReduceLROnPlateau
from passing_loop import SAMPLES, passing_loop
from pendulum_loop import pendulum_loop, pendulum_samples
from seen_training import Killed, SeenTraining, killed_at

from hnn_tf import InputError
from hnn_tf.optimizers import LBFGS

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


def _averaging():
    schedule = keras.optimizers.schedules.CosineDecay(0.2, 60)
    return passing_loop(learning_rate=schedule, use_ema=True, ema_momentum=0.5)


CASES = {
    "learned_columns": (passing_loop, SAMPLES),
    "averages_and_a_schedule": (_averaging, SAMPLES),
    "no_validation": (passing_loop, None),
    "lbfgs": (lambda: passing_loop(optimizer=LBFGS()), SAMPLES),
    "batches": (lambda: pendulum_loop("derivative", batch_size=7), pendulum_samples("derivative", seed=1)),
    "one_step": (lambda: pendulum_loop("one_step"), pendulum_samples("one_step", seed=1)),
    "trajectory": (lambda: pendulum_loop("trajectory"), pendulum_samples("trajectory", seed=1)),
    "weak": (lambda: pendulum_loop("weak"), pendulum_samples("weak", seed=1)),
}
SLOW = ("batches", "lbfgs", "one_step", "trajectory", "weak")


@pytest.mark.slow
@pytest.mark.parametrize("case", [pytest.param(c, marks=[pytest.mark.slow] * (c in SLOW)) for c in CASES])
def test_a_killed_fit_goes_on_to_the_same_weights(case, tmp_path):
    make, validation = CASES[case]
    unbroken, killed, resumed, seen = make(), make(), make(), SeenTraining()
    options = {"validation": validation, "block_size": 5}
    for loop in (unbroken, killed):
        loop.run(2)
    expected = unbroken.fit(28, **options)
    with pytest.raises(Killed):
        killed.fit(28, callbacks=[BackupAndRestore(tmp_path / "backup"), killed_at(3)], **options)
    received = resumed.fit(28, callbacks=[seen, BackupAndRestore(tmp_path / "backup")], **options)
    assert seen.calls[1] == "epoch 3 begins"  # the first that had no end
    assert (resumed.step, received) == (30, expected)
    assert_equal_states(resumed.state(), unbroken.state())


def test_a_reduced_rate_is_restored(tmp_path):
    callbacks = [BackupAndRestore(tmp_path / "backup"), ReduceLROnPlateau("loss", patience=1, min_delta=1e9)]
    with pytest.raises(Killed):
        passing_loop().fit(50, block_size=5, callbacks=[*callbacks, killed_at(2)])
    seen = SeenTraining()
    passing_loop().fit(50, block_size=5, callbacks=[*callbacks, seen])
    assert seen.logs[0]["learning_rate"] == pytest.approx(0.01)  # of 0.1, since the second epoch before the kill


@pytest.mark.slow
def test_a_kill_while_a_backup_is_written_leaves_the_one_before(tmp_path, monkeypatch):
    backup = BackupAndRestore(tmp_path)
    with pytest.raises(Killed):
        passing_loop().fit(50, block_size=5, callbacks=[backup, killed_at(2)])

    def cut_off(source, target):
        del target
        source.write_bytes(source.read_bytes()[:100])
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", cut_off)
        with pytest.raises(Killed):
            passing_loop().fit(50, block_size=5, callbacks=[backup])
    seen = SeenTraining()
    passing_loop().fit(50, block_size=5, callbacks=[backup, seen])
    assert seen.calls[1] == "epoch 2 begins"


def test_a_finished_fit_whose_backup_is_kept_takes_no_step(tmp_path):
    options = {"block_size": 5, "validation": SAMPLES}
    expected = passing_loop().fit(20, callbacks=[BackupAndRestore(tmp_path, delete_checkpoint=False)], **options)
    seen, again = SeenTraining(), passing_loop()
    assert again.fit(20, callbacks=[BackupAndRestore(tmp_path), seen], **options) == expected
    assert seen.calls == ["train begins", "train ends"]
    assert again.step == 20


@pytest.mark.slow
@pytest.mark.parametrize("other", ["model", "optimizer", "validation", "stock"])
def test_a_backup_of_another_fit_is_refused_and_changes_nothing(other, tmp_path):
    backup = BackupAndRestore(tmp_path)
    with pytest.raises(Killed):
        passing_loop().fit(10, block_size=5, validation=SAMPLES, callbacks=[backup, killed_at(1)])
    loop, validation = passing_loop(), SAMPLES
    if other == "model":
        loop, validation = pendulum_loop("derivative"), pendulum_samples("derivative")
    elif other == "optimizer":
        loop = passing_loop(optimizer=keras.optimizers.SGD())
    elif other == "validation":
        validation = None
    else:
        loop.model.save_weights(tmp_path / "latest.weights.h5")
    before = loop.state()
    with pytest.raises(
        InputError, match=r"latest\.weights\.h5: expected a backup of this fit.*; remove the file"
    ) as refusal:
        loop.fit(10, validation=validation, callbacks=[backup])
    assert "\n" not in str(refusal.value)
    assert_equal_states(loop.state(), before)
