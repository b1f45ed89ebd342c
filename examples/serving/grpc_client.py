"""Asks TensorFlow Serving, over gRPC, for energies, time derivatives or rollouts of a model of states.

python examples/serving/grpc_client.py --server=localhost:8500 --model=pendulum --state=1.0,0.0 --times=0:10:0.1

The client needs tensorflow-serving-api, which installs TensorFlow and gRPC.
"""

import argparse
import sys
from collections.abc import Mapping
from typing import Any

import client_command
from client_command import RequestError

try:
    import grpc
    import tensorflow as tf
    from tensorflow_serving.apis import get_model_metadata_pb2, predict_pb2, prediction_service_pb2_grpc
except ModuleNotFoundError as error:
    sys.stderr.write(f"error: {error.name}: not installed; pip install tensorflow-serving-api\n")
    sys.exit(2)


def predict(settings: argparse.Namespace, inputs: Mapping[str, list]) -> dict[str, list]:
    """Returns arrays by output name, for a request with `inputs`, arrays by name with the batch first.

    Raises:
      RequestError: If there is no server, or the server takes longer than the timeout or refuses the request.
    """
    request = predict_pb2.PredictRequest()
    _fill(request.model_spec, settings)
    request.model_spec.signature_name = settings.signature
    # The caller chooses the size of the answer. Long trajectories exceed gRPC's default of 4 MB.
    options = [("grpc.max_receive_message_length", -1)]
    try:
        with grpc.insecure_channel(settings.server, options=options) as channel:
            stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
            expected = _expected_inputs(stub, settings)
            if expected.keys() != inputs.keys():
                raise RequestError(
                    f"--signature={settings.signature}: takes {', '.join(sorted(expected))}; this client sends "
                    f"{', '.join(sorted(inputs))}; give the --model of a model of states without inputs"
                )
            for name, values in inputs.items():
                # The server converts nothing, and a model in float64 refuses float32.
                request.inputs[name].CopyFrom(tf.make_tensor_proto(values, dtype=expected[name].dtype))
            response = stub.Predict(request, timeout=settings.timeout)
    except grpc.RpcError as error:
        raise RequestError(f"{settings.server}: {_reason(error, settings.timeout)}") from error
    return {name: tf.make_ndarray(tensor).tolist() for name, tensor in response.outputs.items()}


def _expected_inputs(stub: Any, settings: argparse.Namespace) -> dict[str, Any]:
    """Returns the TensorInfo of every input of the signature."""
    request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
    _fill(request.model_spec, settings)
    response = stub.GetModelMetadata(request, timeout=settings.timeout)
    found = get_model_metadata_pb2.SignatureDefMap()
    response.metadata["signature_def"].Unpack(found)
    if settings.signature not in found.signature_def:
        known = ", ".join(sorted(name for name in found.signature_def if not name.startswith("__")))
        raise RequestError(f"--signature={settings.signature}: {settings.model} has no such signature; take {known}")
    return dict(found.signature_def[settings.signature].inputs)


def _fill(spec: Any, settings: argparse.Namespace) -> None:
    spec.name = settings.model
    if settings.version is not None:
        spec.version.value = settings.version


def _reason(error: Any, timeout: float) -> str:
    code = error.code().name
    if code == "UNAVAILABLE":
        return f"no server answers: {error.details()}; start the server, or give the --server of its gRPC port"
    if code == "DEADLINE_EXCEEDED":
        return f"no answer within {timeout:g} s; raise --timeout, or ask for fewer or nearer times"
    return f"refused ({code}): {error.details()}"


def _main() -> None:
    flags = client_command.parser(__doc__)
    flags.add_argument("--server", default="localhost:8500", help="host:port of the server's gRPC port (%(default)s)")
    settings, inputs = client_command.parse(flags)
    client_command.write_answer(inputs, predict(settings, inputs))


if __name__ == "__main__":
    client_command.run(_main)
