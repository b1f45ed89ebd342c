"""Initial states of pendulums in Cartesian coordinates, as the published comparisons draw them."""

import numpy as np

from hnn_tf.constraints.manifold import projected
from hnn_tf.systems.cartesian_chain_pendulum import CartesianChainPendulum
from hnn_tf.systems.chain_pendulum import cartesian_states
from hnn_tf.systems.coupled_pendulums import CoupledPendulums


def sample_chain_states(rng: np.random.Generator, count: int, system: CartesianChainPendulum) -> np.ndarray:
    """Samples positions and velocities of a chain of pendulums.

    Angles and angular velocities are normal with the variance 1. Their Cartesian positions x and velocities v become
    x + 0.2 e_1 and 3 (0.5 v + 0.4 e_2), with normal e_1 and e_2 of variance 1 in each coordinate. This state is then
    projected to a possible one.

    Args:
      rng: The source of randomness.
      count: The number of states N.
      system: The chain.

    Returns:
      The states (q, v) `[N, 2n]`, float64.

    References:
      Finzi, Wang, Wilson. arXiv:2010.13581 and its code.
    """
    states = cartesian_states(system.lengths, rng.normal(size=[count, 2 * len(system.masses)]))
    position, velocity = np.split(states, 2, -1)
    position = position + 0.2 * rng.normal(size=position.shape)
    velocity = 3.0 * (0.5 * velocity + 0.4 * rng.normal(size=velocity.shape))
    return projected(system.constraints, np.concatenate([position, velocity], -1)).numpy()


def sample_coupled_states(rng: np.random.Generator, count: int, system: CoupledPendulums) -> np.ndarray:
    """Samples positions and velocities of coupled pendulums near the hanging position.

    The direction of a rod is (sin a cos b, sin b, -cos a cos b). The angles a and b, and their rates, are normal with
    the standard deviation 0.3.

    Args:
      rng: The source of randomness.
      count: The number of states N.
      system: The pendulums.

    Returns:
      The states (q, v) `[N, 2n]`, float64.

    References:
      Finzi, Wang, Wilson. arXiv:2010.13581 and its code.
    """
    a, b, da, db = 0.3 * rng.normal(size=[4, count, len(system.masses)])
    direction = np.stack([np.sin(a) * np.cos(b), np.sin(b), -np.cos(a) * np.cos(b)], -1)
    by_a = np.stack([np.cos(a) * np.cos(b), 0.0 * b, np.sin(a) * np.cos(b)], -1)
    by_b = np.stack([-np.sin(a) * np.sin(b), np.cos(b), np.cos(a) * np.sin(b)], -1)
    velocity = system.length * (by_a * da[..., np.newaxis] + by_b * db[..., np.newaxis])
    position = system.pivots + system.length * direction
    return np.concatenate([position.reshape(count, -1), velocity.reshape(count, -1)], -1)
