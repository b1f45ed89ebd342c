"""How many files one new part of each kind touches: each is added to a copy of the project, and then works there."""

import dataclasses
import os
import shutil
import subprocess
import sys

import command_session
import pytest

COPIED = ("hnn_tf", "trainers", "benchmarks", "tests/contracts", "tests/helpers", "pyproject.toml", "tests/conftest.py")


@dataclasses.dataclass(frozen=True)
class Part:
    """A new part.

    Args:
      most: Files that it may touch.
      created: Text of new files, by path.
      inserted: In files that are there, what is inserted after a text, by path.
      suite: Its contract, and which of its tests are run.
    """

    most: int
    created: dict[str, str]
    inserted: dict[str, tuple[str, str]]
    suite: tuple[str, ...]


SYSTEM = Part(
    most=3,
    created={
        "hnn_tf/systems/sledge.py": '''"""A sledge that is pushed over snow."""

import dataclasses
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf.systems.base import System
from hnn_tf.typing import State


@dataclasses.dataclass(frozen=True)
class Sledge(System):
    """A sledge of 1 kg. H(q, p) = p^2 / 2,  dp/dt = -p / 10 + u."""

    dof = 1
    separable = True
    conservative = False
    state_names = ("q", "p")
    state_units = ("m", "kg m/s")
    energy_unit = "J"
    num_inputs = 1
    input_names = ("push",)
    input_units = ("N",)

    def hamiltonian(self, state: State) -> tf.Tensor:
        """Energy `[...]` of states `[..., 2]`."""
        _, p = self.split(state)
        return tf.squeeze(0.5 * p * p, -1)

    def dissipation(self, state: State) -> Any:
        """R `[2, 2]`, the friction of the snow."""
        del state
        return [[0.0, 0.0], [0.0, 0.1]]

    def control(self, state: State) -> Any:
        """G `[2, 1]`."""
        del state
        return [[0.0], [1.0]]

    def numpy_symplectic_gradient(self, states: np.ndarray) -> np.ndarray:
        """J grad H `[N, 2]` at states `[N, 2]`."""
        return np.stack([states[:, 1], np.zeros(len(states))], -1)
'''
    },
    inserted={
        "hnn_tf/systems/__init__.pyi": (
            "from .pendulum import Pendulum as Pendulum\n",
            "from .sledge import Sledge as Sledge\n",
        ),
        "tests/contracts/test_systems.py": (
            "NAIVE = {\n",
            "    systems.Sledge: (systems.Sledge(), lambda q, p: p**2 / 2, lambda q, p, u: (p, u - p / 10)),\n",
        ),
    },
    suite=("tests/contracts/test_systems.py", "Sledge or every_system"),
)
INTEGRATOR = Part(
    most=4,
    created={
        "hnn_tf/integrators/heun.py": '''"""Heun's method."""

from hnn_tf.integrators.runge_kutta import ExplicitRungeKutta


class Heun3(ExplicitRungeKutta):
    """The third-order method of Heun."""

    name = "heun3"
    order = 3
    stages = 3
    a = ((), (1 / 3,), (0, 2 / 3))
    b = (1 / 4, 0, 3 / 4)
'''
    },
    inserted={
        "hnn_tf/integrators/__init__.pyi": ("from .by_name import get as get\n", "from .heun import Heun3 as Heun3\n"),
        "hnn_tf/integrators/registry.py": (
            '        "rk4": "hnn_tf.integrators.runge_kutta:RungeKutta4",\n',
            '        "heun3": "hnn_tf.integrators.heun:Heun3",\n',
        ),
        "tests/contracts/test_integrators.py": ("CASES = {\n", '    "heun3": 2**-5,\n'),
    },
    suite=("tests/contracts/test_integrators.py", "heun3 or every_integrator"),
)
MODEL = Part(
    most=4,
    created={
        "hnn_tf/models/stretched_network.py": '''"""A baseline whose output is stretched."""

import keras

from hnn_tf.models.baseline_network import BaselineNetwork


@keras.saving.register_keras_serializable(package="hnn_tf")
class StretchedNetwork(BaselineNetwork):
    """call(s) = 2 MLP(s)."""

    def call(self, state):
        """Time derivative `[..., 2n]` of states `[..., 2n]`."""
        return 2.0 * self.mlp(state)


def stretched(*, hidden_units, activation, dtype, time_reversible=False, periodic=(), body_dimension=None):
    """A baseline whose output is stretched."""
    del time_reversible, periodic, body_dimension
    return StretchedNetwork(hidden_units=hidden_units, activation=activation, dtype=dtype, name="stretched")
'''
    },
    inserted={
        "hnn_tf/models/__init__.pyi": (
            "from .residual_mlp import ResidualMLP as ResidualMLP\n",
            "from .stretched_network import StretchedNetwork as StretchedNetwork\n",
        ),
        "hnn_tf/models/registry.py": ("    {\n", '        "stretched": "hnn_tf.models.stretched_network:stretched",\n'),
        "tests/contracts/test_models.py": (
            "CASES = {\n",
            '    "stretched": Case(\n        models.StretchedNetwork, has_energy=False, conserves_it=False, '
            "reference_parameters=41_200\n    ),\n",
        ),
    },
    suite=("tests/contracts/test_models.py", "stretched or every_model or every_keras"),
)
OBJECTIVE = Part(
    most=4,
    created={
        "hnn_tf/objectives/absolute_matching.py": '''"""Absolute derivative matching."""

import tensorflow as tf

from hnn_tf.objectives.derivative_matching import DerivativeMatching


class AbsoluteMatching(DerivativeMatching):
    """L = mean |f(s) - ds/dt|."""

    name = "absolute"

    def loss(self, model, samples):
        """Scalar loss of a vector field on samples."""
        predicted = model(samples["state"])
        if predicted.shape != samples["time_derivative"].shape:
            raise ValueError("expected equal shapes")
        return tf.reduce_mean(tf.abs(predicted - samples["time_derivative"]))
'''
    },
    inserted={
        "hnn_tf/objectives/__init__.pyi": (
            "from .base import Objective as Objective\n",
            "from .absolute_matching import AbsoluteMatching as AbsoluteMatching\n",
        ),
        "hnn_tf/objectives/registry.py": (
            "    {\n",
            '        "absolute": "hnn_tf.objectives.absolute_matching:AbsoluteMatching",\n',
        ),
        "tests/contracts/test_objectives.py": (
            "CASES = {\n",
            '    "absolute": Case(\n        "time_derivative",\n        ("state", "time_derivative"),\n'
            '        lambda samples: np.mean(np.abs(SYSTEM(samples["state"]) - samples["time_derivative"])),\n    ),\n',
        ),
    },
    suite=("tests/contracts/test_objectives.py", "absolute or every_objective"),
)
TASK = Part(
    most=3,
    created={
        "trainers/tasks/slow_pendulum.py": '''"""A pendulum with half the torque."""

from typing import Any

from hnn_tf.systems import Pendulum
from trainers.tasks.simulated import SimulatedTask


def _system() -> Any:
    return Pendulum(gravity_torque=1.5)


TASK = SimulatedTask(
    name="slow_pendulum",
    make_system=_system,
    num_times=20,
    radius=(0.5, 1.0),
    ood_radius=(1.2, 1.5),
    paper_time_stretch=1.0,
    configuration="pendulum",
    angles=(0,),
)
''',
        "trainers/slow_pendulum.py": '''"""Learns a slow pendulum.

python -m trainers.slow_pendulum
"""

from trainers import task_command

if __name__ == "__main__":
    task_command.run("slow_pendulum", usage=__doc__)
''',
    },
    inserted={
        "trainers/tasks/__init__.py": (
            "TASK_OPTIONS: dict[str, TaskOptions] = {\n",
            '    "slow_pendulum": TaskOptions(TrainerOptions(data=DataOptions(noise_std=0.01))),\n',
        )
    },
    suite=(),
)
PARTS = {"system": SYSTEM, "integrator": INTEGRATOR, "model": MODEL, "objective": OBJECTIVE, "task": TASK}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project that has one new part of each kind."""
    folder = tmp_path_factory.mktemp("project")
    for name in COPIED:
        source, target = command_session.ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    for part in PARTS.values():
        for path, text in part.created.items():
            assert not (folder / path).exists()
            (folder / path).write_text(text, encoding="utf-8")
        for path, (after, text) in part.inserted.items():
            before = (folder / path).read_text(encoding="utf-8")
            assert before.count(after) == 1, path
            (folder / path).write_text(before.replace(after, after + text), encoding="utf-8")
    return folder


def _run(folder, *command):
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("kind", PARTS)
def test_a_new_part_touches_few_files(kind):
    part = PARTS[kind]
    assert len(part.created) + len(part.inserted) <= part.most


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind, part in PARTS.items() if part.suite])
def test_it_passes_its_contract_and_not_without_an_entry(kind, project):
    suite, chosen = PARTS[kind].suite
    tests = _run(project, "pytest", "-q", "-p", "no:cacheprovider", suite, "-k", chosen, "-m", "")
    assert tests.returncode == 0, tests.stdout[-3000:]
    _, text = PARTS[kind].inserted[suite]
    whole = (project / suite).read_text(encoding="utf-8")
    (project / suite).write_text(whole.replace(text, ""), encoding="utf-8")
    without = _run(project, "pytest", "-q", "-p", "no:cacheprovider", suite, "-k", "has_an_entry", "-m", "")
    (project / suite).write_text(whole, encoding="utf-8")
    assert without.returncode == 1
    assert "_has_an_entry" in without.stdout


@pytest.mark.slow
def test_commands_take_them_all(project):
    flags = [
        "--model=stretched",
        "--objective=absolute",
        "--integrator=heun3",
        "--steps=3",
        "--hidden_units=8",
        "--export",
    ]
    run = _run(project, "trainers.slow_pendulum", *flags, "--progress=none")
    assert run.returncode == 0, run.stderr
    folder = project / "runs" / "slow_pendulum"
    assert (folder / "saved_model" / "1" / "saved_model.pb").is_file()
    assert (folder / "figures" / "phase_portrait.png").is_file()
