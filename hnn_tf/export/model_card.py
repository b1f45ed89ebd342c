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

from hnn_tf.export import json_file, plain_file
from hnn_tf.input_error import InputError, one_line
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
    },
    "licence": (str, None),
    "versions": _VERSIONS,
    "reference_points": {"inputs": {str: list}, "signatures": {str: {"inputs": [str], "outputs": {str: list}}}},
    "files": {str: str},
}
"""The layout of every card, given by types.

A tuple lists alternatives, `[...]` is a list, and `{str: ...}` is an object with any names; both contain values of the
type that follows. Unknown values are null.
"""

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
      rollout: The integrator and the step of the rollout.
      run: The document `metrics.json` of the run that trained the model, if there is one.
      licence: The licence of the model.

    Raises:
      InputError: If the model cannot run or returns numbers that are not finite, or `run` is not the document of a run.
    """
    run = run or {}
    training = {key: run.get(key) for key in ("objective", "protocol", "seed", "steps", "fit_seconds", "versions")}
    document = {
        "format": FORMAT,
        "name": name,
        "model": type(model).__name__,
        "parameters": model.count_params(),
        "dtype": model.compute_dtype,
        "system": run.get("task"),
        "state": run.get("state"),
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
        "reference_points": _reference_points(functions),
        "files": {str(path.relative_to(folder)): sha256(path) for path in _files(folder)},
    }
    if not _fits(document, LAYOUT):
        raise InputError(
            "metrics.json: expected the document of a run; received other names or types; repair or remove the file"
        )
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
        document["rollout"].setdefault("max_steps", None)  # older exports do not have this limit
    if not _fits(document, LAYOUT) or document["format"] != FORMAT or document["dtype"] not in DTYPES:
        raise InputError(f"{path}: expected a model card of format {FORMAT}; export the model anew by this version")
    return document


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
            name: (arrays({key: points["inputs"][key] for key in point["inputs"]}), arrays(point["outputs"]))
            for name, point in points["signatures"].items()
        }
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{PATH}: expected reference points of numbers; export the model anew") from error


def _reference_points(functions: Mapping[str, Callable]) -> dict[str, Any]:
    """Returns the answers to one small request per signature.

    Requests with inputs of the same name share these inputs.
    """
    inputs: dict[str, np.ndarray] = {}
    signatures: dict[str, Any] = {}
    for name, function in functions.items():
        specs: Mapping[str, tf.TensorSpec] = function.structured_input_signature[1]  # type: ignore[attr-defined]
        for key, spec in specs.items():
            inputs.setdefault(key, _example(key, spec))
        try:
            outputs = {k: v.numpy() for k, v in function(**{key: tf.constant(inputs[key]) for key in specs}).items()}
        except tf.errors.OpError as error:
            raise InputError(f"{name}: expected a model that runs; received: {one_line(error.message)}") from error
        if not all(np.isfinite(output).all() for output in outputs.values()):
            raise InputError(
                f"{name}: expected finite answers for an ordinary request; received NaN or infinity; train the model "
                "again, or give the rollout longer steps or a larger max_steps"
            )
        signatures[name] = {"inputs": list(specs), "outputs": {key: _listed(v) for key, v in outputs.items()}}
    return {"inputs": {key: _listed(value) for key, value in inputs.items()}, "signatures": signatures}


def _example(key: str, spec: tf.TensorSpec) -> np.ndarray:
    dtype = spec.dtype.as_numpy_dtype
    if key == "times":
        return np.array([[0.0, 0.1]], dtype)
    # The numbers differ, so that exchanged or lost columns are visible, and are in the range of states and grey values.
    size = int(np.prod(spec.shape[1:]))
    return (0.5 + 0.5 * np.sin(1.0 + np.arange(size))).round(3).astype(dtype).reshape([1, *spec.shape[1:]])


def _listed(array: np.ndarray) -> list:
    """Returns nested lists of numbers with the shortest digits that restore the array's numbers in its precision."""
    return np.asarray(array).astype(str).astype(float).tolist()


def _fits(value: Any, layout: Any) -> bool:
    """Returns whether a document has at least the names of a layout, with the right types."""
    if isinstance(layout, tuple):
        return any(_fits(value, each) for each in layout)
    if isinstance(layout, list):
        return isinstance(value, list) and all(_fits(each, layout[0]) for each in value)
    if isinstance(layout, dict):
        if not isinstance(value, dict):
            return False
        if str in layout:
            return all(_fits(each, layout[str]) for each in value.values())
        return all(name in value and _fits(value[name], part) for name, part in layout.items())
    return value is None if layout is None else isinstance(value, layout) and not isinstance(value, bool)


def _files(folder: pathlib.Path) -> list[pathlib.Path]:
    card = folder / PATH
    return sorted(path for path in folder.rglob("*") if (path.is_file() or path.is_symlink()) and path != card)


def sha256(path: pathlib.Path) -> str:
    """Returns the SHA-256 of a file, hexadecimal."""
    with plain_file.opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
