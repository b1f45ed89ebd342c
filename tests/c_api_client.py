"""Runs SavedModels through TensorFlow's C API: the C++ loader and session of TensorFlow Serving, no Python model code.

In a test: `answers = c_api_client.serve([(saved_model, signature, inputs), ...], folder)`; all requests of a call
share one subprocess, which is this file as a program and imports neither tensorflow nor keras.
"""

import ctypes
import importlib.util
import json
import os
import pathlib
import subprocess
import sys

import numpy as np

_NUMBERS = {np.dtype("float32"): 1, np.dtype("float64"): 2}  # of TF_DataType
_POINTERS = ("NewStatus", "NewGraph", "NewSessionOptions", "LoadSessionFromSavedModel", "AllocateTensor")


def serve(requests, folder):
    """Answers of requests (saved_model, signature, arrays by input name), in order.

    Each is a dict of arrays by output name, or the error's message. `folder` takes the files that are exchanged.
    """
    job = []
    for i, (saved_model, signature, inputs) in enumerate(requests):
        tensor_names = _tensor_names(saved_model, signature)
        for name, array in inputs.items():
            np.save(folder / f"{i}-{name}.npy", array)
        job.append(
            {
                "saved_model": os.fspath(saved_model),
                "inputs": {tensor_names[0][name]: f"{folder}/{i}-{name}.npy" for name in inputs},
                "outputs": {tensor: f"{folder}/{i}-{name}.npy" for name, tensor in tensor_names[1].items()},
            }
        )
    (folder / "job.json").write_text(json.dumps(job))
    # Found without importing it.
    wheel = importlib.util.find_spec("tensorflow").submodule_search_locations[0]
    command = [sys.executable, __file__, wheel, folder / "job.json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    errors = json.loads(done.stdout.splitlines()[-1])
    return [
        error or {pathlib.Path(path).stem.split("-", 1)[1]: np.load(path) for path in request["outputs"].values()}
        for request, error in zip(job, errors, strict=True)
    ]


def signature_defs(saved_model):
    """The SignatureDefs of a SavedModel, by name, without the initialization that every one has."""
    from tensorflow.core.protobuf import saved_model_pb2

    parsed = saved_model_pb2.SavedModel.FromString((pathlib.Path(saved_model) / "saved_model.pb").read_bytes())
    return {k: v for k, v in parsed.meta_graphs[0].signature_def.items() if not k.startswith("__")}


def _tensor_names(saved_model, signature):
    definition = signature_defs(saved_model)[signature]
    return [{k: v.name for k, v in infos.items()} for infos in (definition.inputs, definition.outputs)]


class _Output(ctypes.Structure):
    _fields_ = [("operation", ctypes.c_void_p), ("index", ctypes.c_int)]


class Session:
    """A SavedModel in a C API session, with XLA disabled as TensorFlow Serving does by default."""

    def __init__(self, wheel, saved_model):
        ctypes.CDLL(f"{wheel}/libtensorflow_framework.so.2", mode=ctypes.RTLD_GLOBAL)
        self.c = ctypes.CDLL(f"{wheel}/libtensorflow_cc.so.2", mode=ctypes.RTLD_GLOBAL)
        self.c._ZN10tensorflow21DisableXlaCompilationEv()  # tensorflow::DisableXlaCompilation()
        for name in (*_POINTERS, "GraphOperationByName", "TensorData"):
            getattr(self.c, f"TF_{name}").restype = ctypes.c_void_p
        self.c.TF_Message.restype = ctypes.c_char_p
        self.c.TF_Dim.restype = ctypes.c_int64
        self.c.TF_TensorByteSize.restype = ctypes.c_size_t
        self.status = ctypes.c_void_p(self.c.TF_NewStatus())
        self.graph = ctypes.c_void_p(self.c.TF_NewGraph())
        tags = (ctypes.c_char_p * 1)(b"serve")
        load = (ctypes.c_void_p(self.c.TF_NewSessionOptions()), None, saved_model.encode(), tags, 1, self.graph, None)
        self.session = ctypes.c_void_p(self.c.TF_LoadSessionFromSavedModel(*load, self.status))
        self._check()

    def run(self, inputs, outputs):
        """Arrays of the tensors named in `outputs`, given arrays by tensor name."""
        feeds = (_Output * len(inputs))(*map(self._output, inputs))
        values = (ctypes.c_void_p * len(inputs))(*map(self._tensor, inputs.values()))
        fetches = (_Output * len(outputs))(*map(self._output, outputs))
        results = (ctypes.c_void_p * len(outputs))()
        fed, fetched = (feeds, values, len(inputs)), (fetches, results, len(outputs))
        self.c.TF_SessionRun(self.session, None, *fed, *fetched, None, 0, None, self.status)
        for value in values:
            self.c.TF_DeleteTensor(ctypes.c_void_p(value))
        self._check()
        return [self._array(ctypes.c_void_p(result)) for result in results]

    def _check(self):
        if self.c.TF_GetCode(self.status):
            raise RuntimeError(self.c.TF_Message(self.status).decode())

    def _output(self, tensor_name):
        operation, _, index = tensor_name.partition(":")
        found = self.c.TF_GraphOperationByName(self.graph, operation.encode())
        assert found, f"no operation {operation}"
        return _Output(found, int(index or 0))

    def _tensor(self, array):
        array = np.ascontiguousarray(array)
        shape = (ctypes.c_int64 * array.ndim)(*array.shape)
        size = ctypes.c_size_t(array.nbytes)
        tensor = self.c.TF_AllocateTensor(_NUMBERS[array.dtype], shape, array.ndim, size)
        ctypes.memmove(self.c.TF_TensorData(ctypes.c_void_p(tensor)), array.ctypes.data, array.nbytes)
        return tensor

    def _array(self, tensor):
        shape = [self.c.TF_Dim(tensor, i) for i in range(self.c.TF_NumDims(tensor))]
        dtype = {number: dtype for dtype, number in _NUMBERS.items()}[self.c.TF_TensorType(tensor)]
        array = np.empty(shape, dtype)
        assert array.nbytes == self.c.TF_TensorByteSize(tensor)
        ctypes.memmove(array.ctypes.data, self.c.TF_TensorData(tensor), array.nbytes)
        self.c.TF_DeleteTensor(tensor)
        return array


def main():
    wheel, job = sys.argv[1:]
    sessions, errors = {}, []
    for request in json.loads(pathlib.Path(job).read_text()):
        saved_model, outputs = request["saved_model"], request["outputs"]
        try:
            if saved_model not in sessions:
                sessions[saved_model] = Session(wheel, saved_model)
            inputs = {name: np.load(path, allow_pickle=False) for name, path in request["inputs"].items()}
            for path, array in zip(outputs.values(), sessions[saved_model].run(inputs, outputs), strict=True):
                np.save(path, array)
            errors.append(None)
        except RuntimeError as error:
            errors.append(str(error))
    assert not {"tensorflow", "keras"} & set(sys.modules)
    sys.stdout.write(json.dumps(errors) + "\n")


if __name__ == "__main__":
    main()
