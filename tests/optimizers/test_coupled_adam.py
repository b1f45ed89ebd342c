"""Adam with coupled L2, against torch's algorithm in plain NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf.optimizers import CoupledAdam

# Sums of few powers of two: Keras rounds the learning rate, and the betas of the bias correction, to float32, whatever
# the variables are.
LEARNING_RATE = 2.0**-7
BETAS = (1 - 2.0**-3, 1 - 2.0**-8)


def _torch_adam(value, gradients, *, weight_decay, eps=1e-8, betas=(0.9, 0.999), corrected=None):
    """torch.optim.Adam(weight_decay=...) as its documentation prints it; `corrected`: the bias correction's betas."""
    corrected = corrected or betas
    m, v, theta = np.zeros_like(value), np.zeros_like(value), value.copy()
    for t, gradient in enumerate(gradients, 1):
        g = gradient + weight_decay * theta
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        m_hat, v_hat = m / (1 - corrected[0] ** t), v / (1 - corrected[1] ** t)
        theta = theta - LEARNING_RATE * m_hat / (np.sqrt(v_hat) + eps)
    return theta


def _apply(optimizer, value, gradients):
    variable = tf.Variable(value)
    for gradient in gradients:
        optimizer.apply([tf.constant(gradient)], [variable])
    return variable.numpy()


@pytest.fixture
def value(rng):
    return rng.normal(size=[4, 3])


@pytest.fixture
def gradients(rng):
    return rng.normal(size=[20, 4, 3])


@pytest.mark.parametrize("l2", [0.0, 1e-4, 0.5])
def test_equals_torchs_adam_with_weight_decay(value, gradients, l2):
    # So small an epsilon drops out: Keras adds it before, torch after the second moment's bias correction.
    optimizer = CoupledAdam(LEARNING_RATE, l2=l2, epsilon=1e-30, beta_1=BETAS[0], beta_2=BETAS[1])
    expected = _torch_adam(value, gradients, weight_decay=l2, eps=1e-30, betas=BETAS)
    # 1e-13: the roundings of 20 steps.
    np.testing.assert_allclose(_apply(optimizer, value, gradients), expected, rtol=0, atol=1e-13)


def test_the_defaults_are_torchs(value, gradients):
    received = _apply(CoupledAdam(LEARNING_RATE, l2=0.5), value, gradients)
    rounded = tuple(float(np.float32(beta)) for beta in (0.9, 0.999))  # Keras' bias correction has float32's
    expected = _torch_adam(value, gradients, weight_decay=0.5, corrected=rounded)
    # Keras adds epsilon before the second moment's bias correction, which changes each of 20 steps by its ratio to the
    # root of that moment: never less than sqrt(1e-3) of the first gradient.
    first = np.abs(gradients[0] + 0.5 * value).min()
    np.testing.assert_allclose(received, expected, rtol=0, atol=20 * LEARNING_RATE * 1e-8 / (1e-3**0.5 * first))


def test_differs_from_decoupled_decay(value, gradients):
    coupled = _apply(CoupledAdam(LEARNING_RATE, l2=0.5), value, gradients)
    decoupled = _apply(keras.optimizers.Adam(LEARNING_RATE, weight_decay=0.5, epsilon=1e-8), value, gradients)
    assert np.abs(coupled - decoupled).max() > 1e-2


def test_no_penalty_is_keras_adam(value, gradients):
    plain = _apply(keras.optimizers.Adam(LEARNING_RATE, epsilon=1e-8), value, gradients)
    np.testing.assert_array_equal(_apply(CoupledAdam(LEARNING_RATE), value, gradients), plain)


def test_the_penalty_pulls_on_a_loss_without_a_slope():
    # Adam's steps are of the learning rate's size, whatever the slope's: 20 of them.
    end = _apply(CoupledAdam(LEARNING_RATE, l2=1e-3), np.array([1.0, -1.0]), np.zeros([20, 2]))
    np.testing.assert_allclose(end, [1 - 20 * LEARNING_RATE, -1 + 20 * LEARNING_RATE], rtol=0.01)


def test_the_configuration_makes_the_same_optimizer():
    optimizer = CoupledAdam(0.125, l2=0.25, epsilon=0.5, beta_1=0.75)
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert type(again) is CoupledAdam
    assert again.get_config() == optimizer.get_config()
    assert (again.l2, again.epsilon, again.beta_1) == (0.25, 0.5, 0.75)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")  # Keras', with NumPy 2
def test_a_saved_model_keeps_its_optimizer(tmp_path):
    model = keras.Sequential([keras.Input([2]), keras.layers.Dense(1)])
    model.compile(CoupledAdam(l2=0.25), "mse")
    model.fit(np.ones([4, 2]), np.ones([4, 1]), verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras").optimizer
    assert (type(loaded), loaded.l2, int(loaded.iterations)) == (CoupledAdam, 0.25, 1)
