"""The signatures that an exported model offers, over frozen copies of its variables."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from export import frame_signatures
from export.frame_signatures import Signatures, along, of_batch
from hnn_tf import LatentHamiltonianNetwork, integrators
from hnn_tf.input_error import InputError
from hnn_tf.rollout import rollout_at_times
from hnn_tf.typing import State


class ServingModule(tf.Module):
    """A model as TensorFlow Serving, and Keras pipelines that embed it, take it.

    | signature | inputs | outputs |
    |---|---|---|
    | `serving_default` | `state` [B, 2n] | `energy` [B], `time_derivative` [B, 2n] |
    | `energy` | `state` [B, 2n] | `energy` [B] |
    | `time_derivative` | `state` [B, 2n] | `time_derivative` [B, 2n] |
    | `rollout` | `state` [B, 2n], `times` [B, T] | `trajectory` [B, T, 2n], `energy` [B, T] |

    `rollout` takes `state` as the state at `times[:, 0]`; B and T may be 0. Between two times the whole batch takes
    as many equal steps as keep the widest interval's at or below `max_step_size`, or `substeps` of them; a row with
    times that aren't finite, or are ten million steps apart, is NaN from there on, and changes no other. So is one for
    which an implicit or adaptive integrator finds no solution. A model without a `hamiltonian` has no `energy`, neither
    as signature nor as output.

    A `LatentHamiltonianNetwork` has those of `export.frame_signatures`.

    Args:
      model: A built Keras model, state `[..., 2n]` -> time derivative `[..., 2n]`, or one that sees frames.
      integrator: Of `rollout`, a name or an `hnn_tf.integrators.Integrator`.
      max_step_size: Of `rollout`, in the system's time unit, > 0.
      substeps: Of `rollout`, >= 1; exactly one of the two is given.

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
    ) -> None:
        super().__init__()
        check_built(model)
        method = integrators.get(integrator)
        # checkpointing=False: a graph without custom gradients, which an export can't keep.
        options = {
            "integrator": method,
            "max_step_size": max_step_size,
            "substeps": substeps,
            "checkpointing": False,
        }
        if isinstance(model, LatentHamiltonianNetwork):
            method.check(model.dynamics)
            signatures = frame_signatures.signatures(model, options)
        else:
            method.check(model)
            signatures = state_signatures(model, options)
        # Copies, and the model itself in no attribute: a tracked Keras model would be saved beside them, and sessions
        # without Python don't find its variables. Not trainable, because Keras' TFSMLayer can't train foreign names.
        self.weights = [tf.Variable(v.value, trainable=False, name=v.path.replace("/", "_")) for v in model.variables]
        self.functions = {name: self._trace(model, body, specs) for name, (body, specs) in signatures.items()}

    def _trace(self, model: keras.Model, body: Callable, specs: Sequence[tf.TensorSpec]) -> Callable:
        def function(**inputs: tf.Tensor) -> dict[str, tf.Tensor]:
            # A session doesn't check a placeholder's shape: an inner operation would complain, or take it for another.
            inputs = {spec.name: tf.ensure_shape(inputs[spec.name], spec.shape) for spec in specs}
            # Each is read once, outside of any loop.
            values = [(v, w.read_value()) for v, w in zip(model.variables, self.weights, strict=True)]
            with keras.StatelessScope(state_mapping=values):
                return body(**inputs)

        # No jit_compile: a server with its default settings refuses every call of such a function. Inputs by keyword:
        # only then do they keep their names.
        return tf.function(function, autograph=False).get_concrete_function(**{spec.name: spec for spec in specs})


def check_built(model: keras.Model) -> None:
    """Checks that the model can be exported as it is.

    Raises:
      InputError: If it isn't built, or its state width is unknown or odd.
    """
    if not isinstance(model, LatentHamiltonianNetwork):
        state_width(model)
    elif not model.built:
        raise InputError(f"{model.name}: expected a built model; call model.build([None, *model.frame_shape]) first")


def state_width(model: keras.Model) -> int:
    """Width 2n of the states that a built model takes, from the shape that it was built for.

    Raises:
      InputError: If it isn't built, or its width is unknown or odd.
    """
    shape = (model.get_build_config() or {}).get("input_shape") if model.built else None
    if not shape or not isinstance(shape[-1], int):
        raise InputError(
            f"{model.name}: expected a model built for states [..., 2n]; received one whose state width is unknown; "
            "call model.build([None, 2n]), or the model on a state, before saving or exporting it"
        )
    if shape[-1] < 2 or shape[-1] % 2:
        raise InputError(f"{model.name}: expected states of even width 2n, concat(q, p); received width {shape[-1]}")
    return shape[-1]


def state_signatures(model: keras.Model, options: Mapping[str, Any]) -> Signatures:
    """Those of a model state -> time derivative; `options` are of `rollout_at_times`."""
    has_energy = hasattr(model, "hamiltonian")
    state_spec = tf.TensorSpec([None, state_width(model)], model.compute_dtype, name="state")
    times_spec = tf.TensorSpec([None, None], model.compute_dtype, name="times")

    def energy(state: State) -> dict[str, tf.Tensor]:
        return {"energy": model.hamiltonian(state)} if has_energy else {}

    def time_derivative(state: State) -> dict[str, tf.Tensor]:
        derivative = model(state)
        if not derivative.shape.is_compatible_with(state.shape):
            raise InputError(
                f"{model.name}: expected a time derivative of the state's shape {state.shape}; "
                f"received {derivative.shape}; only models state -> time derivative can be exported"
            )
        return {"time_derivative": derivative}

    def rollout(state: State, times: tf.Tensor) -> dict[str, tf.Tensor]:
        trajectory = rollout_at_times(model, state, of_batch(times, state), **options)
        return {"trajectory": trajectory} | (along(model.hamiltonian, trajectory) if has_energy else {})

    signatures: Signatures = {
        "serving_default": (lambda state: energy(state) | time_derivative(state), [state_spec]),
        "time_derivative": (time_derivative, [state_spec]),
        "rollout": (rollout, [state_spec, times_spec]),
    }
    return signatures | ({"energy": (energy, [state_spec])} if has_energy else {})
