"""The match of accelerations under known forces."""

from typing import Any

import tensorflow as tf

from hnn_tf.declarations import declared
from hnn_tf.input_error import InputError
from hnn_tf.motion_parameters import check_parameters, given_parameters
from hnn_tf.objectives.base import mean_squared_error
from hnn_tf.objectives.dynamics_matching import DynamicsMatching
from hnn_tf.typing import Samples


class ForwardDynamics(DynamicsMatching):
    """Mean squared difference between the model's and the measured accelerations.

    L = mean |a(q, v, tau) - a|^2, where the mean is over samples and components.

    a(q, v, tau) is the method `forward_dynamics` of the model: the acceleration under the force tau. In contrast to
    `InverseDynamics`, an error of the force counts more where the mass is small.

    The columns are `position`, `velocity`, `acceleration` and `force`, `[B, n]` each, and `parameters` `[B, k]` if
    there are parameters.

    References:
      Lutter, Peters. Combining Physics and Deep Learning to learn Continuous-Time Dynamics Models. arXiv:2110.01894.
    """

    name = "forward_dynamics"

    def check(self, model: Any) -> None:
        """Refuses a model that computes no accelerations under forces.

        Raises:
          InputError: If the model has no method `forward_dynamics`.
        """
        if not declared(model, "computes_accelerations"):
            raise InputError(
                f"objective {self.name!r}: expected a model with a mass matrix, which computes accelerations under "
                f"forces; received {model.name!r}; take mechanical, mechanical_friction or mechanical_features"
            )

    def loss(self, model: Any, samples: Samples) -> tf.Tensor:
        """Returns the scalar loss of a model with the method `forward_dynamics` on samples."""
        parameters = samples.get("parameters")
        check_parameters(model, parameters)
        state = samples["position"], samples["velocity"]
        acceleration = model.forward_dynamics(*state, samples["force"], **given_parameters(parameters))
        return mean_squared_error(acceleration, samples["acceleration"])
