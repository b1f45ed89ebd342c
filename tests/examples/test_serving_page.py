"""docs/serving.md keeps its promises: its commands and requests are answered as it shows."""

import json
import re
import shlex
import subprocess
import sys
import urllib.request

import pytest
import tensorflow as tf
from command_session import ROOT, environment
from serving_stand_in import StandIn

import hnn_tf
from hnn_tf.export.saved_model import export_model

PAGE = (ROOT / "docs" / "serving.md").read_text()
SHELL = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)).replace("\\\n", " ")
COMMANDS = re.findall(r"^python (examples/serving/\S+) (.*)$", SHELL, re.MULTILINE)
HEADS = [head.split() for head in re.findall(r"```text\n( +\w.*)\n", PAGE)]
ANSWERS = re.findall(r"^\{.*\}$", PAGE, re.MULTILINE)
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    tf.keras.utils.set_random_seed(0)
    folder = tmp_path_factory.mktemp("served")
    energies = {name: hnn_tf.MLPHamiltonian(hidden_units=[16, 16]) for name in ("pendulum", "motor")}
    energies["pendulums"] = hnn_tf.MLPHamiltonian(hidden_units=[16, 16], num_parameters=2)
    for name, energy in energies.items():
        control = hnn_tf.LinearInput(gains=[[1.0]]) if name == "motor" else None
        model = hnn_tf.HamiltonianNetwork(energy, control=control)
        model.build([None, 2])
        export_model(model, folder / name)
    with StandIn({name: folder / name for name in energies}) as running:
        yield running


@pytest.mark.slow
def test_its_rest_commands_print_what_it_shows(server):
    """And need nothing but Python: neither packages nor an environment."""
    rest = [arguments for script, arguments in COMMANDS if script.endswith("rest_client.py")]
    assert len(rest) == len(HEADS) == 2
    for arguments, head in zip(rest, HEADS, strict=True):
        script = ROOT / "examples" / "serving" / "rest_client.py"
        command = [sys.executable, "-S", "-E", script, *shlex.split(arguments), f"--url={server.url}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={"no_proxy": "*"}, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines()[0].split() == head


@pytest.mark.slow
def test_its_grpc_commands_have_flags_that_exist(tmp_path):
    (arguments,) = [arguments for script, arguments in COMMANDS if script.endswith("grpc_client.py")]
    command = [sys.executable, ROOT / "examples" / "serving" / "grpc_client.py", "--help"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, env=environment(tmp_path), check=True, cwd=tmp_path
    )
    flags = re.findall(r"--\w+", arguments)
    assert "--state" in flags
    assert not [flag for flag in flags if flag not in done.stdout]


@pytest.mark.slow
def test_its_requests_are_answered_in_the_layout_it_shows(server):
    bodies = re.findall(r"curl -d '(.*?)' http://localhost:8501(\S+)", SHELL)
    answers = []
    for body, path in bodies:
        with OPENER.open(server.url + path, body.encode()) as answer:
            answers.append(json.load(answer))
    default, rows, columns, driven, of_parameters = answers
    (shown,) = map(json.loads, ANSWERS)
    assert _layout(default) == _layout(shown)
    assert _layout(rows) == {"predictions": [{"energy": [0.0], "trajectory": [[0.0]]}]}
    assert _layout(driven) == _layout(of_parameters) == _layout(rows)
    assert _layout(columns) == {"outputs": {"energy": [[0.0]], "trajectory": [[[0.0]]]}}


def _layout(value):
    if isinstance(value, dict):
        return {key: _layout(part) for key, part in sorted(value.items())}
    return [_layout(value[0])] if isinstance(value, list) else 0.0


def test_the_server_describes_what_it_lists(server):
    with OPENER.open(f"{server.url}/v1/models/pendulum/metadata") as answer:
        found = json.load(answer)["metadata"]["signature_def"]["signature_def"]
    assert sorted(found) == sorted(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    shapes = {name: info["tensor_shape"]["dim"] for name, info in found["rollout"]["inputs"].items()}
    assert {name: [dim["size"] for dim in dims] for name, dims in shapes.items()} == {
        "state": ["-1", "2"],
        "times": ["-1", "-1"],
    }
    with OPENER.open(f"{server.url}/v1/models/pendulum") as answer:
        (version,) = json.load(answer)["model_version_status"]
    assert (version["version"], version["state"]) == ("1", "AVAILABLE")


def test_its_server_reads_the_files_of_the_examples():
    (docker,) = [line for line in SHELL.splitlines() if line.startswith("docker run ")]
    mounts = dict(re.findall(r'-v "\$PWD/(\S+?):(\S+?):ro"', docker))
    assert mounts == {"runs/pendulum/saved_model": "/models/pendulum", "examples/serving": "/config"}
    for name in re.findall(r"=/config/(\S+)", docker):
        assert (ROOT / "examples" / "serving" / name).is_file()
    assert re.findall(r"--(\w+)", docker)[1:] == [
        "model_config_file",
        "model_config_file_poll_wait_seconds",
        "enable_batching",
        "batching_parameters_file",
    ]
