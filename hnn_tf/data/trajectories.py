"""Sampled trajectories of a true system."""

import dataclasses

import numpy as np
import tensorflow as tf

from hnn_tf.data.columns import first_states, reading_columns, trajectory_columns, transition_columns
from hnn_tf.data.noise import add_gaussian_noise
from hnn_tf.data.reference_solution import reference_solution
from hnn_tf.systems import System


@dataclasses.dataclass(frozen=True)
class Trajectories:
    """Trajectories that are observed at common times.

    If there are inputs, the methods that return samples also return the columns of the inputs, as objectives need them.

    Attributes:
      times: `[T]`.
      clean_states: The true states `[N, T, 2n]`.
      states: The observed states `[N, T, 2n]`: the true states plus noise.
      time_derivatives: The true derivatives at the true states, and at the inputs of the same times, `[N, T, 2n]`.
      inputs: The inputs of a driven system `[N, T, m]`, or None.
      input_interpolation: How the inputs continue between the times; see `reference_solution`.
    """

    times: np.ndarray
    clean_states: np.ndarray
    states: np.ndarray
    time_derivatives: np.ndarray
    inputs: np.ndarray | None = None
    input_interpolation: str = "zero_order_hold"

    def __getitem__(self, trajectories: slice) -> "Trajectories":
        """Returns some of the trajectories, each at all its times."""
        return dataclasses.replace(
            self,
            clean_states=self.clean_states[trajectories],
            states=self.states[trajectories],
            time_derivatives=self.time_derivatives[trajectories],
            inputs=None if self.inputs is None else self.inputs[trajectories],
        )

    def observed_samples(self) -> dict[str, np.ndarray]:
        """Returns the columns `state`, `time_derivative` `[N T, 2n]`: observed states with the true derivatives."""
        return reading_columns(self.states, self.time_derivatives, self.inputs)

    def clean_samples(self) -> dict[str, np.ndarray]:
        """Returns the columns `state`, `time_derivative` `[N T, 2n]`: true states with the true derivatives."""
        return reading_columns(self.clean_states, self.time_derivatives, self.inputs)

    def transition_samples(self) -> dict[str, np.ndarray]:
        """Returns pairs of neighbouring states.

        The columns are `state` and `next_state` `[N (T-1), 2n]`, and `time_step` `[N (T-1), 1]`.
        """
        interpolation = self.input_interpolation
        return transition_columns(self._times_of_each(), self.states, self.inputs, interpolation=interpolation)

    def trajectory_samples(self, *, num_segments: int = 1) -> dict[str, np.ndarray]:
        """Returns whole trajectories, for `TrajectoryMatching` and `CombinedMatching`.

        The columns are `times` `[N, T]`, `states` and `time_derivatives` `[N, T, 2n]`, and `initial_state` `[N,
        num_segments, 2n]`. The initial states are the observed states, as a first guess.
        """
        times, interpolation = self._times_of_each().copy(), self.input_interpolation
        return trajectory_columns(times, self.states, self.inputs, interpolation=interpolation) | {
            "time_derivatives": self.time_derivatives,
            "initial_state": first_states(self.states, num_segments=num_segments),
        }

    def _times_of_each(self) -> np.ndarray:
        return np.broadcast_to(self.times, self.states.shape[:2])


def generate_trajectories(
    system: System,
    initial_states: np.ndarray,
    times: np.ndarray,
    *,
    noise_std: float = 0.0,
    rng: np.random.Generator | None = None,
    inputs: np.ndarray | None = None,
    input_interpolation: str = "zero_order_hold",
) -> Trajectories:
    """Integrates all initial states of a system in one vectorised call, in float64; see `reference_solution`.

    Args:
      system: The true system.
      initial_states: `[N, 2n]`, the states at `times[0]`.
      times: `[T]`, in the system's time unit.
      noise_std: The standard deviation of the Gaussian noise on the states; the derivatives stay exact.
      rng: The source of the noise, which is necessary if `noise_std` is not zero.
      inputs: The inputs at the times, `[T, m]` for all trajectories or `[N, T, m]`, if the system has inputs.
      input_interpolation: How the inputs continue between the times, "zero_order_hold" or "linear"; see
        `reference_solution`.

    Returns:
      The trajectories. The error of each step is below 1e-13 of the largest position and momentum so far. In a chaotic
      motion, this error grows with the time.

    Raises:
      ValueError: If states, times or inputs are not finite, times do not increase, inputs are missing, or there is
        noise but no `rng`.
      ArithmeticError: If a motion cannot be followed, for example because bodies collide.
    """
    if not np.isfinite(initial_states).all():
        raise ValueError("generate_trajectories: expected finite initial states; received NaN or infinity")
    if np.ndim(times) != 1 or not (np.isfinite(times).all() and (np.diff(times) > 0).all()):
        raise ValueError(f"generate_trajectories: expected finite, increasing times [T]; received {np.shape(times)}")
    if noise_std and rng is None:
        raise ValueError("generate_trajectories: expected an rng, because noise_std isn't 0; received None")
    clean = reference_solution(system, initial_states, times, inputs, input_interpolation)
    if inputs is None:
        derivatives = system(tf.constant(clean)).numpy()
    else:
        inputs = np.broadcast_to(np.asarray(inputs, np.float64), (*clean.shape[:2], system.num_inputs)).copy()
        derivatives = system(tf.constant(clean), inputs).numpy()
    states = add_gaussian_noise(clean, rng, std=noise_std) if rng is not None else clean
    return Trajectories(np.asarray(times, np.float64), clean, states, derivatives, inputs, input_interpolation)
