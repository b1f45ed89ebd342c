"""Whether a server may put requests of several clients into one call: --enable_batching of TensorFlow Serving."""

import itertools
import threading

import c_api_client
import numpy as np
import pytest
import tensorflow as tf

import hnn_tf
from hnn_tf import models
from hnn_tf.export.saved_model import export_model

ROWS, SCHEDULERS = 8, itertools.count()
FULL_ONLY = 60_000_000
"""Microseconds: a call waits until it has all its rows, so that the same requests always share one."""


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Folders of a model of states and of one that sees frames."""
    tf.keras.utils.set_random_seed(0)
    states = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[16, 16]))
    states.build([None, 2])
    frames = hnn_tf.LatentHamiltonianNetwork(
        models.ResidualMLP(2, hidden_units=8),
        models.ResidualMLP(60, hidden_units=8),
        hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[8])),
        frame_shape=(6, 5, 2),
    )
    frames.build([None, 6, 5, 2])
    folder = tmp_path_factory.mktemp("served")
    return {
        "states": export_model(states, folder / "states", max_step_size=0.1),
        "frames": export_model(frames, folder / "frames"),
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", ["states", "frames"])
def test_every_input_and_output_can_be_batched(exported, name):
    definitions = c_api_client.signature_defs(exported[name])
    assert len(definitions) == {"states": 4, "frames": 6}[name]
    for signature, definition in definitions.items():
        for key, info in [*definition.inputs.items(), *definition.outputs.items()]:
            assert info.tensor_shape.dim, (signature, key)
            assert info.tensor_shape.dim[0].size == -1, (signature, key)


class Batched:
    """The rollout of an export behind the scheduler that TensorFlow shares with its server (BatchFunction)."""

    def __init__(self, path, *, timeout, allowed_batch_sizes=None):
        self.module, self.rows_of_calls = tf.saved_model.load(str(path)), []
        scheduled = tf.nondifferentiable_batch_function(
            num_batch_threads=1,
            max_batch_size=ROWS,
            batch_timeout_micros=timeout,
            allowed_batch_sizes=allowed_batch_sizes,
            autograph=False,
        )(self._call)
        specs = [tf.TensorSpec([None, 2]), tf.TensorSpec([None, None])]

        def function(*inputs):
            with tf.name_scope(path.parent.name + str(next(SCHEDULERS))):  # those of one name are one scheduler
                return scheduled(*inputs)

        self.function = tf.function(function, input_signature=specs, autograph=False).get_concrete_function()

    def _call(self, state, times):
        tf.py_function(lambda rows: self.rows_of_calls.append(int(rows)), [tf.shape(state)[0]], [])
        answer = self.module.signatures["rollout"](state=state, times=times)
        return answer["trajectory"], answer["energy"]

    def __call__(self, requests):
        """Answers or errors of requests (state, times) of as many clients at the same time."""
        answers = [None] * len(requests)

        def ask(i):
            try:
                answers[i] = [output.numpy() for output in self.function(*map(tf.constant, requests[i]))]
            except tf.errors.OpError as error:
                answers[i] = error

        threads = [threading.Thread(target=ask, args=(i,)) for i in range(len(requests))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def alone(self, state, times):
        answer = self.module.signatures["rollout"](state=tf.constant(state), times=tf.constant(times))
        return answer["trajectory"], answer["energy"]


def _request(rows, times):
    state = np.random.default_rng(rows).normal(size=[rows, 2])
    return np.float32(state), np.tile(np.float32(times), [rows, 1])


def test_clients_with_as_many_times_share_a_call_and_get_their_own_answers(exported):
    batched = Batched(exported["states"], timeout=FULL_ONLY)
    requests = [_request(1, [0, 0.3, 1]), _request(2, [0, -5, 2]), _request(4, [3, 3.1, 4]), _request(1, [0, 1e9, 0])]
    answers = batched(requests)
    assert batched.rows_of_calls == [ROWS]
    for (state, times), answer in zip(requests, answers, strict=True):
        for output, expected in zip(answer, batched.alone(state, times), strict=True):
            # The widest interval of the call chooses everyone's number of steps: within rk4's error at steps of 0.1.
            np.testing.assert_allclose(output, expected, atol=1e-4)
    assert np.isnan(answers[-1][0][:, 1:]).all()


def test_clients_with_other_numbers_of_times_fail_together(exported):
    batched = Batched(exported["states"], timeout=FULL_ONLY)
    answers = batched([_request(3, [0, 1]), _request(5, [0, 0.5, 1])])
    assert batched.rows_of_calls == []
    for answer in answers:
        assert isinstance(answer, tf.errors.InvalidArgumentError)
        assert "should match" in answer.message


def test_rows_that_fill_a_call_up_change_no_answer(exported):
    batched = Batched(exported["states"], timeout=1000, allowed_batch_sizes=[1, ROWS])
    request = _request(3, [0, 0.3, 1])
    (answer,) = batched([request])
    assert batched.rows_of_calls == [ROWS]
    for output, expected in zip(answer, batched.alone(*request), strict=True):
        np.testing.assert_allclose(output, expected, atol=1e-6)  # float32, in a batch of another size
