"""Trajectories of true systems, correct to nearly all digits of float64."""

import numpy as np
import scipy.integrate

from hnn_tf.data.sampled_inputs import InputsOfSteps, SampledInputs, sampled_inputs
from hnn_tf.numerics.pieces import pieces
from hnn_tf.systems import System

# The allowed error of an inner step, relative to the largest position and momentum so far. It is some hundred
# roundings.
_TOLERANCE = 1e-13
_SAFETY, _LEAST_FACTOR, _MOST_FACTOR = 0.9, 0.2, 6.0
_A, _B, _C = scipy.integrate.DOP853.A, scipy.integrate.DOP853.B, scipy.integrate.DOP853.C
_ERRORS = np.stack([scipy.integrate.DOP853.E5, scipy.integrate.DOP853.E3])
_STAGES = len(_B)


def reference_solution(
    system: System,
    initial_states: np.ndarray,
    times: np.ndarray,
    inputs: np.ndarray | None = None,
    input_interpolation: str = "zero_order_hold",
) -> np.ndarray:
    """Integrates a batch of states of a true system in float64, with separate steps for every member.

    The method is the adaptive method of order 8(5,3) of Dormand and Prince, vectorised. All members take a step at
    once. Each step is as long as the member's own error allows, and members that have arrived leave the batch. A close
    encounter of bodies therefore costs small steps only for the members with the encounter. Every output time is the
    end of a step; the states are not interpolated. Inputs that jump at an output time therefore do not make the steps
    less accurate.

    Args:
      system: The true system, whose `numpy_motion` is integrated.
      initial_states: `[N, 2n]`, the states at the first of the times.
      times: `[T]`, or `[N, T]` with separate times for each member; decreasing times run backwards.
      inputs: The inputs at these times, `[T, m]` for all members or `[N, T, m]`, if the system has inputs.
      input_interpolation: How the inputs continue between the times. With "zero_order_hold", the inputs of a time stay
        until the next time, also if the times decrease. With "linear", they are on the straight line between the two
        times.

    Returns:
      The trajectories `[N, T, 2n]`; index 0 is `initial_states`.

    Raises:
      ValueError: If states, times or inputs are not finite, their shapes do not fit, or inputs are missing.
      ArithmeticError: If the motion of a member cannot be followed, for example because bodies collide.

    References:
      Hairer, Norsett, Wanner. Solving Ordinary Differential Equations I, 2nd ed., 1993, section II.10. The tableau is
      SciPy's (`scipy.integrate.DOP853`).
    """
    # Inside, the members are on the last axis, so that the arithmetic runs over them.
    states = np.array(np.asarray(initial_states, np.float64).T)
    if states.ndim != 2 or len(states) != 2 * system.dof:
        raise ValueError(f"initial_states: expected shape [N, {2 * system.dof}]; received {np.shape(initial_states)}")
    count = states.shape[1]
    grid = np.asarray(times, np.float64)
    if grid.ndim not in (1, 2) or (grid.ndim == 2 and len(grid) != count) or grid.shape[-1] < 1:
        raise ValueError(f"times: expected shape [T] or [{count}, T]; received {grid.shape}")
    if not (np.isfinite(states).all() and np.isfinite(grid).all()):
        raise ValueError("reference_solution: expected finite states and times; received NaN or infinity")
    grid = np.broadcast_to(grid, (count, grid.shape[-1]))
    given = sampled_inputs(system, inputs, input_interpolation, num_members=count, num_times=grid.shape[1])
    trajectories = np.empty([count, grid.shape[1], len(states)])
    trajectories[:, 0] = states.T
    if not count:
        return trajectories
    # The batch is integrated in pieces, because a step keeps the slopes of a whole piece in memory.
    lost = np.concatenate(
        [
            piece.start + _integrate(system, states[:, piece], grid[piece], trajectories[piece], given and given[piece])
            for piece in pieces(count, states_each=system.dof)
        ]
    )
    if lost.size:
        raise ArithmeticError(
            f"{type(system).__name__}: the solver stops before the last time for {lost.size} of {count} states, first "
            f"for state {lost.min()}; give bodies that collide a softening, and other systems a shorter time"
        )
    return trajectories


