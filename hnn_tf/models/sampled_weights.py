"""Weights of hidden units that are sampled from data instead of trained."""

import numpy as np

SPAN = 0.2
"""By how much a unit's argument grows between its two points. Small: nearly linear units approximate smooth functions
to more digits than steep ones, which matter where data are noisy or the function has an edge."""


def sampled_weights(
    rng: np.random.Generator, inputs: np.ndarray, count: int, slope: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Kernel `[d, count]` and bias `[count]` of units whose directions and scales are those of differences of data.

    Each unit has two points x, x' of the data:  k = 0.2 (x' - x) / |x' - x|^2,  k . (x + x') / 2 + b = 0,
    so that it varies where the data do, along directions that the data have.

    Args:
      rng: Source of randomness.
      inputs: The data `[N, d]`, N >= 2, in units in which all are alike.
      count: How many units.
      slope: If given, units have normal directions of this standard deviation and turn at a point of the data: all
        about as steep, as a prior asks for that knows how smooth the function is.

    References:
      Bolager, Burak, Datar, Sun, Dietrich. Sampling weights of deep neural networks. arXiv:2306.16830.
      Rahma, Datar, Dietrich. Training Hamiltonian neural networks without backpropagation. arXiv:2411.17511.
    """
    if slope is not None:
        kernel = slope * rng.normal(size=[inputs.shape[1], count])
        return kernel, -np.sum(kernel.T * inputs[rng.integers(len(inputs), size=count)], 1)
    first = rng.integers(len(inputs), size=count)
    second = (first + rng.integers(1, len(inputs), size=count)) % len(inputs)  # another one
    difference = inputs[second] - inputs[first]
    # Neighbours on one trajectory can be so near that a unit would be a step.
    squares = np.sum(difference**2, 1)
    squares = np.maximum(squares, 1e-3 * np.mean(squares) + np.finfo(np.float64).tiny)
    kernel = (SPAN * difference / squares[:, np.newaxis]).T
    return kernel, -np.sum(kernel.T * (inputs[first] + inputs[second]) / 2.0, 1)
