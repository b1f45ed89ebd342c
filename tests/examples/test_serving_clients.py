"""The clients of examples/serving as commands, against a stand-in for TensorFlow Serving."""

import itertools
import re
import runpy
import socket
import subprocess
import sys

import client_command
import numpy as np
import pytest
import tensorflow as tf
from command_session import ROOT
from serving_stand_in import StandIn

import hnn_tf
from hnn_tf.export.saved_model import export_model

CLIENTS = {
    "row": ("rest_client.py", "--format=row"),
    "column": ("rest_client.py", "--format=column"),
    "grpc": ("grpc_client.py",),
}
TIMES = np.array([0.0, 0.25, 0.5])
STATES = {"pendulum": [[1.0, 0.0], [-0.5, 0.2]], "baseline": [[1.0, 0.0, 0.5, -1.0]]}
QUESTIONS = {
    "default": ("pendulum", 1),
    "default of two": ("pendulum", 2),
    "energy": ("pendulum", 2, "--signature=energy"),
    "time_derivative": ("pendulum", 1, "--signature=time_derivative"),
    "rollout": ("pendulum", 1, "--times=0:0.5:0.25"),
    "rollout of two": ("pendulum", 2, "--times=0,0.25,0.5"),
    # Of float64, and without an energy: their only output comes without its name.
    "baseline": ("baseline", 1),
    "baseline's rollout": ("baseline", 1, "--times=0:0.5:0.25"),
}


def _build(model, dof):
    model.build([None, 2 * dof])
    return model


@pytest.fixture(scope="module")
def models():
    tf.keras.utils.set_random_seed(0)
    old, new = (_build(hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[16, 16])), 1) for _ in range(2))
    return {
        "old": old,
        "pendulum": new,
        "baseline": _build(hnn_tf.BaselineNetwork(hidden_units=[16, 16], dtype="float64"), 2),
    }


