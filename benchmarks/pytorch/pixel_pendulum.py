"""The pixel pendulum's HNN, trained in PyTorch by the paper's recipe on our frames."""

import functools
import json
import sys
from typing import Any

from absl import flags

from benchmarks.documents import doc_section
from benchmarks.documents.folders import RESULTS
from benchmarks.paper import limit_tables
from benchmarks.pytorch import layers
from benchmarks.trainings.kept import kept
from benchmarks.trainings.run_folder import runs_folder
from benchmarks.trainings.task_training import TaskTraining

LATENT_WIDTHS = (2, 200, 200, 1)
STEPS, BATCH_SIZE, LEARNING_RATE, WEIGHT_DECAY = 10_000, 200, 1e-3, 1e-5


def main() -> None:
    """Trains the HNN, and writes its part of `docs/known_limits.md`."""
    torch = layers.load_torch()
    folder = runs_folder(flags.FLAGS.output_dir)
    found: dict[str, list[float]] = {}
    for seed in range(flags.FLAGS.seeds):
        path = folder / f"PyTorch-{torch.__version__}-{seed}.json"
        metrics = kept(path, functools.partial(_metrics, torch, seed))
        for name, value in metrics.items():
            found.setdefault(name, []).append(value)
        sys.stderr.write(f"seed {seed}: test_loss {metrics['test_loss']:.2e}, energy_mse {metrics['energy_mse']:.2e}\n")
    document = {"torch": torch.__version__, "hnn": found}
    (RESULTS / "torch_pixel_pendulum.json").write_text(json.dumps(document, indent=1, allow_nan=False) + "\n")
    table = json.loads((RESULTS / "paper_table.json").read_text())["metrics"]
    text = limit_tables.beside_pytorch("pixel_pendulum", table["pixel_pendulum"]["paper"], document)
    doc_section.replace(doc_section.LIMITS, "pytorch_pixels", text)


def _metrics(torch: Any, seed: int) -> dict[str, float]:
    """Returns the paper protocol's metrics of the trained weights, in our model."""
    training = TaskTraining("pixel_pendulum", seed=seed, objective="derivative", weight_decay=WEIGHT_DECAY)
    encoder, decoder, dynamics = _trained(torch, training.samples.train, seed)
    model, samples = training.new_model(), training.samples.test
    layers.assign(model.encoder.variables, encoder)
    layers.assign(model.decoder.variables, decoder)
    layers.assign(model.dynamics.variables, dynamics)
    loss = float(training.objective.loss(model, samples))
    return {"test_loss": loss} | training.data.evaluate(training.judged(model), protocol="paper")


def _trained(torch: Any, samples: Any, seed: int) -> tuple[list[Any], list[Any], list[Any]]:
    """Returns the layers of encoder, decoder and Hamiltonian after the reference code's training."""
    frames, next_frames = (
        torch.tensor(samples[name].reshape(len(samples[name]), -1), dtype=torch.float32)
        for name in ("frames", "next_frames")
    )
    torch.manual_seed(seed)
    pixels = frames.shape[1]
    encoder = layers.linear_layers(torch, (pixels, 200, 200, 200, 2))
    decoder = layers.linear_layers(torch, (2, 200, 200, 200, pixels))
    dynamics = layers.linear_layers(torch, LATENT_WIDTHS)
    parameters = [each for layer in [*encoder, *decoder, *dynamics] for each in layer.parameters()]
    optimizer = torch.optim.Adam(parameters, LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    for step in range(1, STEPS + 1):
        chosen = torch.randint(len(frames), (BATCH_SIZE,))
        latent, following = (_residual(torch, encoder, each[chosen]) for each in (frames, next_frames))
        gradient = layers.gradient_of_perceptron(torch, dynamics, latent)
        moved = latent + torch.stack([gradient[:, 1], -gradient[:, 0]], 1)
        reconstruction = ((frames[chosen] - _residual(torch, decoder, latent)) ** 2).mean()
        canonical = ((latent[:, 1] - (following[:, 0] - latent[:, 0])) ** 2).mean()
        loss = reconstruction + canonical + 0.1 * ((following - moved) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 1000 == 0:
            sys.stderr.write(f"seed {seed}, step {step}/{STEPS}: loss {float(loss.detach()):.2e}\n")
    return encoder, decoder, dynamics


def _residual(torch: Any, perceptron: list[Any], inputs: Any) -> Any:
    first, *hidden, last = perceptron
    h = torch.relu(first(inputs))
    for layer in hidden:
        h = h + torch.relu(layer(h))
    return last(h)
