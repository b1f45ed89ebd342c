"""Adam with coupled L2 regularisation, as in the reference code."""

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="hnn_tf")
class CoupledAdam(keras.optimizers.Adam):
    """Adam on the loss plus (l2 / 2) |v|^2, where the penalty's gradient goes through Adam's moments.

    g <- g + l2 v, then Adam. The penalty is `weight_decay` in torch.optim.Adam. Keras' `Adam(weight_decay=...)` is the
    decoupled variant, v <- v - lr decay v, which does not use the moments. The Adam here is Keras' own, which differs
    from torch's in roundings: it adds epsilon before the bias correction, and keeps its coefficients in float32.

    Args:
      learning_rate: The step size.
      l2: The coefficient >= 0 of the penalty's gradient, for all variables including biases, except those given to
        `exclude_from_weight_decay`.
      epsilon: The number that is added to the root of the second moment; by default 1e-8, as in torch.

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
        """Returns the constructor's arguments."""
        return super().get_config() | {"l2": self.l2}
