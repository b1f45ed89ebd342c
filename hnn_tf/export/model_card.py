"""The card of an exported model: what it is, where it comes from, and what it must answer."""

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
"""Within the folder of a version; servers ignore it."""

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
"""Of every card: types; alternatives in tuples; `[...]` a list and `{str: ...}` an object of any names of what follows.

What isn't known is null.
"""

DTYPES = ("float32", "float64")
"""Precisions that can be exported."""

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
    """Writes the card into the folder of a version, as its last file: it has the SHA-256 of all others.

    Args:
      folder: Of the SavedModel.
      model: What was exported.
      functions: The concrete function of every signature, which give the reference points.
      name: That it is served under.
      rollout: Integrator and step of the rollout.
      run: The document `metrics.json` of the run that trained it, if there is one.
      licence: Of the model.

    Raises:
      InputError: If the model can't be run or gives numbers that aren't finite, or `run` isn't of a run.
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
            "metrics.json: expected the document of a run; received other names or types; repair or remove it"
        )
    (folder / PATH).parent.mkdir(exist_ok=True)
    # Floats of the shortest digits that give them back.
    text = json.dumps(document, indent=1, allow_nan=False) + "\n"
    if len(text) > json_file.MOST_BYTES:
        raise InputError(
            f"{name}: expected a card of at most {json_file.MOST_BYTES / 2**20:g} MiB; its reference points make it "
            f"{len(text) / 2**20:.0f} MiB; take smaller frames, or fewer columns of the state"
        )
    (folder / PATH).write_text(text)


def read(folder: pathlib.Path) -> dict[str, Any]:
    """The card of an exported version.

    Raises:
      InputError: If there is none, or it can't be read.
    """
    path = folder / PATH
    try:
        document = json_file.read(path, "a model card")
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; export the model anew: python -m export") from error
    if isinstance(document, dict) and isinstance(document.get("rollout"), dict):
        document["rollout"].setdefault("max_steps", None)  # of an export before there was this limit
    if not _fits(document, LAYOUT) or document["format"] != FORMAT or document["dtype"] not in DTYPES:
        raise InputError(f"{path}: expected a model card of format {FORMAT}; export the model anew by this version")
    return document


def changed_files(folder: pathlib.Path, card: Mapping[str, Any]) -> list[str]:
    """Names of files that are missing, were changed, or came after the export, each with what is wrong."""
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
    """By signature: inputs, and the outputs that were computed at the export.

    Raises:
      InputError: If they aren't arrays of finite numbers, of one row each.
    """
    points, dtype = card["reference_points"], np.dtype(card["dtype"])

    def arrays(lists: Mapping[str, Any]) -> Arrays:
        found = {}
        with np.errstate(over="ignore"):  # what is too large for the precision isn't finite, and refused
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
    """The answers to one small request a signature; requests with inputs of the same name share them."""
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
                f"{name}: expected finite answers for an ordinary request; train the model anew, or take longer steps "
                "of the rollout, or more of them"
            )
        signatures[name] = {"inputs": list(specs), "outputs": {key: _listed(v) for key, v in outputs.items()}}
    return {"inputs": {key: _listed(value) for key, value in inputs.items()}, "signatures": signatures}


def _example(key: str, spec: tf.TensorSpec) -> np.ndarray:
    dtype = spec.dtype.as_numpy_dtype
    if key == "times":
        return np.array([[0.0, 0.1]], dtype)
    # Uneven numbers, so that exchanged or lost columns show; within what states and grey values are.
    size = int(np.prod(spec.shape[1:]))
    return (0.5 + 0.5 * np.sin(1.0 + np.arange(size))).round(3).astype(dtype).reshape([1, *spec.shape[1:]])


def _listed(array: np.ndarray) -> list:
    """Nested lists of numbers with the shortest digits that give back those of the array's precision."""
    return np.asarray(array).astype(str).astype(float).tolist()


def _fits(value: Any, layout: Any) -> bool:
    """Whether a document has at least the names of a layout, with the right types."""
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
    """Of a file, hexadecimal."""
    with plain_file.opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
