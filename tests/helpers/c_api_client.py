"""Runs SavedModels through TensorFlow's C API: the C++ loader and session of TensorFlow Serving, no Python model code.

In a test: `answers = c_api_client.serve([(saved_model, signature, inputs), ...], folder)`; all requests of a call
share one subprocess, which is this file as a program and imports neither tensorflow nor keras.
"""

import importlib.util
import json
import os
import pathlib
import runpy
import subprocess
import sys

import numpy as np
from command_session import ROOT, environment


def serve(requests, folder, *, library_folder=None):
    """Answers of requests (saved_model, signature, arrays by input name), in order.

    The signature may be a pair of names: the inputs of the first, the outputs of the second. Each
    answer is a dict of arrays by output name, or the error's message. `folder` takes the files that are exchanged.
    `library_folder` has the libraries of another TensorFlow than the installed one.
    """
    job = []
    for i, (saved_model, signature, inputs) in enumerate(requests):
        takes, gives = signature if isinstance(signature, tuple) else (signature, signature)
        definitions = signature_defs(saved_model)
        input_names = {name: info.name for name, info in definitions[takes].inputs.items()}
        output_names = {name: info.name for name, info in definitions[gives].outputs.items()}
        for name, array in inputs.items():
            np.save(folder / f"{i}-{name}.npy", array)
        job.append(
            {
                "saved_model": os.fspath(saved_model),
                "inputs": {input_names[name]: f"{folder}/{i}-{name}.npy" for name in inputs},
                "outputs": {tensor: f"{folder}/{i}-{name}.npy" for name, tensor in output_names.items()},
            }
        )
    (folder / "job.json").write_text(json.dumps(job))
    # Found without importing it.
    wheel = library_folder or importlib.util.find_spec("tensorflow").submodule_search_locations[0]
    command = [sys.executable, __file__, wheel, folder / "job.json"]
    done = subprocess.run(command, env=environment(folder), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    errors = json.loads(done.stdout.splitlines()[-1])
    return [
        error or {pathlib.Path(path).stem.split("-", 1)[1]: np.load(path) for path in request["outputs"].values()}
        for request, error in zip(job, errors, strict=True)
    ]


def signature_defs(saved_model):
    """The SignatureDefs of a SavedModel, by name, without the initialization that every one has."""
    from hnn_tf.export import serving_constraints  # imports tensorflow, which the program doesn't

    return serving_constraints.signature_defs(serving_constraints.parsed(pathlib.Path(saved_model)))


def main():
    wheel, job = sys.argv[1:]
    # By its file: `import hnn_tf` imports tensorflow here.
    session_of = runpy.run_path(str(ROOT / "hnn_tf" / "export" / "c_api.py"))["Session"]
    sessions, errors = {}, []
    for request in json.loads(pathlib.Path(job).read_text()):
        saved_model, outputs = request["saved_model"], request["outputs"]
        try:
            if saved_model not in sessions:
                sessions[saved_model] = session_of(wheel, saved_model)
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
