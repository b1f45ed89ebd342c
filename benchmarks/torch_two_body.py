"""Trains the two-body HNN here and in PyTorch, by the same recipe on the same data, and compares their last steps.

At a constant learning rate each step is a draw: the scores of a step every 200 of the last 2000, of every seed, tell
an implementation from its luck.

python -m benchmarks.torch_two_body  (needs PyTorch beside this package: pip install torch)
"""

import json
import pathlib
import sys
from collections.abc import Callable
from statistics import median
from typing import Any

from absl import flags

from hnn_tf.commands import command_line

RESULTS = pathlib.Path(__file__).parent.parent / "docs" / "results" / "torch_two_body.json"
WIDTHS = (8, 200, 200, 1)
FIRST, LAST, EVERY = 8_000, 10_000, 200
BATCH_SIZE, LEARNING_RATE = 200, 1e-3


def _main() -> None:
    with command_line.quiet_start():
        import functools
        import types

        from benchmarks import doc_section, limit_tables, paper_figures, paper_table, share_figure, torch_layers
        from trainers.tasks.two_body import TASK

    torch = torch_layers.load_torch()
    settings = types.SimpleNamespace(
        noise_std=0.0, cache_dir=None, hidden_units=WIDTHS[1:-1], activation="tanh", precision="float32"
    )
    folder = paper_table.runs_folder(flags.FLAGS.output_dir)
    trainings: dict[str, Callable[..., list[dict[str, float]]]]
    trainings = {"TensorFlow": _tensorflow, "PyTorch": functools.partial(_pytorch, torch)}
    draws: dict[str, list[dict[str, float]]] = {name: [] for name in trainings}
    for seed in range(flags.FLAGS.seeds):
        settings.seed = seed
        data = TASK.load(settings)
        for name, train in trainings.items():
            path = folder / f"{name}-{torch.__version__}-{seed}.json"
            found = torch_layers.kept(path, functools.partial(train, TASK, settings, data))
            draws[name] += found
            middle = median(each["test_loss"] for each in found)
            sys.stderr.write(f"{name}, seed {seed}: median test_loss {middle:.2e}\n")
    document = {"torch": torch.__version__, "draws": draws}
    RESULTS.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n")
    share_figure.draw_shares(paper_figures.IMAGES / "two_body_draws.png", draws, limit_tables.published("two_body"))
    doc_section.replace(doc_section.LIMITS, "pytorch", limit_tables.draws(document))


def _tensorflow(task: Any, settings: Any, data: Any) -> list[dict[str, float]]:
    from hnn_tf import objectives, optimizers
    from hnn_tf.training.training_loop import TrainingLoop

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
    from benchmarks import torch_layers

    torch.manual_seed(settings.seed)
    layers = torch_layers.linear_layers(torch, WIDTHS)
    optimizer = torch.optim.Adam([each for layer in layers for each in layer.parameters()], LEARNING_RATE)
    samples = data.train["derivative"]
    states = torch.tensor(samples["state"], dtype=torch.float32)
    derivatives = torch.tensor(samples["time_derivative"], dtype=torch.float32)
    model = task.new_model("hnn", settings)
    found = []
    for step in range(1, LAST + 1):
        chosen = torch.randperm(len(states))[:BATCH_SIZE]
        gradient = torch_layers.gradient_of_perceptron(torch, layers, states[chosen].requires_grad_())
        motion = torch.cat([gradient[:, 4:], -gradient[:, :4]], 1)
        loss = ((motion - derivatives[chosen]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step >= FIRST and (step - FIRST) % EVERY == 0:
            torch_layers.assign(model.variables, layers)
            found.append({"seed": settings.seed, "step": step} | _scores(model, data))
    return found


def _scores(model: Any, data: Any) -> dict[str, float]:
    """The paper protocol's numbers, by the same code for both."""
    from hnn_tf import evaluation

    metrics = data.evaluate(model, objective=None, protocol="paper")
    return {
        "test_loss": evaluation.derivative_mse(model, data.test["derivative"]),
        "energy_mse": metrics["energy_mse"],
    }


if __name__ == "__main__":
    flags.DEFINE_integer("seeds", 10, "Seeds 0, 1, ...", lower_bound=1)
    flags.DEFINE_string("output_dir", "runs/torch_two_body", "Where finished trainings are kept: they aren't repeated.")
    command_line.run(_main, usage=__doc__)
