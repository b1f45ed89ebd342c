"""A Hamiltonian neural network that sees its system in pictures."""

import math
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.models.frame_signatures import frame_signatures
from hnn_tf.models.inner_layer import serialize_layer
from hnn_tf.models.learned_motion import LearnedMotion
from hnn_tf.models.state_signatures import Signatures
from hnn_tf.numerics import scalars
from hnn_tf.objectives import LatentMatching
from hnn_tf.rollouts.rollout import rollout_at_times
from hnn_tf.typing import State


@keras.saving.register_keras_serializable(package="hnn_tf")
class LatentHamiltonianNetwork(LearnedMotion, keras.Model):
    """An autoencoder whose latent is a state (q, p) that moves by learned dynamics.

    z = encode(frames),  dz/dt = dynamics(z),  frames ~ decode(z).

    `frames` are consecutive pictures of the system, as channels: two show position and motion. The unit of time is that
    between two frames. Trained by `hnn_tf.objectives.LatentMatching`, or, after `compile(optimizer)`, by stock
    `fit(frames, next_frames)`, which reports the three losses by their names.

    Args:
      encoder: Keras layer, flat frames `[..., h w c]` -> latent `[..., 2n]`, as `ResidualMLP(2)`.
      decoder: Keras layer, latent `[..., 2n]` -> flat frames `[..., h w c]`, as `ResidualMLP(28 * 28 * 2)`.
      dynamics: Keras model, state `[..., 2n]` -> time derivative: a `HamiltonianNetwork`, or a `BaselineNetwork`, which
        has no energy.
      frame_shape: (h, w, c).

    Input: frames `[..., h, w, c]`. Output: time derivative `[..., 2n]` of their latent.

    Raises:
      TypeError: If a part isn't a Keras layer.
      ValueError: If `frame_shape` isn't three numbers >= 1, or the parts differ in precision.

    References:
      Greydanus, Dzamba, Yosinski. Hamiltonian Neural Networks. arXiv:1906.01563, section 5.
    """

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
                part.trainable = False  # or what the model is a part of would train it

    def vector_field(self) -> keras.Model:
        """The dynamics of the latent."""
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
        """Latent `[..., 2n]` of frames `[..., h, w, c]`."""
        frames = scalars.cast(frames, tf.as_dtype(self.compute_dtype))
        self._check(frames.shape)
        batch = tf.shape(frames)[:-3]
        latent = self.encoder(tf.reshape(frames, [-1, math.prod(self.frame_shape)]))
        return tf.reshape(latent, tf.concat([batch, [latent.shape[-1]]], 0))

    def decode(self, latent: State) -> tf.Tensor:
        """Frames `[..., h, w, c]` that a latent `[..., 2n]` stands for."""
        latent = scalars.cast(latent, tf.as_dtype(self.compute_dtype))
        frames = self.decoder(tf.reshape(latent, [-1, latent.shape[-1]]))
        return tf.reshape(frames, tf.concat([tf.shape(latent)[:-1], self.frame_shape], 0))

    def call(self, frames: tf.Tensor) -> tf.Tensor:
        """Time derivative `[..., 2n]` of the latent of frames `[..., h, w, c]`, a unit of time being a frame."""
        return self.dynamics(self.encode(frames))

    def rollout(self, frames: tf.Tensor, times: tf.Tensor, **options: Any) -> tuple[State, tf.Tensor]:
        """Follows the latent dynamics from encoded frames, and decodes where they lead.

        Args:
          frames: `[..., h, w, c]`, at the first of the times.
          times: `[T]` or `[..., T]`, in frames.
          **options: Of `hnn_tf.rollout_at_times`; `max_step_size` 0.5 frames when neither that nor `substeps` is given.

        Returns:
          Latent trajectory `[..., T, 2n]` and its frames `[..., T, h, w, c]`.
        """
        if not options.keys() & {"max_step_size", "substeps"}:
            options["max_step_size"] = 0.5
        latent = rollout_at_times(self.dynamics, self.encode(frames), times, **options)
        return latent, self.decode(latent)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> tf.Tensor:
        """The paper's loss of frames x and next frames y, for stock `fit`; its parts become metrics."""
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
        # With what regularizers of the parts add.
        return tf.add_n([objective.weighted(losses), *self.losses])

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """`[..., h, w, c]` -> `[..., 2n]`."""
        self._check(input_shape)
        flat = (None, math.prod(self.frame_shape))
        return (*input_shape[:-3], self.encoder.compute_output_shape(flat)[-1])

    def serving_signatures(self, **rollout_options: Any) -> Signatures:
        """What an export offers: `frame_signatures`."""
        return frame_signatures(self, **rollout_options)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, the parts serialized."""
        parts = {name: getattr(self, name) for name in ("encoder", "decoder", "dynamics")}
        serialized = {name: serialize_layer(part) for name, part in parts.items()}
        return super().get_config() | serialized | {"frame_shape": self.frame_shape}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> "LatentHamiltonianNetwork":
        """The model of a configuration that `get_config` gave."""
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
