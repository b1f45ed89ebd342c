"""The signatures of an exported model of frames."""

from typing import Any

import keras
import tensorflow as tf

from hnn_tf.declarations import declared
from hnn_tf.input_error import InputError
from hnn_tf.models.state_signatures import Signatures, energy_along, of_batch
from hnn_tf.rollouts.rollout_at_times import rollout_at_times


def frame_signatures(model: keras.Model, **rollout_options: Any) -> Signatures:
    """Returns the signatures of a `LatentHamiltonianNetwork`.

    | signature | inputs | outputs |
    |---|---|---|
    | `serving_default` | `frames` | `energy` [B], `time_derivative` [B, 2n] |
    | `encode` | `frames` | `latent` [B, 2n] |
    | `decode` | `latent` [B, 2n] | `frames` |
    | `energy` | `frames` | `energy` [B] |
    | `time_derivative` | `frames` | `time_derivative` [B, 2n] |
    | `rollout` | `frames`, `times` [B, T] | `trajectory` [B, T, 2n], `frames` [B, T, h, w, c], `energy` [B, T] |

    h, w and c are the height, the width and the channels of the frames. `frames` has the shape [B, h, w, c], except in
    the output of `rollout`. The unit of time is the time between two frames. Energy, time derivative and trajectory are
    those of the encoded state. If the dynamics have no `hamiltonian`, there is no signature and no output `energy`.

    Args:
      model: A built model.
      **rollout_options: The options of `rollout_at_times`.

    Raises:
      InputError: If the model is not built, or its dynamics have inputs or parameters.
    """
    if not model.built:
        raise InputError(f"{model.name}: expected a built model; call model.build([None, *model.frame_shape]) first")
    check_free_dynamics(model, "export model.dynamics, a model of states, alone")
    has_energy = declared(model.dynamics, "hamiltonian") is not None
    dtype = model.compute_dtype
    frames_spec = tf.TensorSpec([None, *model.frame_shape], dtype, name="frames")
    latent_spec = tf.TensorSpec(
        [None, model.compute_output_shape((None, *model.frame_shape))[-1]], dtype, name="latent"
    )
    times_spec = tf.TensorSpec([None, None], dtype, name="times")

    def energy(frames: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"energy": model.dynamics.hamiltonian(model.encode(frames))} if has_energy else {}

    def serving_default(frames: tf.Tensor) -> dict[str, tf.Tensor]:
        latent = model.encode(frames)
        derivative = {"time_derivative": model.dynamics(latent)}
        return derivative | ({"energy": model.dynamics.hamiltonian(latent)} if has_energy else {})

    def rollout(frames: tf.Tensor, times: tf.Tensor) -> dict[str, tf.Tensor]:
        latent = model.encode(frames)
        trajectory = rollout_at_times(model.dynamics, latent, of_batch(times, latent), **rollout_options)
        answer = {"trajectory": trajectory, "frames": model.decode(trajectory)}
        return answer | (energy_along(model.dynamics.hamiltonian, trajectory) if has_energy else {})

    found: Signatures = {
        "serving_default": (serving_default, [frames_spec]),
        "encode": (lambda frames: {"latent": model.encode(frames)}, [frames_spec]),
        "decode": (lambda latent: {"frames": model.decode(latent)}, [latent_spec]),
        "time_derivative": (lambda frames: {"time_derivative": model(frames)}, [frames_spec]),
        "rollout": (rollout, [frames_spec, times_spec]),
    }
    return found | ({"energy": (energy, [frames_spec])} if has_energy else {})


def check_free_dynamics(model: Any, mend: str) -> None:
    """Refuses a model of frames whose dynamics have inputs or parameters.

    Args:
      model: The model.
      mend: What to do instead.

    Raises:
      InputError: If the dynamics have inputs or parameters.
    """
    counts = {
        "inputs": declared(model.dynamics, "num_inputs"),
        "parameters": declared(model.dynamics, "num_parameters"),
    }
    for kind, count in counts.items():
        if count:
            raise InputError(
                f"{model.name}: expected dynamics without {kind}; received dynamics with {count} {kind}; {mend}"
            )
