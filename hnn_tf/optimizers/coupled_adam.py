"""Adam with coupled L2 regularisation, as the reference code trains."""

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="hnn_tf")
class CoupledAdam(keras.optimizers.Adam):
    """Adam on the loss plus (l2 / 2) |v|^2: the penalty's gradient goes through Adam's moments.

    g <- g + l2 v, then Adam. This is torch.optim.Adam's `weight_decay`; Keras' `Adam(weight_decay=...)` is
    the other kind (decoupled: v <- v - lr decay v, beside the moments). The Adam is Keras' own, which differs from
    torch's in roundings: it adds epsilon before the bias correction, and keeps its coefficients in float32.

    Args:
      learning_rate: Step size.
      l2: Coefficient >= 0 of the penalty's gradient, for all variables, biases included, but those
        named to `exclude_from_weight_decay`.
      epsilon: Added to the root of the second moment; torch's 1e-8 by default.

    References:
      Loshchilov, Hutter. Decoupled Weight Decay Regularization. arXiv:1711.05101, algorithm 2 (pink).
    """

    def __init__(self, learning_rate: float = 1e-3, *, l2: float = 0.0, epsilon: float = 1e-8, **kwargs: Any) -> None:
        super().__init__(learning_rate=learning_rate, epsilon=epsilon, **kwargs)
        self.l2 = l2

    def update_step(self, gradient: tf.Tensor, variable: keras.Variable, learning_rate: tf.Tensor) -> None:
        """Updates one variable by its gradient."""
        if self._use_weight_decay(variable):
            gradient = gradient + self.l2 * tf.convert_to_tensor(variable)
        super().update_step(gradient, variable, learning_rate)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return super().get_config() | {"l2": self.l2}
