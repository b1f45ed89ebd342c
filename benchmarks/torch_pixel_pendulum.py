"""Trains the pixel pendulum's HNN in PyTorch, by the paper's recipe on our frames, to be compared with the table's.

python -m benchmarks.torch_pixel_pendulum  (needs PyTorch beside this package: pip install torch)
"""

import json
import pathlib
import sys
from typing import Any

from absl import flags

from hnn_tf.commands import command_line

RESULTS = pathlib.Path(__file__).parent.parent / "docs" / "results" / "torch_pixel_pendulum.json"
LATENT_WIDTHS = (2, 200, 200, 1)
STEPS, BATCH_SIZE, LEARNING_RATE, WEIGHT_DECAY = 10_000, 200, 1e-3, 1e-5


def _main() -> None:
    with command_line.quiet_start():
        import types

        from benchmarks import doc_section, limit_tables, paper_table, torch_layers
        from trainers.tasks.pixel_pendulum import TASK

    torch = torch_layers.load_torch()
    settings = types.SimpleNamespace(
        noise_std=0.0,
        cache_dir=None,
        num_trajectories=200,
        renderer="numpy",
        hidden_units=LATENT_WIDTHS[1:-1],
        autoencoder_units=200,
        activation="tanh",
        precision="float32",
        objective="derivative",
        canonical_weight=1.0,
        motion_weight=0.1,
    )
    folder = paper_table.runs_folder(flags.FLAGS.output_dir)
    found: dict[str, list[float]] = {}
    for seed in range(flags.FLAGS.seeds):
        settings.seed = seed
        path = folder / f"PyTorch-{torch.__version__}-{seed}.json"
        metrics = torch_layers.kept(path, lambda: _metrics(torch, TASK, settings))
        for name, value in metrics.items():
            found.setdefault(name, []).append(value)
        sys.stderr.write(f"seed {seed}: test_loss {metrics['test_loss']:.2e}, energy_mse {metrics['energy_mse']:.2e}\n")
    document = {"torch": torch.__version__, "hnn": found}
    RESULTS.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n")
    table = json.loads((paper_table.RESULTS / "paper_table.json").read_text())["metrics"]
    text = limit_tables.beside_pytorch("pixel_pendulum", table["pixel_pendulum"]["paper"], document)
    doc_section.replace(doc_section.LIMITS, "pytorch_pixels", text)


def _metrics(torch: Any, task: Any, settings: Any) -> dict[str, float]:
    """The paper protocol's metrics of the trained weights, in our model."""
    from benchmarks import torch_layers

    data = task.load(settings)
    encoder, decoder, dynamics = _trained(torch, data.train["derivative"], settings.seed)
    model, objective = task.new_model("hnn", settings), task.objective(settings)
    torch_layers.assign(model.encoder.variables, encoder)
    torch_layers.assign(model.decoder.variables, decoder)
    torch_layers.assign(model.dynamics.variables, dynamics)
    loss = float(objective.loss(model, data.test["derivative"]))
    return {"test_loss": loss} | data.evaluate(model, objective=objective, protocol="paper")


def _trained(torch: Any, samples: Any, seed: int) -> tuple[list[Any], list[Any], list[Any]]:
    """Layers of encoder, decoder and Hamiltonian after the reference code's training."""
    from benchmarks import torch_layers

    frames, next_frames = (
        torch.tensor(samples[name].reshape(len(samples[name]), -1), dtype=torch.float32)
        for name in ("frames", "next_frames")
    )
    torch.manual_seed(seed)
    pixels = frames.shape[1]
    encoder = torch_layers.linear_layers(torch, (pixels, 200, 200, 200, 2))
    decoder = torch_layers.linear_layers(torch, (2, 200, 200, 200, pixels))
    dynamics = torch_layers.linear_layers(torch, LATENT_WIDTHS)
    parameters = [each for layer in [*encoder, *decoder, *dynamics] for each in layer.parameters()]
    optimizer = torch.optim.Adam(parameters, LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    for step in range(1, STEPS + 1):
        chosen = torch.randint(len(frames), (BATCH_SIZE,))
        latent, following = (_residual(torch, encoder, each[chosen]) for each in (frames, next_frames))
        gradient = torch_layers.gradient_of_perceptron(torch, dynamics, latent)
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


def _residual(torch: Any, layers: list[Any], inputs: Any) -> Any:
    first, *hidden, last = layers
    h = torch.relu(first(inputs))
    for layer in hidden:
        h = h + torch.relu(layer(h))
    return last(h)


if __name__ == "__main__":
    flags.DEFINE_integer("seeds", 5, "Seeds 0, 1, ...", lower_bound=1)
    flags.DEFINE_string(
        "output_dir", "runs/torch_pixel_pendulum", "Where finished trainings are kept: they aren't repeated."
    )
    command_line.run(_main, usage=__doc__)
