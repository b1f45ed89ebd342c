"""What an exported model answers to requests that aren't what its signatures take, and that it bears no grudge."""

import re

import c_api_client
import keras
import numpy as np
import pytest

from hnn_tf import HamiltonianNetwork, LatentHamiltonianNetwork, MLPHamiltonian, models
from hnn_tf.export.saved_model import export_model

NAN, FRAME_SHAPE = np.nan, (4, 3, 2)


def _floats(values):
    return np.array(values, np.float32)


STATE, TIMES = _floats([[0.5, 0.1], [1.0, 0.0]]), _floats([[0.0, 0.3, 1.0], [0.0, 0.5, 2.0]])
FRAMES = np.full([2, *FRAME_SHAPE], 0.25, np.float32)
GOOD = {"time_derivative": {"state": STATE}, "rollout": {"state": STATE, "times": TIMES}}
GOOD_FRAMES = {"encode": {"frames": FRAMES}}

_SHAPE = "is not compatible with expected shape"
_BATCH = "Dimension 0 in both shapes must be equal"
REFUSED = {
    # signature, inputs in the place of good ones (None: left out), what the error says
    "wrong width": ("time_derivative", {"state": np.zeros([2, 3], np.float32)}, rf"state.* \[2,3\] {_SHAPE} \[\?,2\]"),
    "a vector": ("time_derivative", {"state": STATE[0]}, rf"state.* \[2\] {_SHAPE} \[\?,2\]"),
    "another rank": ("time_derivative", {"state": STATE[:, np.newaxis]}, rf"state.* \[2,1,2\] {_SHAPE} \[\?,2\]"),
    "float64": ("time_derivative", {"state": STATE.astype("float64")}, "to be float but double is provided"),
    "integers": ("time_derivative", {"state": STATE.astype("int32")}, "to be float but int32 is provided"),
    "no state": (
        "time_derivative",
        {"state": None},
        "must feed a value for placeholder tensor 'time_derivative_state'",
    ),
    "no times": ("rollout", {"times": None}, "must feed a value for placeholder tensor 'rollout_times'"),
    "another signature's output": (("time_derivative", "energy"), {}, "must feed a value for .* 'energy_state'"),
    "wrong width of a rollout": ("rollout", {"state": np.zeros([2, 4], np.float32)}, rf"state.* \[2,4\] {_SHAPE}"),
    "times without a batch": ("rollout", {"times": TIMES[0]}, rf"times.* \[3\] {_SHAPE} \[\?,\?\]"),
    "one row of times": ("rollout", {"times": TIMES[:1]}, _BATCH),
    "one state": ("rollout", {"state": STATE[:1]}, _BATCH),
    "integer times": ("rollout", {"times": TIMES.astype("int64")}, "to be float but int64 is provided"),
    # As many numbers as other frames have.
    "frames on their side": (
        "encode",
        {"frames": FRAMES.swapaxes(1, 2)},
        rf"frames.* \[2,3,4,2\] {_SHAPE} \[\?,4,3,2\]",
    ),
    "frames without velocity": ("encode", {"frames": FRAMES[..., :1]}, rf"frames.* \[2,4,3,1\] {_SHAPE} \[\?,4,3,2\]"),
}
ANSWERED = {
    # signature, inputs in the place of good ones, rows of the answer that are NaN from some time on
    "no states": ("time_derivative", {"state": STATE[:0]}, []),
    "no states of a rollout": ("rollout", {"state": STATE[:0], "times": TIMES[:0]}, []),
    "no times": ("rollout", {"times": TIMES[:, :0]}, []),
    "unsorted times": ("rollout", {"times": _floats([[0, 1, 0.5], [0, 0.5, 2]])}, []),
    "repeated times": ("rollout", {"times": _floats([[0, 0, 0], [0, 0.5, 2]])}, []),
    "NaN times": ("rollout", {"times": _floats([[0, NAN, 0.5], [0, 0.5, 2]])}, [0]),
    "a NaN first time": ("rollout", {"times": _floats([[NAN, 1, 2], [0, 0.5, 2]])}, [0]),
    "infinite times": ("rollout", {"times": _floats([[0, np.inf, 1], [0, 0.5, 2]])}, [0]),
    "many repeated times": ("rollout", {"times": np.repeat(TIMES, 1000, 1)}, []),
    # Eight million steps, minutes of work.
    "more steps than the export takes": ("rollout", {"times": _floats([[0, 0.3, 4e5], [0, 0.5, 2]])}, [0]),
    "a NaN state": ("time_derivative", {"state": _floats([[NAN, 0], [1, 0]])}, [0]),
    "a NaN state of a rollout": ("rollout", {"state": _floats([[NAN, 0], [1, 0]])}, [0]),
}


