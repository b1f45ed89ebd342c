"""The signatures that an exported model offers, over frozen copies of its variables."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf import integrators
from hnn_tf.export.model_card import DTYPES
from hnn_tf.input_error import InputError
from hnn_tf.models.state_signatures import Signatures, state_signatures


class ServingModule(tf.Module):
    """A model as TensorFlow Serving, and Keras pipelines that embed it, take it.

    A model class declares its signatures itself, by a method `serving_signatures`, as those of `hnn_tf.models` do by
    `state_signatures` and `frame_signatures`; any other Keras model state -> time derivative has those of states.

    `rollout` takes `state` as the state at `times[:, 0]`; B and T may be 0. Between two times the whole batch takes
    as many equal steps as keep the widest interval's at or below `max_step_size`, or `substeps` of them; none where
    no row moves. A row with times that aren't finite, or take the call past `max_steps`, is NaN from there on, and
    changes no other (`hnn_tf.rollouts.step_limit.LimitedTimes`). So is one for which an implicit or adaptive
    integrator finds no solution.

    Args:
      model: A built Keras model, state `[..., 2n]` -> time derivative `[..., 2n]`, or one with `serving_signatures`.
      integrator: Of `rollout`, a name or an `hnn_tf.integrators.Integrator`.
      max_step_size: Of `rollout`, in the system's time unit, > 0.
      substeps: Of `rollout`, >= 1; exactly one of the two is given.
      max_steps: Of a call of `rollout` in all, >= 1.

    Attributes:
      weights: The copies of the variables.
      functions: Concrete function of every signature, by name.

    Raises:
      InputError: If the model isn't built or gives no time derivative, or the integrator can't take it.
    """

    def __init__(
        self,
        model: keras.Model,
        *,
        integrator: str | integrators.Integrator,
        max_step_size: float | None = None,
        substeps: int | None = None,
        max_steps: int,
    ) -> None:
        super().__init__()
        _check_names(model)
        if model.compute_dtype not in DTYPES:
            raise InputError(f"{model.name}: expected a model of float32 or float64; received {model.compute_dtype}")
        method = integrators.get(integrator)
        # checkpointing=False: a graph without custom gradients, which an export can't keep.
        options = {
            "integrator": method,
            "max_step_size": max_step_size,
            "substeps": substeps,
            "max_steps": max_steps,
            "checkpointing": False,
        }
        signatures = signatures_of(model, **options)
        method.check(getattr(model, "dynamics", model))
        # Copies, and the model itself in no attribute: a tracked Keras model would be saved beside them, and sessions
        # without Python don't find its variables. Not trainable, because Keras' TFSMLayer can't train foreign names.
        self.weights = [tf.Variable(v.value, trainable=False, name=_plain(v.path)) for v in model.variables]
        self.functions = {name: self._trace(model, body, specs) for name, (body, specs) in signatures.items()}

    def _trace(self, model: keras.Model, body: Callable, specs: Sequence[tf.TensorSpec]) -> Callable:
        def function(**inputs: tf.Tensor) -> dict[str, tf.Tensor]:
            # A session doesn't check a placeholder's shape: an inner operation would complain, or take it for another.
            inputs = {spec.name: tf.ensure_shape(inputs[spec.name], spec.shape) for spec in specs}
            # Each is read once, outside of any loop.
            if len(model.variables) != len(self.weights):
                raise InputError(f"{model.name}: expected a model with all its weights; call it on a state first")
            values = [(v, w.read_value()) for v, w in zip(model.variables, self.weights, strict=True)]
            with keras.StatelessScope(state_mapping=values):
                return body(**inputs)

        # No jit_compile: a server with its default settings refuses every call of such a function. Inputs by keyword:
        # only then do they keep their names.
        return tf.function(function, autograph=False).get_concrete_function(**{spec.name: spec for spec in specs})


def signatures_of(model: keras.Model, **rollout_options: Any) -> Signatures:
    """The signatures that a model declares; those of states if it declares none.

    Raises:
      InputError: If it isn't built, or its state width is unknown or odd.
    """
    declared = getattr(model, "serving_signatures", None)
    return declared(**rollout_options) if declared else state_signatures(model, **rollout_options)


def _check_names(model: keras.Model) -> None:
    # Before the first graph: Keras keeps a name that TensorFlow has refused, and all later graphs of the process fail.
    for name in [model.name, *(part for v in model.variables for part in v.path.split("/"))]:
        if not re.fullmatch("[A-Za-z0-9.][A-Za-z0-9_.-]*", name):
            raise InputError(
                f"{name!r}: expected ASCII letters, digits, '_', '.' and '-' as the name of a model or layer"
            )


def _plain(path: str) -> str:
    """A variable's path as a name that every TensorFlow takes."""
    return re.sub("[^A-Za-z0-9_.-]", "_", path).lstrip("_-") or "weights"
