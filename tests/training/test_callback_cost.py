"""Callbacks cost little beside the steps."""

import importlib
import time
from statistics import median

import pytest
from keras.callbacks import BackupAndRestore, EarlyStopping, ModelCheckpoint, ReduceLROnPlateau, TensorBoard
from pendulum_loop import OBJECTIVES, pendulum_loop, pendulum_samples

from hnn_tf.training.block_fit import fit_in_blocks


# Keras' own, with NumPy 2, when it saves a model.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")
@pytest.mark.slow
@pytest.mark.times
@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_step_with_all_five_takes_at_most_half_as_long_again(name, tmp_path, monkeypatch):
    summary = importlib.import_module("tensorflow.summary")
    monkeypatch.setattr(summary, "scalar", summary.write)  # the same, without the package tensorboard
    # The paper's network and number of readings, and `fit`'s own blocks.
    samples = pendulum_samples(name, count=25, readings=45)
    steps, loop, ratios = 100, pendulum_loop(name, hidden_units=[200, 200], samples=samples), []
    loop.fit(steps)
    for repeat in range(5):  # interleaved: whatever else the machine does slows both
        callbacks = [
            EarlyStopping("loss", patience=steps),
            ReduceLROnPlateau("loss", patience=steps),
            ModelCheckpoint(tmp_path / "model.keras"),
            TensorBoard(tmp_path / f"logs_{repeat}"),
            BackupAndRestore(tmp_path / "backup"),
        ]
        began = time.perf_counter()
        loop.run(steps)
        between = time.perf_counter()
        # All of `fit` but its losses at the end, which aren't of steps.
        fit_in_blocks(loop, steps, validation=None, patience=None, block_size=50, callbacks=callbacks)
        ratios.append((time.perf_counter() - between) / (between - began))
    assert median(ratios) < 1.5
