"""The newest state of a training: when it is saved, and that a run interrupted at any step ends with the same bits."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf

import hnn_tf
from hnn_tf.commands import interruption
from hnn_tf.objectives import DerivativeMatching
from hnn_tf.training import checkpoint as module
from hnn_tf.training import training_run
from hnn_tf.training.checkpoint import Checkpoint
from hnn_tf.training.training_options import TrainingOptions
from hnn_tf.training.training_set import TrainingSet

OPTIONS = TrainingOptions(
    learning_rate=1e-2, average_weights=True, batch_size=8, steps=120, patience=60, validation_fraction=0.5
)


def _state(step):
    return {"step": np.asarray(step), "weights": np.full(3, float(step))}


@pytest.fixture
def clock(monkeypatch):
    clock = types.SimpleNamespace(now=0.0)
    monkeypatch.setattr(module.time, "monotonic", lambda: clock.now)
    return clock


def test_a_state_is_saved_every_two_seconds_and_at_the_end(tmp_path, clock):
    checkpoint, saved = Checkpoint(tmp_path / "hnn.npz"), []
    for step, now in enumerate([0.5, 1.9, 2.1, 2.5, 4.2, 4.3]):
        clock.now = now
        checkpoint.update(_state(step), last=step == 5)
        found = checkpoint.load()
        saved.append(found and int(found["step"]))
    assert saved == [None, None, 2, 2, 4, 5]


def test_an_interruption_saves_the_newest_state(tmp_path):
    checkpoint = Checkpoint(tmp_path / "hnn.npz")
    checkpoint.update(_state(7), last=False)
    assert checkpoint.keep() == "--resume continues hnn from step 7"
    np.testing.assert_equal(checkpoint.load(), _state(7))


def test_an_interruption_before_any_state_says_so(tmp_path):
    assert Checkpoint(tmp_path / "hnn.npz").keep() == "no step of hnn is finished yet; --resume begins this training"
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_of_a_resumed_run_leaves_what_is_there(tmp_path):
    Checkpoint(tmp_path / "hnn.npz").update(_state(7), last=True)
    assert Checkpoint(tmp_path / "hnn.npz").keep() == "--resume continues hnn from its last checkpoint"
    np.testing.assert_equal(Checkpoint(tmp_path / "hnn.npz").load(), _state(7))


def test_nothing_is_saved_where_it_may_not_be(tmp_path):
    def refuse():
        raise FileNotFoundError("taken away")

    checkpoint = Checkpoint(tmp_path / "hnn.npz", refuse)
    with pytest.raises(FileNotFoundError, match="taken away"):
        checkpoint.update(_state(7), last=True)
    assert list(tmp_path.iterdir()) == []


def _samples(rng):
    return {"state": rng.normal(size=[20, 2]), "time_derivative": rng.normal(size=[20, 2])}


def _fit(path):
    """Trains by `OPTIONS` from the checkpoint that may be there; gives the states that it has at the end."""
    rng = np.random.default_rng(0)
    train, validation, test = _samples(rng), _samples(rng), _samples(rng)
    data = TrainingSet(DerivativeMatching(), train, validation, test, angles=())
    keras.utils.set_random_seed(0)
    model = hnn_tf.BaselineNetwork(hidden_units=[4])
    model.build([None, 2])
    checkpoint = Checkpoint(path)
    result = training_run.train(model, data, OPTIONS, checkpoint=checkpoint, progress=False)
    return result.losses, {name: value for name, value in checkpoint.load().items() if name != "fit_seconds"}


@pytest.mark.slow
def test_a_run_interrupted_at_any_step_ends_with_the_same_bits(tmp_path, monkeypatch):
    # Nothing is better than the start: patience, 60, ends the training at the look after 100 steps, and no earlier.
    monkeypatch.setattr(DerivativeMatching, "validation_loss", lambda *_: tf.constant(1.0))
    expected_losses, expected = _fit(tmp_path / "unbroken.npz")
    assert int(expected["step"]) == 100

    run_towards, broken = training_run.ShortCalls.run_towards, tmp_path / "broken.npz"
    for stop in (3, 50, 73):  # between two looks; at one; where patience would end it, if there were a look

        def interrupted(self, end, stop=stop):
            if self._loop.step == stop:
                raise KeyboardInterrupt
            return run_towards(self, min(end, stop))

        monkeypatch.setattr(training_run.ShortCalls, "run_towards", interrupted)
        with pytest.raises(KeyboardInterrupt):
            _fit(broken)
        assert interruption._last_words() == f"--resume continues broken from step {stop}"
    monkeypatch.setattr(training_run.ShortCalls, "run_towards", run_towards)
    losses, found = _fit(broken)
    assert losses == expected_losses
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value, err_msg=name)
