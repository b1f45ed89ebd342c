"""Rows of costs in Markdown: repeated measurements, and ratios of those that were taken together."""

from collections.abc import Sequence
from statistics import median


def row(cells: Sequence[str]) -> str:
    """A line of a Markdown table."""
    return f"| {' | '.join(cells)} |\n"


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """One a run: what was measured in the same run has met the same machine."""
    return [a / b for a, b in zip(above, below, strict=True)]


def spread(values: Sequence[float]) -> str:
    """Median (least - largest), of three digits."""
    middle, least, largest = (f"{float(f'{value:.3g}'):,g}" for value in (median(values), min(values), max(values)))
    return f"{middle} ({least} – {largest})"
