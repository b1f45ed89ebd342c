"""The optimizer that a run's flags name."""

import types

import numpy as np
import pytest
import tensorflow as tf

from hnn_tf.optimizers import LBFGS, CoupledAdam
from trainers import fitting


def _settings(**others):
    return types.SimpleNamespace(
        **{
            "optimizer": "adam",
            "learning_rate": 0.4,
            "learning_rate_schedule": "constant",
            "steps": 60,
            "weight_decay": 0.25,
            "average_weights": False,
        }
        | others
    )


@pytest.mark.parametrize(("schedule", "rates"), [("constant", [0.4, 0.4, 0.4]), ("cosine", [0.4, 0.2, 0.0])])
def test_the_learning_rate_follows_its_schedule(schedule, rates):
    optimizer = fitting.optimizer(_settings(learning_rate_schedule=schedule))
    received = []
    for step in (0, 30, 60):
        optimizer.iterations.assign(step)
        received.append(float(tf.convert_to_tensor(optimizer.learning_rate)))
    # float32 of numbers of order 1.
    np.testing.assert_allclose(received, rates, atol=1e-6)


@pytest.mark.parametrize("averages", [False, True])
def test_adam_averages_on_request(averages):
    optimizer = fitting.optimizer(_settings(average_weights=averages))
    assert (type(optimizer), optimizer.use_ema, optimizer.l2) == (CoupledAdam, averages, 0.25)


def test_lbfgs_has_the_same_penalty():
    optimizer = fitting.optimizer(_settings(optimizer="lbfgs"))
    assert (type(optimizer), optimizer.l2) == (LBFGS, 0.25)
