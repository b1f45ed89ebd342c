"""The two-body HNN, trained here and in PyTorch by the same recipe on the same data."""

import functools
import json
import sys
from collections.abc import Callable
from statistics import median
from typing import Any

from absl import flags

from benchmarks.documents import doc_section
from benchmarks.documents.folders import PAPER_IMAGES, RESULTS
from benchmarks.paper import limit_tables
from benchmarks.pytorch import layers
from benchmarks.pytorch.share_figure import draw_shares
from benchmarks.trainings.kept import kept
from benchmarks.trainings.run_folder import runs_folder
from benchmarks.trainings.task_training import TaskTraining
from hnn_tf import evaluation, optimizers
from hnn_tf.training.training_loop import TrainingLoop

WIDTHS = (8, 200, 200, 1)
FIRST, LAST, EVERY = 8_000, 10_000, 200
BATCH_SIZE, LEARNING_RATE = 200, 1e-3


def main() -> None:
    """Trains both HNNs, and writes their part of `docs/known_limits.md` and its figure."""
    torch = layers.load_torch()
    folder = runs_folder(flags.FLAGS.output_dir)
    trainings: dict[str, Callable[..., list[dict[str, float]]]]
    trainings = {"TensorFlow": _tensorflow, "PyTorch": functools.partial(_pytorch, torch)}
    draws: dict[str, list[dict[str, float]]] = {name: [] for name in trainings}
    for seed in range(flags.FLAGS.seeds):
        training = TaskTraining("two_body", seed=seed)
        for name, train in trainings.items():
            path = folder / f"{name}-{torch.__version__}-{seed}.json"
            found = kept(path, functools.partial(train, training))
            draws[name] += found
            middle = median(each["test_loss"] for each in found)
            sys.stderr.write(f"{name}, seed {seed}: median test_loss {middle:.2e}\n")
    document = {"torch": torch.__version__, "draws": draws}
    (RESULTS / "torch_two_body.json").write_text(json.dumps(document, indent=1, allow_nan=False) + "\n")
    draw_shares(PAPER_IMAGES / "two_body_draws.png", draws, limit_tables.published("two_body"))
    doc_section.replace(doc_section.LIMITS, "pytorch", limit_tables.draws(document))


def _tensorflow(training: TaskTraining) -> list[dict[str, float]]:
    model, optimizer, seed = training.new_model(), optimizers.CoupledAdam(LEARNING_RATE), training.options.training.seed
    samples = training.samples.train
    loop = TrainingLoop(model, training.objective, optimizer, samples, batch_size=BATCH_SIZE, seed=seed)
    found = []
    for step in range(FIRST, LAST + 1, EVERY):
        loop.run(step - loop.step)
        found.append({"seed": seed, "step": step} | _scores(model, training))
    return found


def _pytorch(torch: Any, training: TaskTraining) -> list[dict[str, float]]:
    """Runs the reference code's training."""
    seed, samples = training.options.training.seed, training.samples.train
    torch.manual_seed(seed)
    perceptron = layers.linear_layers(torch, WIDTHS)
    optimizer = torch.optim.Adam([each for layer in perceptron for each in layer.parameters()], LEARNING_RATE)
    states = torch.tensor(samples["state"], dtype=torch.float32)
    derivatives = torch.tensor(samples["time_derivative"], dtype=torch.float32)
    model = training.new_model()
    found = []
    for step in range(1, LAST + 1):
        chosen = torch.randperm(len(states))[:BATCH_SIZE]
        gradient = layers.gradient_of_perceptron(torch, perceptron, states[chosen].requires_grad_())
        motion = torch.cat([gradient[:, 4:], -gradient[:, :4]], 1)
        loss = ((motion - derivatives[chosen]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step >= FIRST and (step - FIRST) % EVERY == 0:
            layers.assign(model.variables, perceptron)
            found.append({"seed": seed, "step": step} | _scores(model, training))
    return found


def _scores(model: Any, training: TaskTraining) -> dict[str, float]:
    """Returns the paper protocol's numbers, by the same code for both implementations."""
    metrics = training.data.evaluate(training.judged(model), protocol="paper")
    return {
        "test_loss": evaluation.derivative_mse(model, training.samples.test),
        "energy_mse": metrics["energy_mse"],
    }
