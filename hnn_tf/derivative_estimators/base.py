"""The base class of all derivative estimators."""

import abc
import dataclasses
from typing import ClassVar

import numpy as np

from hnn_tf.input_error import InputError


@dataclasses.dataclass(frozen=True)
class Estimate:
    """States, derivatives and noise that were estimated from noisy trajectories, all in float64.

    Attributes:
      states: `[N, T, 2n]`, the denoised states; for finite differences, the observed states.
      time_derivatives: `[N, T, 2n]`, in the states' units divided by the times' unit.
      noise_std: `[2n]`, the standard deviation of the noise on each coordinate, in the coordinate's unit.
    """

    states: np.ndarray
    time_derivatives: np.ndarray
    noise_std: np.ndarray


class DerivativeEstimator(abc.ABC):
    """The base class of estimators of time derivatives from observed states.

    The observed states are y_i = s(t_i) + e_i. The noise e_i is independent and has one standard deviation per
    coordinate. Each coordinate is estimated separately. The window or the smoothness is chosen from all trajectories
    together, because a single trajectory says too little about them. Every time has an estimate. At both ends of a
    trajectory, where all neighbours are on one side, the estimates are worse; each class says by how much.

    Attributes:
      name: The name in `--derivatives`.
      min_points: The smallest allowed number of times T.
      max_points: The largest allowed number of times T; None if there is no limit.
    """

    name: ClassVar[str]
    min_points: int
    max_points: int | None = None

    def estimate(self, times: np.ndarray, states: np.ndarray) -> Estimate:
        """Estimates states and time derivatives at the given times.

        Args:
          times: `[T]` for all trajectories, or `[N, T]`; increasing, with steps that may differ.
          states: The observed states `[N, T, 2n]`.

        Returns:
          The estimate.

        Raises:
          InputError: If shapes do not fit, there are too few or too many times, times do not increase, or a number is
            not finite.
        """
        times, states = np.asarray(times, np.float64), np.asarray(states, np.float64)
        self._check(times, states)
        if times.ndim == 1 or (times == times[0]).all():
            times = times.reshape(-1, times.shape[-1])[:1]  # weights are computed once for all trajectories
        return self._estimate(times, states)

    @abc.abstractmethod
    def _estimate(self, times: np.ndarray, states: np.ndarray) -> Estimate:
        """Returns the estimate at checked times, `[1, T]` or `[N, T]`."""

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
            raise InputError(f"{where}: expected at least {self.min_points} times in a trajectory; received {count}")
        if self.max_points is not None and count > self.max_points:
            raise InputError(
                f"{where}: expected at most {self.max_points} times in a trajectory; received {count}; "
                "cut the trajectories into shorter ones, or take smoothing_spline"
            )
        for name, array in (("times", times), ("states", states)):
            if not np.isfinite(array).all():
                wrong = _first(name, ~np.isfinite(array), array)
                raise InputError(f"{where}: expected finite {name}; received {wrong}; leave such trajectories out")
        if not (np.diff(times) > 0).all():
            not_later = np.concatenate([np.zeros_like(times[..., :1], bool), np.diff(times) <= 0], axis=-1)
            wrong = _first("times", not_later, times)
            raise InputError(f"{where}: expected increasing times; received {wrong}, not later than the time before")


def _first(name: str, wrong: np.ndarray, array: np.ndarray) -> str:
    """Returns the first wrong element with its place, for example `states[0, 3, 1] = nan`."""
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    return f"{name}{list(place)} = {array[place]}"