@pytest.fixture(scope="module")
def server(models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    for name, model in models.items():
        export_model(model, folder / ("pendulum" if name == "old" else name))
    with StandIn({"pendulum": folder / "pendulum", "baseline": folder / "baseline"}) as running:
        yield running


@pytest.fixture
def ask(server, monkeypatch, capsys):
    """Exit code, standard output and error of a client, with its arguments."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    def run(client, *arguments):
        script, *options = CLIENTS[client]
        address = f"--server={server.target}" if client == "grpc" else f"--url={server.url}"
        monkeypatch.setattr(sys, "argv", [script, address, *options, *arguments])
        code = 0
        try:
            runpy.run_path(str(ROOT / "examples" / "serving" / script), run_name="__main__")
        except SystemExit as stop:
            code = stop.code
        return code, *capsys.readouterr()

    return run


def _arguments(name):
    model, rows, *options = QUESTIONS[name]
    return [f"--model={model}", *(f"--state={','.join(map(str, s))}" for s in STATES[model][:rows]), *options]


def _expected(models, name):
    """The table's numbers, from the model in Python."""
    model, rows, *options = QUESTIONS[name]
    model, states = models[model], np.array(STATES[model][:rows], models[model].compute_dtype)
    has_energy = hasattr(model, "hamiltonian")
    if "times" in "".join(options):
        tables = []
        for path in hnn_tf.rollout_at_times(model, states, TIMES, max_step_size=0.05):
            energy = [model.hamiltonian(path)[:, np.newaxis]] if has_energy else []
            tables.append(np.concatenate([TIMES[:, np.newaxis], path, *energy], 1))
        return np.concatenate(tables)
    columns = [states]
    if has_energy and "--signature=time_derivative" not in options:
        columns.append(model.hamiltonian(states)[:, np.newaxis])
    if "--signature=energy" not in options:
        columns.append(model(states))
    return np.concatenate(columns, 1)


def _numbers(output):
    return np.array([line.split() for line in output.splitlines() if re.match(r" *-?[0-9]", line)], float)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_client_prints_what_the_model_says(ask, models, client, name):
    code, output, error = ask(client, *_arguments(name))
    assert (code, error) == (0, "")
    # Six digits are printed; a zero is only as exact as float32.
    np.testing.assert_allclose(_numbers(output), _expected(models, name), rtol=1e-5, atol=1e-6)


def test_the_table_says_what_its_columns_are(ask):
    heads = [
        [line.split() for line in ask("row", *_arguments(name))[1].splitlines() if "q" in line] for name in QUESTIONS
    ]
    assert heads[0] == [["q", "p", "energy", "dq/dt", "dp/dt"]]
    assert heads[5] == [["time", "q", "p", "energy"]] * 2
    assert heads[6] == [["q1", "q2", "p1", "p2", "dq1/dt", "dq2/dt", "dp1/dt", "dp2/dt"]]
    assert heads[7] == [["time", "q1", "q2", "p1", "p2"]]


def test_the_json_is_that_of_the_documentation(ask, server):
    state, times = [1.0, 0.0], [0.0, 0.5]
    for client, options in itertools.product(["row", "column"], [[], ["--times=0,0.5"]]):
        ask(client, "--model=pendulum", "--state=1,0", *options)
    assert server.requests[-4:] == [
        {"signature_name": "serving_default", "instances": [state]},  # one named input: without its name
        {"signature_name": "rollout", "instances": [{"state": state, "times": times}]},
        {"signature_name": "serving_default", "inputs": {"state": [state]}},
        {"signature_name": "rollout", "inputs": {"state": [state], "times": [times]}},
    ]


@pytest.mark.parametrize("client", CLIENTS)
def test_the_newest_version_answers_or_the_one_that_is_asked_for(ask, models, client):
    state = np.float32([STATES["pendulum"][0]])
    for options, name in [([], "pendulum"), (["--version=2"], "pendulum"), (["--version=1"], "old")]:
        _, output, _ = ask(client, *_arguments("energy")[:2], "--signature=energy", *options)
        np.testing.assert_allclose(_numbers(output)[0, 2], models[name].hamiltonian(state)[0], rtol=1e-5)


@pytest.mark.parametrize("client", CLIENTS)
def test_what_cannot_be_reached_is_nan(ask, client):
    code, output, error = ask(client, "--model=pendulum", "--state=1,0", "--times=0,1e9")
    assert (code, error) == (0, "")
    first, last = _numbers(output)
    assert first[1] == 1
    assert np.isnan(last[1:]).all()


@pytest.mark.parametrize(("extra", "message"), [([0, 1], "expected 2 times"), ([1, 0], "expected 1 rows")])
def test_an_answer_to_another_question_is_refused(extra, message):
    """As a server gives that pads what it batches."""
    rows, times = np.add([1, 2], extra)
    inputs, outputs = {"state": [[1.0, 0.0]], "times": [[0.0, 1.0]]}, {"energy": np.zeros([rows, times]).tolist()}
    with pytest.raises(client_command.RequestError, match=message):
        client_command.write_answer(inputs, outputs)


def _free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model=pendulm"], "Servable not found for request: Latest(pendulm)"),
        (["--version=7"], "Servable not found for request: Specific(pendulum, 7)"),
        (["--state=1,2,3", "--signature=energy"], "expected states of one width; received widths [2, 3]"),
        (["--model=baseline"], "Matrix size-incompatible: In[0]: (1, 2) [[state]]"),
        (["--signature=enrgy"], "enrgy"),
        (["--signature=rollout"], "--times: expected only with --signature=rollout"),
        (["--signature=energy", "--times=0,1"], "--times: expected only with --signature=rollout"),
        (["--state=1,x"], "argument --state: expected numbers as 1.0,0.0; received '1,x'"),
        (["--times=0:1"], "argument --times: expected start:stop:step"),
        (["--times=0:1:-1"], "argument --times: expected start:stop:step"),
        (["--times=0:1:0"], "argument --times: expected start:stop:step"),
        (["--times=0:1:1e-9"], "at most 1000000 times"),
        (["--timeout=0"], "argument --timeout: expected seconds > 0"),
        (["--verson=1"], "unrecognized arguments: --verson=1"),
    ],
)
def test_what_goes_wrong_is_one_line(ask, client, arguments, message):
    code, output, error = ask(client, "--model=pendulum", "--state=1,0", *arguments)
    assert (code, output) == (2, "")
    assert error.startswith("error: ")
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("client", CLIENTS)
def test_no_server_is_one_line(ask, client):
    nowhere = f"127.0.0.1:{_free_port()}"
    flag = f"--server={nowhere}" if client == "grpc" else f"--url=http://{nowhere}"
    code, output, error = ask(client, "--model=pendulum", "--state=1,0", flag)
    assert (code, output) == (2, "")
    assert re.fullmatch(rf"error: .*{nowhere}.*: no server answers: .*refused.*; start the server, or give .*\n", error)


@pytest.mark.parametrize("client", CLIENTS)
def test_the_ports_of_the_other_api_are_one_line(ask, server, client):
    flag = f"--server={server.url[7:]}" if client == "grpc" else f"--url=http://{server.target}"
    code, output, error = ask(client, "--model=pendulum", "--state=1,0", flag)
    assert (code, output) == (2, "")
    assert re.fullmatch(r"error: .*\n", error)


@pytest.mark.parametrize(
    "answer",
    [[], None, {"predictions": 3}, {"predictions": [{}]}, {"predictions": [{"energy": {}}]}],
)
def test_json_of_another_service_is_one_line(ask, server, monkeypatch, answer):
    monkeypatch.setattr(server, "rest", lambda *_: answer)
    code, _, error = ask("row", "--model=pendulum", "--state=1,0")
    assert code == 2
    assert re.fullmatch(r"error: .*\n", error)


@pytest.mark.parametrize("client", ["row", "grpc"])
def test_no_client_waits_for_ever(ask, server, client):
    server.answering.clear()
    try:
        code, output, error = ask(client, "--model=pendulum", "--state=1,0", "--timeout=0.1")
    finally:
        server.answering.set()
    assert (code, output) == (2, "")
    assert re.fullmatch(r"error: .*: no answer within 0.1 s; raise --timeout, .*\n", error)


def test_the_rest_client_needs_nothing_but_python(server):
    script = ROOT / "examples" / "serving" / "rest_client.py"
    command = [sys.executable, "-S", "-E", script, f"--url={server.url}", "--model=pendulum", "--state=1,0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={"no_proxy": "*"}, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 2
