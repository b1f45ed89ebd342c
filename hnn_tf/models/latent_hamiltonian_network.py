"""The Hamiltonian neural network that observes its system in pictures."""

import math
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.models.frame_signatures import check_free_dynamics, frame_signatures
from hnn_tf.models.inner_layer import serialize_layer
from hnn_tf.models.learned_motion import LearnedMotion
from hnn_tf.models.state_signatures import Signatures
from hnn_tf.numerics import scalars
from hnn_tf.objectives import LatentMatching
from hnn_tf.rollouts.rollout_at_times import rollout_at_times
from hnn_tf.typing import State


@keras.saving.register_keras_serializable(package="hnn_tf")
class LatentHamiltonianNetwork(LearnedMotion, keras.Model):
    """An autoencoder whose latent is a state (q, p) that moves by learned dynamics.

    z = encode(frames),  dz/dt = dynamics(z),  frames ~ decode(z).

    The channels of `frames` are consecutive pictures of the system. Two pictures show position and motion. The unit of
    time is the time between two frames. The objective `hnn_tf.objectives.LatentMatching` trains the model. After
    `compile(optimizer)`, Keras' own `fit(frames, next_frames)` also trains the model, and reports the three losses by
    their names.

    Args:
      encoder: A Keras layer from flat frames `[..., h w c]` to a latent `[..., 2n]`, for example `ResidualMLP(2)`.
      decoder: A Keras layer from a latent `[..., 2n]` to flat frames `[..., h w c]`, for example
        `ResidualMLP(28 * 28 * 2)`.
      dynamics: A Keras model from a state `[..., 2n]` to its time derivative: a `HamiltonianNetwork`, or a
        `BaselineNetwork`, which has no energy.
      frame_shape: The height, the width and the channels of the frames, (h, w, c).

    Input: frames `[..., h, w, c]`. Output: time derivative `[..., 2n]` of their latent.

    Raises:
      TypeError: If a part is not a Keras layer.
      ValueError: If `frame_shape` is not three numbers >= 1, or the parts differ in precision.

    References:
      Greydanus, Dzamba, Yosinski. Hamiltonian Neural Networks. arXiv:1906.01563, section 5.
    """

    sees_frames = True

    def __init__(
        self,
        encoder: keras.layers.Layer,
        decoder: keras.layers.Layer,
        dynamics: keras.Model,
        *,
        frame_shape: Sequence[int] = (28, 28, 2),
        **kwargs: Any,
    ) -> None:
        parts = {"encoder": encoder, "decoder": decoder, "dynamics": dynamics}
        for name, part in parts.items():
            if not isinstance(part, keras.layers.Layer):
                raise TypeError(f"{name}: expected a Keras layer; received {part!r}")
        if len(frame_shape) != 3 or min(frame_shape) < 1:
            raise ValueError(f"frame_shape: expected (height, width, channels), each >= 1; received {frame_shape}")
        precisions = {name: part.compute_dtype for name, part in parts.items()}
        if len(set(precisions.values())) > 1:
            raise ValueError(f"parts: expected one precision, as dtype='float64' of each; received {precisions}")
        kwargs.setdefault("dtype", dynamics.dtype_policy)
        super().__init__(**kwargs)
        self.encoder, self.decoder, self.dynamics = encoder, decoder, dynamics
        self.frame_shape = tuple(int(size) for size in frame_shape)
        self._loss_metrics = {name: keras.metrics.Mean(name=name) for name in ("reconstruction", "canonical", "motion")}
        if not kwargs.get("trainable", True):
            for part in parts.values():
                part.trainable = False  # otherwise, an outer model would train the part

    def vector_field(self) -> keras.Model:
        """Returns the dynamics of the latent."""
        return self.dynamics

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds all parts for frames `[..., h, w, c]`."""
        self._check(input_shape)
        flat = (None, math.prod(self.frame_shape))
        if not self.encoder.built:
            self.encoder.build(flat)
        latent = self.encoder.compute_output_shape(flat)
        phase_space.dof(tf.TensorSpec(latent))
        for part in (self.decoder, self.dynamics):
            if not part.built:
                part.build(latent)
        decoded = self.decoder.compute_output_shape(latent)
        if decoded[-1] != flat[-1]:
            raise ValueError(
                f"decoder: expected outputs of width {flat[-1]}, all pixels of the frames; received {decoded[-1]}"
            )

    def encode(self, frames: tf.Tensor) -> State:
        """Returns the latent `[..., 2n]` of frames `[..., h, w, c]`."""
        frames = scalars.cast(frames, tf.as_dtype(self.compute_dtype))
        self._check(frames.shape)
        batch = tf.shape(frames)[:-3]
        latent = self.encoder(tf.reshape(frames, [-1, math.prod(self.frame_shape)]))
        return tf.reshape(latent, tf.concat([batch, [latent.shape[-1]]], 0))

    def decode(self, latent: State) -> tf.Tensor:
        """Returns the frames `[..., h, w, c]` that a latent `[..., 2n]` represents."""
        latent = scalars.cast(latent, tf.as_dtype(self.compute_dtype))
        frames = self.decoder(tf.reshape(latent, [-1, latent.shape[-1]]))
        return tf.reshape(frames, tf.concat([tf.shape(latent)[:-1], self.frame_shape], 0))

    def _check_call(self, state: Any, given: dict[str, Any]) -> None:
        super()._check_call(state, given)
        check_free_dynamics(self, "call model.dynamics(model.encode(frames), ...)")

    def call(self, frames: tf.Tensor) -> tf.Tensor:
        """Returns the time derivative `[..., 2n]` of the latent of frames `[..., h, w, c]`, per frame."""
        return self.dynamics(self.encode(frames))

    def rollout(self, frames: tf.Tensor, times: tf.Tensor, **options: Any) -> tuple[State, tf.Tensor]:
        """Rolls out the latent dynamics from encoded frames, and decodes the latent trajectory.

        Args:
          frames: The frames `[..., h, w, c]` at the first time.
          times: `[T]` or `[..., T]`, in frames.
          **options: The options of `hnn_tf.rollout_at_times`. If neither `max_step_size` nor `substeps` is given,
            `max_step_size` is 0.5 frames.

        Returns:
          The latent trajectory `[..., T, 2n]` and its frames `[..., T, h, w, c]`.
        """
        if not options.keys() & {"max_step_size", "substeps"}:
            options["max_step_size"] = 0.5
        latent = rollout_at_times(self.dynamics, self.encode(frames), times, **options)
        return latent, self.decode(latent)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> tf.Tensor:
        """Returns the paper's loss of frames x and next frames y, for Keras' own `fit`.

        The three parts of the loss become metrics.
        """
        del y_pred, training
        if getattr(self, "loss", None) is not None:
            raise ValueError("compile: expected no loss, because the model has the paper's three losses")
        if sample_weight is not None:
            raise ValueError("LatentHamiltonianNetwork: expected no sample_weight, because the loss weights no samples")
        if y is None:
            raise ValueError("LatentHamiltonianNetwork: expected frames and next frames, fit(frames, next_frames)")
        objective = LatentMatching()
        losses = objective.losses(self, {"frames": x, "next_frames": y})
        for name, loss in losses.items():
            self._loss_metrics[name].update_state(loss)
        # The losses of the model are those of the regularizers of its parts.
        return tf.add_n([objective.weighted(losses), *self.losses])

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the output's shape `[..., 2n]` for frames `[..., h, w, c]`."""
        self._check(input_shape)
        flat = (None, math.prod(self.frame_shape))
        return (*input_shape[:-3], self.encoder.compute_output_shape(flat)[-1])

    def serving_signatures(self, **rollout_options: Any) -> Signatures:
        """Returns the signatures of an export; see `frame_signatures`."""
        return frame_signatures(self, **rollout_options)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments, with serialized parts."""
        parts = {name: getattr(self, name) for name in ("encoder", "decoder", "dynamics")}
        serialized = {name: serialize_layer(part) for name, part in parts.items()}
        return super().get_config() | serialized | {"frame_shape": self.frame_shape}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> "LatentHamiltonianNetwork":
        """Returns the model for a configuration from `get_config`."""
        parts = {
            name: keras.saving.deserialize_keras_object(config[name], custom_objects=custom_objects)
            for name in ("encoder", "decoder", "dynamics")
        }
        return cls(**(config | parts))

    def _check(self, shape: Sequence[int | None]) -> None:
        if len(shape) < 4 or tuple(shape[-3:]) != self.frame_shape:
            raise ValueError(
                f"frames: expected a batch of shape [..., {', '.join(map(str, self.frame_shape))}]; "
                f"received {tuple(shape)}"
            )
