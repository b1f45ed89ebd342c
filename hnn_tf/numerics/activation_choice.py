"""The choice of an activation by a name or a function."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError, one_line
from hnn_tf.numerics.activation_functions import Activation
from hnn_tf.numerics.activations import ACTIVATIONS
from hnn_tf.numerics.eager_thread import in_eager_thread
from hnn_tf.numerics.probed_activation import POINTS, Function, has_second_derivative, name_of, probed_activation
from hnn_tf.typing import ActivationLike


def known(activation: Any) -> ActivationLike:
    """Returns an activation as a model keeps it: its name or, if it has no name, the function itself.

    Args:
      activation: A name in `ACTIVATIONS` or `keras.activations`; a function of Keras or TensorFlow that has such a
        name; a function that is registered with Keras; or the result of `serialized` for such a function.

    Raises:
      InputError: If there is no such activation; if the function does not map each number separately (softmax, for
        example, does not); or if a model's file cannot name the function.
    """
    if isinstance(activation, Mapping):
        try:
            activation = keras.saving.deserialize_keras_object(dict(activation))
        except (TypeError, ValueError) as error:  # the function is not registered in this process
            raise InputError(f"activation: expected an activation that Keras can load: {one_line(error)}") from error
    elif isinstance(activation, str):
        if activation in ACTIVATIONS:
            return activation
        try:
            activation = keras.activations.get(activation)
        except ValueError as error:
            raise InputError(
                f"activation: expected one of {', '.join(sorted(ACTIVATIONS))}, another name of keras.activations, or "
                f"a function; received {activation!r}"
            ) from error
    if not callable(activation) or isinstance(activation, type | keras.layers.Layer):
        raise InputError(
            f"activation: expected a name or a function, as keras.activations.tanh; received {activation!r}"
        )
    name = _name(activation)
    if name is not None and name in ACTIVATIONS:
        return name
    probed_activation(activation)  # refuses a function that is not an activation
    if name is None and not _is_registered(activation):
        raise InputError(
            f"activation {name_of(activation)!r}: expected a function that a model's file can name; received another; "
            "define the function by `def` below the line @keras.saving.register_keras_serializable()"
        )
    return name or activation


def serialized(activation: ActivationLike) -> str | dict[str, Any]:
    """Returns a `known` activation in the form of a model's configuration."""
    return activation if isinstance(activation, str) else keras.saving.serialize_keras_object(activation)


def get(activation: Any) -> Activation:
    """Returns the activation for a name or a function.

    Raises:
      InputError: For the same reasons as in `known`.
    """
    chosen = known(activation)
    if isinstance(chosen, str) and chosen in ACTIVATIONS:
        return ACTIVATIONS[chosen]
    return probed_activation(keras.activations.get(chosen))


def get_smooth(activation: Any) -> Activation:
    """Returns the activation for a name or a function, for a Hamiltonian, which needs a smooth one.

    The motion is the derivative of H, and training differentiates the motion again.

    Raises:
      InputError: For the same reasons as in `known`, or if the activation is not smooth or has no second derivative.
    """
    found, chosen = get(activation), known(activation)
    name = chosen if isinstance(chosen, str) else name_of(chosen)
    if not found.smooth:
        raise InputError(
            f"activation {name!r}: expected a smooth activation for a Hamiltonian, whose derivative is the motion; "
            "use 'tanh', 'silu', 'softplus' or 'sine'"
        )
    if chosen not in ACTIVATIONS and not has_second_derivative(found):
        raise InputError(
            f"activation {name!r}: expected a second derivative in TensorFlow, because training a Hamiltonian needs "
            "second derivatives; write the activation in other operations, or use 'tanh', 'silu', 'softplus' or 'sine'"
        )
    return found


def _name(function: Function) -> str | None:
    """Returns the name in `ACTIVATIONS` or `keras.activations` of a function of Keras or TensorFlow, or None."""
    if (getattr(function, "__module__", None) or "").split(".")[0] not in ("keras", "tensorflow"):
        return None
    builtin = getattr(keras.activations, name_of(function), None)
    if function is builtin and builtin.__name__ not in ACTIVATIONS:
        return builtin.__name__
    # Other functions are recognised by their values, because a name can have two functions: `keras.ops.gelu` differs
    # from `keras.activations.gelu`.
    candidates = {name: activation.value for name, activation in ACTIVATIONS.items()}
    if builtin is not None:
        candidates |= {builtin.__name__: builtin}
    return in_eager_thread(lambda: _equal_one(function, candidates))


def _equal_one(function: Function, candidates: Mapping[str, Function]) -> str | None:
    values = _values(function)
    return next((name for name, other in candidates.items() if _equal(_values(other), values)), None)


def _values(function: Function) -> np.ndarray | None:
    try:
        return np.asarray(function(tf.constant(POINTS)))
    except Exception:  # the function expects other arguments or other shapes
        return None


def _equal(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    return one is not None and other is not None and one.shape == other.shape and np.allclose(one, other, 1e-12, 1e-12)


def _is_registered(function: Function) -> bool:
    if name_of(function) == "<lambda>":
        return False
    try:
        return keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(function)) is function
    except (AttributeError, TypeError, ValueError):
        return False
