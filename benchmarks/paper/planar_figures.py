"""The paper's figures of one degree of freedom: vector fields, and the distances of predictions from the truth."""

import pathlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import data, evaluation, figures
from hnn_tf.figures import AnalysisRow
from trainers.tasks.real_pendulum import GRAVITY, TRAIN_FRACTION

HORIZON = 20.0
START = {"mass_spring": [0.8, 0.0], "pendulum": [1.8, 0.0]}
"""The initial state of the rollouts of each system, within the range of the training data."""


def draw_fields(path: pathlib.Path, run: Any) -> None:
    """Draws the counterpart of the paper's Figure 1: the fields, and the trajectories that follow them."""
    system, times = run.data.system, np.linspace(0.0, HORIZON, 401)
    fields = {"truth": system} | {label: _own_precision(model) for label, model in run.models.items()}
    start = np.array([START["mass_spring"]])
    figures.draw_phase_portrait(
        path,
        fields=fields,
        observed=run.data.train.joined("states"),
        rollouts=_rollouts(system, run.models, start, times),
        state_names=system.state_names,
        state_units=system.state_units,
    )


def draw_analysis(path: pathlib.Path, spring: Any, pendulum: Any, real: Any, data_path: str | None) -> None:
    """Draws a counterpart of the paper's Figure 2: predictions, error, conserved quantity and energy of three tasks."""
    times = np.linspace(0.0, HORIZON, 401)
    rows = []
    for title, run, start in (("Mass on a spring", spring, "mass_spring"), ("Ideal pendulum", pendulum, "pendulum")):
        system = run.data.system
        paths = _rollouts(system, run.models, np.array([START[start]]), times)
        rows.append(_row(title, times, paths, run.models["hnn"], system.hamiltonian, system.energy_unit))
    times, measured = held_out_record(data_path)
    paths = {"measured": measured} | {
        label: evaluation.evaluation_rollout(model, measured[:1], times)[0] for label, model in real.models.items()
    }
    rows.append(_row("Real pendulum", times, paths, real.models["hnn"], real_energy, "rad²/s²"))
    figures.draw_analysis(path, rows=rows)


def draw_real_pendulum(path: pathlib.Path, runs: Mapping[str, Any], data_path: str | None) -> None:
    """Draws the energy of the measured pendulum, and of models by forward differences or through the integrator."""
    times, measured = held_out_record(data_path)
    panels, titles = [], []
    for protocol, title in (("paper", "matching forward differences"), ("clean", "through the integrator")):
        paths = {
            label: evaluation.evaluation_rollout(model, measured[:1], times)[0]
            for label, model in runs[protocol].models.items()
        }
        panels.append({label: real_energy(states) for label, states in ({"measured": measured} | paths).items()})
        titles.append(title)
    figures.draw_energy_panels(
        path, times=times - times[0], energies=panels, titles=titles, energy_unit="rad²/s²", time_unit="s"
    )


def held_out_record(data_path: str | None) -> tuple[np.ndarray, np.ndarray]:
    """Returns the times `[T]` and states `[T, 2]` of the real pendulum on which no model was trained."""
    record = data.read_pendulum_record(data_path)
    split = int(TRAIN_FRACTION * (len(record.times) - 1))
    return record.times[split:], record.states[split:]


def real_energy(states: Any) -> np.ndarray:
    """Returns the reference's hand-fitted energy `[...]` of the real pendulum's states `[..., 2]`."""
    q, p = np.moveaxis(np.asarray(states), -1, 0)
    return GRAVITY * (1.0 - np.cos(q)) + p**2


def _rollouts(system: Any, models: Mapping[str, Any], start: np.ndarray, times: np.ndarray) -> dict[str, np.ndarray]:
    fields = {"truth": system, **models}
    return {label: evaluation.evaluation_rollout(field, start, times)[0] for label, field in fields.items()}


def _row(
    title: str, times: np.ndarray, paths: Mapping[str, np.ndarray], hnn: Any, energy: Callable, energy_unit: str
) -> AnalysisRow:
    truth, *models = paths
    return AnalysisRow(
        title=title,
        times=times - times[0],
        trajectories=paths,
        errors={label: np.sum((paths[label] - paths[truth]) ** 2, -1) for label in models},
        conserved={
            label: hnn.hamiltonian(tf.constant(states, hnn.compute_dtype)).numpy() for label, states in paths.items()
        },
        energies={label: np.asarray(energy(tf.constant(states))) for label, states in paths.items()},
        state_names=("q", "p"),
        state_units=("", ""),
        energy_unit=energy_unit,
        time_unit="s",
    )


def _own_precision(model: Any) -> Callable:
    return lambda state: model(tf.cast(state, model.compute_dtype))
