"""How well predicted trajectories keep the true energy."""

import numpy as np


def energy_mse(true_energy: np.ndarray, predicted_energy: np.ndarray) -> float:
    """Mean of (H(s_pred) - H(s_true))^2, H the TRUE Hamiltonian on both; both `[..., T]`.

    Raises:
      ValueError: If their shapes differ.
    """
    if true_energy.shape != predicted_energy.shape:
        raise ValueError(f"expected energies of equal shape; received {true_energy.shape} and {predicted_energy.shape}")
    return float(np.mean((predicted_energy - true_energy) ** 2))


def energy_drift(times: np.ndarray, energy: np.ndarray) -> float:
    """Secular drift of the energy: root mean square over trajectories of the slope of H(t) - H(0).

    The slope is that of the least-squares line, so a bounded oscillation of the energy hardly counts.

    Args:
      times: `[T]`.
      energy: True energy along predicted trajectories, `[N, T]`.

    Returns:
      RMS slope, in units of energy per time.
    """
    centred = times - np.mean(times)
    slopes = (energy - energy[..., :1]) @ centred / np.sum(centred**2)
    return float(np.sqrt(np.mean(slopes**2)))
