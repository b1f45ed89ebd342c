"""The warmup requests of an export, as the server replays them: through the C++ session, before it serves a version."""

import c_api_client
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

import hnn_tf
from hnn_tf import models
from hnn_tf.export import warmup
from hnn_tf.export.saved_model import export_model


def _states():
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[16, 16], dtype="float64"))
    model.build([None, 4])
    return model


def _frames():
    parts = [models.ResidualMLP(2, hidden_units=8), models.ResidualMLP(60, hidden_units=8)]
    dynamics = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[8]))
    model = hnn_tf.LatentHamiltonianNetwork(*parts, dynamics, frame_shape=(6, 5, 2))
    model.build([None, 6, 5, 2])
    return model


@pytest.mark.slow
@pytest.mark.parametrize("build", [_states, _frames])
def test_the_server_can_replay_every_signature_at_every_size(build, tmp_path):
    path = export_model(build(), tmp_path / "model")
    requests = []
    for record in tf.data.TFRecordDataset(str(path / "assets.extra" / "tf_serving_warmup_requests")):
        request = prediction_log_pb2.PredictionLog.FromString(record.numpy()).predict_log.request
        inputs = {name: tf.make_ndarray(tensor) for name, tensor in request.inputs.items()}
        requests.append((path, request.model_spec.signature_name, inputs))
    sizes = sorted((signature, len(next(iter(inputs.values())))) for _, signature, inputs in requests)
    assert sizes == sorted((s, n) for s in c_api_client.signature_defs(path) for n in warmup.BATCH_SIZES)
    assert len(requests) <= 1000  # the most that a server takes
    for (_, signature, inputs), answer in zip(requests, c_api_client.serve(requests, tmp_path), strict=True):
        assert isinstance(answer, dict), (signature, answer)
        for output in answer.values():
            assert len(output) == len(next(iter(inputs.values())))
            assert np.isfinite(output).all(), signature
