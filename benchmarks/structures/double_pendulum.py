"""The double pendulum, whose kinetic energy depends on its positions."""

from benchmarks.structures import double_pendulum_closed_form
from benchmarks.structures.measurement import Line, Measurement
from benchmarks.trainings.task_training import TaskTraining

PUBLISHED_ENERGY_ERROR = 2.77e-3
"""The number of a Hamiltonian network; see `trainers.tasks.double_pendulum.published_energy_error`."""

PUBLISHED_HAMILTONIAN_ERROR = 4.1e-3
"""The relative L2 error of H of 1000 random features of the whole state (Rahma et al., arXiv:2411.17511)."""


def _network(seed: int) -> dict[str, float]:
    found: dict[str, float] = {}
    for model in ("hnn", "mechanical"):
        training = TaskTraining("double_pendulum", model=model, seed=seed)
        scores = training.data.evaluate(training.fit(training.new_model()), protocol="clean")
        found |= {f"{model}_{name}": scores[name] for name in ("published_energy_error", "coordinate_mse")}
    return found


NETWORK = Measurement(
    "double pendulum, `mechanical`",
    _network,
    (
        Line(
            "relative energy error after 20 s",
            "mechanical_published_energy_error",
            "hnn_published_energy_error",
            PUBLISHED_ENERGY_ERROR,
        ),
        Line("`coordinate_mse`", "mechanical_coordinate_mse", "hnn_coordinate_mse"),
    ),
)
CLOSED_FORM = Measurement(
    "double pendulum, closed form with features of q",
    double_pendulum_closed_form.measure,
    (
        Line(
            "relative error of H; for comparison, features of the whole state",
            "hamiltonian_error",
            "full_hamiltonian_error",
            PUBLISHED_HAMILTONIAN_ERROR,
        ),
        Line("seconds of the fit", "fit_seconds"),
    ),
)
