"""The products of two inputs that are features."""

from collections.abc import Sequence

import numpy as np


def products_within(groups: Sequence[np.ndarray]) -> list[tuple[int, int]]:
    """Returns the pairs (j, k), j <= k, of inputs that are in one of several groups without common inputs."""
    return [(j, k) for group in groups for j in group for k in group if j <= k]
