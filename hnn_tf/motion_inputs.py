"""The inputs u(t) of a motion: quantities, such as forces, that act on a system from outside."""

from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf.declarations import declared, name_of
from hnn_tf.input_error import InputError


def check_inputs(motion: Any, inputs: Any) -> None:
    """Refuses inputs that a motion does not take, and missing inputs.

    Args:
      motion: A motion that declares `num_inputs`, m.
      inputs: A tensor or an array `[..., m]`, or None.

    Raises:
      InputError: If the motion takes no inputs and there are some, or it takes inputs, and they are missing or have
        another width than m.
    """
    name = name_of(motion)
    expected = motion.num_inputs
    if inputs is None and expected:
        raise InputError(
            f"{name}: expected inputs of width {expected}; received none; give inputs=..., with zeros for the free "
            "motion"
        )
    if inputs is None:
        return
    if not expected:
        raise InputError(f"{name}: takes no inputs; leave the inputs out, or take a model with control=LinearInput(m)")
    shape = tuple(inputs.shape)
    if not shape or shape[-1] not in (None, expected):
        raise InputError(f"{name}: expected inputs of width {expected}; received shape {shape}")


def check_free(motion: Any, purpose: str, *, mend: str) -> None:
    """Refuses a motion with inputs, for a function that takes no inputs.

    Args:
      motion: A motion, which may declare `num_inputs`.
      purpose: What the function does, or its name.
      mend: What to do instead.

    Raises:
      InputError: If the motion has inputs.
    """
    if declared(motion, "num_inputs"):
        raise InputError(
            f"{name_of(motion)}: expected a motion without inputs, because {purpose} takes none; received one with "
            f"{declared(motion, 'num_inputs')}; {mend}"
        )


def interval_ends(inputs: Any, interpolation: str) -> Any:
    """Returns the inputs just before the next sample, `[..., T, m]`, for samples `[..., T, m]`.

    In interval i, the inputs change linearly from `inputs[..., i, :]` to this array's element i. A held sample does not
    change. After the last sample, there is no interval, and the last sample is repeated.
    """
    if interpolation == "zero_order_hold":
        return inputs
    join = tf.concat if tf.is_tensor(inputs) else np.concatenate
    return join([inputs[..., 1:, :], inputs[..., -1:, :]], -2)
