"""A figure of scores at the last steps of a training, which shows the share of scores below a number."""

import os
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import LogFormatterSciNotation, LogLocator, NullFormatter

from hnn_tf.figures.canvas import legend_below, png_figure
from hnn_tf.figures.style import line_styles


def draw_shares(
    path: str | os.PathLike, draws: Mapping[str, Sequence[Mapping[str, float]]], published: Mapping[str, float]
) -> None:
    """Draws one panel per metric.

    Args:
      path: The PNG file to write.
      draws: The scores of many steps and seeds, by implementation.
      published: The published number of each metric, which is drawn as a vertical line.
    """
    styles = line_styles(draws)
    with png_figure(path, height=3.2) as figure:
        axes = figure.subplots(1, len(published), sharey=True)
        for ax, (metric, number) in zip(axes, published.items(), strict=True):
            for name, scores in draws.items():
                values = np.sort([score[metric] for score in scores])
                ax.step(values, np.arange(1, len(values) + 1) / len(values), where="post", **styles[name])
            ax.axvline(number, color="#444444", linewidth=1.0, label="published")
            ax.set(xscale="log", xlabel=metric, ylim=(0.0, 1.0))
            ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
            ax.xaxis.set_major_formatter(LogFormatterSciNotation(labelOnlyBase=False, minor_thresholds=(99, 99)))
            ax.xaxis.set_minor_formatter(NullFormatter())  # decades are short, so their labels would overlap
            ax.grid(color="#e3e3e3", linewidth=0.6)
            ax.set_axisbelow(True)
        axes[0].set_ylabel("share of the draws below")
        legend_below(figure, axes[0].get_lines())
