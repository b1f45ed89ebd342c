"""A stand-in for TensorFlow Serving, of which no program can be installed here: it tests our clients, not the server.

In a test: `with StandIn({"pendulum": folder}) as server:` serves every version in it, at `server.url` (REST) and at
`server.target` (gRPC). It speaks what clients see: gRPC through the real stubs of tensorflow-serving-api (Predict,
GetModelMetadata), and the documented JSON of the REST API (predict in rows and columns, metadata, status). Answers are
those of the exported SavedModel's signatures, in Python; tests/export/test_c_api.py compares these with the C++
session's. It has no batching, warmup or loading of new versions.
"""

import contextlib
import http.server
import json
import pathlib
import re
import sys
import threading
from concurrent import futures

import c_api_client
import grpc
import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from tensorflow_serving.apis import get_model_metadata_pb2, predict_pb2, prediction_service_pb2_grpc

HTTP_STATUS = {"INVALID_ARGUMENT": 400, "FAILED_PRECONDITION": 400, "NOT_FOUND": 404}
PATH = re.compile(r"/v1/models/([^/:]+)(?:/versions/(\d+))?(/metadata|:predict)?")


class Refusal(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Version:
    """One loaded version."""

    def __init__(self, path):
        self.module = tf.saved_model.load(str(path))  # holds the variables of the signatures
        self.definitions = c_api_client.signature_defs(path)

    def inputs_of(self, signature):
        if signature not in self.definitions:
            raise Refusal("INVALID_ARGUMENT", f'Serving signature name: "{signature}" not found in signature def')
        return self.definitions[signature].inputs

    def __call__(self, signature, inputs):
        expected = self.inputs_of(signature)
        if expected.keys() != inputs.keys():
            names = " and ".join(",".join(sorted(keys)) for keys in (inputs, expected))
            raise Refusal("INVALID_ARGUMENT", f"input size does not match signature: {names}")
        for name, array in inputs.items():
            dtype = tf.as_dtype(expected[name].dtype)
            if array.dtype != dtype.as_numpy_dtype:
                raise Refusal("INVALID_ARGUMENT", f"Expects {name} to be {dtype.name} but {array.dtype} is provided")
            if not tf.TensorShape(expected[name].tensor_shape).is_compatible_with(array.shape):
                # With the session's line break and tab.
                raise Refusal("INVALID_ARGUMENT", f"Matrix size-incompatible: In[0]: {array.shape}\n\t [[{name}]]")
        outputs = self.module.signatures[signature](**{name: tf.constant(array) for name, array in inputs.items()})
        return {name: output.numpy() for name, output in outputs.items()}


class StandIn(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Serves the folders of models by name; `answering` is an event that a test clears to let requests wait."""

    def __init__(self, models, *, rest_port=0, grpc_port=0):
        self.ports = rest_port, grpc_port
        self.models = {
            name: {int(path.name): Version(path) for path in pathlib.Path(folder).iterdir()}
            for name, folder in models.items()
        }
        self.answering = threading.Event()
        self.answering.set()
        self.requests = []

    def __enter__(self):
        self.executor = futures.ThreadPoolExecutor(4)
        self.grpc_server = grpc.server(self.executor)
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(self, self.grpc_server)
        self.target = f"127.0.0.1:{self.grpc_server.add_insecure_port(f'127.0.0.1:{self.ports[1]}')}"
        self.grpc_server.start()
        self.rest_server = http.server.ThreadingHTTPServer(("127.0.0.1", self.ports[0]), _handler(self))
        self.url = f"http://127.0.0.1:{self.rest_server.server_port}"
        self.thread = threading.Thread(target=self.rest_server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()
        return self

    def __exit__(self, *exception):
        self.answering.set()
        self.rest_server.shutdown()
        self.thread.join()
        self.rest_server.server_close()
        self.grpc_server.stop(None).wait()
        self.executor.shutdown()

    def find(self, name, version=None):
        self.answering.wait(60)
        versions = self.models.get(name, {})
        number = version or max(versions, default=None)
        if number not in versions:
            wanted = f"Specific({name}, {version})" if version else f"Latest({name})"
            raise Refusal("NOT_FOUND", f"Servable not found for request: {wanted}")
        return number, versions[number]

    def Predict(self, request, context):  # noqa: N802, the stub's name
        spec = request.model_spec
        try:
            number, version = self.find(spec.name, spec.version.value)
            inputs = {name: tf.make_ndarray(tensor) for name, tensor in request.inputs.items()}
            outputs = version(spec.signature_name or "serving_default", inputs)
        except Refusal as refusal:
            context.abort(grpc.StatusCode[refusal.code], str(refusal))
        response = predict_pb2.PredictResponse()
        response.model_spec.CopyFrom(spec)
        response.model_spec.version.value = number
        for name, array in outputs.items():
            response.outputs[name].CopyFrom(tf.make_tensor_proto(array))
        return response

    def GetModelMetadata(self, request, context):  # noqa: N802, the stub's name
        if list(request.metadata_field) != ["signature_def"]:
            message = "GetModelMetadataRequest must specify at least one metadata_field"
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, message)
        try:
            number, version = self.find(request.model_spec.name, request.model_spec.version.value)
        except Refusal as refusal:
            context.abort(grpc.StatusCode[refusal.code], str(refusal))
        response = get_model_metadata_pb2.GetModelMetadataResponse()
        response.model_spec.name = request.model_spec.name
        response.model_spec.version.value = number
        response.metadata["signature_def"].Pack(_definition_map(version))
        return response

    def rest(self, method, path, text):
        """Status and JSON of a REST request."""
        found = PATH.fullmatch(path)
        action = found and found[3]
        if not found or method != ("POST" if action == ":predict" else "GET"):
            raise Refusal("INVALID_ARGUMENT", f"Malformed request: {method} {path}")
        name, number = found[1], int(found[2] or 0)
        if action == ":predict":
            _, version = self.find(name, number)
            request = json.loads(text)
            self.requests.append(request)
            return _predict(version, request)
        if action == "/metadata":
            number, version = self.find(name, number)
            fields = {"signature_def": _json(_definition_map(version))}
            return {"model_spec": {"name": name, "signature_name": "", "version": str(number)}, "metadata": fields}
        self.find(name, number)
        ok = {"error_code": "OK", "error_message": ""}
        numbers = [number] if number else sorted(self.models[name], reverse=True)
        status = [{"version": str(number), "state": "AVAILABLE", "status": ok} for number in numbers]
        return {"model_version_status": status}


def _predict(version, request):
    """The answer to the JSON of a predict request: row in, row out, column in, column out."""
    signature = request.get("signature_name", "serving_default")
    infos = version.inputs_of(signature)
    if ("instances" in request) == ("inputs" in request):
        raise Refusal("INVALID_ARGUMENT", "expecting only one of 'inputs' or 'instances' keys to exist")
    given = request.get("inputs", request.get("instances"))
    if "instances" in request:
        if not isinstance(given, list) or not given:
            raise Refusal("INVALID_ARGUMENT", "Expecting 'instances' to be a list with values")
        if isinstance(given[0], dict):
            if any(row.keys() != infos.keys() for row in given):
                raise Refusal("INVALID_ARGUMENT", f"'instances': keys must be equal to: {','.join(sorted(infos))}")
            given = {name: [row[name] for row in given] for name in infos}
    if not isinstance(given, dict):
        if len(infos) > 1:
            raise Refusal("INVALID_ARGUMENT", "a plain list, but expecting objects as multiple inputs are required")
        given = {next(iter(infos)): given}
    try:
        dtypes = {name: tf.as_dtype(info.dtype).as_numpy_dtype for name, info in infos.items()}
        inputs = {name: np.array(values, dtypes[name]) for name, values in given.items()}
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal("INVALID_ARGUMENT", f"JSON Value: not formatted correctly: {error}") from error
    outputs = {name: _numbers(array) for name, array in version(signature, inputs).items()}
    if "inputs" in request:
        return {"outputs": next(iter(outputs.values())) if len(outputs) == 1 else outputs}
    rows = [dict(zip(outputs, values, strict=True)) for values in zip(*outputs.values(), strict=True)]
    return {"predictions": [next(iter(row.values())) for row in rows] if len(outputs) == 1 else rows}


def _numbers(array):
    # float32 in its own shortest digits, as the server writes it, and not in float64's.
    return [_numbers(part) for part in array] if array.ndim else float(str(array))


def _definition_map(version):
    return get_model_metadata_pb2.SignatureDefMap(signature_def=version.definitions)


def _json(message):
    return json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


def _handler(server):
    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self):
            text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                status, content = 200, server.rest(self.command, self.path, text)
            except Refusal as refusal:
                status, content = HTTP_STATUS[refusal.code], {"error": str(refusal)}
            except ValueError as error:
                status, content = 400, {"error": f"JSON Parse error: {error}"}
            reply = json.dumps(content).encode()  # with the tokens NaN and Infinity, which the server writes, too
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            try:
                self.wfile.write(reply)
            except OSError:
                pass  # the client waits no longer

        do_GET = do_POST = answer  # noqa: N815, the base class's names

        def log_message(self, *message):
            pass

    return Handler


if __name__ == "__main__":
    folders = dict(argument.split("=", 1) for argument in sys.argv[1:])
    with StandIn(folders, rest_port=8501, grpc_port=8500) as running:
        sys.stdout.write(f"REST: {running.url}; gRPC: {running.target}; Ctrl-C ends it\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
