"""The fit of one candidate to recordings: a closed form, or a network that begins at the best closed form."""

import dataclasses
import pathlib
import time
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.closed_form.force_fit import fit_inverse_dynamics
from hnn_tf.closed_form.input_gains import InputGains
from hnn_tf.closed_form.recording_pieces import RecordingPieces
from hnn_tf.closed_form.recordings_fit import RecordingsFit, fit_recordings
from hnn_tf.data.recordings import Recordings
from hnn_tf.declarations import declared
from hnn_tf.derivative_estimators import SmoothingSpline
from hnn_tf.derivative_estimators.base import Estimate
from hnn_tf.files.atomic_file import atomic_file
from hnn_tf.input_error import InputError
from hnn_tf.models.linear_input import LinearInput
from hnn_tf.models.mechanical_velocity_network import MechanicalVelocityNetwork
from hnn_tf.models.model_options import ModelOptions
from hnn_tf.models.new_model import new_model
from hnn_tf.models.scaled_network import ScaledNetwork
from hnn_tf.objectives import DerivativeMatching, InverseDynamics, ObjectiveOptions, TrajectoryMatching
from hnn_tf.objectives.by_name import new_objective
from hnn_tf.objectives.chosen_substeps import with_chosen_substeps
from hnn_tf.objectives.sample_columns import mean_weights
from hnn_tf.own_data.candidates import Candidate
from hnn_tf.own_data.scales import Scales
from hnn_tf.training.start import check_closed_form
from hnn_tf.training.training_loop import TrainingLoop
from hnn_tf.training.training_options import TrainingOptions
from hnn_tf.training.training_run import train
from hnn_tf.training.training_set import TrainingSet

_PIECE = 40
"""The readings of a piece, along which a network is trained."""

_HIDDEN_UNITS = (64, 64)
_FIRST_STEPS = 1500
_FIRST_RATE = 3e-3
_RATE = 1e-3

_FEWER_STEPS = 3
"""The factor by which fewer steps are taken from weights that were trained along a part of the recordings."""

STEPS = {"fast": 300, "normal": 1500, "thorough": 6000}
"""The steps of a network's training along trajectories, by budget."""


@dataclasses.dataclass(frozen=True, eq=False)
class Tried:
    """A candidate that was fitted.

    Attributes:
      candidate: The candidate.
      model: The model in the units of the recordings.
      scales: The scales of the inner model.
      seconds: The duration of the fit.
      fit: The closed form's fit, in dimensionless units; None for a network.
    """

    candidate: Candidate
    model: ScaledNetwork
    scales: Scales
    seconds: float
    fit: RecordingsFit | None = None


