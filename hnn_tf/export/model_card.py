"""The card of an exported model: a description, its origin, and reference answers."""

import hashlib
import json
import pathlib
import platform
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.declarations import declared
from hnn_tf.export import json_file, plain_file, reference_answers
from hnn_tf.input_error import InputError
from hnn_tf.version import __version__

PATH = pathlib.PurePath("assets.extra", "model_card.json")
"""The path of the card in the folder of a version; servers ignore it."""

FORMAT = 1

_VERSIONS = {str: str}
LAYOUT = {
    "format": int,
    "name": str,
    "model": str,
    "parameters": int,
    "dtype": str,
    "system": (str, None),
    "state": ({"names": [str], "units": [str], "time_unit": str, "energy_unit": str}, None),
    "inputs": ({"number": int, "names": ([str], None), "units": ([str], None)}, None),
    "system_parameters": (
        {"number": int, "names": ([str], None), "units": ([str], None), "ranges": ([[(float, int)]], None)},
        None,
    ),
    "training": (
        {
            "objective": str,
            "protocol": str,
            "seed": int,
            "steps": int,
            "fit_seconds": (float, int),
            "versions": _VERSIONS,
            "data": ({"samples": int, "sha256": str}, None),
        },
        None,
    ),
    "metrics": ({str: (float, int)}, None),
    "rollout": {
        "integrator": str,
        "max_step_size": (float, int, None),
        "substeps": (int, None),
        "max_steps": (int, None),
        "input_interpolation": (str, None),
    },
    "licence": (str, None),
    "versions": _VERSIONS,
    "reference_points": {"inputs": {str: list}, "signatures": {str: {"inputs": [str], "outputs": {str: list}}}},
    "files": {str: str},
}
"""The layout of every card, for `json_file.fits`. Unknown values are null."""

_RECORDED_INPUTS = {"names": [str], "units": [str], "interpolation": str}
"""The layout of the entry about the inputs in the document of a run."""

_RECORDED_PARAMETERS = {"names": [str], "units": [str], "ranges": [[(float, int)]]}
"""The layout of the entry about the parameters of the system in the document of a run."""

_NO_RUN = "metrics.json: expected the document of a run; received other names or types; repair or remove the file"

DTYPES = ("float32", "float64")
"""The precisions that can be exported."""

Arrays = dict[str, np.ndarray]


def write(
    folder: pathlib.Path,
    model: keras.Model,
    functions: Mapping[str, Callable],
    *,
    name: str,
    rollout: Mapping[str, Any],
    run: Mapping[str, Any] | None,
    licence: str | None,
) -> None:
    """Writes the card into the folder of a version, as its last file.

    The card contains the SHA-256 of all other files.

    Args:
      folder: The folder of the SavedModel.
      model: The exported model.
      functions: The concrete function of every signature, which computes the reference points.
      name: The name under which the model is served.
      rollout: The integrator and the step of the rollout, and the interpolation of its inputs.
      run: The document `metrics.json` of the run that trained the model, if there is one.
      licence: The licence of the model.

    Raises:
      InputError: If the model cannot run or returns numbers that are not finite, or `run` is not the document of a run.
    """
    run, known, number = run or {}, recorded_inputs(run), declared(model, "num_inputs") or 0
    of_system, num_parameters = recorded_parameters(run), declared(model, "num_parameters") or 0
    training = {key: run.get(key) for key in ("objective", "protocol", "seed", "steps", "fit_seconds", "versions")}
    document = {
        "format": FORMAT,
        "name": name,
        "model": type(model).__name__,
        "parameters": model.count_params(),
        "dtype": model.compute_dtype,
        "system": run.get("task"),
        "state": run.get("state"),
        "inputs": {"number": number, "names": known.get("names"), "units": known.get("units")} if number else None,
        "system_parameters": {"number": num_parameters} | {name: of_system.get(name) for name in _RECORDED_PARAMETERS}
        if num_parameters
        else None,
        "training": training | {"data": run.get("training_data")} if run else None,
        "metrics": run.get("metrics"),
        "rollout": dict(rollout),
        "licence": licence,
        "versions": {
            "hnn_tf": __version__,
            "python": platform.python_version(),
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
        },
        "reference_points": reference_answers.computed(functions),
        "files": {str(path.relative_to(folder)): sha256(path) for path in _files(folder)},
    }
    if not json_file.fits(document, LAYOUT):
        raise InputError(_NO_RUN)
    (folder / PATH).parent.mkdir(exist_ok=True)
    # Floats have the shortest digits that restore them.
    text = json.dumps(document, indent=1, allow_nan=False) + "\n"
    if len(text) > json_file.MOST_BYTES:
        raise InputError(
            f"{name}: expected a card of at most {json_file.MOST_BYTES / 2**20:g} MiB; received reference points that "
            f"take {len(text) / 2**20:.0f} MiB; take smaller frames, or fewer columns of the state"
        )
    (folder / PATH).write_text(text)


