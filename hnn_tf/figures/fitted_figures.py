"""The figures of a fitted model: a held-out recording together with the model's rollout."""

import pathlib
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.data.recordings import Recordings
from hnn_tf.declarations import declared
from hnn_tf.figures.coordinate_error import draw_coordinate_error
from hnn_tf.figures.coordinates import DrawnInputs, draw_coordinates
from hnn_tf.figures.hamiltonian import draw_hamiltonian
from hnn_tf.figures.phase_portrait import draw_phase_portrait
from hnn_tf.motion_parameters import at_parameters


def draw(
    folder: pathlib.Path, model: keras.Model, recordings: Recordings, rollout: np.ndarray, *, observed: Recordings
) -> None:
    """Draws the coordinates and their error.

    For one degree of freedom, also draws the learned Hamiltonian and, without inputs, the phase portrait. If there are
    parameters, both are those at the parameters of the drawn recording.

    Args:
      folder: The existing folder of the files.
      model: The trained model.
      recordings: The held-out recordings, of which the first is drawn.
      rollout: The model's motion `[T, 2n]` at the times of that recording.
      observed: The recordings on which the model was trained.
    """
    recording = recordings[0]
    known = recording.true_states is not None
    truth, label = recording.true_states, "truth"
    if truth is None:
        truth, label = recording.states, "measured"
    names: dict[str, Any] = {"state_names": recordings.state_names, "state_units": recordings.state_units}
    times, lines = recording.times, {"truth": truth} if known else {}
    time: dict[str, Any] = {"time_unit": recordings.time_unit}
    paths = {model.name: rollout}
    draw_coordinates(
        folder / "coordinates.png",
        times=times,
        trajectories=lines | paths,
        observed=recording.states,
        inputs=_inputs(recordings),
        **names,
        **time,
    )
    draw_coordinate_error(
        folder / "coordinate_error.png", times=times, true=truth, predicted=paths, true_label=label, **names, **time
    )
    if recording.states.shape[1] > 2:
        return
    states = observed.joined("states")
    parameters = None if recording.parameters is None else tf.constant(recording.parameters, model.compute_dtype)
    if not recordings.num_inputs:  # with inputs, the motion is no field in the plane
        draw_phase_portrait(
            folder / "phase_portrait.png",
            fields={model.name: _in_own_precision(at_parameters(model, parameters), model)},
            observed=states,
            rollouts={label: truth} | paths,
            **names,
            **time,
        )
    if declared(model, "hamiltonian") is not None:
        draw_hamiltonian(
            folder / "hamiltonian.png",
            true=None,
            learned=_in_own_precision(at_parameters(model.hamiltonian, parameters), model),
            observed=states,
            energy_unit="",
            learned_label=model.name,
            **names,
        )


def _inputs(recordings: Recordings) -> DrawnInputs | None:
    values = recordings[0].inputs
    if values is None:
        return None
    return DrawnInputs(values, recordings.input_names, recordings.input_units, recordings.input_interpolation)


def _in_own_precision(function: Any, model: keras.Model) -> Any:
    return lambda state: function(tf.cast(state, model.compute_dtype))