def fit_candidate(
    candidate: Candidate,
    recordings: Recordings,
    *,
    noise_std: np.ndarray,
    period: float | None,
    seed: int,
    budget: str,
    best: Tried | None,
    earlier: Tried | None = None,
    kept: pathlib.Path | None = None,
    objective: str | None = None,
) -> Tried:
    """Fits a candidate: random features by a closed form, and a network along pieces of the recordings.

    Args:
      candidate: The candidate.
      recordings: The recordings.
      noise_std: The noise levels `[2n]`, in the units of the recordings.
      period: The period of the motion, if it is known.
      seed: The seed of the features and the weights.
      budget: The budget, which determines the steps of a network.
      best: A closed form whose motion a network learns first. Without it, a network first matches derivatives that a
        spline estimates.
      earlier: The candidate fitted to a part of the recordings. A network without `best` begins at its weights, and
        takes fewer steps.
      objective: The name of the objective by which a network is trained; by default, trajectories are matched after the
        start that `best` describes.
      kept: The file that keeps the weights of a trained network. If it exists, the network is not trained again.

    Raises:
      ArithmeticError: If no motion of this kind fits.
    """
    began = time.monotonic()
    scales = Scales.of(recordings, period=period, velocities=candidate.velocities)
    inner = scales.scaled(recordings)
    network = _new_network(candidate, inner, scales, seed)
    found = None
    if objective is not None:
        _train_by(objective, network, inner, seed, STEPS[budget])
    elif candidate.of_forces:
        network, energy = _fitted_to_forces(network, inner, scales, seed)
        scales = dataclasses.replace(scales, energy=energy)
    elif declared(network, "has_closed_form"):
        found = _fit_closed_form(network, inner, seed)
    elif kept is not None and kept.exists():
        with np.load(kept, allow_pickle=False) as archive:
            network.set_weights([archive[f"weight_{i}"] for i in range(len(network.weights))])
    else:
        steps = STEPS[budget]
        if best and best.fit:
            states = _imitate(network, inner, scales, best, seed)
        else:
            smooth = _smoothed(inner)
            states = [each.states[0] for each in smooth]
            if earlier is None:
                _match_derivatives(network, inner, smooth)
            else:
                network.set_weights(earlier.model.network.get_weights())
                steps //= _FEWER_STEPS
        _follow(network, inner, states, noise_std / scales.scale, steps)
        if kept is not None:
            with atomic_file(kept) as temporary:
                np.savez(temporary, **{f"weight_{i}": value for i, value in enumerate(network.get_weights())})
    return Tried(candidate, scales.wrapped(network), scales, time.monotonic() - began, found)


def _fitted_to_forces(network: Any, inner: Recordings, scales: Scales, seed: int) -> tuple[keras.Model, float]:
    """Fits a network of velocities to measured accelerations and forces.

    Returns:
      The network with the known gains of the forces, and the scale of its energy.

    Raises:
      InputError: If accelerations, or one force for each position, were not measured.
    """
    if inner[0].time_derivatives is None or inner.num_inputs != inner.width // 2:
        raise InputError(
            f"{network.name}: expected measured accelerations (derivatives_given) and one input for each position, the "
            "force along it; received others; give them, or take mechanical_velocity_friction"
        )
    # The work of a force along a position is that of its dimensionless force, in units of the energy.
    work = scales.inputs * scales.scale[: len(scales.inputs)]
    energy = float(np.mean(work))
    forced = tuple(dataclasses.replace(each, inputs=np.asarray(each.inputs) * work / energy) for each in inner)
    columns = InverseDynamics().samples_of(dataclasses.replace(inner, recordings=forced))
    fit_inverse_dynamics(network.mechanics, columns, seed=seed)
    gains = LinearInput(gains=np.diag(work / energy), dtype=network.dtype_policy)
    known = MechanicalVelocityNetwork(network.mechanics, network.dissipation, gains, name=network.name)
    known.build([None, inner.width])
    return known, energy


def _train_by(objective: str, network: keras.Model, inner: Recordings, seed: int, steps: int) -> None:
    """Trains a network by a named objective, whose closed form is used if there is one."""
    fits = new_objective(ObjectiveOptions(objective))
    fits.check(network)
    check_closed_form(network, fits, width=inner.width)
    options = TrainingOptions(steps=steps, seed=seed)
    known = inner[0].time_derivatives is not None or not fits.uses_derivatives
    data = TrainingSet.of(
        inner, test=inner, objective=fits, options=options, derivatives=None if known else "smoothing_spline"
    )
    train(network, data, options, progress=False)


