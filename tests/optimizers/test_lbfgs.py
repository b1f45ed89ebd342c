"""L-BFGS: its minimum is the right one, it never climbs, and it goes on where it stopped."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import BaselineNetwork, TrainingLoop
from hnn_tf.objectives import DerivativeMatching, Objective
from hnn_tf.optimizers import LBFGS


class _Regression(Objective):
    """Least squares of a network's weights themselves, and of offsets that are learned with them."""

    name = "regression"
    columns = ("inputs", "output", "offset")
    learned_columns = ("offset",)

    def loss(self, model, samples):
        weights = tf.concat([tf.reshape(variable.value, [-1]) for variable in model.trainable_variables], 0)
        error = tf.linalg.matvec(samples["inputs"], weights) - samples["output"]
        return tf.reduce_mean(error**2) + tf.reduce_mean((samples["offset"] - 5.0) ** 2)


def _model(*, dtype="float64"):
    keras.utils.set_random_seed(0)
    model = BaselineNetwork(hidden_units=(4,), dtype=dtype)
    model.build([None, 2])
    return model


def _loop(**options):
    state = np.random.default_rng(1).normal(size=[30, 2])
    samples = {"state": state, "time_derivative": np.sin(state[:, ::-1])}
    return TrainingLoop(_model(dtype="float32"), DerivativeMatching(), LBFGS(l2=1e-2, memory=3), samples, **options)


@pytest.fixture(scope="module")
def training():
    """A loop after 300 steps; of the first 20, what `run` returned, and of each point its loss without and with L2."""
    loop = _loop()
    returned, losses, penalised = [], [], []
    for step in range(21):
        losses.append(loop.loss())
        penalised.append(losses[-1] + 0.5e-2 * sum(np.sum(v.numpy() ** 2) for v in loop.trained_variables))
        if step < 20:
            returned.append(loop.run(1))
    loop.run(280)
    return loop, returned, losses, penalised


@pytest.mark.slow
def test_other_samples_are_fitted_from_where_it_stopped(rng):
    model = _model()
    size = sum(variable.numpy().size for variable in model.trainable_variables)
    inputs, output = rng.normal(size=[50, size]), rng.normal(size=50)
    samples = {"inputs": inputs, "output": output, "offset": np.full([50, 1], 5.0)}
    loop = TrainingLoop(model, _Regression(), LBFGS(), samples)
    loop.run(60)
    least = loop.loss()
    loop.replace_samples(samples | {"output": 2 * output})
    assert loop.run(1) == pytest.approx(np.mean((2 * output - _fitted(inputs, output)) ** 2), rel=1e-3)
    loop.run(60)
    assert loop.loss() == pytest.approx(4 * least, rel=1e-3)


def _fitted(inputs, output):
    return inputs @ np.linalg.lstsq(inputs, output, rcond=None)[0]


@pytest.mark.slow
def test_the_minimum_is_that_of_the_normal_equations(rng):
    model = _model()
    size = sum(variable.numpy().size for variable in model.trainable_variables)
    inputs, output = rng.normal(size=[50, size]), rng.normal(size=50)
    samples = {"inputs": inputs, "output": output, "offset": np.zeros([50, 1])}
    loop = TrainingLoop(model, _Regression(), LBFGS(l2=0.3, memory=3), samples)
    loop.run(80)
    expected = np.linalg.solve(2 / 50 * inputs.T @ inputs + 0.3 * np.eye(size), 2 / 50 * inputs.T @ output)
    received = np.concatenate([variable.numpy().ravel() for variable in model.trainable_variables])
    # Of a quadratic 80 steps find all digits that the loss, known to 1e-16, shows: half of them.
    np.testing.assert_allclose(received, expected, atol=1e-7)
    # Without the penalty, which would pull offsets to 4.
    np.testing.assert_allclose(loop.learned["offset"], 5.0, atol=1e-7)


@pytest.mark.slow
def test_every_step_lowers_the_penalised_loss_and_the_end_is_far_below(training):
    penalised = training[3]
    assert max(np.diff(penalised)) < 1e-6  # float32, summed in another order
    assert penalised[-1] < 0.5 * penalised[0]


def test_the_returned_loss_is_the_objectives_before_the_step(training):
    np.testing.assert_allclose(training[1], training[2][:-1], rtol=1e-5)  # float32, without the penalty that was added


def test_where_nothing_is_lower_the_weights_stay_finite_and_as_good(training):
    loop = training[0]
    least = loop.loss()
    loop.run(50)
    assert loop.loss() == pytest.approx(least, rel=1e-3)  # float32: the penalty may yet fall by what the loss rises
    assert all(np.isfinite(value).all() for value in loop.state().values())


@pytest.mark.slow
def test_a_restored_state_continues_bit_by_bit():
    loop = _loop()
    loop.run(7)
    middle = loop.state()
    loop.run(5)
    end = loop.state()
    loop.restore(middle)
    loop.run(5)
    for name, value in loop.state().items():
        np.testing.assert_array_equal(value, end[name], err_msg=name)


def test_batches_are_refused():
    with pytest.raises(ValueError, match="batch_size: LBFGS expects all samples in every step; received 5"):
        _loop(batch_size=5)


def test_keras_fit_is_refused():
    model = _model(dtype="float32")
    model.compile(optimizer=LBFGS(), loss="mse")
    with pytest.raises(TypeError, match=r"expected hnn_tf\.TrainingLoop"):
        model.fit(np.zeros([4, 2]), np.zeros([4, 2]), verbose=0)


def test_a_memory_of_nothing_is_refused():
    with pytest.raises(ValueError, match="memory: expected an integer >= 1; received 0"):
        LBFGS(memory=0)


def test_comes_back_from_its_config():
    config = keras.optimizers.serialize(LBFGS(l2=0.5, memory=3, name="other"))
    again = keras.optimizers.deserialize(config)
    assert (again.l2, again.memory, again.name) == (0.5, 3, "other")
