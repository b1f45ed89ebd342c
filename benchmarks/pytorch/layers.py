"""PyTorch's layers with the initial weights of the reference code, and the transfer of their weights to our models."""

import importlib
from collections.abc import Sequence
from typing import Any

from hnn_tf.input_error import InputError


def load_torch() -> Any:
    """Imports the package torch, which nothing else here needs.

    Raises:
      InputError: If torch is not installed.
    """
    try:
        return importlib.import_module("torch")
    except ImportError as error:
        raise InputError("PyTorch: expected the package torch; pip install torch") from error


def linear_layers(torch: Any, widths: Sequence[int]) -> list[Any]:
    """Returns affine layers between the given widths, with orthogonal kernels.

    A layer with a single output has no bias.
    """
    pairs = zip(widths[:-1], widths[1:], strict=True)
    layers = [torch.nn.Linear(fan_in, fan_out, bias=fan_out > 1) for fan_in, fan_out in pairs]
    for layer in layers:
        torch.nn.init.orthogonal_(layer.weight)
    return layers


def gradient_of_perceptron(torch: Any, layers: Sequence[Any], inputs: Any) -> Any:
    """Returns the gradient `[B, d]` of the tanh perceptron's single output, at inputs `[B, d]` in a graph."""
    first, second, last = layers
    output = last(torch.tanh(second(torch.tanh(first(inputs)))))
    return torch.autograd.grad(output.sum(), inputs, create_graph=True)[0]


def assign(variables: Sequence[Any], layers: Sequence[Any]) -> None:
    """Assigns the weights to a Keras model's variables `kernel_i`, `bias_i`."""
    by_name = {variable.name: variable for variable in variables}
    for i, layer in enumerate(layers):
        by_name[f"kernel_{i}"].assign(layer.weight.detach().numpy().T)
        if layer.bias is not None:
            by_name[f"bias_{i}"].assign(layer.bias.detach().numpy())
