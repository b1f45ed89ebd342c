"""Weights of hidden units that are sampled from data instead of trained."""

import numpy as np

SPAN = 0.2
"""The increase of a unit's argument between its two points.

The value is small, because nearly linear units approximate smooth functions to more digits than steep units. Steep
units are useful only if the data are noisy or the function has an edge.
"""


def sampled_weights(
    rng: np.random.Generator, inputs: np.ndarray, count: int, slope: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the kernel `[d, count]` and bias `[count]` of units with the directions and scales of data differences.

    Each unit has two points x, x' of the data:  k = 0.2 (x' - x) / |x' - x|^2,  k . (x + x') / 2 + b = 0. The unit
    therefore varies where the data vary, along a direction of the data.

    Args:
      rng: The source of randomness.
      inputs: The data `[N, d]`, N >= 2, scaled so that all inputs have about the same spread.
      count: The number of units.
      slope: The standard deviation of normally distributed kernels, which are used instead if a slope is given. The
        argument of each unit is then 0 at a point of the data, and all units are about equally steep. A prior that
        knows the smoothness of the function needs such units.

    References:
      Bolager, Burak, Datar, Sun, Dietrich. Sampling weights of deep neural networks. arXiv:2306.16830.
      Rahma, Datar, Dietrich. Training Hamiltonian neural networks without backpropagation. arXiv:2411.17511.
    """
    if slope is not None:
        kernel = slope * rng.normal(size=[inputs.shape[1], count])
        return kernel, -np.sum(kernel.T * inputs[rng.integers(len(inputs), size=count)], 1)
    first = rng.integers(len(inputs), size=count)
    second = (first + rng.integers(1, len(inputs), size=count)) % len(inputs)  # a point other than the first
    difference = inputs[second] - inputs[first]
    # Neighbours on a trajectory can be so close to each other that the unit would be a step.
    squares = np.sum(difference**2, 1)
    squares = np.maximum(squares, 1e-3 * np.mean(squares) + np.finfo(np.float64).tiny)
    kernel = (SPAN * difference / squares[:, np.newaxis]).T
    return kernel, -np.sum(kernel.T * (inputs[first] + inputs[second]) / 2.0, 1)
