"""The base class of models of a motion, in which a model declares its properties."""

from typing import Any

import keras
import numpy as np

from hnn_tf.models.nested_lists import TakesNestedLists
from hnn_tf.motion_inputs import check_inputs
from hnn_tf.motion_parameters import check_parameters


class LearnedMotion(TakesNestedLists):
    """The base class of models of a motion.

    Other code reads the properties that a model declares here, and does not ask for the class or the name of a model.
    `hnn_tf.declarations` lists all declarations, and reads them from any Keras model.

    Attributes:
      momentum_is_velocity: Whether the model assumes that the second half of a state is the velocity dq/dt.
      sees_frames: Whether the model sees pictures, and not states.
      canonical: Whether the state is (q, p). Only then can a step of a motion that conserves energy preserve dq ^ dp.
    """

    momentum_is_velocity = False
    canonical = True
    sees_frames = False

    @property
    def num_inputs(self) -> int:
        """The number of inputs m of a call `model(state, inputs=u)`; 0 if the model takes no inputs."""
        return 0

    @property
    def num_parameters(self) -> int:
        """The number of parameters k of a call `model(state, parameters=theta)`; 0 if the model takes none."""
        return 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Returns the model's output.

        Raises:
          InputError: If inputs or parameters are missing, do not fit, or are given to a model that takes none.
        """
        if not self.num_parameters and "parameters" in kwargs:
            # The method `call` of such a model need not have this argument.
            check_parameters(self, kwargs.pop("parameters"))
        return super().__call__(*args, **kwargs)

    def _check_call(self, state: Any, given: dict[str, Any]) -> None:
        check_inputs(self, given.get("inputs"))
        super()._check_call(state, given)

    def has_closed_form(self) -> bool:
        """Returns whether H is linear in all of its learned numbers, so that linear solves can find these numbers."""
        return False

    def forces_have_closed_form(self) -> bool:
        """Returns whether the forces of `inverse_dynamics` are linear in all learned numbers."""
        return False

    def computes_forces(self) -> bool:
        """Returns whether there is a method `inverse_dynamics(position, velocity, acceleration)` for the forces."""
        return False

    def computes_accelerations(self) -> bool:
        """Returns whether there is a method `forward_dynamics(position, velocity, force)` for the accelerations."""
        return False

    def vector_field(self) -> keras.Model:
        """Returns the model of states `[..., 2n]`: the model itself, or the inner one of a model that sees pictures."""
        return self

    def check_states(self, states: np.ndarray) -> None:
        """Refuses states `[N, 2n]` at which the model has no motion; by default, the model has one everywhere.

        Raises:
          InputError: If there is such a state.
        """

    def physical_parameters(self) -> dict[str, float]:
        """Returns the learned numbers with a physical meaning, by name, for example the coefficient of friction."""
        return {}
