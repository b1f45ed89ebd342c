"""Adds energy to a motion and removes it again.

Along J grad H, the energy is constant. Along grad H, the energy changes.

python examples/energy_bump.py [--model_path=runs/pendulum/model.keras]

The program prints the energies and draws energy_bump.png, as in section 6 of Greydanus, Dzamba, Yosinski,
arXiv:1906.01563.
"""

import itertools
import sys
from typing import Any

import numpy as np
import tensorflow as tf
from absl import flags

from hnn_tf import InputError, change_energy, rollout, systems
from hnn_tf.commands import command_line, number_flags
from hnn_tf.export import load_model
from hnn_tf.figures import canvas, limits, style

START = (1.0, 0.4)
STEP_SIZE = 0.02
NUM_STEPS = 200
GRADIENT_POINTS = 41
COLOURS = ("#0072b2", "#d55e00", "#009e73")
GRADIENT_LOOK = {"color": "#333333", "linewidth": 1.3, "linestyle": (0, (2, 1))}


def bump(field, amount: float):
    """Computes three symplectic segments, with energy added after the first and removed after the second.

    Returns:
      The segments [T, 2n], and the two gradient paths [GRADIENT_POINTS, 2n] between them.
    """
    state = tf.constant(START, getattr(field, "compute_dtype", "float64"))
    segments, climbs = [], []
    for change in (amount, -amount, None):
        segments.append(rollout(field, state, step_size=STEP_SIZE, num_steps=NUM_STEPS, integrator="tao4"))
        if change is not None:
            # A batch of one state with many amounts of energy is the path from the first to the last amount.
            states = tf.repeat(segments[-1][-1:], GRADIENT_POINTS, axis=0)
            climbs.append(change_energy(field, states, np.linspace(0.0, change, GRADIENT_POINTS)))
            state = climbs[-1][-1]
    return segments, climbs


def draw(path: str, field, segments, climbs, *, names, units, energy_unit: str) -> None:
    """Draws the path in the phase plane, and its energy over time."""
    states = np.concatenate([*segments, *climbs])
    window = limits.planar_limits(states, {})
    axes = [np.linspace(*pair, 121) for pair in window]
    grid = np.stack(np.meshgrid(*axes), -1).reshape(-1, 2)
    energy = np.reshape(field.hamiltonian(tf.constant(grid, states.dtype)), [121, 121])
    with canvas.png_figure(path, height=3.6) as figure:
        left, right = figure.subplots(1, 2)
        left.contour(*axes, energy, levels=14, colors="#c8c8c8", linewidths=0.7, linestyles="solid")
        handles = []
        for i, (segment, colour) in enumerate(zip(segments, COLOURS, strict=True)):
            times = (i * NUM_STEPS + np.arange(NUM_STEPS + 1)) * STEP_SIZE
            name = ("before", "with energy added", "with as much taken away")[i]
            # The last segment is on the level set of the first, which is a broad line so that it stays visible.
            left.plot(*np.transpose(segment), color=colour, linewidth=1.6 if i else 5.0, alpha=1.0 if i else 0.45)
            handles += right.plot(times, field.hamiltonian(segment), color=colour, linewidth=1.6, label=name)
        for i, climb in enumerate(climbs):
            at = np.full(GRADIENT_POINTS, (i + 1) * NUM_STEPS * STEP_SIZE)
            left.plot(*np.transpose(climb), **GRADIENT_LOOK, zorder=4)
            handles += right.plot(at, field.hamiltonian(climb), **GRADIENT_LOOK, label=r"along $\nabla H$")
        left.plot(*segments[0][0], marker="o", color=COLOURS[0], markerfacecolor="white", zorder=5)
        labels = [style.axis_label(*pair) for pair in zip(names, units, strict=True)]
        left.set(xlim=window[0], ylim=window[1], xlabel=labels[0], ylabel=labels[1], title="Level sets of $H$ and path")
        right.set(
            xlim=(0.0, 3 * NUM_STEPS * STEP_SIZE),
            xlabel=style.axis_label("time", "s"),
            ylabel=style.axis_label("energy", energy_unit),
            title="Energy",
        )
        canvas.legend_below(figure, handles[:4])


def _main() -> None:
    settings, pendulum = flags.FLAGS, systems.Pendulum()
    field: Any = load_model(settings.model_path, width=2 * pendulum.dof) if settings.model_path else pendulum
    if not hasattr(field, "hamiltonian"):
        raise InputError(f"--model_path: expected a model with a Hamiltonian; received {field.name}; train --model=hnn")
    try:
        segments, climbs = bump(field, settings.amount)
    except ValueError as error:
        raise InputError(f"--amount={settings.amount}: {error}") from error
    for name, segment in zip(("before", "added", "taken away"), segments, strict=True):
        energy = tf.cast(field.hamiltonian(segment), tf.float64)
        low, high = tf.reduce_min(energy), tf.reduce_max(energy)
        sys.stdout.write(f"{name:12}energy {energy[0]:.9f} {pendulum.energy_unit}, kept within {high - low:.1e}\n")
    for name, (first, last) in zip(("added", "taken away"), itertools.pairwise(segments), strict=True):
        change = tf.cast(field.hamiltonian(last[0]) - field.hamiltonian(first[-1]), tf.float64)
        sys.stdout.write(f"{name:12}{change:+.9f} {pendulum.energy_unit} along grad H\n")
    draw(
        settings.figure_path,
        field,
        segments,
        climbs,
        names=pendulum.state_names,
        units=pendulum.state_units,
        energy_unit=pendulum.energy_unit,
    )
    sys.stdout.write(f"{settings.figure_path}\n")


if __name__ == "__main__":
    flags.DEFINE_string("model_path", None, "A trained model of a pendulum. By default, the true pendulum is taken.")
    number_flags.define("amount", 2.0, "The energy to add and to take away, in J.", least=-1e6, most=1e6)
    flags.DEFINE_string("figure_path", "energy_bump.png", "The figure to write.")
    command_line.run(_main, usage=__doc__)
