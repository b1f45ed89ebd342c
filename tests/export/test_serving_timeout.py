"""A rollout that would take for ever ends at the deadline, in the session that TensorFlow Serving is built on."""

import time

import numpy as np
import pytest
import tensorflow as tf

import hnn_tf
from hnn_tf.export.saved_model import export_model


@pytest.mark.slow
def test_a_rollout_under_way_is_stopped(tmp_path):
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[16, 16]))
    model.build([None, 2])
    path = export_model(model, tmp_path / "model", max_step_size=0.05, max_steps=10_000_000)
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        loaded = tf.compat.v1.saved_model.loader.load(session, ["serve"], str(path)).signature_def["rollout"]
        outputs = [info.name for info in loaded.outputs.values()]

        def run(end, timeout):
            inputs = {"state": np.ones([1, 2], np.float32), "times": np.float32([[0, end]])}
            feeds = {loaded.inputs[name].name: array for name, array in inputs.items()}
            return session.run(outputs, feeds, options=tf.compat.v1.RunOptions(timeout_in_ms=timeout))

        run(1, 0)  # the first call's preparations
        start = time.monotonic()
        with pytest.raises(tf.errors.DeadlineExceededError):
            run(4e5, 200)  # eight million steps, minutes of work
        assert time.monotonic() - start < 20  # generous: a busy machine
        assert np.isfinite(run(1, 0)[0]).all()  # and the next client is served
