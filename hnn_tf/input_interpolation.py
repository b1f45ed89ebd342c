"""The names of the interpolations of inputs between two samples. This module imports nothing heavy."""

from typing import Literal, TypeAlias

from hnn_tf.input_error import InputError

InputInterpolation: TypeAlias = Literal["zero_order_hold", "linear"]
"""The values of inputs between two samples.

With "zero_order_hold", each sample is held until the next one. With "linear", the inputs change linearly from each
sample to the next.
"""

INTERPOLATIONS: tuple[InputInterpolation, ...] = ("zero_order_hold", "linear")


def check_interpolation(interpolation: str) -> None:
    """Refuses an unknown interpolation.

    Raises:
      InputError: If there is no such interpolation.
    """
    if interpolation not in INTERPOLATIONS:
        known = ", ".join(INTERPOLATIONS)
        raise InputError(f"input_interpolation: expected one of {known}; received {interpolation!r}")
