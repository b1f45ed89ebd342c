"""The velocities of a system with two degrees of freedom, from its mass matrix."""

from typing import Any


def two_velocities(first: Any, mixed: Any, second: Any, p_1: Any, p_2: Any) -> tuple[Any, Any]:
    """Returns v = M^-1 p for M = [[first, mixed], [mixed, second]].

    All arguments are numbers, or arrays or tensors `[...]`, and so are the two results.
    """
    determinant = first * second - mixed * mixed
    return (second * p_1 - mixed * p_2) / determinant, (first * p_2 - mixed * p_1) / determinant