def _fit_closed_form(network: keras.Model, inner: Recordings, seed: int) -> RecordingsFit:
    """Fits random features, friction and gains, and sets them."""
    gains = InputGains(inner.width // 2, inner.num_inputs) if inner.num_inputs else None
    assign_friction = declared(declared(network, "dissipation"), "assign_coefficient")
    found = fit_recordings(network.hamiltonian, inner, friction=assign_friction is not None, gains=gains, seed=seed)
    if assign_friction is not None:
        assign_friction(found.fit.friction or 0.0)
    if gains is not None:
        gains.assign(network, found.fit.gains)
    return found


def _follow(
    network: keras.Model, inner: Recordings, states: list[np.ndarray], noise_std: np.ndarray, steps: int
) -> None:
    """Trains a network along pieces, which begin at the given states `[T_i, 2n]` of each recording."""
    pieces = RecordingPieces.of(inner, _PIECE)
    columns = pieces.columns()
    seen = columns.get("observed", np.ones(columns["states"].shape))
    columns["observed"] = mean_weights(seen * columns.pop("counted")[..., np.newaxis])
    columns["initial_state"] = pieces.starts(states)[:, np.newaxis]
    if inner.num_parameters:
        columns["parameters"] = inner.stacked("parameters")[pieces.owners]
    _run(network, with_chosen_substeps(TrajectoryMatching(noise_std=noise_std), columns), columns, steps, _RATE)


def _new_network(candidate: Candidate, inner: Recordings, scales: Scales, seed: int) -> keras.Model:
    # The last width is the number of random features, if the model has some.
    count = candidate.num_features * min(inner.width // 2, 2)
    units = (count,) if candidate.num_features else _HIDDEN_UNITS
    return new_model(
        ModelOptions(candidate.model, hidden_units=units, time_reversible=candidate.time_reversible),
        width=inner.width,
        angles=inner.angles,
        num_inputs=inner.num_inputs,
        parameter_ranges=inner.parameter_ranges,
        masses=tuple(scales.inner_masses.tolist()),
        seed=seed,
    )


def _imitate(network: keras.Model, inner: Recordings, scales: Scales, best: Tried, seed: int) -> list[np.ndarray]:
    """Trains a network on the motion of a closed form, at its states and around them, and returns these states."""
    found = best.fit
    assert found is not None  # noqa: S101 - the caller has checked it
    # The closed form has momenta, and the network may have velocities.
    to_own = best.scales.scale / scales.scale
    states = np.concatenate(found.states)
    rng = np.random.default_rng(seed)
    around = [states, *(states + found.fit.noise_std * rng.normal(size=states.shape) for _ in range(2))]
    inputs = np.tile(inner.joined("inputs"), [3, 1]) if inner.num_inputs else None
    at = np.concatenate(around)
    driving = None if inputs is None else tf.constant(inputs)
    motion = found.field.value(tf.constant(at), found.fit.posterior.mean, driving).numpy()
    columns = {"state": at * to_own, "time_derivative": motion * to_own}
    if inputs is not None:
        columns["inputs"] = inputs
    _run(network, DerivativeMatching(), columns, _FIRST_STEPS, _FIRST_RATE)
    return [each * to_own for each in found.states]


def _smoothed(inner: Recordings) -> list[Estimate]:
    """Returns each recording's states and time derivatives `[1, T_i, 2n]` as a spline estimates them."""
    spline = SmoothingSpline()
    return [spline.estimate(each.times[np.newaxis], each.states[np.newaxis]) for each in inner]


def _match_derivatives(network: keras.Model, inner: Recordings, smooth: list[Estimate]) -> None:
    """Trains a network on estimated time derivatives."""
    columns = {
        "state": np.concatenate([each.states[0] for each in smooth]),
        "time_derivative": np.concatenate([each.time_derivatives[0] for each in smooth]),
    }
    if inner.num_inputs:
        columns["inputs"] = inner.joined("inputs")
    if inner.num_parameters:
        columns["parameters"] = np.repeat(inner.stacked("parameters"), [len(each) for each in inner], 0)
    _run(network, DerivativeMatching(), columns, _FIRST_STEPS, _FIRST_RATE)


def _run(network: keras.Model, objective: object, columns: dict[str, np.ndarray], steps: int, rate: float) -> None:
    schedule = keras.optimizers.schedules.CosineDecay(rate, steps)
    TrainingLoop(network, objective, keras.optimizers.Adam(schedule), columns).run(steps)  # type: ignore[arg-type]
