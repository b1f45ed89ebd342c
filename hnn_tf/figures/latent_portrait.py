"""A figure of a learned Hamiltonian over the plane of a latent."""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patheffects import Normal, withStroke

from hnn_tf.figures import style
from hnn_tf.figures.canvas import WIDTH, legend_below, png_figure
from hnn_tf.figures.labelled import shaped
from hnn_tf.figures.level_sets import GRID, colour_bar, energies_at, energy_levels, finite_or_zero
from hnn_tf.figures.limits import PlanarLimits, clip_near, line_near, planar_limits
from hnn_tf.typing import Hamiltonian

_MOST_POINTS = 2000

# The colours are light, so that data and rollouts stand out.
_ENERGY_COLOURS = LinearSegmentedColormap.from_list("energy", ["#ffffff", "#c3cdd8"])


def draw_latent_portrait(
    path: str | os.PathLike,
    *,
    hamiltonian: Hamiltonian,
    encoded: np.ndarray,
    rollouts: Mapping[str, np.ndarray],
    state_names: Sequence[str] = ("z_q", "z_p"),
    limits: PlanarLimits | None = None,
    colours: np.ndarray | None = None,
    colour_label: str = "",
) -> None:
    """Draws level sets of the learned H, the encoded data on them, and rollouts on top.

    H is drawn relative to its minimum in the plane, because its zero is arbitrary.

    Args:
      path: The PNG file to write.
      hamiltonian: The learned Hamiltonian, states `[N, 2]` -> `[N]`.
      encoded: The states of encoded data `[N, 2]`.
      rollouts: The trajectory `[T, 2]` by label, possibly none; non-finite and far values are cut off.
      state_names: The names of the two coordinates; "z_q" is shown with an index.
      limits: ((low, high), (low, high)) of the two axes; by default, limits around the data and the true trajectory.
      colours: A value for each encoded state `[N]`, which determines its colour.
      colour_label: The name and unit of the values.

    Raises:
      ValueError: If shapes do not fit.
    """
    encoded = shaped("encoded", encoded, None, 2)
    paths = {label: shaped(f"rollouts[{label!r}]", states, None, 2) for label, states in rollouts.items()}
    values = None if colours is None else shaped("colours", colours, len(encoded))
    limits = planar_limits(encoded, paths) if limits is None else limits
    q, p = (np.linspace(*pair, GRID) for pair in limits)
    grid = np.stack(np.meshgrid(q, p), -1).reshape(-1, 2)
    energy = energies_at(hamiltonian, grid)
    lowest = finite_or_zero(energy, np.min)
    levels = energy_levels(energy - lowest, energies_at(hamiltonian, encoded) - lowest)
    shown = np.ma.masked_invalid(clip_near(energy - lowest, (levels[0], levels[-1])).reshape(GRID, GRID))
    with png_figure(path, width=(0.68 if values is None else 0.8) * WIDTH, height=4.2) as figure:
        ax = figure.subplots()
        filled = ax.contourf(q, p, shown, levels=levels, cmap=_ENERGY_COLOURS, extend="both")
        ax.contour(q, p, shown, levels=levels, colors="#8d99a6", linewidths=0.6, linestyles="solid")
        chosen = np.s_[:: max(1, len(encoded) // _MOST_POINTS)]
        data = clip_near(encoded, limits)[chosen]
        look: dict[str, Any] = {"s": 7, "linewidths": 0, "zorder": 2, "label": "encoded data"}
        look |= {"color": "#555555", "alpha": 0.5} if values is None else {"c": _finite(values)[chosen]}
        points = ax.scatter(data[:, 0], data[:, 1], **look)
        colour_bar(figure, filled, [ax], "learned $H$, zero at its minimum here")
        if values is not None:
            bar = figure.colorbar(points, ax=[ax], aspect=24, fraction=0.06, pad=0.03)
            bar.set_label(colour_label)
            bar.outline.set_visible(False)
        handles: list[Artist] = [points]
        halo = [withStroke(linewidth=3.2, foreground="white", alpha=0.85), Normal()]
        for label, line in style.line_styles(paths).items():
            handles += ax.plot(*line_near(paths[label], limits).T, **line | {"path_effects": halo})
        ax.set(xlim=limits[0], ylim=limits[1], xlabel=_symbol(state_names[0]), ylabel=_symbol(state_names[1]))
        legend_below(figure, handles)


def _finite(values: np.ndarray) -> np.ndarray:
    """Replaces huge values, which would take the whole range of colours, by NaN."""
    return np.where(np.abs(values) < 1e100, values, np.nan)


def _symbol(name: str) -> str:
    return f"${name}$" if re.fullmatch(r"[A-Za-z]_[A-Za-z0-9]", name) else style.axis_label(name, "")
