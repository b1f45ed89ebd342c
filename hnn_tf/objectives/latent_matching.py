"""The objective of models of frames, with losses of pictures, latent coordinates and latent motion."""

from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.declarations import declared
from hnn_tf.input_error import OptionError
from hnn_tf.numerics import scalars
from hnn_tf.objectives.base import Objective, mean_squared_error
from hnn_tf.objectives.derivative_matching import DerivativeMatching
from hnn_tf.objectives.registry import OBJECTIVES
from hnn_tf.typing import Samples

_MOST_PAIRS = 2000
"""The largest number of pairs of frames for which the integrator's error is measured."""

_OF_A_PAIR = frozenset({"state", "next_state", "time_derivative", "time_step"})
"""The columns of the latent motion that can be computed from a pair of frames and the next pair."""


class LatentMatching(Objective):
    """The weighted sum of reconstruction, canonical and motion loss of a `LatentHamiltonianNetwork`.

    L = mean (x - decode(z))^2 + c mean |z_p - (z_q' - z_q)|^2 + d L_motion,  z = encode(x),  z' = encode(x').

    x are the frames, and x' are the frames one frame later; a frame is the unit of time. The second term makes the
    momentum the velocity of the position. Without this term, the latent could have any coordinates. If the third term
    is the paper's `DerivativeMatching`, it takes the forward difference z' - z for the derivative at z, which adds
    damping. `OneStep` adds no damping.

    The columns are `frames` and `next_frames`, `[B, h, w, c]`.

    Args:
      motion: The objective of the latent motion: a `DerivativeMatching` or a `OneStep`. Its substeps cannot be chosen
        in advance, because the choice needs latents. The default is one substep per frame, and `TrainingLoop.fit` and
        the trainers report after the training if this number was too small.
      canonical_weight: The weight c >= 0 of the second term.
      motion_weight: The weight d >= 0 of the third term.

    Raises:
      ValueError: If a weight is negative or not finite.
      OptionError: If the motion's objective needs more than a pair of neighbouring states.

    References:
      Greydanus, Dzamba, Yosinski. arXiv:1906.01563, section 5, eq. 7 and its code (pixelhnn_loss).
    """

    name = "latent"
    columns = ("frames", "next_frames")
    sees_frames = True

    def __init__(
        self, motion: Objective | None = None, *, canonical_weight: float = 1.0, motion_weight: float = 0.1
    ) -> None:
        if not (0 <= canonical_weight < float("inf") and 0 <= motion_weight < float("inf")):
            raise ValueError(
                f"weights: expected finite numbers >= 0; received canonical {canonical_weight}, motion {motion_weight}"
            )
        self.motion = motion or DerivativeMatching()
        if not _sees_pairs(self.motion):
            able = [name for name, each in sorted(OBJECTIVES.items()) if _sees_pairs(each)]
            raise OptionError(
                f"{{objective}}: needs whole trajectories, but frames come in pairs; take {' or '.join(able)}",
                objective=self.motion.name,
            )
        self.weights = {"reconstruction": 1.0, "canonical": canonical_weight, "motion": motion_weight}

    @property
    def is_sample_mean(self) -> bool:  # type: ignore[override]
        """Whether the loss is a mean over samples.

        Two of the three losses always are such means, so the answer depends only on the loss of the motion.
        """
        return self.motion.is_sample_mean

    def check(self, model: Any) -> None:
        """Refuses a model whose latent motion the motion's objective does not support.

        Raises:
          InputError: If the objective does not support the latent motion. The message has the reason.
        """
        self.motion.check(model.dynamics)

    def samples_of(self, recordings: Any) -> dict[str, np.ndarray]:
        """Makes a sample of every pair of frames except a recording's last pair, with the next pair.

        Args:
          recordings: `hnn_tf.data.FrameRecordings`.
        """
        return {"frames": recordings.joined(slice(None, -1)), "next_frames": recordings.joined(slice(1, None))}

    def states_a_sample(self, samples: Samples) -> int:
        """Returns 4: two frames are encoded, and one latent is moved and one decoded."""
        del samples
        return 4

    def losses(self, model: Any, samples: Samples) -> dict[str, tf.Tensor]:
        """Returns the three losses, each a scalar without its weight: `reconstruction`, `canonical`, `motion`."""
        latent, next_latent = model.encode(samples["frames"]), model.encode(samples["next_frames"])
        frames = scalars.cast(samples["frames"], latent.dtype)
        (q, p), (next_q, _) = phase_space.split(latent), phase_space.split(next_latent)
        motion = {
            "state": latent,
            "next_state": next_latent,
            "time_derivative": next_latent - latent,
            "time_step": tf.ones_like(latent[..., :1]),
        }
        return {
            "reconstruction": mean_squared_error(model.decode(latent), frames),
            "canonical": mean_squared_error(p, next_q - q),
            "motion": self.motion.loss(model.dynamics, motion),
        }

    @property
    def num_substeps(self) -> int:  # type: ignore[override]
        """The number of substeps of the latent motion; by default, one per frame."""
        return self.motion.num_substeps

    def integration_error(self, model: Any, samples: Samples) -> float:
        """Returns the integration error of the latent motion.

        The error is measured for at most about 2000 pairs of frames. It is then scaled to the number of all pairs,
        under the assumption that the measured pairs are typical.
        """
        stride = -(-len(samples["frames"]) // _MOST_PAIRS)
        dtype = declared(model, "compute_dtype") or "float64"
        frames = (tf.constant(samples[name][::stride], dtype) for name in self.columns)
        state, next_state = (model.encode(each).numpy() for each in frames)
        motion = {"state": state, "next_state": next_state, "time_step": np.ones_like(state[:, :1])}
        motion["time_derivative"] = next_state - state
        return stride**0.5 * self.motion.integration_error(model.dynamics, motion)

    def weighted(self, losses: dict[str, tf.Tensor]) -> tf.Tensor:
        """Returns the sum of the losses, each multiplied by its weight."""
        return tf.add_n([weight * losses[name] for name, weight in self.weights.items()])

    def loss(self, model: Any, samples: Samples) -> tf.Tensor:
        """Returns the scalar loss of a `LatentHamiltonianNetwork` on samples."""
        return self.weighted(self.losses(model, samples))


def _sees_pairs(objective: Objective | type[Objective]) -> bool:
    return set(objective.columns) <= _OF_A_PAIR
