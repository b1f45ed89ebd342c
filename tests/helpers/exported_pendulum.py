"""A served folder of two versions, whose cards tests read."""

import keras

import hnn_tf
from hnn_tf.export.saved_model import export_model

STATE = {"names": ["q", "p"], "units": ["rad", "kg m²/s"], "time_unit": "s", "energy_unit": "J"}
RUN = {
    "task": "pendulum",
    "objective": "derivative",
    "protocol": "clean",
    "seed": 3,
    "steps": 2000,
    "fit_seconds": 1.5,
    "state": STATE,
    "training_data": {"samples": 1125, "sha256": "ab" * 32},
    "metrics": {"test_loss": 0.03, "energy_mse": 0.001},
    "versions": {"hnn_tf": "0.0.1"},
}


def pendulum_network(dtype="float32", *, seed=0):
    keras.utils.set_random_seed(seed)
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[16, 16], dtype=dtype))
    model.build([None, 2])
    return model


def export_versions(folder):
    """Version 1 of a run, version 2 of a model alone, in float64."""
    export_model(pendulum_network(), folder, run=RUN, licence="CC-BY-4.0", max_step_size=0.1)
    export_model(pendulum_network("float64"), folder, integrator="rk8", substeps=2, max_steps=500)
