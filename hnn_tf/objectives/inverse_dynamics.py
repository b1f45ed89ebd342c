"""The match of forces: a fit by the equation of motion, without any integration."""

from typing import Any

import tensorflow as tf

from hnn_tf.declarations import declared
from hnn_tf.input_error import InputError
from hnn_tf.motion_parameters import check_parameters, given_parameters
from hnn_tf.objectives.base import mean_squared_error
from hnn_tf.objectives.dynamics_matching import DynamicsMatching
from hnn_tf.typing import Samples


class InverseDynamics(DynamicsMatching):
    """Mean squared difference between the model's and the measured generalised forces.

    L = mean |tau(q, v, a) - tau|^2, where the mean is over samples and components.

    tau(q, v, a) is the method `inverse_dynamics` of the model: the force that moves the system with the acceleration a.
    Noise on the accelerations is an errors-in-variables regression, and the learned masses are too small.

    The columns are `position`, `velocity`, `acceleration` and `force`, `[B, n]` each, and `parameters` `[B, k]` if
    there are parameters.

    References:
      Lutter, Ritter, Peters. Deep Lagrangian Networks. arXiv:1907.04490.
    """

    name = "inverse_dynamics"
    closed_form = "forces"

    def check(self, model: Any) -> None:
        """Refuses a model that computes no forces.

        Raises:
          InputError: If the model has no method `inverse_dynamics`.
        """
        if not declared(model, "computes_forces"):
            raise InputError(
                f"objective {self.name!r}: expected a model with a mass matrix, which computes forces; received "
                f"{model.name!r}; take mechanical, mechanical_friction or mechanical_features"
            )

    def loss(self, model: Any, samples: Samples) -> tf.Tensor:
        """Returns the scalar loss of a model with the method `inverse_dynamics` on samples."""
        parameters = samples.get("parameters")
        check_parameters(model, parameters)
        state = samples["position"], samples["velocity"]
        force = model.inverse_dynamics(*state, samples["acceleration"], **given_parameters(parameters))
        return mean_squared_error(force, samples["force"])
