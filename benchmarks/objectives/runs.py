"""The trainings of the comparison of objectives."""

import time
from typing import Any

import keras
import numpy as np

from benchmarks.objectives.method_training import training_of
from benchmarks.pytorch import layers as torch_layers
from benchmarks.trainings.task_training import TaskTraining
from hnn_tf import (
    HamiltonianNetwork,
    MLPHamiltonian,
    RandomFeatureHamiltonian,
    TrainingLoop,
    closed_form,
    data,
    evaluation,
    objectives,
    systems,
)
from hnn_tf.input_error import InputError
from hnn_tf.training_failed import TrainingFailedError
from trainers import friction_of_record

INNER_STARTS = 50
"""The number of initial states in the paper's box ring, 0.2 <= |q|, |p| <= 1, inside a pendulum's training range."""


def planar(
    task: str, method: str, *, seed: int, noise_std: float = 0.1, num_trajectories: int = 25
) -> dict[str, float]:
    """Trains a planar task's model by a method, and returns the clean protocol's metrics and the duration."""
    training = training_of(method, task, trained_on=num_trajectories, seed=seed, noise_std=noise_std)
    try:
        model = training.new_model()
        fitted = training.fit(model)
    except (TrainingFailedError, ArithmeticError, InputError) as error:
        return {"failed": str(error)}  # type: ignore[dict-item]
    with np.errstate(over="ignore", invalid="ignore"):
        metrics = training.data.evaluate(fitted, protocol="clean")
        starts = data.sample_box_ring(np.random.default_rng(0), INNER_STARTS, least=0.2, most=1.0)
        times = np.linspace(0.0, 20.0, 201)
        true, predicted = (
            evaluation.evaluation_rollout(field, starts, times) for field in (training.data.system, model)
        )
        metrics["inner_coordinate_mse"] = evaluation.coordinate_mse(true, predicted)
    found = fitted.result.losses | metrics | {"fit_seconds": fitted.result.seconds}
    objective: Any = fitted.result.objective
    if "noise_std" in objective.found and objective.noise_std is not None:
        found["noise_std"] = float(np.mean(objective.noise_std))
    return {name: float(value) for name, value in found.items() if np.isfinite(value)}


def real_pendulum(
    model: str, objective: str, *, seed: int, data_path: str | None, steps: int = 2000, interval: bool = False
) -> dict[str, float]:
    """Trains on the real pendulum's record without L2, and returns the metrics of its held-out end.

    With `interval`, the result also has the friction that the readings' noise does not explain, and its 95 % interval.
    """
    training = TaskTraining(
        "real_pendulum",
        seed=seed,
        model=model,
        objective=objective,
        steps=steps,
        weight_decay=0.0,
        data_path=data_path,
    )
    network = training.new_model()
    fitted = training.fit(network)
    metrics = fitted.result.losses | training.data.evaluate(fitted, protocol="clean")
    metrics |= {"fit_seconds": fitted.result.seconds} | network.physical_parameters()
    if interval:
        found = friction_of_record.of_record(network, data.read_pendulum_record(data_path))
        metrics |= {f"friction_{name}": value for name, value in found._asdict().items()}
    return {name: float(value) for name, value in metrics.items()}


def noise_free(problem: str, *, adam_steps: int = 10_000) -> dict[str, float]:
    """Returns the derivative errors on noise-free data of a closed form, and of an HNN after the given Adam steps."""
    train, test, options, num_features = _noise_free_data(problem)
    keras.utils.set_random_seed(0)
    features = HamiltonianNetwork(RandomFeatureHamiltonian(num_features=num_features, dtype="float64", **options))
    began = time.monotonic()
    closed_form.fit(features, train)
    seconds = time.monotonic() - began
    network = HamiltonianNetwork(MLPHamiltonian())
    network.build([None, train["state"].shape[1]])
    loop = TrainingLoop(
        network,
        objectives.DerivativeMatching(),
        keras.optimizers.Adam(1e-3, epsilon=1e-8),
        train,
        batch_size=min(200, len(train["state"])),
    )
    began = time.monotonic()
    loop.run(adam_steps)
    return {
        "closed_form": evaluation.derivative_mse(features, test),
        "closed_form_seconds": seconds,
        "adam": evaluation.derivative_mse(network, test),
        "adam_seconds": time.monotonic() - began,
    }


def _noise_free_data(problem: str) -> tuple[Any, Any, dict[str, Any], int]:
    rng = np.random.default_rng(0)
    options: dict[str, Any] = {}
    num_features = 400
    if problem == "two_body":
        system: Any = systems.NBody((1.0, 1.0))
        starts, times, options = data.sample_two_body(rng, 1000), np.linspace(0.0, 20.0, 50), {"structure": "pairwise"}
    elif problem == "henon_heiles":
        system = systems.HenonHeiles()
        starts = rng.uniform(-0.35, 0.35, [500, 4])  # motions of energies below 1/8 are bounded, and many are chaotic
        starts = starts[system.hamiltonian(starts).numpy() < 0.125][:200]
        times = np.linspace(0.0, 20.0, 50)
    else:
        system = systems.Pendulum()
        starts, times = data.sample_on_radius(rng, 50, radius=(1.3, 2.3)), np.linspace(0.0, 3.0, 45)
        options = {"periodic": (0,)}
    trajectories = data.generate_trajectories(system, starts, times)
    train, test = data.split_by_trajectory(trajectories, train_fraction=0.5 if problem == "pendulum" else 0.8)
    return train.clean_samples(), test.clean_samples(), options, num_features


def torch_seconds(task: str, *, seed: int) -> dict[str, float]:
    """Returns seconds and clean test losses of 2000 steps in PyTorch, as in the reference, and of the closed form."""
    torch = torch_layers.load_torch()
    training = training_of("derivative", task, seed=seed)
    task_data, samples = training.data, training.samples.train
    torch.manual_seed(seed)
    layers = torch_layers.linear_layers(torch, [2, 200, 200, 1])
    weights = [parameter for layer in layers for parameter in layer.parameters()]
    optimizer = torch.optim.Adam(weights, 1e-3, weight_decay=1e-4)
    state = torch.tensor(samples["state"], dtype=torch.float32, requires_grad=True)
    derivative = torch.tensor(samples["time_derivative"], dtype=torch.float32)
    began = time.monotonic()
    for _ in range(2000):
        by_q, by_p = torch_layers.gradient_of_perceptron(torch, layers, state).split(1, 1)
        loss = ((torch.cat([by_p, -by_q], 1) - derivative) ** 2).mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    seconds = time.monotonic() - began
    network = HamiltonianNetwork(MLPHamiltonian())
    network.build([None, 2])
    torch_layers.assign(network.trainable_variables, layers)

    def fit() -> Any:
        model = HamiltonianNetwork(RandomFeatureHamiltonian(num_features=100, dtype="float64"))
        closed_form.fit(model, samples, seed=seed)
        return model

    fit()  # the first fit includes work that is done only once in a process
    began = time.monotonic()
    model = fit()
    return {
        "torch_seconds": seconds,
        "torch_clean_test_loss": evaluation.derivative_mse(network, task_data._clean_test),
        "closed_form_seconds": time.monotonic() - began,
        "closed_form_clean_test_loss": evaluation.derivative_mse(model, task_data._clean_test),
    }