def _build():
    hnn = HamiltonianNetwork(MLPHamiltonian(hidden_units=[16, 16]))
    hnn.build([None, 2])
    parts = [models.ResidualMLP(2, hidden_units=8), models.ResidualMLP(24, hidden_units=8)]
    frames = LatentHamiltonianNetwork(
        *parts, HamiltonianNetwork(MLPHamiltonian(hidden_units=[8])), frame_shape=FRAME_SHAPE
    )
    frames.build([None, *FRAME_SHAPE])
    return hnn, frames


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """By table and name, the answer and those of the good requests after it; and the good ones before all."""
    keras.utils.set_random_seed(0)
    folder = tmp_path_factory.mktemp("bad")
    hnn, frames = (export_model(model, folder / model.name) for model in _build())
    good = [(hnn, name, inputs) for name, inputs in GOOD.items()]
    good += [(frames, name, inputs) for name, inputs in GOOD_FRAMES.items()]
    bad = {}
    for table in (REFUSED, ANSWERED):
        for name, (signature, changes, _) in table.items():
            takes = signature[0] if isinstance(signature, tuple) else signature
            inputs = {**GOOD, **GOOD_FRAMES}[takes] | changes
            path = frames if takes in GOOD_FRAMES else hnn
            bad[id(table), name] = (path, signature, {k: v for k, v in inputs.items() if v is not None})
    requests = [*good, *(request for one in bad.values() for request in (one, *good))]
    answers = c_api_client.serve(requests, folder)
    step = 1 + len(good)
    groups = [answers[len(good) + i * step :][:step] for i in range(len(bad))]
    return answers[: len(good)], {key: (group[0], group[1:]) for key, group in zip(bad, groups, strict=True)}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_request_is_refused_with_its_reason(served, name):
    answer, _ = served[1][id(REFUSED), name]
    assert isinstance(answer, str), answer
    assert re.search(REFUSED[name][2], answer), answer


@pytest.mark.parametrize("name", ANSWERED)
def test_odd_requests_are_answered_and_rows_are_nan_alone(served, name):
    answer, _ = served[1][id(ANSWERED), name]
    signature, changes, lost = ANSWERED[name]
    inputs = GOOD[signature] | changes
    shape = (*inputs["times"].shape, 2) if signature == "rollout" else inputs["state"].shape
    output = answer["trajectory" if signature == "rollout" else "time_derivative"]
    assert output.shape == shape
    broken = np.isnan(output).any(tuple(range(1, output.ndim)))
    assert np.flatnonzero(broken).tolist() == lost
    if "energy" in answer:
        np.testing.assert_array_equal(np.isnan(answer["energy"]), np.isnan(output).any(-1))
    if lost:  # the other row is as in the good request
        good = served[0][list(GOOD).index(signature)]
        for key, value in answer.items():
            np.testing.assert_allclose(value[1], good[key][1], atol=1e-6)  # float32, another batch's steps


def test_unsorted_times_run_backwards(served):
    """There is one state at a time, however the path came there."""
    (_, rollout, _), answers = served
    there_and_back = answers[id(ANSWERED), "unsorted times"][0]["trajectory"]
    # Of the good request's first row, too, 1.0 is a time: rk4's steps to it differ, and float32 rounds.
    np.testing.assert_allclose(there_and_back[0, 1], rollout["trajectory"][0, 2], atol=1e-6)
    assert np.abs(there_and_back[0, 1] - there_and_back[0, 2]).max() > 1e-3


@pytest.mark.parametrize("table", [REFUSED, ANSWERED], ids=["refused", "answered"])
def test_the_next_requests_are_answered_as_before(served, table):
    before, after = served
    for name in table:
        for expected, answer in zip(before, after[id(table), name][1], strict=True):
            assert answer.keys() == expected.keys()
            for key in expected:
                assert answer[key].tobytes() == expected[key].tobytes(), (name, key)
