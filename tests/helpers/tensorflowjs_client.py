"""Runs graph models by TensorFlow.js in Node, on its CPU backend.

In a test: `answers, operations = tensorflowjs_client.run([(folder, inputs), ...], bundle, folder)`.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tarfile

import numpy as np
import pytest

PACKAGE = "@tensorflow/tfjs@4.22.0"


def bundle(tmp_path_factory):
    """TensorFlow.js as one file, tf.min.js of its npm package; fetched once for all tests. Skips where it can't be."""
    for program in ("node", "npm"):
        if not shutil.which(program):
            pytest.skip(f"{program} isn't installed; TensorFlow.js needs Node.js with npm")
    folder = tmp_path_factory.getbasetemp() / "tensorflowjs"
    if not folder.exists():
        folder.mkdir()
        command = ["npm", "pack", "--silent", PACKAGE]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        with tarfile.open(folder / done.stdout.split()[-1]) as package:
            package.extract("package/dist/tf.min.js", folder, filter="data")
    return folder / "package" / "dist" / "tf.min.js"


def run(requests, bundle, folder):
    """Answers of requests (folder of a graph model, arrays by input name), in order; and the operations it knows.

    Each answer is a dict of arrays by output name and the number of tensors that a further call leaves behind, or the
    error's message. `folder` takes the file that is exchanged.
    """
    job = [
        {
            "model": os.fspath(model),
            "inputs": {name: {"shape": x.shape, "values": x.ravel().tolist()} for name, x in inputs.items()},
        }
        for model, inputs in requests
    ]
    (folder / "job.json").write_text(json.dumps(job).replace("NaN", '"NaN"').replace("Infinity", '"Infinity"'))
    command = ["node", str(pathlib.Path(__file__).with_suffix(".js")), str(bundle), str(folder / "job.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    answer = json.loads(done.stdout.splitlines()[-1])
    return [_arrays(result) for result in answer["results"]], set(answer["operations"])


def _arrays(result):
    if "error" in result:
        return result["error"]
    outputs = {
        name: np.array(output["values"], np.float32).reshape(output["shape"])
        for name, output in result["answers"].items()
    }
    return outputs, result["leaked"]
