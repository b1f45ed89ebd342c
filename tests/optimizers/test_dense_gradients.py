"""Variables that a loss doesn't depend on, as a constant in H."""

import keras
import pytest

from hnn_tf import HamiltonianNetwork, TrainingLoop
from hnn_tf.objectives import DerivativeMatching
from hnn_tf.optimizers import LBFGS, CoupledAdam


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", [CoupledAdam(1e-2), LBFGS()])
def test_a_constant_in_an_energy_is_no_hindrance(rng, optimizer):
    class Own(keras.layers.Layer):
        def __init__(self):
            super().__init__(dtype="float32")
            self.net = keras.Sequential([keras.layers.Dense(4, activation="tanh"), keras.layers.Dense(1)])

        def build(self, shape):
            self.net.build(shape)

        def call(self, state):
            return self.net(state)[..., 0]

    state = rng.normal(size=[12, 2])
    samples = {"state": state, "time_derivative": state[:, ::-1] * [2, -2]}
    model = HamiltonianNetwork(Own())
    model.build([None, 2])
    loop = TrainingLoop(model, DerivativeMatching(), optimizer, samples)
    before = loop.loss()
    loop.run(20)
    assert loop.loss() < before
