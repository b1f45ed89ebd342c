"""The choice among trained models by held-out recordings, with the rule of one standard error."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from hnn_tf.fitted_model import FittedModel
from hnn_tf.objectives.sample_columns import column_tensors
from hnn_tf.training.training_set import num_samples

_MOST_GROUPS = 20
"""The largest number of groups of samples whose losses are compared."""

_FEWEST_GROUPS = 5
"""The least number of groups whose spread is a useful estimate of the error of their mean."""


def simplest_of_the_best(found: Sequence[FittedModel]) -> int:
    """Returns the index of the first model whose validation loss is at most one standard error above the least loss.

    The standard error is that of the best model's mean loss over groups of validation samples. If there are fewer than
    five samples, the standard error is the loss times sqrt(2 / M), where M is the number of observed numbers. This is
    the standard error for M independent normal errors.

    Args:
      found: The models, the simplest first. All models were trained by one objective and with validation samples.

    Returns:
      The index in `found`.

    References:
      Breiman, Friedman, Olshen, Stone. Classification and Regression Trees, 1984, section 3.4.3.
    """
    losses = [_group_losses(each) for each in found]
    means = [float(np.mean(each)) for each in losses]
    best = int(np.argmin(means))
    if len(losses[best]) >= _FEWEST_GROUPS:
        error = float(np.std(losses[best], ddof=1)) / len(losses[best]) ** 0.5
    else:
        numbers = max(np.size(column) for column in (found[best].data.validation or {}).values())
        error = means[best] * (2.0 / numbers) ** 0.5
    return next(index for index, mean in enumerate(means) if mean <= means[best] + error)


def _group_losses(fitted: FittedModel) -> np.ndarray:
    """Returns the validation losses of groups of consecutive samples."""
    model, objective = fitted.model, fitted.result.objective
    samples = objective.validation_samples(model, fitted.data.validation or {})
    count = num_samples(samples)
    loss = tf.function(lambda columns: objective.validation_loss(model, columns), autograph=False)
    return np.array(
        [
            objective.mean_loss(
                lambda columns: loss(column_tensors(objective, columns, model.compute_dtype)),
                {name: np.asarray(samples[name])[group] for name in objective.columns_in(samples)},
            )
            for group in np.array_split(np.arange(count), min(count, _MOST_GROUPS))
        ]
    )
