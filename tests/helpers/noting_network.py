"""A network that notes how many states it is called at."""

import keras
import numpy as np

from hnn_tf import BaselineNetwork

SEEN = []
"""How many, whenever a network was traced or called."""


class NotingNetwork(BaselineNetwork):
    def call(self, state):
        SEEN.append(int(np.prod(state.shape[:-1])))
        return super().call(state)


def noting_network(dtype="float64"):
    """One of 2-6-2."""
    keras.utils.set_random_seed(0)
    model = NotingNetwork(hidden_units=(6,), dtype=dtype)
    model.build([None, 2])
    return model
