"""What models of a motion say of themselves, so that nobody has to ask for their class or name."""

import keras

from hnn_tf.models.nested_lists import TakesNestedLists


class LearnedMotion(TakesNestedLists):
    """Base class of models of a motion.

    Attributes:
      momentum_is_velocity: Whether the model takes the momentum for the velocity, dq/dt = p.
    """

    momentum_is_velocity = False

    def has_closed_form(self) -> bool:
        """Whether all that is learned of H are coefficients that H is linear in, so that linear solves find them."""
        return False

    def vector_field(self) -> keras.Model:
        """The part that moves states `[..., 2n]`: the model itself, unless it sees something else than states."""
        return self

    def physical_parameters(self) -> dict[str, float]:
        """Learned numbers that have a meaning by themselves, by name, as the coefficient of friction."""
        return {}
