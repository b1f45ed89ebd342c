"""Which weights a training leaves: averaged ones, the best on held-out samples, the same after a break."""

import importlib

import keras
import numpy as np
import pytest
from passing_loop import SAMPLES, Passing, passing_loop

import hnn_tf
from hnn_tf import BestWeights
from hnn_tf.objectives import Objective


def _values(loop):
    return [variable.numpy().copy() for variable in loop.trained_variables]


def _assert_equal(received, expected):
    for one, other in zip(received, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_best_weights_and_their_learned_columns_are_left():
    loop, by_hand = passing_loop(), passing_loop()
    losses = loop.fit(100, validation=SAMPLES, block_size=5)
    assert loop.step == 100
    seen = {0: (by_hand.validation_loss(SAMPLES), _values(by_hand))}
    for step in range(5, 101, 5):
        by_hand.run(5)
        seen[step] = by_hand.validation_loss(SAMPLES), _values(by_hand)
    best = min(seen, key=lambda step: seen[step][0])
    assert 5 < best < 100
    assert (losses["best_step"], losses["validation_loss"]) == (best, seen[best][0])
    _assert_equal(_values(loop), seen[best][1])
    assert losses["train_loss"] == loop.loss()


def test_patience_ends_the_training():
    loop = passing_loop()
    losses = loop.fit(1000, validation=SAMPLES, block_size=5, patience=20)
    assert loop.step == losses["best_step"] + 20


def test_without_validation_the_last_weights_are_left():
    loop, plain = passing_loop(), passing_loop()
    assert loop.fit(7) == {"train_loss": loop.loss()}
    plain.run(7)
    _assert_equal(_values(loop), _values(plain))


def test_averages_are_the_exponential_ones_of_every_step():
    loop, plain = passing_loop(use_ema=True, ema_momentum=0.8), passing_loop()
    loop.fit(6)
    averages = None
    for _ in range(6):
        plain.run(1)
        now = _values(plain)
        averages = now if averages is None else [0.8 * a + 0.2 * v for a, v in zip(averages, now, strict=True)]
    for received, expected in zip(_values(loop), averages, strict=True):
        np.testing.assert_allclose(received, expected, rtol=1e-5)  # float32, compiled otherwise


@pytest.mark.slow
def test_looking_at_averages_leaves_the_training_alone():
    watched, plain = passing_loop(use_ema=True), passing_loop(use_ema=True)
    best = BestWeights(watched, SAMPLES)
    for _ in range(4):
        watched.run(5)
        best.update()
        plain.run(5)
    _assert_equal(watched.state().values(), plain.state().values())
    best.restore_best()  # the last: averages lag behind, and are still approaching 2
    plain.keep_averages()
    _assert_equal(_values(watched), _values(plain))


def test_before_the_first_step_there_is_nothing_to_average():
    loop = passing_loop(use_ema=True)
    before = _values(loop)
    loop.keep_averages()
    _assert_equal(_values(loop), before)


@pytest.mark.slow
def test_a_restored_search_ends_as_the_unbroken_one():
    schedule = keras.optimizers.schedules.CosineDecay(0.2, 60)
    unbroken = passing_loop(learning_rate=schedule, use_ema=True, ema_momentum=0.5)
    expected = unbroken.fit(60, validation=SAMPLES, block_size=5)
    first = passing_loop(learning_rate=schedule, use_ema=True, ema_momentum=0.5)
    best = BestWeights(first, SAMPLES)
    while first.step < expected["best_step"] + 10:  # so that the best is behind, and only the state has it
        first.run(5)
        best.update()
    second = passing_loop(learning_rate=schedule, use_ema=True, ema_momentum=0.5)
    again = BestWeights(second, SAMPLES)
    second.restore(first.state())
    again.restore(best.state())
    while second.step < 60:
        second.run(5)
        again.update()
    again.restore_best()
    assert (again.best_step, again.best_loss) == (expected["best_step"], expected["validation_loss"])
    _assert_equal(_values(second), _values(unbroken))


def test_a_state_of_other_weights_is_refused_and_changes_nothing():
    best = BestWeights(passing_loop(), SAMPLES)
    best.update()
    before = best.state()
    with pytest.raises(ValueError, match="expected the best weights of this model"):
        best.restore({name: value for name, value in before.items() if name != "best.0"})
    _assert_equal(best.state().values(), before.values())


class _NeverFinite(Passing):
    def validation_loss(self, model, samples):
        return super().validation_loss(model, samples) * float("nan")


def test_no_finite_validation_loss_is_an_error():
    with pytest.raises(ArithmeticError, match="expected a finite validation loss at some step"):
        passing_loop(objective=_NeverFinite()).fit(2, validation=SAMPLES)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"patience": 5}, "patience: expected validation samples"),
        ({"patience": 0, "validation": SAMPLES}, "patience: expected at least 1 step; received 0"),
        ({"block_size": 0, "validation": SAMPLES}, "block_size: expected an integer >= 1; received 0"),
        ({"validation": {}}, r"needs the columns \['target', 'offset'\]"),
    ],
)
def test_bad_options_are_refused_before_any_step(options, message):
    loop = passing_loop()
    with pytest.raises(ValueError, match=message):
        loop.fit(5, **options)
    assert loop.step == 0


def test_an_objective_validates_by_its_loss_unless_it_says_otherwise():
    class Plain(Passing):
        validation_loss = Objective.validation_loss

    loop = passing_loop(objective=Plain())
    other = {"target": np.ones([2, 1]), "offset": np.full([2, 1], 3.0)}  # of another number, and not learned
    assert loop.validation_loss(other) == loop.loss(other) != loop.loss()


def test_the_names_of_earlier_releases_give_it():
    assert hnn_tf.EarlyStopping is BestWeights
    for name in ("hnn_tf.early_stopping", "hnn_tf.training.early_stopping"):
        assert importlib.import_module(name).EarlyStopping is BestWeights
