"""A figure of the level sets of the true and the learned Hamiltonian."""

import os
from collections.abc import Sequence

import numpy as np

from hnn_tf.figures import style
from hnn_tf.figures.canvas import WIDTH, png_figure
from hnn_tf.figures.level_sets import (
    GRID,
    colour_bar,
    difference_levels,
    energies_at,
    energy_levels,
    fill_level_sets,
    finite_or_zero,
)
from hnn_tf.figures.limits import PlanarLimits, planar_limits
from hnn_tf.motion_parameters import at_parameters, check_parameters
from hnn_tf.typing import Hamiltonian

_MOST_POINTS = 600


def draw_hamiltonian(
    path: str | os.PathLike,
    *,
    true: Hamiltonian | None,
    learned: Hamiltonian,
    observed: np.ndarray,
    state_names: Sequence[str],
    state_units: Sequence[str],
    energy_unit: str,
    limits: PlanarLimits | None = None,
    learned_label: str = "hnn",
    parameters: Sequence[float] | None = None,
) -> None:
    """Draws level sets of the true H, the learned H and their difference over the phase plane.

    Without a true H, only the learned H is drawn.

    An energy is determined only up to a constant. The learned energy is therefore shifted by the constant that
    minimises its squared difference from the true energy at the observed states.

    Args:
      path: The PNG file to write.
      true: The true Hamiltonian, states `[N, 2]` -> `[N]`, or None if it is not known.
      learned: The learned Hamiltonian, states `[N, 2]` -> `[N]`.
      observed: The states of the training data `[N, 2]`, which are faint in every panel.
      state_names: The names of the two coordinates.
      state_units: The units of the two coordinates.
      energy_unit: The unit of H.
      limits: ((low, high), (low, high)) of the two axes; by default, limits around the data.
      learned_label: The label of the model that learned H.
      parameters: Theta `[k]` of a learned H with parameters, which the whole figure has.

    Raises:
      ValueError: If the states are not states in a plane.
      InputError: If the learned H has parameters and none are given, or has none and there are some.
    """
    check_parameters(learned, parameters)
    learned = at_parameters(learned, parameters)
    observed = np.asarray(observed, np.float64)
    automatic = planar_limits(observed, {})
    limits = automatic if limits is None else limits
    q, p = (np.linspace(*pair, GRID) for pair in limits)
    grid = np.stack(np.meshgrid(q, p), -1).reshape(-1, 2)
    name = style.display_name(learned_label)
    learned_energy, at_data = energies_at(learned, grid), energies_at(learned, observed)
    energy_label = style.axis_label("energy", energy_unit)
    panels = 3 if true else 1
    with png_figure(path, width=WIDTH if true else 0.6 * WIDTH, height=3.0 if true else 3.4) as figure:
        axes = list(figure.subplots(1, panels, sharex=True, sharey=True, squeeze=False)[0])
        if true is None:
            # There is no given zero, so the minimum is as good as any other.
            lowest = finite_or_zero(learned_energy, np.min)
            energy = learned_energy - lowest
            contours = fill_level_sets(axes[0], q, p, energy, energy_levels(energy, at_data - lowest))
            colour_bar(figure, contours, axes, energy_label)
            axes[0].set_title(f"{name}: learned $H$, zero at its minimum here")
        else:
            true_energy, true_at_data = energies_at(true, grid), energies_at(true, observed)
            shift = finite_or_zero(true_at_data - at_data, np.mean)
            learned_energy = learned_energy + shift
            levels = energy_levels(true_energy, true_at_data)
            contours = fill_level_sets(axes[0], q, p, true_energy, levels)
            fill_level_sets(axes[1], q, p, learned_energy, levels)
            colour_bar(figure, contours, axes[:2], energy_label)
            difference = learned_energy - true_energy
            errors = fill_level_sets(
                axes[2], q, p, difference, difference_levels(difference, least=1e-6 * np.ptp(levels)), colours="PuOr_r"
            )
            colour_bar(figure, errors, axes[2:], style.axis_label("difference", energy_unit))
            axes[0].set_title("True $H$\n")
            axes[1].set_title(
                f"{name}: learned $H$, shifted by\n{shift:+.3g} {energy_unit} (least squares at data)".replace("-", "−")
            )
            axes[2].set_title("Difference\n(learned − true)")
        for ax in axes:
            points = observed[:: max(1, len(observed) // _MOST_POINTS)]
            ax.scatter(*points.T, s=2.5, color="black", alpha=0.22, linewidths=0, zorder=3)
            ax.set_xlabel(style.axis_label(state_names[0], state_units[0]))
        axes[0].set(ylabel=style.axis_label(state_names[1], state_units[1]), xlim=limits[0], ylim=limits[1])
