"""Trajectory matching: comparison of observed trajectories with rollouts from learned initial states."""

from typing import Any, ClassVar

import numpy as np
import tensorflow as tf

from hnn_tf import integrators
from hnn_tf.data.columns import first_states
from hnn_tf.data.recordings import Recordings
from hnn_tf.data.segments import Segments
from hnn_tf.input_error import OptionError
from hnn_tf.objectives.base import check_takes
from hnn_tf.objectives.driven_motion import check_given
from hnn_tf.objectives.initial_states import estimate_initial_states
from hnn_tf.objectives.integrated_objective import IntegratedObjective
from hnn_tf.objectives.objective_options import ObjectiveOptions
from hnn_tf.objectives.sample_columns import window_columns
from hnn_tf.objectives.shooting import roll_out
from hnn_tf.typing import Samples, VectorField

READINGS_A_SEGMENT = 40
"""The approximate number of readings of a segment.

In longer trajectories, several rollouts begin from learned states.
"""


class TrajectoryMatching(IntegratedObjective):
    """Mean squared difference between whole observed trajectories and rollouts from learned initial states.

    L = mean_k rho((Phi_{t_k}(s_0) - s_k) / sigma) + c mean_w |Phi(s_0^w) - s_0^{w+1}|^2 / sigma^2,

    where Phi is the integrator's flow. The initial states s_0 are as noisy as all observations, so they are estimated
    together with the model: `initial_state` is a learned column, which `TrainingLoop` trains (in other code, a
    `tf.Variable`). The model is not evaluated at noisy states, so noise does not flatten the learned slopes as it does
    in derivative matching.

    Long or chaotic trajectories have no useful gradient as a whole. They are cut into segments with their own initial
    states (multiple shooting), as many as `initial_state` has. The second term closes the gaps between neighbouring
    segments. rho is the square or, against outliers, Huber's function: 2 d |r| - d^2 beyond d.

    The columns are `times` `[B, T]`, which may be irregular; `states` `[B, T, 2n]`; and `initial_state` `[B, W, 2n]`,
    for W segments. If there are inputs, they change linearly within each interval, from `inputs` to `end_inputs`, which
    are `[B, T, m]` each, and equal for held inputs. If there are parameters, they are `parameters` `[B, k]`. If some
    numbers were not observed, `observed` `[B, T, 2n]` has the weights of all numbers, with the mean 1; the weight 0
    stands for a number that was not observed.

    Args:
      integrator: A name or an `hnn_tf.integrators.Integrator`.
      substeps: The number of integrator steps within each interval, >= 1. The default is 1 until `hnn_tf.warm_start` or
        `TrainingLoop` chooses enough substeps to keep their error small compared with the noise.
      noise_std: sigma, the noise's standard deviation in the states' units: a number, or one for each coordinate. The
        default is 1 until `hnn_tf.warm_start` estimates the noise.
      continuity_weight: The weight c >= 0 of the second term.
      huber: The bound d > 0 of Huber's function, in units of sigma. By default, rho is the square.
      segments: W, the number of segments into which `samples_of` cuts each trajectory; by default, segments have about
        40 readings each.
      growth_steps: The number of training steps over which the horizon grows from one interval to the whole; with 0,
        training begins with the whole horizon.

    Raises:
      ValueError: If a number is out of its range, or the columns' shapes do not fit each other.
      InputError: If there is no such integrator, or it does not support the model.

    References:
      Chen, Zhang, Arjovsky, Bottou. Symplectic Recurrent Neural Networks. arXiv:1909.13334, sections 3.2 and 4.
      Bock, Plitt. A multiple shooting algorithm for direct solution of optimal control problems. IFAC, 1984.
    """

    name = "trajectory"
    columns: ClassVar[tuple[str, ...]] = ("times", "states", "initial_state")
    input_columns = ("inputs", "end_inputs", "parameters", "observed")
    learned_columns = ("initial_state",)
    is_sample_mean = True  # a sample is a trajectory, and all have as many observations and gaps
    takes = IntegratedObjective.takes | {"segments", "huber", "growth_steps"}
    closed_form = "trajectories"
    begins_at_closed_form = True
    found: ClassVar[tuple[str, ...]] = ("noise_std", *IntegratedObjective.found)

    def __init__(
        self,
        *,
        integrator: str | integrators.Integrator = "rk4",
        substeps: int | None = None,
        noise_std: float | np.ndarray | None = None,
        continuity_weight: float = 1.0,
        huber: float | None = None,
        growth_steps: int = 0,
        segments: int | None = None,
    ) -> None:
        check_std("noise_std", noise_std)
        if not 0 <= continuity_weight < float("inf"):
            raise ValueError(f"continuity_weight: expected a finite number >= 0; received {continuity_weight}")
        if huber is not None and not huber > 0:
            raise ValueError(f"huber: expected a number > 0; received {huber}")
        if growth_steps < 0:
            raise ValueError(f"growth_steps: expected an integer >= 0; received {growth_steps}")
        if segments is not None and segments < 1:
            raise ValueError(f"segments: expected an integer >= 1; received {segments}")
        super().__init__(integrator, substeps)
        self.growth_steps, self.segments = growth_steps, segments
        self.noise_std, self.continuity_weight, self.huber = noise_std, continuity_weight, huber

    @classmethod
    def arguments(cls, options: ObjectiveOptions) -> dict[str, Any]:
        """Returns the integrator, its substeps, the segments, Huber's bound and the steps of the growing horizon."""
        own = {
            "segments": options.segments or None,
            "huber": options.huber or None,
            "growth_steps": options.growth_steps,
        }
        return super().arguments(options) | own

    @property
    def has_loss_of_closed_form(self) -> bool:  # type: ignore[override]
        """Whether there is neither Huber's bound nor a growing horizon."""
        return self.huber is None and not self.growth_steps

    @property
    def noise_scale(self) -> float | np.ndarray:
        """The noise's standard deviation sigma, or 1 if it is unknown."""
        return 1.0 if self.noise_std is None else self.noise_std

    def samples_of(self, recordings: Recordings) -> dict[str, np.ndarray]:
        """Makes samples of whole recordings, or of windows of the shortest recording's length, in segments.

        The initial states are the observed states, as a first guess.

        Raises:
          OptionError: If there are not fewer segments than readings.
        """
        check_takes(self, recordings)
        windows = recordings.windows()
        num_times = len(windows[0])
        count = max(1, round(num_times / READINGS_A_SEGMENT)) if self.segments is None else self.segments
        if count >= num_times:
            raise OptionError(
                f"{{segments}}: expected fewer than the {num_times} times of a trajectory", segments=count
            )
        found = window_columns(windows)
        return found | {"initial_state": first_states(found["states"], num_segments=count)}

    def loss(self, model: VectorField, samples: Samples) -> tf.Tensor:
        """Returns the scalar loss of a vector field on samples, over the whole horizon."""
        return self.loss_at_step(model, samples, None)

    def loss_at_step(self, model: VectorField, samples: Samples, step: tf.Tensor | None) -> tf.Tensor:
        """Returns the loss of a training step, in which the horizon may still be growing."""
        rolled_out, segments, counting = self._roll_out(model, samples, step)
        return self._state_loss(rolled_out, samples, segments, counting)

    def states_a_sample(self, samples: Samples) -> int:
        """Returns W (L + 1), the number of observations of all segments."""
        return Segments(np.shape(samples["states"])[1], np.shape(samples["initial_state"])[1]).indices.size

    def validation_samples(self, model: VectorField, samples: Samples) -> Samples:
        """Returns the samples with the initial states that fit this model best."""
        return {**samples, "initial_state": estimate_initial_states(model, self, samples)}

    def predict(self, model: VectorField, samples: Samples) -> tf.Tensor:
        """Returns the rolled-out states at the observations, `[B, T, 2n]`."""
        rolled_out, segments, _ = self._roll_out(model, samples, None)
        flat = tf.reshape(rolled_out, [rolled_out.shape[0], -1, rolled_out.shape[-1]])
        return tf.gather(flat, np.flatnonzero(segments.counted), axis=1)

    def _roll_out(
        self, model: VectorField, samples: Samples, step: tf.Tensor | None
    ) -> tuple[tf.Tensor, Segments, tf.Tensor]:
        """Returns the rolled-out states, the segments, and the present weights `[L + 1]` of their observations."""
        self.integrator.check(model)
        times, states, initial = (tf.convert_to_tensor(samples[name]) for name in TrajectoryMatching.columns)
        # These shapes would broadcast to wrong shapes.
        fits = times.shape.rank == 2 and states.shape.rank == initial.shape.rank == 3
        fits = fits and states.shape[1] == times.shape[1] and states.shape[-1] == initial.shape[-1]
        if not (fits and states.shape[0] == times.shape[0] == initial.shape[0]):
            raise ValueError(
                "samples: expected equal shapes but for W: times [B, T], states [B, T, 2n], initial_state [B, W, 2n]; "
                f"received {times.shape}, {states.shape}, {initial.shape}"
            )
        segments = Segments(times.shape[1], initial.shape[1])
        dtype, length, reached = initial.dtype, segments.counted.shape[1] - 1, None
        counting = tf.ones([length + 1], dtype)
        if step is not None and self.growth_steps:
            horizon = 1.0 + (length - 1) * tf.minimum(tf.cast(step, dtype) / self.growth_steps, 1.0)
            # The last interval gets its weight gradually. Later intervals are not rolled out, because they may diverge.
            counting = tf.clip_by_value(horizon + 1.0 - tf.range(length + 1, dtype=dtype), 0.0, 1.0)
            reached = tf.cast(counting > 0.0, dtype)
        check_given(model, samples.get("inputs"), samples.get("parameters"))
        rolled_out = roll_out(
            model,
            initial,
            times,
            integrator=self.integrator,
            substeps=self.num_substeps,
            reached=reached,
            inputs=(samples["inputs"], samples["end_inputs"]) if "inputs" in samples else None,
            parameters=samples.get("parameters"),
        )
        return rolled_out, segments, counting

    def _state_loss(
        self, rolled_out: tf.Tensor, samples: Samples, segments: Segments, counting: tf.Tensor
    ) -> tf.Tensor:
        scale = tf.constant(self.noise_scale, rolled_out.dtype)
        observed = tf.gather(samples["states"], segments.indices, axis=1)
        residual = (rolled_out - observed) / scale
        squares = residual * residual
        if self.huber is not None:
            size = tf.abs(residual)
            squares = tf.where(size <= self.huber, squares, 2.0 * self.huber * size - self.huber**2)
        if "observed" in samples:
            squares *= tf.gather(samples["observed"], segments.indices, axis=1)
        loss = weighted_mean(squares, segments, counting)
        if segments.num_segments > 1:
            last = rolled_out[:, :-1, -1]  # a shorter segment stays at its last state
            gaps = (last - samples["initial_state"][:, 1:]) / scale
            loss += self.continuity_weight * counting[-1] * tf.reduce_mean(gaps * gaps)
        return loss


def weighted_mean(values: tf.Tensor, segments: Segments, counting: tf.Tensor) -> tf.Tensor:
    """Returns the mean of values `[B, W, L + 1, 2n]`, where each observation counts once, by its weight `[L + 1]`."""
    weights = tf.constant(segments.counted, values.dtype) * counting
    weights = (weights / tf.reduce_sum(weights))[..., tf.newaxis]
    return tf.reduce_sum(tf.reduce_mean(values * weights, [0, 3]))


def check_std(name: str, value: float | np.ndarray | None) -> None:
    """Refuses standard deviations that are not finite and > 0. None stands for an unknown deviation.

    Raises:
      ValueError: If a standard deviation is not allowed.
    """
    if value is not None and not (np.all(np.asarray(value) > 0) and np.all(np.isfinite(value))):
        raise ValueError(f"{name}: expected finite numbers > 0; received {value}")
