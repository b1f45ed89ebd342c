"""The figure of the held-out errors of all candidates."""

import math

import numpy as np
from matplotlib.figure import Figure

from hnn_tf.reports import svg_figure
from hnn_tf.reports.number_text import number_text
from hnn_tf.reports.report_contents import Candidate, ReportContents

MOST = 20


def drawable(contents: ReportContents) -> list[Candidate]:
    """Returns the candidates with a positive finite error, best first."""
    known = [
        candidate
        for candidate in contents.candidates
        if candidate.held_out_error is not None
        and math.isfinite(candidate.held_out_error)
        and candidate.held_out_error > 0
    ]
    return sorted(known, key=_error)[:MOST]


def candidate_figure(contents: ReportContents) -> str:
    """Returns the SVG of the errors as points on a logarithmic axis, with the noise floor as a line."""
    candidates = drawable(contents)
    floor = contents.noise_floor if contents.noise_floor and contents.noise_floor > 0 else None

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        errors = np.array([_error(candidate) for candidate in candidates])
        places = np.arange(len(candidates))
        colours = [svg_figure.MODEL_COLOUR if c.chosen else svg_figure.CONTEXT_COLOUR for c in candidates]
        low = min([*errors, *([floor] if floor else [])])
        high = max(*errors, 1.5 * low)
        left, right = low / (high / low) ** 0.08, high * (high / low) ** 0.16
        ax.set_xscale("log")
        if math.floor(math.log10(right)) <= math.ceil(math.log10(left)):
            # Without two powers of ten, the axis would have no scale.
            left, right = 10.0 ** math.floor(math.log10(left)), 10.0 ** math.ceil(math.log10(right))
        ax.set_xlim(left, right)
        ax.hlines(places, left, errors, colors=colours, linewidth=1.2, alpha=0.45)
        ax.scatter(errors, places, s=34, color=colours, zorder=3)
        for place, error, candidate in zip(places, errors, candidates, strict=True):
            weight = "bold" if candidate.chosen else "normal"
            label = number_text(error, 2, trim=False)
            ax.annotate(label, (error, place), (7, 0), textcoords="offset points", va="center", weight=weight)
        names = [svg_figure.shown(candidate.name) for candidate in candidates]
        ax.set_yticks(
            places, [f"{name} (chosen)" if c.chosen else name for name, c in zip(names, candidates, strict=True)]
        )
        ax.tick_params(axis="y", length=0, labelsize=8.5)
        ax.set_ylim(len(candidates) - 0.4, -0.9 if floor else -0.6)
        if floor:
            ax.axvline(floor, color=svg_figure.OTHER_COLOUR, linestyle=(0, (4, 2)), linewidth=1.2)
            words = "noise of the readings"
            ax.annotate(words, (floor, -0.9), (4, -9), textcoords="offset points", color="#a34700", size=7.5)
        ax.set_xlabel("held-out error (mean squared error / variance of the columns)")
        svg_figure.log_ticks(ax, "x")

    words = "; ".join(
        f"{candidate.name}: {number_text(candidate.held_out_error, 2, trim=False)}" for candidate in candidates
    )
    description = f"Held-out error of each candidate on a logarithmic axis. {words}."
    return svg_figure.svg_figure("candidates", description, draw, height=0.85 + 0.27 * len(candidates))


def _error(candidate: Candidate) -> float:
    return math.inf if candidate.held_out_error is None else candidate.held_out_error
