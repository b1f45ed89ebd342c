"""The times of repeated calls."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any


def timing(function: Callable[[], Any], runs: int) -> dict[str, float]:
    """Returns the seconds of consecutive runs: `wall`, their median, and `processor`, their mean for all threads."""
    seconds, processor = [], time.process_time()
    for _ in range(runs):
        began = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - began)
    return {"wall": median(seconds), "processor": (time.process_time() - processor) / runs}


def seconds_of(function: Callable[[], Any]) -> float:
    """Returns the seconds of one call."""
    began = time.perf_counter()
    function()
    return time.perf_counter() - began
