"""The published numbers, for comparison with the numbers of this package."""

PUBLISHED_RESULTS: dict[str, dict[str, dict[str, float]]] = {
    "mass_spring": {
        "train_loss": {"baseline": 3.7134e-2, "hnn": 3.6933e-2},
        "test_loss": {"baseline": 3.6656e-2, "hnn": 3.5928e-2},
        "energy_mse": {"baseline": 1.7077e-1, "hnn": 3.8416e-4},
    },
    "pendulum": {
        "train_loss": {"baseline": 3.2606e-2, "hnn": 3.2787e-2},
        "test_loss": {"baseline": 3.5273e-2, "hnn": 3.5586e-2},
        "energy_mse": {"baseline": 4.1519e-2, "hnn": 2.4852e-2},
    },
    "real_pendulum": {
        "train_loss": {"baseline": 2.7455e-3, "hnn": 9.2376e-3},
        "test_loss": {"baseline": 2.1864e-3, "hnn": 5.9584e-3},
        "energy_mse": {"baseline": 3.8564e-1, "hnn": 1.4477e-2},
    },
    "two_body": {
        "train_loss": {"baseline": 3.2682e-5, "hnn": 2.9959e-6},
        "test_loss": {"baseline": 2.9575e-5, "hnn": 2.8218e-6},
        "energy_mse": {"baseline": 6.3276e-2, "hnn": 3.8751e-5},
    },
    "three_body": {
        "train_loss": {"baseline": 9.5573e-2, "hnn": 8.0346e-2},
        "test_loss": {"baseline": 3.8000e-1, "hnn": 4.8809e-1},
        "energy_mse": {"baseline": 1.0906e2, "hnn": 4.1926e-2},
    },
    "pixel_pendulum": {
        "train_loss": {"baseline": 1.7731e-4, "hnn": 1.8683e-4},
        "test_loss": {"baseline": 1.7306e-4, "hnn": 1.8451e-4},
        "energy_mse": {"baseline": 9.2748e-3, "hnn": 1.5315e-4},
    },
}
"""Task -> metric -> model -> mean squared error, in the reference code's units, from one training seed each.

Sources: arXiv:1906.01563, tables 1 and 2. The digits are from the reference code's README
(github.com/greydanus/hamiltonian-nn). The numbers belong to the paper protocol and are comparable only with its
numbers.
"""
