"""What a task gives the run: data, metrics and figures. Imports nothing heavy."""

import abc
import pathlib
from typing import Any

import keras

from hnn_tf.input_error import InputError
from hnn_tf.models import MODELS, HamiltonianNetwork, TimeReversibleHamiltonian
from hnn_tf.objectives import OBJECTIVES
from hnn_tf.training.warm_start import WIDEST_STATE

Models = dict[str, Any]
"""Trained Keras models by label: the run's own first, then perhaps "baseline"."""


class TaskData(abc.ABC):
    """A task's data and what can be measured and drawn with it.

    Attributes:
      train: Objective name -> training samples (columns `[N, ...]`).
      test: Objective name -> test samples.
      validation: Objective name -> samples that `hold_out` took from the training samples.
      num_trajectories: How many of equal length the training samples are of, one after the other.
      angles: Indices of the positions that are angles.
      state: What the model's state is: `names` and `units` of its 2n numbers, `time_unit` and `energy_unit`; a unit is
        empty where there is none.
    """

    train: dict[str, Any]
    test: dict[str, Any]
    state: dict[str, Any]
    num_trajectories: int = 1
    angles: tuple[int, ...] = ()

    def __init__(self) -> None:
        self.validation: dict[str, Any] = {}

    def hold_out(self, objective: str, fraction: float) -> None:
        """Moves a fraction of an objective's training trajectories to `validation`, whole ones, the last of them.

        Of a single trajectory it is the end; one sample before it is left out, which may share a reading with it.

        Raises:
          InputError: If either part would be empty.
        """
        if not fraction:
            return
        samples, count = self.train[objective], self.num_trajectories
        num_samples = len(next(iter(samples.values())))
        if num_samples == 1:
            raise InputError(
                f"--validation_fraction={fraction}: the {objective} objective sees the record as one trajectory, which "
                "isn't split; leave it out, or take --objective=one_step"
            )
        parts = count if count > 1 else num_samples
        num_train = parts - round(fraction * parts)
        between = 1 if count == 1 else 0
        if not between < num_train < parts:
            unit = "trajectories" if count > 1 else "samples"
            raise InputError(
                f"--validation_fraction={fraction}: expected a split of {parts} training {unit} with both parts not "
                "empty; give another, or 0 to hold none out"
            )
        first = num_train * num_samples // parts
        self.train = self.train | {objective: {name: column[: first - between] for name, column in samples.items()}}
        self.validation = {objective: {name: column[first:] for name, column in samples.items()}}

    @abc.abstractmethod
    def evaluate(self, model: Any, *, objective: Any, protocol: str) -> dict[str, float]:
        """The task's metrics of a model trained by an objective, besides train_loss and test_loss."""

    @abc.abstractmethod
    def draw(self, folder: pathlib.Path, models: Models) -> None:
        """Draws the figures of these models into `folder`."""


def state_of(system: Any, *, time_unit: str) -> dict[str, Any]:
    """The `state` of data of a true system."""
    return {
        "names": list(system.state_names),
        "units": list(system.state_units),
        "time_unit": time_unit,
        "energy_unit": system.energy_unit,
    }


class Task(abc.ABC):
    """A task of the paper.

    Attributes:
      name: Its name, as in `python -m trainers.<name>`.
      state_width: Width 2n of its states.
      angles: Indices of the positions that are angles: random features have their period, 2 pi.
    """

    name: str
    state_width: int = 2
    angles: tuple[int, ...] = ()

    def defaults(self, protocol: str) -> dict[str, Any]:
        """Values by name of the flags that a protocol implies when they aren't given: here the paper's under both."""
        del protocol
        return {"objective": "derivative"}

    @abc.abstractmethod
    def load(self, settings: Any) -> TaskData:
        """Makes or reads the data; `settings` has the flags' values as attributes."""

    def new_model(self, label: str, settings: Any) -> Any:
        """An untrained model of that name with the flags' sizes, built, its weights drawn by the flags' seed."""
        keras.utils.set_random_seed(settings.seed)
        widths = [int(width) for width in settings.hidden_units]
        options = {"periodic": self.angles} if label.startswith("random_features") else {}
        model = MODELS[label](hidden_units=widths, activation=settings.activation, dtype=settings.precision, **options)
        if settings.time_reversible:
            model = _time_reversible(model, settings)
        model.build([None, self.state_width])
        return model

    def objective(self, settings: Any) -> Any:
        """The objective that the flags name."""
        whole = ("trajectory", "combined") if self.state_width <= WIDEST_STATE else ()
        closed_forms = {
            "random_features": ("derivative", "weak", *whole),
            "random_features_friction": whole,
        }.get(settings.model)
        if closed_forms == ():
            raise InputError(
                f"--model={settings.model}: has a closed form for states of up to {WIDEST_STATE} numbers, and "
                f"{self.name}'s have {self.state_width}; take hnn_friction"
            )
        if closed_forms and settings.objective not in closed_forms:
            raise InputError(
                f"--model={settings.model}: has no closed form for --objective={settings.objective}; take "
                f"{', '.join(closed_forms)}"
            )
        if closed_forms and (settings.huber or settings.growth_steps):
            raise InputError(
                f"--model={settings.model}: its closed form fits squares over whole trajectories; leave --huber and "
                "--growth_steps out, or take hnn"
            )
        steps = {"integrator": settings.integrator, "substeps": settings.substeps}
        shooting = steps | {"huber": settings.huber or None, "growth_steps": settings.growth_steps}
        options = {"one_step": steps, "trajectory": shooting, "combined": shooting}
        return OBJECTIVES[settings.objective](**options.get(settings.objective, {}))


def _time_reversible(model: Any, settings: Any) -> Any:
    if isinstance(model, HamiltonianNetwork):
        dissipation = getattr(model, "dissipation", None)
        even = TimeReversibleHamiltonian(model.hamiltonian)
        return HamiltonianNetwork(even, *([dissipation] if dissipation else []), name=model.name)
    if model.name == settings.model:  # which --compare_baseline's isn't
        raise InputError(f"--time_reversible: is of a Hamiltonian, and --model={settings.model} has none; take hnn")
    return model
