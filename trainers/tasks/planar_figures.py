"""The figures of a run with one degree of freedom, the same set for every planar task."""

import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import figures
from hnn_tf.declarations import declared
from hnn_tf.evaluation import evaluation_rollout
from trainers.tasks.task import Models


def draw(
    folder: pathlib.Path,
    models: Models,
    *,
    energy: Callable,
    energy_unit: str,
    state_names: Sequence[str],
    state_units: Sequence[str],
    truth_label: str,
    true_field: Callable | None,
    true_hamiltonian: Callable | None,
    truth: np.ndarray,
    times: np.ndarray,
    observed: np.ndarray,
    configuration: str,
) -> None:
    """Draws phase portrait, energy, coordinate error, learned Hamiltonian and an animation of the rollout.

    Args:
      folder: The folder of the files, which is created if necessary.
      models: The trained models by label.
      energy: The energy that evaluates trajectories, states `[T, 2]` (tensor) -> `[T]`.
      energy_unit: The unit of the energy.
      state_names: The names of the two coordinates.
      state_units: The units of the two coordinates.
      truth_label: "truth" or "measured".
      true_field: The true vector field, or None if it is unknown.
      true_hamiltonian: The true H, or None if it is unknown.
      truth: The true or measured trajectory `[T, 2]`, from whose first state the models start.
      times: `[T]`.
      observed: The states on which the models were trained, `[N, 2]`.
      configuration: The kind of the system's drawing in the animation.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = {label: evaluation_rollout(model, truth[:1], times)[0] for label, model in models.items()}
    trajectories = {truth_label: truth} | paths
    names: dict[str, Any] = {"state_names": state_names, "state_units": state_units}
    fields = {label: _in_own_precision(model, model.compute_dtype) for label, model in models.items()}
    # The order of the panels: the truth, the paper's baseline, the model.
    order = sorted(fields, key=lambda label: label != "baseline")
    portrait = ({truth_label: true_field} if true_field else {}) | {label: fields[label] for label in order}
    figures.draw_phase_portrait(
        folder / "phase_portrait.png", fields=portrait, observed=observed, rollouts=trajectories, **names
    )
    energies = {label: np.asarray(energy(tf.constant(path))) for label, path in trajectories.items()}
    figures.draw_energy(folder / "energy.png", times=times, energies=energies, energy_unit=energy_unit)
    figures.draw_coordinate_error(
        folder / "coordinate_error.png", times=times, true=truth, predicted=paths, true_label=truth_label, **names
    )
    for label, model in models.items():
        if declared(model, "hamiltonian") is not None:
            figures.draw_hamiltonian(
                folder / "hamiltonian.png",
                true=true_hamiltonian,
                learned=_in_own_precision(model.hamiltonian, model.compute_dtype),
                observed=observed,
                energy_unit=energy_unit,
                learned_label=label,
                **names,
            )
    figures.draw_rollout_animation(
        folder / "rollout.gif", times=times, trajectories=trajectories, configuration=configuration, **names
    )


def _in_own_precision(function: Callable, dtype: str) -> Callable:
    return lambda state: function(tf.cast(state, dtype))
