"""The published numbers that ours stand beside."""

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
}
"""Task -> metric -> model -> mean squared error, in the reference code's units; one training seed each.

Sources: arXiv:1906.01563, table 1; the digits are those of the reference code's README (github.com/greydanus/
hamiltonian-nn). They are figures of the paper protocol: compare them with nothing else.
"""
