"""Seconds of rollouts, against their arithmetic and against SciPy's solver, and the memory of their gradients.

python -m benchmarks.rollout_cost --repeats=7 --update_docs
"""

import functools
import json
import os
import pathlib
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from absl import flags

from benchmarks.cost_tables import ratios, row, spread
from hnn_tf.commands import command_line

ROOT = pathlib.Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "results" / "rollout_cost.json"

STATES, STEPS, STEP_SIZE = 1000, 1000, 0.05
EVALUATIONS = 4 * STEPS
"""Of the field, by rk4."""
SOLVERS: dict[str, dict[str, float]] = {
    "default tolerances": {},
    # As many steps as a rollout: tolerances that no step fails.
    f"steps of {STEP_SIZE}": {"max_step": STEP_SIZE, "first_step": STEP_SIZE, "rtol": 1.0, "atol": 1e6},
}
GRADIENT_STATES, GRADIENT_REPEATS = 100, 3
"""Of 1000 states, a gradient that stores everything would need more than 50 GB. Memory varies little."""
GRADIENTS = {"checkpointing": (STEPS, True), "checkpointing=False": (STEPS, False), "floor": (1, False)}


def _main() -> None:
    settings = flags.FLAGS
    # First: a process starts with the peak memory of the one that started it, and this one is to import TensorFlow.
    costs: dict[str, Callable[[], dict]] = {name: functools.partial(_gradient_cost, name) for name in GRADIENTS}
    gradients = _interleaved(costs, min(settings.repeats, GRADIENT_REPEATS))
    with command_line.quiet_start():
        from benchmarks import doc_section
        from hnn_tf.files.atomic_file import atomic_file

        measures = _speed_measures()
    for measure in measures.values():
        measure()  # compiles
    trajectories = _interleaved(measures, settings.repeats)
    document = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "torch": sys.modules["torch"].__version__ if "torch" in sys.modules else None,
        "arithmetic": trajectories.pop("arithmetic"),
        "trajectories": trajectories,
        "gradients": gradients,
    }
    sys.stdout.write(markdown(document))
    if settings.update_docs:
        with atomic_file(RESULTS) as temporary:
            temporary.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n")
        doc_section.replace(doc_section.INTEGRATORS, "rollout_cost", markdown(document))


def _interleaved(measures: dict[str, Callable[[], dict]], repeats: int) -> dict[str, dict[str, list[float]]]:
    runs = []
    for repeat in range(repeats):
        runs.append({name: measure() for name, measure in measures.items()})
        sys.stderr.write(f"{len(measures)} measurements: {repeat + 1}/{repeats}\n")
    return {name: {key: [run[name][key] for run in runs] for key in runs[0][name]} for name in measures}


def _gradient_cost(name: str) -> dict[str, float]:
    code = f"from benchmarks import rollout_cost; rollout_cost.print_gradient_cost({name!r})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise command_line.TrainingFailedError(f"gradient, {name}: {done.stderr.strip()[-500:]}")
    return json.loads(done.stdout)


def print_gradient_cost(name: str) -> None:
    """Prints, as JSON, the seconds of a gradient to a model's variables, once traced, and its process's peak memory."""
    import tensorflow as tf

    import hnn_tf

    steps, checkpointing = GRADIENTS[name]
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian())
    states = tf.random.normal([GRADIENT_STATES, 2])
    model(states)

    def gradient() -> None:
        with tf.GradientTape() as tape:
            options: dict[str, Any] = {"num_steps": steps, "checkpointing": checkpointing}
            trajectory = hnn_tf.rollout(model, states, step_size=STEP_SIZE, **options)
            loss = tf.reduce_sum(trajectory[:, -1] ** 2)
        for slope in tape.gradient(loss, model.trainable_variables):
            slope.numpy()

    gradient()  # traces
    seconds = _seconds(gradient)
    # In kB, but on macOS in bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    sys.stdout.write(json.dumps({"seconds": seconds, "peak_megabytes": peak}))


def _speed_measures() -> dict[str, Callable[[], dict]]:
    import keras

    import hnn_tf

    keras.utils.set_random_seed(0)
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian())
    states = keras.random.normal([STATES, 2])
    model(states)

    def rollout(num_states: int) -> dict[str, float]:
        options: dict[str, Any] = {"step_size": STEP_SIZE, "num_steps": STEPS, "jit_compile": True}
        seconds = _seconds(lambda: hnn_tf.rollout(model, states[:num_states], **options).numpy())
        return {"seconds_a_state": seconds / num_states, "evaluations": EVALUATIONS}

    measures: dict[str, Callable[[], dict]] = {
        f"rollout, {STATES} states": functools.partial(rollout, STATES),
        "arithmetic": _arithmetic(),
        "rollout, one state": functools.partial(rollout, 1),
    }
    for solver, callback in _callbacks(model).items():
        for name, options in SOLVERS.items():
            measures[f"{solver}, {name}"] = functools.partial(_solve, callback, states[:3].numpy(), options)
    return measures


