"""What every objective declares: the columns it needs and the loss it gives."""

import abc
from typing import ClassVar

import tensorflow as tf

from hnn_tf.typing import Samples, VectorField


class Objective(abc.ABC):
    """What "fits" means: a scalar loss of a model on samples.

    Attributes:
      name: What `--objective` calls it.
      columns: Names of the sample columns that the loss reads.
      num_substeps: Integrator steps in an interval, of an objective that integrates.
      learned_columns: Those of them that are only guesses, which training improves together with the model's weights.
    """

    name: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]
    learned_columns: ClassVar[tuple[str, ...]] = ()
    num_substeps: int = 1

    @abc.abstractmethod
    def loss(self, model: VectorField, samples: Samples) -> tf.Tensor:
        """Scalar loss of a vector field on samples with (at least) these columns."""

    def loss_at_step(self, model: VectorField, samples: Samples, step: tf.Tensor | None) -> tf.Tensor:
        """The loss that training step number `step` (from 0; None: after training) lowers; by default always `loss`."""
        del step
        return self.loss(model, samples)

    def integration_error(self, model: VectorField, samples: Samples) -> float:
        """How far twice as many integrator steps would move what is fitted, in its standard errors; 0 without any."""
        del model, samples
        return 0.0

    def validation_loss(self, model: VectorField, samples: Samples) -> tf.Tensor:
        """What model selection compares on held-out samples; by default `loss`.

        An objective that can tell models apart better than by its loss says how.
        """
        return self.loss(model, samples)

    def validation_samples(self, model: VectorField, samples: Samples) -> Samples:
        """Held-out samples as `validation_loss` is to see them: their learned columns, which nothing trains, fitted.

        Not in a graph, for each look at a model. By default the samples themselves.
        """
        del model
        return samples


def mean_squared_error(predicted: tf.Tensor, observed: tf.Tensor) -> tf.Tensor:
    """Mean over all elements of (predicted - observed)^2, for equal shapes only.

    Raises:
      ValueError: If the shapes differ (Keras' own MSE would broadcast them silently).
    """
    if not predicted.shape.is_compatible_with(observed.shape) or predicted.shape.rank != observed.shape.rank:
        raise ValueError(
            f"loss: expected predictions and observations of equal shape; received {predicted.shape}, {observed.shape}"
        )
    return tf.reduce_mean(tf.math.squared_difference(predicted, observed))
