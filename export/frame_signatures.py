"""The signatures of models that see frames."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import tensorflow as tf

from hnn_tf import LatentHamiltonianNetwork
from hnn_tf.rollout import rollout_at_times
from hnn_tf.typing import Hamiltonian, State

Signatures: TypeAlias = dict[str, tuple[Callable[..., dict[str, tf.Tensor]], Sequence[tf.TensorSpec]]]
"""By name: the function of the inputs by keyword, and their specs."""


def signatures(model: LatentHamiltonianNetwork, options: Mapping[str, Any]) -> Signatures:
    """Those of a `LatentHamiltonianNetwork`; h, w, c are its frames' height, width and channels, time is in frames.

    | signature | inputs | outputs |
    |---|---|---|
    | `serving_default` | `frames` | `energy` [B], `time_derivative` [B, 2n] |
    | `encode` | `frames` | `latent` [B, 2n] |
    | `decode` | `latent` [B, 2n] | `frames` |
    | `energy` | `frames` | `energy` [B] |
    | `time_derivative` | `frames` | `time_derivative` [B, 2n] |
    | `rollout` | `frames`, `times` [B, T] | `trajectory` [B, T, 2n], `frames` [B, T, h, w, c], `energy` [B, T] |

    `frames` is [B, h, w, c] where nothing else is said.
    Energy, time derivative and trajectory are of the encoded state. Dynamics without a `hamiltonian` have no `energy`.

    Args:
      model: A built model.
      options: Of `rollout_at_times`.
    """
    has_energy = hasattr(model.dynamics, "hamiltonian")
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
        trajectory = rollout_at_times(model.dynamics, latent, of_batch(times, latent), **options)
        answer = {"trajectory": trajectory, "frames": model.decode(trajectory)}
        return answer | (along(model.dynamics.hamiltonian, trajectory) if has_energy else {})

    found: Signatures = {
        "serving_default": (serving_default, [frames_spec]),
        "encode": (lambda frames: {"latent": model.encode(frames)}, [frames_spec]),
        "decode": (lambda latent: {"frames": model.decode(latent)}, [latent_spec]),
        "time_derivative": (lambda frames: {"time_derivative": model(frames)}, [frames_spec]),
        "rollout": (rollout, [frames_spec, times_spec]),
    }
    return found | ({"energy": (energy, [frames_spec])} if has_energy else {})


def along(hamiltonian: Hamiltonian, trajectory: State) -> dict[str, tf.Tensor]:
    """The output `energy` `[B, T]` along trajectories `[B, T, 2n]`."""
    # Flat: a Hamiltonian may be a Keras model that takes `[B, 2n]` only.
    energies = hamiltonian(tf.reshape(trajectory, [-1, trajectory.shape[-1]]))
    return {"energy": tf.reshape(energies, tf.shape(trajectory)[:2])}


def of_batch(times: tf.Tensor, state: State) -> tf.Tensor:
    """The times `[B, T]`; a request whose states `[B, 2n]` are more or fewer is an error.

    Otherwise one row of times would be broadcast. Joined and parted, because converters don't know assertions.
    """
    return tf.concat([state, times], 1)[:, state.shape[-1] :]
