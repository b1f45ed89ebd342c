"""The closed form for recordings of any lengths, in which some positions or momenta may not have been observed."""

import dataclasses
from typing import Any

import numpy as np

from hnn_tf.closed_form.input_gains import InputGains
from hnn_tf.closed_form.linear_field import LinearField
from hnn_tf.closed_form.piece_chains import PieceChains
from hnn_tf.closed_form.recording_pieces import RecordingPieces
from hnn_tf.closed_form.trajectories import SLOPE
from hnn_tf.closed_form.trajectory_fit import TrajectoryFit, with_physical_parameters
from hnn_tf.closed_form.trajectory_fitter import TrajectoryFitter
from hnn_tf.closed_form.trajectory_start import first_coefficients, friction_scale, gain_scales, in_float64
from hnn_tf.data.recordings import Recordings
from hnn_tf.declarations import declared
from hnn_tf.motion_inputs import interval_ends
from hnn_tf.numerics.substeps import warn_if_too_few

_FIRST_LENGTH = 40
"""The readings of a piece.

All pieces are rolled out at the same time. In longer pieces, the motion of the first coefficients may leave the data.
"""

_FEWEST = 6
"""The fewest readings of a piece."""

_GROWTH = 4
"""The factor by which the chains of pieces grow from one fit to the next."""

_MOST_ITERATIONS = 15
_MOST_SUBSTEPS = 16
_HOPELESS = 0.5
"""The noise, relative to the spread, above which short pieces are not followed well enough for longer chains."""

_SAME_NOISE = 1.2
"""The largest factor by which longer chains may raise the noise that is found.

If the model is right, the noise does not depend on the length. If it is not, or if the motion is chaotic, the model
cannot follow longer chains.
"""


@dataclasses.dataclass(frozen=True, eq=False)
class RecordingsFit:
    """The result of `fit_recordings`.

    Attributes:
      fit: The fit of the pieces.
      field: The fitted motion as a function of the coefficients.
      length: The number of readings that the motion follows from one initial state.
      states: The states `[T_i, 2n]` of each recording that were fitted, which are estimates of the noise-free states.
    """

    fit: TrajectoryFit
    field: LinearField
    length: int
    states: list[np.ndarray]


def fit_recordings(
    hamiltonian: Any,
    recordings: Recordings,
    *,
    friction: bool = False,
    gains: InputGains | None = None,
    seed: int = 0,
    slope: float = SLOPE,
) -> RecordingsFit:
    """Fits a Hamiltonian that is linear in its coefficients to recordings, by a few linear solves.

    The fit is that of `fit_trajectories`, for recordings of different lengths and with numbers that were not observed.
    The recordings are first cut into short pieces, each with its own initial state. Longer and longer chains of pieces
    then have one initial state, up to the whole recordings, as long as the motion follows them as well as the short
    pieces. Longer chains tell more about friction, and about the frequencies.

    Args:
      hamiltonian: As in `fit_trajectories`, built for the states. The fitted coefficients are assigned to it.
      recordings: The recordings. A number that was not observed has a guess in its place.
      friction: As in `fit_trajectories`.
      gains: The gains of the inputs; None without inputs.
      seed: The seed of the features.
      slope: The slope of the features in standardised states.

    Returns:
      The fit of the longest chains.

    Raises:
      InputError: If the states are not valid.
      ArithmeticError: If the motion diverges even along short pieces.

    Warns:
      IntegrationWarning: If the substeps are too few for the fitted motion.
    """
    fitted, hamiltonian = hamiltonian, in_float64(hamiltonian)
    states = recordings.joined("states")
    if declared(hamiltonian, "adapt"):
        hamiltonian.adapt(states, seed=seed, slope=slope)
    windows = _windows(recordings, min(_FIRST_LENGTH, *map(len, recordings)))
    scales = np.concatenate([gain_scales(gains, windows), np.asarray(hamiltonian.coefficient_scales, np.float64)])
    coefficients = first_coefficients(hamiltonian, gains, windows, scales)
    if friction:
        coefficients = np.append(coefficients, 0.0)
        scales = np.append(scales, friction_scale(windows["times"], windows["states"]))
    field = LinearField(hamiltonian, friction=friction, gains=gains)
    found = _grown(field, scales, recordings, coefficients)
    warn_if_too_few(found.fit.substeps, found.fit.integration_error)
    mean, num_gains = found.fit.posterior.mean.numpy(), 0 if gains is None else gains.num_unknown
    hamiltonian.assign_coefficients(mean[num_gains : len(mean) - friction])
    if fitted is not hamiltonian:
        for variable, value in zip(fitted.weights, hamiltonian.weights, strict=True):
            variable.assign(value)
    return dataclasses.replace(found, fit=with_physical_parameters(found.fit, gains, friction=friction))


