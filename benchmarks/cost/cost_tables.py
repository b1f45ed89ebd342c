"""Rows of Markdown tables of costs, for repeated measurements and ratios of simultaneous measurements."""

from collections.abc import Sequence
from statistics import median


def row(cells: Sequence[str]) -> str:
    """Returns a line of a Markdown table."""
    return f"| {' | '.join(cells)} |\n"


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Returns one ratio per run, because measurements of the same run have the same conditions on the machine."""
    return [a / b for a, b in zip(above, below, strict=True)]


def spread(values: Sequence[float]) -> str:
    """Returns the median (least - largest), with three digits."""
    middle, least, largest = (f"{float(f'{value:.3g}'):,g}" for value in (median(values), min(values), max(values)))
    return f"{middle} ({least} – {largest})"
