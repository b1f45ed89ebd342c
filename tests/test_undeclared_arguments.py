"""Keras models that declare no inputs and parameters."""

import keras
import pytest
import tensorflow as tf

from hnn_tf import InputError, objectives, rollout

STATES = tf.constant([[1.0, 0.0], [0.3, 0.4]])


def _functional():
    state = keras.Input([2])
    return keras.Model(state, keras.layers.Dense(2)(state), name="stock")


class _Shifted(keras.Model):
    def call(self, state, inputs=None, parameters=None):
        return state + (parameters if inputs is None else inputs)


@pytest.mark.parametrize("name", ["inputs", "parameters"])
@pytest.mark.parametrize("model", [lambda: keras.Sequential([keras.layers.Dense(2)], name="stock"), _functional])
def test_models_that_would_ignore_an_argument_are_refused_in_one_line(model, name):
    samples = {"state": STATES, "time_derivative": STATES, name: STATES[:, :1]}
    given = {"inputs": tf.ones([3, 1]), "parameters": [1.0]}
    for use in (
        lambda: objectives.DerivativeMatching().loss(model(), samples),
        lambda: rollout(model(), STATES, step_size=0.1, num_steps=2, **{name: given[name]}),
    ):
        with pytest.raises(InputError, match=f"stock: expected a method call.*its call takes no {name}") as refused:
            use()
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["inputs", "parameters"])
def test_models_that_name_the_argument_take_it(name):
    samples = {"state": STATES, "time_derivative": STATES + 2.0, name: tf.fill([2, 1], 2.0)}
    assert float(objectives.DerivativeMatching().loss(_Shifted(), samples)) == 0.0
