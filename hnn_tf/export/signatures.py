"""The signatures of an exported model, with frozen copies of its variables."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf import integrators
from hnn_tf.declarations import declared, motion_of
from hnn_tf.export.model_card import DTYPES
from hnn_tf.input_error import InputError
from hnn_tf.input_interpolation import INTERPOLATIONS, check_interpolation
from hnn_tf.models.state_signatures import Signatures, state_signatures


class ServingModule(tf.Module):
    """A model in the form for TensorFlow Serving, and for Keras pipelines that embed the export.

    A model class declares its signatures with a method `serving_signatures`. The classes of `hnn_tf.models` use
    `state_signatures` and `frame_signatures` for it. Any other Keras model from a state to its time derivative has the
    signatures of states.

    `rollout` takes `state` as the state at `times[:, 0]`; B and T may be 0. Between two times, the whole batch takes
    equal steps: the smallest number that keeps the steps of the widest interval at or below `max_step_size`, or
    `substeps` steps. The batch takes no step where no row moves. A row is NaN from the first time on that is not finite
    or at which the call exceeds `max_steps`; other rows do not change (`hnn_tf.rollouts.step_limit.LimitedTimes`). A
    row is also NaN if an implicit or adaptive integrator finds no solution for it.

    If the model has inputs, `rollout` also takes the samples of the inputs at the times. The last sample is used only
    by the interpolation "linear". At repeated times, the inputs jump from the first to the last of their samples. If
    the model has parameters, every signature takes them, as one row for each state.

    Args:
      model: A built Keras model, state `[..., 2n]` -> time derivative `[..., 2n]`, or a model with
        `serving_signatures`.
      integrator: The integrator of `rollout`, a name or an `hnn_tf.integrators.Integrator`.
      max_step_size: The longest step of `rollout`, in the system's time unit, > 0.
      substeps: The steps of `rollout` between two times, >= 1. Exactly one of `max_step_size` and `substeps` is given.
      max_steps: The limit of all steps of a call of `rollout`, >= 1.
      input_interpolation: The inputs of `rollout` between two times; see `hnn_tf.rollout`. By default, if the model has
        inputs, "zero_order_hold".

    Attributes:
      weights: The copies of the variables.
      functions: The concrete function of every signature, by name.
      input_interpolation: The name of the interpolation, or None for a model without inputs.

    Raises:
      InputError: If the model is not built or returns no time derivative, the integrator does not accept the model, or
        there is no such interpolation or no inputs for it.
    """

    def __init__(
        self,
        model: keras.Model,
        *,
        integrator: str | integrators.Integrator,
        max_step_size: float | None = None,
        substeps: int | None = None,
        max_steps: int,
        input_interpolation: str | None = None,
    ) -> None:
        super().__init__()
        _check_names(model)
        if model.compute_dtype not in DTYPES:
            raise InputError(f"{model.name}: expected a model of float32 or float64; received {model.compute_dtype}")
        method = integrators.get(integrator)
        # checkpointing=False gives a graph without custom gradients, because an export cannot keep them.
        options: dict[str, Any] = {
            "integrator": method,
            "max_step_size": max_step_size,
            "substeps": substeps,
            "max_steps": max_steps,
            "checkpointing": False,
        }
        if declared(model, "num_inputs"):
            input_interpolation = options["input_interpolation"] = input_interpolation or INTERPOLATIONS[0]
            check_interpolation(input_interpolation)
        elif input_interpolation is not None:
            raise InputError(f"input_interpolation: {model.name} takes no inputs; leave the interpolation out")
        self.input_interpolation = input_interpolation
        signatures = signatures_of(model, **options)
        method.check(motion_of(model))
        # The module keeps copies, and no attribute refers to the model itself. Otherwise, the tracked Keras model would
        # be saved beside the copies, and sessions without Python do not find its variables. The copies are not
        # trainable, because Keras' TFSMLayer cannot train variables with foreign names.
        self.weights = [tf.Variable(v.value, trainable=False, name=_plain(v.path)) for v in model.variables]
        self.functions = {name: self._trace(model, body, specs) for name, (body, specs) in signatures.items()}

    def _trace(self, model: keras.Model, body: Callable, specs: Sequence[tf.TensorSpec]) -> Callable:
        def function(**inputs: tf.Tensor) -> dict[str, tf.Tensor]:
            # A session does not check the shape of a placeholder. Without this check, an inner operation would fail, or
            # accept a wrong shape.
            inputs = {spec.name: tf.ensure_shape(inputs[spec.name], spec.shape) for spec in specs}
            # Each variable is read once, outside all loops.
            if len(model.variables) != len(self.weights):
                raise InputError(f"{model.name}: expected a model with all weights; call the model on a state first")
            values = [(v, w.read_value()) for v, w in zip(model.variables, self.weights, strict=True)]
            with keras.StatelessScope(state_mapping=values):
                return body(**inputs)

        # There is no jit_compile, because a server with its default settings refuses every call of such a function. The
        # inputs are keyword arguments, because only these keep their names.
        return tf.function(function, autograph=False).get_concrete_function(**{spec.name: spec for spec in specs})


def signatures_of(model: keras.Model, **rollout_options: Any) -> Signatures:
    """Returns the signatures that a model declares, or the signatures of states if it declares none.

    Raises:
      InputError: If the model is not built, or its state width is unknown or odd.
    """
    own = declared(model, "serving_signatures")
    return own(**rollout_options) if own else state_signatures(model, **rollout_options)


def _check_names(model: keras.Model) -> None:
    # The names are checked before the first graph. Keras keeps a name that TensorFlow has refused, and then all later
    # graphs of the process fail.
    for name in [model.name, *(part for v in model.variables for part in v.path.split("/"))]:
        if not re.fullmatch("[A-Za-z0-9.][A-Za-z0-9_.-]*", name):
            raise InputError(
                f"{name!r}: expected ASCII letters, digits, '_', '.' and '-' as the name of a model or layer"
            )


def _plain(path: str) -> str:
    """Converts a variable's path to a name that every version of TensorFlow accepts."""
    return re.sub("[^A-Za-z0-9_.-]", "_", path).lstrip("_-") or "weights"
