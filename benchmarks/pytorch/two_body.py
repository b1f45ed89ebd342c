"""The two-body HNN trained here and in PyTorch, by the same recipe on the same data."""

import functools
import json
import sys
import types
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
from hnn_tf import evaluation, objectives, optimizers
from hnn_tf.training.training_loop import TrainingLoop
from trainers.tasks.two_body import TASK

WIDTHS = (8, 200, 200, 1)
FIRST, LAST, EVERY = 8_000, 10_000, 200
BATCH_SIZE, LEARNING_RATE = 200, 1e-3


def main() -> None:
    """Trains them, and writes their part of `docs/known_limits.md` and its figure."""
    torch = layers.load_torch()
    settings = types.SimpleNamespace(
        noise_std=0.0, cache_dir=None, hidden_units=WIDTHS[1:-1], activation="tanh", precision="float32"
    )
    folder = runs_folder(flags.FLAGS.output_dir)
    trainings: dict[str, Callable[..., list[dict[str, float]]]]
    trainings = {"TensorFlow": _tensorflow, "PyTorch": functools.partial(_pytorch, torch)}
    draws: dict[str, list[dict[str, float]]] = {name: [] for name in trainings}
    for seed in range(flags.FLAGS.seeds):
        settings.seed = seed
        data = TASK.load(settings)
        for name, train in trainings.items():
            path = folder / f"{name}-{torch.__version__}-{seed}.json"
            found = kept(path, functools.partial(train, TASK, settings, data))
            draws[name] += found
            middle = median(each["test_loss"] for each in found)
            sys.stderr.write(f"{name}, seed {seed}: median test_loss {middle:.2e}\n")
    document = {"torch": torch.__version__, "draws": draws}
    (RESULTS / "torch_two_body.json").write_text(json.dumps(document, indent=1, allow_nan=False) + "\n")
    draw_shares(PAPER_IMAGES / "two_body_draws.png", draws, limit_tables.published("two_body"))
    doc_section.replace(doc_section.LIMITS, "pytorch", limit_tables.draws(document))


def _tensorflow(task: Any, settings: Any, data: Any) -> list[dict[str, float]]:
    model = task.new_model("hnn", settings)
    objective, optimizer = objectives.DerivativeMatching(), optimizers.CoupledAdam(LEARNING_RATE)
    samples = data.train[objective.name]
    loop = TrainingLoop(model, objective, optimizer, samples, batch_size=BATCH_SIZE, seed=settings.seed)
    found = []
    for step in range(FIRST, LAST + 1, EVERY):
        loop.run(step - loop.step)
        found.append({"seed": settings.seed, "step": step} | _scores(model, data))
    return found


def _pytorch(torch: Any, task: Any, settings: Any, data: Any) -> list[dict[str, float]]:
    """The reference code's training."""
    torch.manual_seed(settings.seed)
    perceptron = layers.linear_layers(torch, WIDTHS)
    optimizer = torch.optim.Adam([each for layer in perceptron for each in layer.parameters()], LEARNING_RATE)
    samples = data.train["derivative"]
    states = torch.tensor(samples["state"], dtype=torch.float32)
    derivatives = torch.tensor(samples["time_derivative"], dtype=torch.float32)
    model = task.new_model("hnn", settings)
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
            found.append({"seed": settings.seed, "step": step} | _scores(model, data))
    return found


def _scores(model: Any, data: Any) -> dict[str, float]:
    """The paper protocol's numbers, by the same code for both."""
    metrics = data.evaluate(model, objective=None, protocol="paper")
    return {
        "test_loss": evaluation.derivative_mse(model, data.test["derivative"]),
        "energy_mse": metrics["energy_mse"],
    }
