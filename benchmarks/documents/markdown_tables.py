"""Markdown tables of numbers over seeds."""

import math
from statistics import median


def spread(values: list[float | None]) -> str:
    """Returns the median, least and largest value of the runs that did not diverge."""
    finite = [value for value in values if value is not None]
    diverged = f", {len(values) - len(finite)} diverged" if len(finite) < len(values) else ""
    if not finite:
        return "all diverged"
    return f"{number(median(finite))} ({number(min(finite))} – {number(max(finite))}{diverged})"


def number(value: float) -> str:
    """Formats a number with three digits, and NaN as an empty text."""
    if math.isnan(value):
        return ""
    return f"{value:.3g}" if value == 0 or 1e-2 <= value < 1000 else f"{value:.2e}"


def table(rows: list[list[str]], *, labels: int = 2) -> str:
    """Formats rows, the head first, as a Markdown table, in which the columns after the first `labels` are numbers."""
    head, *body = rows
    lines = [head, ["---"] * labels + ["---:"] * (len(head) - labels), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
