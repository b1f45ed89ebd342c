"""The optimizer that options of a training name."""

import numpy as np
import pytest
import tensorflow as tf

from hnn_tf.optimizers import LBFGS, CoupledAdam
from hnn_tf.training.training_options import TrainingOptions
from hnn_tf.training.training_run import optimizer


def _optimizer(**options):
    return optimizer(TrainingOptions(**{"learning_rate": 0.4, "steps": 60, "weight_decay": 0.25} | options))


@pytest.mark.parametrize(("schedule", "rates"), [("constant", [0.4, 0.4, 0.4]), ("cosine", [0.4, 0.2, 0.0])])
def test_the_learning_rate_follows_its_schedule(schedule, rates):
    made = _optimizer(learning_rate_schedule=schedule)
    received = []
    for step in (0, 30, 60):
        made.iterations.assign(step)
        received.append(float(tf.convert_to_tensor(made.learning_rate)))
    # float32 of numbers of order 1.
    np.testing.assert_allclose(received, rates, atol=1e-6)


@pytest.mark.parametrize("averages", [False, True])
def test_adam_averages_on_request(averages):
    made = _optimizer(average_weights=averages)
    assert (type(made), made.use_ema, made.l2) == (CoupledAdam, averages, 0.25)


def test_lbfgs_has_the_same_penalty():
    made = _optimizer(optimizer="lbfgs")
    assert (type(made), made.l2) == (LBFGS, 0.25)
