"""The loss of a true system on a run's test samples, which no model should be expected to go below."""

from typing import Any

import tensorflow as tf

from hnn_tf.fitted_model import FittedModel
from hnn_tf.systems import System


def loss_of_truth(system: System, fitted: FittedModel) -> dict[str, float]:
    """Returns `test_loss_of_truth`, the loss of the system on the test samples with the objective of the training."""
    objective = fitted.result.objective

    def loss(samples: Any) -> Any:
        return objective.loss(system, {name: tf.constant(column) for name, column in samples.items()})

    samples = objective.validation_samples(system, fitted.data.test)
    return {"test_loss_of_truth": objective.mean_loss(loss, samples)}
