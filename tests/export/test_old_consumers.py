"""Today's exports in the C++ loaders and sessions of older TensorFlow releases, as older servers have them.

Downloads their wheels once, into pytest's cache: `pytest -m export tests/export/test_old_consumers.py`.
"""

import pathlib
import subprocess
import sys
import tempfile
import zipfile

import c_api_client
import exported_models
import keras
import numpy as np
import pytest

from hnn_tf import LatentHamiltonianNetwork, models
from hnn_tf.export.saved_model import export_model

pytestmark = pytest.mark.export

RELEASES = ("2.16.2", "2.19.1")
LIBRARIES = ("libtensorflow_framework.so.2", "libtensorflow_cc.so.2")
TOLERANCE = {"float32": 1e-6, "float64": 1e-12}  # round-off of other kernels, relative to max(1, |x|)
INTEGRATORS = ("rk4", "dormand_prince", "gauss4", "tao2")  # one of each kernel
CASES = [
    *((name, dtype, "rk4") for name in models.MODELS for dtype in TOLERANCE),
    *(("hnn", "float64", name) for name in INTEGRATORS[1:]),
    ("pixel hnn", "float32", "rk4"),
    *(("driven hnn_friction", dtype, "rk4") for dtype in TOLERANCE),
    *(("family mechanical", dtype, "rk4") for dtype in TOLERANCE),
]

FURTHER = {"driven": {"num_inputs": 2, "control": "mlp"}, "family": {"parameter_ranges": [[0.0, 1.0]]}}


def _build(name, dtype):
    size = {"hidden_units": (16, 16), "activation": "tanh", "dtype": dtype, "body_dimension": 1}
    kind, _, base = name.rpartition(" ")
    model = models.MODELS[base](**size, **FURTHER.get(kind, {}))
    if kind != "pixel":
        model.build([None, 4])
        return model
    parts = [models.ResidualMLP(width, hidden_units=16, dtype=dtype) for width in (2, 60)]
    pixel = LatentHamiltonianNetwork(*parts, model, frame_shape=(6, 5, 2))
    pixel.build([None, 6, 5, 2])
    return pixel


def _requests(saved_model):
    """Every signature with a batch of 1 and of 5."""
    rng = np.random.default_rng(0)
    for name, definition in c_api_client.signature_defs(saved_model).items():
        for batch in (1, 5):
            inputs = {}
            for key, info in definition.inputs.items():
                dtype = {1: "float32", 2: "float64"}[info.dtype]
                if key == "times":
                    inputs[key] = np.cumsum(rng.uniform(0.1, 0.5, [batch, 4]), 1).astype(dtype)
                else:
                    shape = [batch, *(4 if dim.size < 0 else dim.size for dim in info.tensor_shape.dim[1:])]
                    inputs[key] = rng.uniform(0, 0.5, shape).astype(dtype)
                if key == "state":
                    inputs[key][:, 1] += exported_models.BODIES_APART
            yield saved_model, name, inputs


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Requests and what today's libraries answer, by case."""
    keras.utils.set_random_seed(0)
    folder = tmp_path_factory.mktemp("exported")
    found = {}
    for i, (name, dtype, integrator) in enumerate(CASES):
        path = export_model(_build(name, dtype), folder / str(i), integrator=integrator)
        requests = list(_requests(path))
        found[name, dtype, integrator] = requests, c_api_client.serve(requests, folder)
    return found


@pytest.fixture(scope="module", params=RELEASES)
def library_folder(request):
    """The libraries of a release."""
    folder = pathlib.Path(request.config.cache.mkdir("libtensorflow")) / request.param
    if not folder.exists():
        _download(request.param, folder)
    return folder


def _download(release, folder):
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        # One wheel for every Python: only its libraries are used.
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        command += ["--python-version=3.11", f"--dest={temporary}", f"tensorflow=={release}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        if done.returncode:
            pytest.skip(f"tensorflow {release} can't be downloaded: {done.stderr.strip().splitlines()[-1]}")
        (wheel,) = pathlib.Path(temporary).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for library in LIBRARIES:
                archive.extract(f"tensorflow/{library}", temporary)
        (pathlib.Path(temporary) / "tensorflow").rename(folder)


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_an_older_release_gives_the_same_numbers(exported, library_folder, tmp_path, case):
    requests, expected = exported[case]
    answers = c_api_client.serve(requests, tmp_path, library_folder=library_folder)
    for (_, signature, _), answer, today in zip(requests, answers, expected, strict=True):
        assert isinstance(answer, dict), (signature, answer)
        assert answer.keys() == today.keys()
        for key, value in today.items():
            assert answer[key].shape == value.shape
            assert np.isfinite(value).all(), (signature, key)
            error = np.abs(answer[key] - value) / np.maximum(1, np.abs(value))
            assert error.max() <= TOLERANCE[case[1]], (signature, key)
