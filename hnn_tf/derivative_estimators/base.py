"""What every derivative estimator is given and gives."""

import abc
import dataclasses
from typing import ClassVar

import numpy as np

from hnn_tf.input_error import InputError


@dataclasses.dataclass(frozen=True)
class Estimate:
    """What is estimated from noisy trajectories, all float64.

    Attributes:
      states: `[N, T, 2n]`, denoised; of finite differences the observed ones.
      time_derivatives: `[N, T, 2n]`, in the states' units by the times' unit.
      noise_std: `[2n]`, standard deviation of the noise on each coordinate, in its unit.
    """

    states: np.ndarray
    time_derivatives: np.ndarray
    noise_std: np.ndarray


class DerivativeEstimator(abc.ABC):
    """Time derivatives of trajectories of which only states were observed.

    The observed states are y_i = s(t_i) + e_i, the noise e_i independent and of one standard deviation a coordinate.
    Each coordinate is estimated by itself, and what is chosen from the data (window, smoothness) is chosen for all
    trajectories together: one of them says too little about it. Every time keeps its estimate; at both ends of a
    trajectory, where neighbours are on one side only, estimates are worse, as each class says.

    Attributes:
      name: What `--derivatives` calls it.
      min_points: Fewest times T that it takes.
      max_points: Most times T that it takes; None when there's no limit.
    """

    name: ClassVar[str]
    min_points: int
    max_points: int | None = None

    def estimate(self, times: np.ndarray, states: np.ndarray) -> Estimate:
        """Estimates states and time derivatives at the same times.

        Args:
          times: `[T]` of all trajectories, or `[N, T]`; increasing, steps may differ.
          states: Observed states `[N, T, 2n]`.

        Returns:
          The estimate.

        Raises:
          InputError: If shapes don't fit, there are too few or too many times, times don't increase, or a number isn't
            finite.
        """
        times, states = np.asarray(times, np.float64), np.asarray(states, np.float64)
        self._check(times, states)
        if times.ndim == 1 or (times == times[0]).all():
            times = times.reshape(-1, times.shape[-1])[:1]  # weights computed once serve all trajectories
        return self._estimate(times, states)

    @abc.abstractmethod
    def _estimate(self, times: np.ndarray, states: np.ndarray) -> Estimate:
        """The estimate at times `[1, T]` or `[N, T]`, which were checked."""

    def _check(self, times: np.ndarray, states: np.ndarray) -> None:
        where = f"derivatives by {self.name}"
        if states.ndim != 3 or 0 in states.shape:
            raise InputError(f"{where}: expected states [N, T, 2n]; received {list(states.shape)}")
        if times.shape not in (states.shape[1:2], states.shape[:2]):
            raise InputError(
                f"{where}: expected times [T] or [N, T] for states {list(states.shape)}; received {list(times.shape)}"
            )
        count = states.shape[1]
        if count < self.min_points:
            raise InputError(f"{where}: expected at least {self.min_points} times a trajectory; received {count}")
        if self.max_points is not None and count > self.max_points:
            raise InputError(
                f"{where}: expected at most {self.max_points} times a trajectory; received {count}; "
                "cut it into shorter ones, or take smoothing_spline"
            )
        for name, array in (("times", times), ("states", states)):
            if not np.isfinite(array).all():
                wrong = _first(name, ~np.isfinite(array), array)
                raise InputError(f"{where}: expected finite {name}; received {wrong}; leave such trajectories out")
        if not (np.diff(times) > 0).all():
            not_later = np.concatenate([np.zeros_like(times[..., :1], bool), np.diff(times) <= 0], axis=-1)
            wrong = _first("times", not_later, times)
            raise InputError(f"{where}: expected increasing times; received {wrong}, not later than the one before it")


def _first(name: str, wrong: np.ndarray, array: np.ndarray) -> str:
    """The first wrong element with its place, as in `states[0, 3, 1] = nan`."""
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    return f"{name}{list(place)} = {array[place]}"
