"""The signatures that an exported model offers, over frozen copies of its variables."""

from collections.abc import Callable

import keras
import tensorflow as tf

from hnn_tf import integrators
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

    Args:
      model: A built Keras model, state `[..., 2n]` -> time derivative `[..., 2n]`.
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
        method = integrators.get(integrator)
        method.check(model)
        state = tf.TensorSpec([None, state_width(model)], model.compute_dtype, name="state")
        times = tf.TensorSpec([None, None], model.compute_dtype, name="times")
        # Copies, and the model itself in no attribute: a tracked Keras model would be saved beside them, and sessions
        # without Python don't find its variables. Not trainable, because Keras' TFSMLayer can't train foreign names.
        self.weights = [tf.Variable(v.value, trainable=False, name=v.path.replace("/", "_")) for v in model.variables]
        self.functions = {
            name: self._trace(model, body, [state, times] if name == "rollout" else [state])
            for name, body in _bodies(model, method, max_step_size, substeps).items()
        }

    def _trace(self, model: keras.Model, body: Callable, specs: list[tf.TensorSpec]) -> Callable:
        def function(**inputs: tf.Tensor) -> dict[str, tf.Tensor]:
            # Each is read once, outside of any loop.
            values = [(v, w.read_value()) for v, w in zip(model.variables, self.weights, strict=True)]
            with keras.StatelessScope(state_mapping=values):
                return body(**inputs)

        # No jit_compile: a server with its default settings refuses every call of such a function. Inputs by keyword:
        # only then do they keep their names.
        return tf.function(function, autograph=False).get_concrete_function(**{spec.name: spec for spec in specs})


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


def _bodies(
    model: keras.Model, method: integrators.Integrator, max_step_size: float | None, substeps: int | None
) -> dict[str, Callable]:
    has_energy = hasattr(model, "hamiltonian")

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
        trajectory = rollout_at_times(
            model,
            state,
            times,
            max_step_size=max_step_size,
            substeps=substeps,
            integrator=method,
            checkpointing=False,
        )
        # Flat: a Hamiltonian may be a Keras model that takes `[B, 2n]` only.
        energies = energy(tf.reshape(trajectory, [-1, state.shape[-1]]))
        return {"trajectory": trajectory} | {
            name: tf.reshape(value, tf.shape(trajectory)[:2]) for name, value in energies.items()
        }

    bodies: dict[str, Callable] = {
        "serving_default": lambda state: energy(state) | time_derivative(state),
        "time_derivative": time_derivative,
        "rollout": rollout,
    }
    return bodies | ({"energy": energy} if has_energy else {})
