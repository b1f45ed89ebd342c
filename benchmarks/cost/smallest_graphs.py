"""SavedModels with minimal graphs, as the reference for an export's speed."""

import pathlib
from collections.abc import Callable

import tensorflow as tf

import hnn_tf


def write(model: hnn_tf.HamiltonianNetwork, folder: pathlib.Path) -> dict[str, pathlib.Path]:
    """Writes three graphs with frozen variables, state `[B, 2n]`, and returns their folders by name.

    The graphs use variables, because a session computes slower products with constants (measured: 92 against 62
    microseconds).

    `session alone` returns the state. `two products` is tanh(tanh(s W_1 + b_1) W_2 + b_2): the hidden layers of the
    model's widths, without the way back. `same arithmetic` is the model's time derivative, with the way back and with J
    as a matrix, in as few operations as TensorFlow has.

    Args:
      model: A built model, whose Hamiltonian is an `MLPHamiltonian` of two tanh layers.
      folder: The folder of the graphs.
    """
    weights = [tf.Variable(array, trainable=False) for array in model.get_weights()]
    kernel_1, bias_1, kernel_2, bias_2, kernel_3 = weights
    last = tf.constant(kernel_3.numpy()[:, 0])
    # For row vectors, the matrix is that of J grad H, transposed.
    transposed = -hnn_tf.phase_space.symplectic_matrix(kernel_1.shape[0] // 2, kernel_1.dtype)

    def products(state: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        first = tf.tanh(state @ kernel_1 + bias_1)
        return first, tf.tanh(first @ kernel_2 + bias_2)

    def same_arithmetic(state: tf.Tensor) -> tf.Tensor:
        first, second = products(state)
        back = tf.matmul((1 - second * second) * last, kernel_2, transpose_b=True)
        return tf.matmul(back * (1 - first * first), kernel_1, transpose_b=True) @ transposed

    bodies: dict[str, Callable[[tf.Tensor], tf.Tensor]] = {
        "session alone": tf.identity,
        "two products": lambda state: products(state)[1],
        "same arithmetic": same_arithmetic,
    }
    spec = tf.TensorSpec([None, kernel_1.shape[0]], kernel_1.dtype, name="state")
    paths = {}
    for name, body in bodies.items():
        module = tf.Module()
        module.weights = weights
        module.function = tf.function(body, input_signature=[spec], autograph=False)
        paths[name] = folder / name.replace(" ", "_")
        tf.saved_model.save(module, str(paths[name]), signatures=module.function)
    return paths