def _integrate(
    system: System, states: np.ndarray, grid: np.ndarray, trajectories: np.ndarray, inputs: SampledInputs | None
) -> np.ndarray:
    """Fills `trajectories`, and returns the indices of the members that cannot be followed."""
    members = np.arange(len(grid))
    reached = np.zeros(len(grid), int)
    there = np.ones(len(grid), bool)
    now = grid[:, 0].copy()
    slopes = np.empty([_STAGES + 1, *states.shape])
    with np.errstate(all="ignore"):  # for example, coincident bodies give 0 / 0
        slopes[0] = _motion(system, states, None if inputs is None else inputs.values[:, 0])
    sizes = _magnitudes(states)
    steps = _first_steps(slopes[0], sizes, grid)
    # A step below this size moves the clock by little more than a rounding.
    least = 1e-14 * np.abs(grid - grid[:, :1]).max(-1)
    lost: list[int] = []
    while True:
        arrived = reached == grid.shape[1] - 1
        if arrived.any():
            keep = ~arrived
            members, reached, there, now, steps, grid, least = (
                array[keep] for array in (members, reached, there, now, steps, grid, least)
            )
            states, sizes, slopes = states[:, keep], sizes[:, keep], np.ascontiguousarray(slopes[:, :, keep])
        if not members.size:
            return np.array(lost, int)
        target = grid[np.arange(len(members)), reached + 1]
        left = target - now
        last = np.abs(steps) >= np.abs(left)
        step = np.where(last, left, np.copysign(steps, left))
        at = None if inputs is None else inputs.of_steps(members, grid, reached, now, step)
        if at and there.any():  # the inputs may jump at the output times
            with np.errstate(all="ignore"):
                slopes[0] = np.where(there, _motion(system, states, at(0.0)), slopes[0])
        end, errors = _step(system, states, slopes, step, at)
        sizes_after = np.maximum(sizes, _magnitudes(end))
        error = _error(step * errors, sizes_after)
        # The comparison is false for NaN, so the step is also shortened for NaN.
        accepted = error <= 1
        factor = np.where(error == 0, _MOST_FACTOR, _SAFETY * np.maximum(error, 1e-30) ** -0.125)
        factor = np.where(np.isfinite(factor), np.clip(factor, _LEAST_FACTOR, _MOST_FACTOR), _LEAST_FACTOR)
        # A step that was cut short by an output time is no reason to reduce the next step.
        grown = np.where(last & accepted, np.maximum(np.abs(steps), np.abs(step) * factor), np.abs(step) * factor)
        # A first step may be shorter than `least`, but then it grows.
        stuck = (grown <= least) & (factor < 1)
        states = np.where(accepted, end, states)
        slopes[0] = np.where(accepted, slopes[_STAGES], slopes[0])
        sizes = np.where(accepted, sizes_after, sizes)
        now = np.where(accepted, np.where(last, target, now + step), now)
        there = accepted & last
        reached = reached + there
        trajectories[members[there], reached[there]] = states[:, there].T
        steps = grown
        lost += members[stuck].tolist()
        reached[stuck] = grid.shape[1] - 1


def _step(
    system: System, states: np.ndarray, slopes: np.ndarray, step: np.ndarray, at: InputsOfSteps | None
) -> tuple[np.ndarray, np.ndarray]:
    """Takes one step, and fills all `slopes` after the first.

    Returns:
      The states after the step, and the two estimates of its error as slopes `[2, 2n, N]`.
    """
    flat = slopes.reshape(len(slopes), -1)
    with np.errstate(all="ignore"):  # a step that is too long may end anywhere, but is rejected
        for i in range(1, _STAGES):
            inner = states + step * (_A[i, :i] @ flat[:i]).reshape(states.shape)
            slopes[i] = _motion(system, inner, at and at(_C[i]))
        end = states + step * (_B @ flat[:_STAGES]).reshape(states.shape)
        slopes[_STAGES] = _motion(system, end, at and at(1.0))
        return end, (_ERRORS @ flat).reshape(2, *states.shape)


def _motion(system: System, states: np.ndarray, inputs: np.ndarray | None) -> np.ndarray:
    return (system.numpy_motion(states.T) if inputs is None else system.numpy_motion(states.T, inputs)).T


def _magnitudes(states: np.ndarray) -> np.ndarray:
    """Returns the largest |q| and the largest |p|, `[2, N]`, of states `[2n, N]`."""
    return np.abs(states).reshape(2, -1, states.shape[1]).max(1)


def _error(errors: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Returns the error of the step `[N]` in units of the allowed error, from both estimates, as in Hairer's DOP853."""
    with np.errstate(all="ignore"):
        scale = _TOLERANCE * np.maximum(sizes, np.finfo(float).tiny / _TOLERANCE)
        relative = errors.reshape(2, 2, -1, sizes.shape[1]) / scale[:, np.newaxis]
        fifth, third = np.sum(relative**2, (1, 2))
        norm = fifth / np.sqrt((fifth + 0.01 * third) * errors.shape[1])
        return np.where(fifth == 0, 0.0, norm)


def _first_steps(slopes: np.ndarray, sizes: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Returns careful first steps: a hundredth of the time in which the state changes by its own size."""
    span = np.abs(grid - grid[:, :1]).max(-1)
    with np.errstate(all="ignore"):
        times = np.min(sizes / _magnitudes(slopes), 0)
    return np.where(np.isfinite(times) & (times > 0), np.minimum(1e-2 * times, span), span)
