"""The times of rollouts, of their arithmetic, and of SciPy's solver."""

import functools
import time
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf
from scipy.integrate import solve_ivp

import hnn_tf
from benchmarks.cost.rollout_sizes import EVALUATIONS, STATES, STEP_SIZE, STEPS
from benchmarks.cost.timing import seconds_of
from benchmarks.pytorch.layers import load_torch
from hnn_tf.input_error import InputError

SOLVERS: dict[str, dict[str, float]] = {
    "default tolerances": {},
    # With tolerances that every step satisfies, the solver takes as many steps as a rollout.
    f"steps of {STEP_SIZE}": {"max_step": STEP_SIZE, "first_step": STEP_SIZE, "rtol": 1.0, "atol": 1e6},
}


def measures() -> dict[str, Callable[[], dict]]:
    """Returns the measurements by name.

    Each returns the time per state and the evaluations, or the times of the arithmetic.
    """
    keras.utils.set_random_seed(0)
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian())
    states = keras.random.normal([STATES, 2])
    model(states)

    def rollout(num_states: int) -> dict[str, float]:
        options: dict[str, Any] = {"step_size": STEP_SIZE, "num_steps": STEPS, "jit_compile": True}
        seconds = seconds_of(lambda: hnn_tf.rollout(model, states[:num_states], **options).numpy())
        return {"seconds_a_state": seconds / num_states, "evaluations": EVALUATIONS}

    found: dict[str, Callable[[], dict]] = {
        f"rollout, {STATES} states": functools.partial(rollout, STATES),
        "arithmetic": _arithmetic(),
        "rollout, one state": functools.partial(rollout, 1),
    }
    for solver, callback in _callbacks(model).items():
        for name, options in SOLVERS.items():
            found[f"{solver}, {name}"] = functools.partial(_solve, callback, states[:3].numpy(), options)
    return found


def _arithmetic() -> Callable[[], dict[str, float]]:
    """Returns a measurement of this machine's speed for matrix products and tanh, and of a rollout's share of both."""
    width, num_tanhs, square_flops = 200, 200, 2 * 2048**3
    square, layer = tf.random.normal([2048, 2048]), tf.random.normal([STATES, width])
    # The count covers both hidden layers and the way back. The last layer's value is not needed, and its gradient is
    # its kernel.
    flops = 2 * 2 * STATES * (2 * width + width * width)
    # The faster of XLA and TensorFlow's own kernels is the limit.
    products = [tf.function(tf.matmul, jit_compile=jit_compile, autograph=False) for jit_compile in (True, False)]

    @tf.function(jit_compile=True, autograph=False)
    def tanhs(x: tf.Tensor) -> tf.Tensor:
        return tf.while_loop(lambda i, _: i < num_tanhs, lambda i, x: (i + 1, tf.tanh(x)), (0, x))[1]

    def least(function: Callable, *arguments: tf.Tensor) -> float:
        return min(seconds_of(lambda: function(*arguments).numpy()) for _ in range(5))

    def measure() -> dict[str, float]:
        speed = square_flops / min(least(product, square, square) for product in products)
        tanh = least(tanhs, layer) / num_tanhs
        limit = EVALUATIONS * (flops / speed + 2 * tanh)
        return {"gigaflops": speed / 1e9, "tanh_seconds": tanh, "limit_seconds": limit}

    return measure


def _callbacks(model: Any) -> dict[str, Callable]:
    """Returns functions (time, state) -> time derivative of one state, in NumPy.

    One uses TensorFlow, and the other PyTorch if it is installed.
    """
    # A careful user calls one compiled function.
    function = tf.function(model.call, jit_compile=True, autograph=False)
    field = function.get_concrete_function(tf.TensorSpec([1, 2], tf.float32))
    callbacks = {"solve_ivp": lambda _, state: field(tf.constant(state[None], tf.float32)).numpy()[0]}
    try:
        torch = load_torch()
    except InputError:
        return callbacks
    # The code of the paper (arXiv:1906.01563) uses autograd in every call.
    kernel_0, bias_0, kernel_1, bias_1, kernel_2 = (torch.tensor(w, requires_grad=True) for w in model.get_weights())
    symplectic = torch.tensor([[0.0, -1.0], [1.0, 0.0]])

    def torch_callback(_: float, state: Any) -> Any:
        inputs = torch.tensor(state[None], dtype=torch.float32, requires_grad=True)
        hidden = torch.tanh(torch.tanh(inputs @ kernel_0 + bias_0) @ kernel_1 + bias_1)
        gradient = torch.autograd.grad((hidden @ kernel_2).sum(), inputs, create_graph=True)[0]
        return (gradient @ symplectic).detach().numpy()[0]

    return callbacks | {"solve_ivp, PyTorch": torch_callback}


def _solve(callback: Callable, states: Any, options: dict[str, float]) -> dict[str, float]:
    times = [STEP_SIZE * i for i in range(1, STEPS + 1)]
    began = time.perf_counter()
    solutions = [solve_ivp(callback, (0.0, times[-1]), state, t_eval=times, **options) for state in states]
    seconds = time.perf_counter() - began
    return {"seconds_a_state": seconds / len(states), "evaluations": sum(s.nfev for s in solutions) / len(states)}