def read(folder: pathlib.Path) -> dict[str, Any]:
    """Returns the card of an exported version.

    Raises:
      InputError: If there is no card, or the card cannot be read.
    """
    path = folder / PATH
    try:
        document = json_file.read(path, "a model card")
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; export the model anew: python -m export") from error
    if isinstance(document, dict) and isinstance(document.get("rollout"), dict):
        # Older exports have neither a limit of steps, nor inputs, nor parameters.
        document["rollout"] = {"max_steps": None, "input_interpolation": None} | document["rollout"]
        document = {"inputs": None, "system_parameters": None} | document
    if not json_file.fits(document, LAYOUT) or document["format"] != FORMAT or document["dtype"] not in DTYPES:
        raise InputError(f"{path}: expected a model card of format {FORMAT}; export the model anew by this version")
    return document


def recorded_inputs(run: Mapping[str, Any] | None) -> dict[str, Any]:
    """Returns the names, units and interpolation of the inputs in the document of a run; nothing if it has none.

    Raises:
      InputError: If the document has another form.
    """
    return _recorded(run, "inputs", _RECORDED_INPUTS)


def recorded_parameters(run: Mapping[str, Any] | None) -> dict[str, Any]:
    """Returns the names, units and trained ranges of the parameters in the document of a run; nothing if it has none.

    Raises:
      InputError: If the document has another form.
    """
    return _recorded(run, "system_parameters", _RECORDED_PARAMETERS)


def _recorded(run: Mapping[str, Any] | None, name: str, layout: Mapping[str, Any]) -> dict[str, Any]:
    """Returns an entry of the document of a run, which may be missing."""
    found = (run or {}).get(name)
    if not json_file.fits(found, (layout, None)):
        raise InputError(_NO_RUN)
    return found or {}


def changed_files(folder: pathlib.Path, card: Mapping[str, Any]) -> list[str]:
    """Returns the files that are missing, changed, or newer than the export, each with a description of the problem."""
    expected: dict[str, str] = card["files"]
    present = {str(path.relative_to(folder)): path for path in _files(folder)}
    found = [f"{name}: missing" for name in expected if name not in present]
    found += [f"{name}: not of this export" for name in present if name not in expected]
    try:
        differing = [name for name in expected if name in present and sha256(present[name]) != expected[name]]
    except OSError as error:
        return [*found, f"{error.filename}: can't be read ({error.strerror})"]
    return found + [f"{name}: differs from what was exported" for name in differing]


def reference_points(card: Mapping[str, Any]) -> dict[str, tuple[Arrays, Arrays]]:
    """Returns, by signature, the inputs and the outputs that were computed at the export.

    Raises:
      InputError: If these are not arrays of finite numbers with one row each.
    """
    points, dtype = card["reference_points"], np.dtype(card["dtype"])

    def arrays(lists: Mapping[str, Any]) -> Arrays:
        found = {}
        with np.errstate(over="ignore"):  # a number too large for the precision is refused
            for name, values in lists.items():
                found[name] = np.asarray(values, dtype)
                if found[name].shape[:1] != (1,) or not np.isfinite(found[name]).all():
                    raise ValueError(name)
        return found

    try:
        return {
            name: (
                arrays({key: points["inputs"][key] for key in point["inputs"]} | point.get("own_inputs", {})),
                arrays(point["outputs"]),
            )
            for name, point in points["signatures"].items()
        }
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{PATH}: expected reference points of numbers; export the model anew") from error


def _files(folder: pathlib.Path) -> list[pathlib.Path]:
    card = folder / PATH
    return sorted(path for path in folder.rglob("*") if (path.is_file() or path.is_symlink()) and path != card)


def sha256(path: pathlib.Path) -> str:
    """Returns the SHA-256 of a file, hexadecimal."""
    with plain_file.opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
