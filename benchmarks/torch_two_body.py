"""Trains the two-body HNN in PyTorch, by the same recipe on the same data, to tell an implementation from its seeds.

python -m benchmarks.torch_two_body  (needs PyTorch beside this package: pip install torch)
"""

import importlib
import json
import pathlib
import sys
from typing import Any

from absl import flags

from trainers import command_line

RESULTS = pathlib.Path(__file__).parent.parent / "docs" / "results" / "torch_two_body.json"
WIDTHS = (8, 200, 200, 1)
STEPS, BATCH_SIZE, LEARNING_RATE = 10_000, 200, 1e-3


def _main() -> None:
    with command_line.quiet_start():
        import types

        from hnn_tf.input_error import InputError
        from trainers.two_body import TASK

    try:
        torch: Any = importlib.import_module("torch")
    except ImportError as error:
        raise InputError("PyTorch: expected the package torch; pip install torch") from error
    found: dict[str, list[float]] = {}
    for seed in range(flags.FLAGS.seeds):
        settings = types.SimpleNamespace(seed=seed, noise_std=0.0, cache_dir=flags.FLAGS.cache_dir)
        data = TASK.load(settings)
        weights = _train(torch, data.train["derivative"], seed)
        for name, value in _scores(weights, data).items():
            found.setdefault(name, []).append(value)
        sys.stderr.write(f"seed {seed}: { ({name: values[-1] for name, values in found.items()}) }\n")
    RESULTS.write_text(json.dumps({"torch": torch.__version__, "hnn": found}, indent=1) + "\n")


def _train(torch: Any, samples: Any, seed: int) -> list[Any]:
    """Kernels `[out, in]` and biases of the perceptron whose output is H, after the reference code's training."""
    torch.manual_seed(seed)
    layers = [torch.nn.Linear(a, b, bias=b > 1) for a, b in zip(WIDTHS[:-1], WIDTHS[1:], strict=True)]
    for layer in layers:
        torch.nn.init.orthogonal_(layer.weight)
    parameters = [parameter for layer in layers for parameter in layer.parameters()]
    optimizer = torch.optim.Adam(parameters, LEARNING_RATE)
    states = torch.tensor(samples["state"], dtype=torch.float32)
    derivatives = torch.tensor(samples["time_derivative"], dtype=torch.float32)
    for _ in range(STEPS):
        chosen = torch.randperm(len(states))[:BATCH_SIZE]
        state = states[chosen].requires_grad_()
        energy = layers[2](torch.tanh(layers[1](torch.tanh(layers[0](state)))))
        gradient = torch.autograd.grad(energy.sum(), state, create_graph=True)[0]
        motion = torch.cat([gradient[:, 4:], -gradient[:, :4]], 1)
        loss = ((motion - derivatives[chosen]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return [parameter.detach().numpy() for parameter in parameters]


def _scores(weights: list[Any], data: Any) -> dict[str, float]:
    """The paper protocol's numbers of these weights, in our model."""
    from hnn_tf import HamiltonianNetwork, MLPHamiltonian, evaluation

    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=WIDTHS[1:-1]))
    model.build([None, WIDTHS[0]])
    by_shape = {variable.name: variable for variable in model.variables}
    for name, array in zip(["kernel_0", "bias_0", "kernel_1", "bias_1", "kernel_2"], weights, strict=True):
        by_shape[name].assign(array.T)
    metrics = data.evaluate(model, objective=None, protocol="paper")
    return {
        "test_loss": evaluation.derivative_mse(model, data.test["derivative"]),
        "energy_mse": metrics["energy_mse"],
    }


if __name__ == "__main__":
    flags.DEFINE_integer("seeds", 5, "Seeds 0, 1, ...", lower_bound=1)
    flags.DEFINE_string("cache_dir", None, "Folder that keeps the simulated data for other runs.")
    command_line.run(_main, usage=__doc__)