def _arithmetic() -> Callable[[], dict[str, float]]:
    """A measure of how fast this machine multiplies matrices and takes tanh, and of what a rollout needs of both."""
    import tensorflow as tf

    width, num_tanhs, square_flops = 200, 200, 2 * 2048**3
    square, layer = tf.random.normal([2048, 2048]), tf.random.normal([STATES, width])
    # Through both hidden layers and back: the last layer's value isn't needed, its gradient is its kernel.
    flops = 2 * 2 * STATES * (2 * width + width * width)
    # By XLA and by TensorFlow's own kernels: whichever is faster is the limit.
    products = [tf.function(tf.matmul, jit_compile=jit_compile, autograph=False) for jit_compile in (True, False)]

    @tf.function(jit_compile=True, autograph=False)
    def tanhs(x: tf.Tensor) -> tf.Tensor:
        return tf.while_loop(lambda i, _: i < num_tanhs, lambda i, x: (i + 1, tf.tanh(x)), (0, x))[1]

    def least(function: Callable, *arguments: tf.Tensor) -> float:
        return min(_seconds(lambda: function(*arguments).numpy()) for _ in range(5))

    def measure() -> dict[str, float]:
        speed = square_flops / min(least(product, square, square) for product in products)
        tanh = least(tanhs, layer) / num_tanhs
        limit = EVALUATIONS * (flops / speed + 2 * tanh)
        return {"gigaflops": speed / 1e9, "tanh_seconds": tanh, "limit_seconds": limit}

    return measure


def _callbacks(model: Any) -> dict[str, Callable]:
    """Time and state -> time derivative of one state, in NumPy: TensorFlow's, and PyTorch's if that is there."""
    import tensorflow as tf

    # As a careful user has it: one call of a compiled function.
    function = tf.function(model.call, jit_compile=True, autograph=False)
    field = function.get_concrete_function(tf.TensorSpec([1, 2], tf.float32))
    callbacks = {"solve_ivp": lambda _, state: field(tf.constant(state[None], tf.float32)).numpy()[0]}
    try:
        import torch
    except ImportError:
        return callbacks
    # As the code of the paper (arXiv:1906.01563) has it: autograd in every call.
    kernel_0, bias_0, kernel_1, bias_1, kernel_2 = (torch.tensor(w, requires_grad=True) for w in model.get_weights())
    symplectic = torch.tensor([[0.0, -1.0], [1.0, 0.0]])

    def torch_callback(_: float, state: Any) -> Any:
        inputs = torch.tensor(state[None], dtype=torch.float32, requires_grad=True)
        hidden = torch.tanh(torch.tanh(inputs @ kernel_0 + bias_0) @ kernel_1 + bias_1)
        gradient = torch.autograd.grad((hidden @ kernel_2).sum(), inputs, create_graph=True)[0]
        return (gradient @ symplectic).detach().numpy()[0]

    return callbacks | {"solve_ivp, PyTorch": torch_callback}


def _solve(callback: Callable, states: Any, options: dict[str, float]) -> dict[str, float]:
    from scipy.integrate import solve_ivp

    times = [STEP_SIZE * i for i in range(1, STEPS + 1)]
    began = time.perf_counter()
    solutions = [solve_ivp(callback, (0.0, times[-1]), state, t_eval=times, **options) for state in states]
    seconds = time.perf_counter() - began
    return {"seconds_a_state": seconds / len(states), "evaluations": sum(s.nfev for s in solutions) / len(states)}


def _seconds(function: Callable[[], Any]) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def markdown(document: dict) -> str:
    """The costs as Markdown tables: medians with the least and the largest."""
    trajectories, arithmetic, gradients = document["trajectories"], document["arithmetic"], document["gradients"]
    many, one = (trajectories[name]["seconds_a_state"] for name in (f"rollout, {STATES} states", "rollout, one state"))
    head = [f"{STEPS * STEP_SIZE:g} time units", "evaluations", "µs an evaluation of one state", "states a second"]
    lines = row([*head, f"time, by that of {STATES} states", "by that of one state"]) + row(["---", *["---:"] * 5])
    for name, cost in trajectories.items():
        seconds, evaluations = cost["seconds_a_state"], cost["evaluations"]
        each = [1e6 * ratio for ratio in ratios(seconds, evaluations)]
        spreads = [each, [1 / s for s in seconds], ratios(seconds, many), ratios(seconds, one)]
        lines += row([name, f"{median(evaluations):.0f}", *map(spread, spreads)])
    rollout, limit = [s * STATES for s in many], arithmetic["limit_seconds"]
    flops, tanh = (median(arithmetic[key]) for key in ("gigaflops", "tanh_seconds"))
    products = f"its matrix products, at {flops:.0f} GFLOP/s, and tanhs, at {1e6 * tanh:.0f} µs for a layer"
    lines += "\n" + row([f"{STATES} states, {STEPS} steps", "seconds"]) + row(["---", "---:"])
    lines += row(["rollout", spread(rollout)]) + row([products, spread(limit)])
    lines += row(["ratio", spread(ratios(rollout, limit))]) + "\n"
    lines += row([f"gradient, {GRADIENT_STATES} states, {STEPS} steps", "MB above one step's peak", "seconds"])
    lines += row(["---", "---:", "---:"])
    floor, rows = gradients["floor"]["peak_megabytes"], []
    for name in ("checkpointing=False", "checkpointing"):
        above = [a - b for a, b in zip(gradients[name]["peak_megabytes"], floor, strict=True)]
        rows.append((above, gradients[name]["seconds"]))
        lines += row([name, *map(spread, rows[-1])])
    lines += row(["ratio", *(spread(ratios(*pair)) for pair in zip(*rows, strict=True))]) + "\n"
    note = (
        f"Medians of {len(limit)} runs, {len(floor)} of the gradients (least – largest), on {document['machine']}. The "
        "weights are the initial ones, whose slow motion takes solve_ivp few evaluations at its default tolerances."
    )
    return f"{lines}{note}\n"


if __name__ == "__main__":
    flags.DEFINE_integer("repeats", 7, "Runs of each measurement, interleaved.", lower_bound=1)
    flags.DEFINE_bool("update_docs", False, "Write docs/results/rollout_cost.json and docs/integrators.md.")
    command_line.run(_main, usage=__doc__)