def _grown(field: LinearField, scales: np.ndarray, recordings: Recordings, coefficients: np.ndarray) -> RecordingsFit:
    """Fits pieces, or shorter ones if the motion diverges, and then chains of pieces, from the given coefficients."""
    guesses, length = [each.states for each in recordings], _FIRST_LENGTH
    while True:
        pieces = RecordingPieces.of(recordings, length)
        fitter = TrajectoryFitter(field, scales, pieces.columns(), most_substeps=_MOST_SUBSTEPS)
        found = _fit(fitter, coefficients, pieces.starts(guesses))
        if found is not None:
            break
        length //= 2
        if length < _FEWEST:
            raise ArithmeticError("closed form: the motion of the first coefficients diverges even along short pieces")
    spread = np.std(recordings.joined("states"), 0)
    hopeless = _noise(found, recordings, spread) > _HOPELESS
    chained, most = 1, 1 if hopeless else int(np.bincount(pieces.owners).max())
    while chained < most:
        fitter.chains = PieceChains.of(pieces.owners, min(_GROWTH * chained, most))
        longer = _fit(fitter, found.posterior.mean.numpy(), found.initial_state)
        if longer is None or _noise(longer, recordings) > _SAME_NOISE * _noise(found, recordings):
            break
        found, chained = longer, fitter.chains.index.shape[1]
    return RecordingsFit(found, field, chained * (pieces.length - 1) + 1, pieces.joined(found.states))


def _fit(fitter: TrajectoryFitter, coefficients: np.ndarray, starts: np.ndarray) -> TrajectoryFit | None:
    """Fits from given coefficients and initial states; returns None if the motion diverges."""
    try:
        found = fitter.fit(coefficients, starts, max_iterations=_MOST_ITERATIONS)
    except ArithmeticError:
        return None
    finite = np.isfinite(found.states).all() and np.isfinite(found.posterior.mean).all()
    return found if finite else None


def _noise(fit: TrajectoryFit, recordings: Recordings, units: np.ndarray | float = 1.0) -> float:
    """Returns the geometric mean of the noise levels, in the given units, of the coordinates that were observed."""
    seen = np.ones(recordings.width, bool) if recordings[0].observed is None else recordings.joined("observed").any(0)
    return float(np.exp(np.mean(np.log((fit.noise_std / units)[seen]))))


def _windows(recordings: Recordings, length: int) -> dict[str, np.ndarray]:
    """Returns the columns of windows of equal length, without a warning about readings that are in no window."""
    windows = [
        each.between(first, first + length)
        for each in recordings
        for first in range(0, len(each) - length + 1, length - 1)
    ]
    columns = {name: np.stack([getattr(each, name) for each in windows]) for name in ("times", "states")}
    if recordings.num_inputs:
        inputs = np.stack([np.asarray(each.inputs) for each in windows])
        columns |= {"inputs": inputs, "end_inputs": interval_ends(inputs, recordings.input_interpolation)}
    return columns
