"""An exported model under load: many requests at once, mixed signatures and batch sizes, through the C API."""

import keras
import numpy as np
import pytest

import hnn_tf
from benchmarks.cost import serving_load
from benchmarks.cost.c_api_process import CApiProcess
from hnn_tf.export.saved_model import export_model


@pytest.fixture(scope="module")
def saved_model(tmp_path_factory):
    keras.utils.set_random_seed(0)
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[16, 16]))
    model.build([None, 2])
    return export_model(model, tmp_path_factory.mktemp("load"))


@pytest.mark.slow
def test_answers_of_several_threads_are_a_single_threads_to_the_bit(saved_model):
    load = serving_load.run(saved_model, num_requests=400, num_threads=4)
    assert (load["errors"], load["different"]) == (0, 0), load["first_error"]


@pytest.mark.slow
def test_errors_under_load_are_counted(saved_model):
    """The oracle of the test above can fail."""
    bad = {"state": np.zeros([1, 2], np.float32), "times": np.zeros([2, 3], np.float32)}
    with CApiProcess([(saved_model, "rollout", bad)]) as process, pytest.raises(RuntimeError, match="ConcatOp"):
        process.load(40, 2)


@pytest.mark.slow
def test_memory_stays_flat_over_a_hundred_thousand_requests(saved_model):
    load = serving_load.run(saved_model, num_requests=100_000, num_threads=4)
    assert (load["errors"], load["different"]) == (0, 0), load["first_error"]
    first, last = load["megabytes"]
    assert last <= 1.02 * first
