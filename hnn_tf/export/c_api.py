"""SavedModels through TensorFlow's C API, which has the C++ loader and session that TensorFlow Serving uses.

No Python code of a model runs. The module needs the two libraries of a TensorFlow wheel of any version, and imports
neither tensorflow nor keras.
"""

import ctypes
import os
from collections.abc import Mapping, Sequence

import numpy as np

_NUMBERS: dict[np.dtype, int] = {
    np.dtype("float32"): 1,
    np.dtype("float64"): 2,
    np.dtype("int32"): 3,
    np.dtype("int64"): 9,
}
"""The numbers of TF_DataType."""
_DTYPES = {number: dtype for dtype, number in _NUMBERS.items()}
_POINTERS = ("NewStatus", "NewGraph", "NewSessionOptions", "LoadSessionFromSavedModel", "AllocateTensor")


class _Output(ctypes.Structure):
    _fields_ = [("operation", ctypes.c_void_p), ("index", ctypes.c_int)]


class Session:
    """A SavedModel in a C API session, with XLA disabled as TensorFlow Serving does by default.

    Any number of threads may use a session at once. A session exists as long as its process. Because XLA is then
    disabled in the whole process, a session should have a process of its own.

    Args:
      library_folder: The folder with `libtensorflow_framework.so.2` and `libtensorflow_cc.so.2`, for example the folder
        `tensorflow` of a wheel.
      saved_model: The folder of the SavedModel.

    Raises:
      OSError: If the libraries cannot be loaded.
      RuntimeError: If the SavedModel cannot be loaded, with TensorFlow's message.
    """

    def __init__(self, library_folder: str | os.PathLike, saved_model: str | os.PathLike) -> None:
        folder = os.fspath(library_folder)
        # The libraries are loaded without RTLD_GLOBAL. Otherwise, extension modules that are imported later would use
        # their symbols and crash.
        ctypes.CDLL(f"{folder}/libtensorflow_framework.so.2")
        self.c = c = ctypes.CDLL(f"{folder}/libtensorflow_cc.so.2")
        c._ZN10tensorflow21DisableXlaCompilationEv()  # tensorflow::DisableXlaCompilation()
        for name in (*_POINTERS, "GraphOperationByName", "TensorData"):
            getattr(c, f"TF_{name}").restype = ctypes.c_void_p
        c.TF_Message.restype = ctypes.c_char_p
        c.TF_Dim.restype = ctypes.c_int64
        c.TF_TensorByteSize.restype = ctypes.c_size_t
        self.graph = ctypes.c_void_p(c.TF_NewGraph())
        tags, status = (ctypes.c_char_p * 1)(b"serve"), ctypes.c_void_p(c.TF_NewStatus())
        options = ctypes.c_void_p(c.TF_NewSessionOptions())
        load = (options, None, os.fsencode(saved_model), tags, 1, self.graph, None)
        self.pointer = ctypes.c_void_p(c.TF_LoadSessionFromSavedModel(*load, status))
        c.TF_DeleteSessionOptions(options)
        self.raise_error(status)

    def run(self, inputs: Mapping[str, np.ndarray], outputs: Sequence[str]) -> list[np.ndarray]:
        """Returns the arrays of the tensors named in `outputs`, for input arrays by tensor name.

        Raises:
          RuntimeError: If there is no such tensor, or the request is refused, with TensorFlow's message.
        """
        return Request(self, inputs, outputs).run()

    def find(self, tensor_name: str) -> _Output:
        """Returns the tensor `operation:index` of the graph."""
        operation, _, index = tensor_name.partition(":")
        found = self.c.TF_GraphOperationByName(self.graph, operation.encode())
        if not found:
            raise RuntimeError(f"no operation {operation}")
        return _Output(found, int(index or 0))

    def raise_error(self, status: ctypes.c_void_p) -> None:
        """Raises the error of the status, if there is one, and deletes the status."""
        message = self.c.TF_Message(status).decode() if self.c.TF_GetCode(status) else None
        self.c.TF_DeleteStatus(status)
        if message is not None:
            raise RuntimeError(message)


class Request:
    """A request that can run many times. Its inputs are copied to TensorFlow once.

    Args:
      session: The session in which the request runs.
      inputs: Arrays by tensor name.
      outputs: Tensor names.

    Raises:
      RuntimeError: If there is no such tensor.
    """

    def __init__(self, session: Session, inputs: Mapping[str, np.ndarray], outputs: Sequence[str]) -> None:
        self._session = session
        self._values = (ctypes.c_void_p * len(inputs))()
        self._feeds = (_Output * len(inputs))(*map(session.find, inputs))
        self._fetches = (_Output * len(outputs))(*map(session.find, outputs))
        for i, array in enumerate(inputs.values()):
            self._values[i] = self._tensor(array)

    def run(self) -> list[np.ndarray]:
        """Returns the outputs.

        Raises:
          RuntimeError: If the request is refused, with TensorFlow's message.
        """
        c = self._session.c
        results = (ctypes.c_void_p * len(self._fetches))()
        fed = (self._feeds, self._values, len(self._feeds))
        fetched = (self._fetches, results, len(self._fetches))
        status = ctypes.c_void_p(c.TF_NewStatus())  # each call has its own status, because threads may share a session
        c.TF_SessionRun(self._session.pointer, None, *fed, *fetched, None, 0, None, status)
        self._session.raise_error(status)
        return [self._array(ctypes.c_void_p(result)) for result in results]

    def __del__(self) -> None:
        for value in self._values:
            if value is not None:
                self._session.c.TF_DeleteTensor(ctypes.c_void_p(value))

    def _tensor(self, array: np.ndarray) -> int:
        c, array = self._session.c, np.ascontiguousarray(array).reshape(np.shape(array))  # a scalar stays a scalar
        shape = (ctypes.c_int64 * array.ndim)(*array.shape)
        size = ctypes.c_size_t(array.nbytes)
        tensor = c.TF_AllocateTensor(_NUMBERS[array.dtype], shape, array.ndim, size)
        ctypes.memmove(c.TF_TensorData(ctypes.c_void_p(tensor)), array.ctypes.data, array.nbytes)
        return tensor

    def _array(self, tensor: ctypes.c_void_p) -> np.ndarray:
        c = self._session.c
        shape = [c.TF_Dim(tensor, i) for i in range(c.TF_NumDims(tensor))]
        array = np.empty(shape, _DTYPES[c.TF_TensorType(tensor)])
        ctypes.memmove(array.ctypes.data, c.TF_TensorData(tensor), c.TF_TensorByteSize(tensor))
        c.TF_DeleteTensor(tensor)
        return array
