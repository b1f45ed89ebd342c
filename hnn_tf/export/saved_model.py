"""Functions that write a model as a SavedModel version, and that read the models that can be written."""

import contextlib
import logging
import os
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import hnn_tf.keras_classes  # noqa: F401 - a command's hnn_tf hasn't told Keras of the classes that a file may name
from hnn_tf import integrators
from hnn_tf.declarations import declared
from hnn_tf.export import json_file, keras_archive, keras_endpoints, model_card, serving_constraints, versions, warmup
from hnn_tf.export.signatures import ServingModule, signatures_of
from hnn_tf.files.full_disk import raise_if_full
from hnn_tf.files.temporary_folder import temporary_folder
from hnn_tf.input_error import InputError, one_line
from hnn_tf.rollouts.step_limit import MOST_STEPS
from hnn_tf.typing import Fitted

_MOST_SUBSTEPS = 1_000_000
_MAX_STEP_SIZE = 0.05
_MAX_STEP_SIZE_OF_FRAMES = 0.5
_MAX_STEPS = 10_000
"""The default limit of the integrator steps of a call.

For one row, so many steps take some seconds (docs/serving.md).
"""


def export_model(
    model: keras.Model | Fitted,
    export_dir: str | os.PathLike,
    *,
    version: int | None = None,
    name: str | None = None,
    integrator: str | integrators.Integrator | None = None,
    max_step_size: float | None = None,
    substeps: int | None = None,
    max_steps: int | None = None,
    input_interpolation: str | None = None,
    run: Mapping[str, Any] | None = None,
    licence: str | None = None,
) -> pathlib.Path:
    """Writes the version `<export_dir>/<version>/`.

    The version is a SavedModel with the signatures of `ServingModule`, warmup requests, and a card.

    The version is written next to its final place and then renamed. Servers poll the folder for integers and do not see
    the temporary name. A version is therefore either complete or absent, and an existing version is never overwritten.

    Args:
      model: A built model, state `[..., 2n]` -> time derivative `[..., 2n]`; a `LatentHamiltonianNetwork`; or the
        result of `hnn_tf.fit`. For a result of `hnn_tf.fit`, the card describes its training and its metrics.
      export_dir: The served folder, which is created if necessary.
      version: The number of the new version, >= 1. By default, the next free number.
      name: The name under which the model is served. By default, the name of the served folder.
      integrator: The integrator of the rollout, a name or an `hnn_tf.integrators.Integrator`. By default, the
        integrator of the fitted model, and "rk4" for any other model.
      max_step_size: The longest integrator step of the rollout, in the system's time unit, > 0. By default, if
        `substeps` is not given either, the model's own `suggested_step_size` if it has one, and otherwise 0.05, or half
        a frame for a model of frames.
      substeps: The number of integrator steps between two of the rollout's times, >= 1. It can be given instead of
        `max_step_size`.
      max_steps: The largest number of integrator steps of one call of the rollout, from 1 (or `substeps`) to ten
        million. By default, 10 000. A row that would need more steps is NaN after its limit. The inner steps of an
        adaptive integrator, and the iterations of an implicit integrator, are counted separately and have the same
        limit (see `hnn_tf.rollouts.stepper.Stepper`).
      input_interpolation: The inputs of the rollout between two times, "zero_order_hold" or "linear", for a model with
        inputs. By default, the interpolation in the recordings of `run`, and otherwise "zero_order_hold".
      run: The document `metrics.json` of a run, from which the card describes the training. A fitted model has its own
        description.
      licence: The licence of the model, for the card.

    Returns:
      The written folder.

    Raises:
      InputError: If an argument is not valid, the version exists, or the folder cannot be written.
      OSError: If the disk is full.
    """
    if isinstance(model, Fitted):
        model, run, integrator = model.model, run or model.record(), integrator or model.integrator
    integrator = integrator or "rk4"
    if version is not None and not (type(version) is int and 1 <= version <= versions.LARGEST_VERSION):
        raise InputError(f"version: expected an integer >= 1, below 2**63; received {version!r}")
    if max_step_size is not None and substeps is not None:
        raise InputError("max_step_size and substeps: expected one of the two; received both")
    if max_step_size is None and substeps is None:
        usual = _MAX_STEP_SIZE_OF_FRAMES if declared(model, "sees_frames") else _MAX_STEP_SIZE
        max_step_size = declared(model, "suggested_step_size") or usual
    if max_step_size is not None and not 0 < np.float32(max_step_size) < float("inf"):
        raise InputError(f"max_step_size: expected a finite number > 0; received {max_step_size}")
    if substeps is not None and not (1 <= substeps <= _MOST_SUBSTEPS and substeps == int(substeps)):
        raise InputError(f"substeps: expected an integer >= 1, at most {_MOST_SUBSTEPS}; received {substeps}")
    max_steps = _MAX_STEPS if max_steps is None else max_steps
    if not (max(1, substeps or 1) <= max_steps <= MOST_STEPS and max_steps == int(max_steps)):
        least = "substeps" if substeps else 1
        raise InputError(f"max_steps: expected an integer >= {least}, at most {MOST_STEPS}; received {max_steps}")
    folder = pathlib.Path(export_dir)
    name = name or folder.resolve().name
    if not name.isprintable():  # this also refuses bytes that are not text
        raise InputError(f"name: expected printable text, because requests contain the name; received {name!r}")
    if (folder / "saved_model.pb").exists():
        raise InputError(f"{folder}: expected a served folder; received a version; give the folder above")
    versions.refuse_existing(folder, version)  # the version is checked again after the work
    steps: dict[str, Any] = {"max_step_size": max_step_size, "substeps": substeps, "max_steps": int(max_steps)}
    recorded = model_card.recorded_inputs(run)
    if input_interpolation is None and declared(model, "num_inputs"):  # the recordings of other models may have inputs
        input_interpolation = recorded.get("interpolation")
    module = ServingModule(model, integrator=integrator, input_interpolation=input_interpolation, **steps)
    keras_endpoints.attach(module, module.functions)
    created = [each for each in (folder, *folder.parents) if not each.exists()]
    until_done = contextlib.ExitStack()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary = until_done.enter_context(temporary_folder(folder))
        with _quiet():
            # Explicit methods have no custom gradient. The custom gradients of other methods cannot be saved, and a
            # program that asks for one gets an error that says so.
            options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
            tf.saved_model.save(module, str(temporary), signatures=module.functions, options=options)
        warmup.write(temporary, module.functions, model_name=name)
        rollout = {"integrator": integrators.get(integrator).name} | steps
        rollout |= {"input_interpolation": module.input_interpolation}
        model_card.write(temporary, model, module.functions, name=name, rollout=rollout, run=run, licence=licence)
        return versions.move_into_place(temporary, folder, version)
    except (OSError, tf.errors.OpError) as error:
        raise_if_full(error, folder)
        reason = getattr(error, "strerror", None) or getattr(error, "message", None) or error
        raise InputError(
            f"{folder}: expected a folder that can be written; received: {one_line(reason)}; choose another"
        ) from error
    finally:
        until_done.close()
        with contextlib.suppress(OSError):  # folders that are not empty are not removed
            for each in created:
                each.rmdir()


def load_model(path: str | os.PathLike, *, width: int | None = None, dtype: str | None = None) -> keras.Model:
    """Loads a `.keras` file of this package with Keras' safe mode on, so that no code of the file runs.

    Args:
      path: The path of the file.
      width: The width 2n of the states that the model must accept; by default, any width, or frames.
      dtype: The precision of the model; by default, any precision.

    Raises:
      InputError: If there is no such file, the file cannot be read or is unsafe, or its model is not a built model of
        `hnn_tf` or does not take states of the given width and precision.
    """
    path = pathlib.Path(path)
    if path.is_dir() or not path.exists():
        found = "a folder" if path.is_dir() else "no such file"
        raise InputError(f"{path}: {found}; give the model.keras of a run")
    keras_archive.check(path)
    try:
        # compile=False, because nothing here needs the optimizer and the loss.
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises errors of any class
        reason = one_line(error)
        if "safe_mode" in str(error):
            reason = "the file is unsafe, because the file brings code, which is never run"
        elif "Could not locate class" in str(error):
            reason = (
                "the file holds a layer of your own; load the model in Python, where the layer is known, and call "
                "hnn_tf.export.saved_model.export_model"
            )
        raise InputError(f"{path}: expected a .keras model of hnn_tf; the file can't be loaded: {reason}") from error
    if not any(base.__module__.split(".")[0] == "hnn_tf" for base in type(model).__mro__):
        raise InputError(
            f"{path}: expected a model of hnn_tf.models, state -> time derivative; received a {type(model).__name__}"
        )
    try:
        inputs = signatures_of(model)["serving_default"][1]
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    if width and (inputs[0].name, inputs[0].shape[-1]) != ("state", width):
        raise InputError(f"{path}: expected a model of states of width {width}; received {_shown(inputs[0])}")
    if dtype and model.compute_dtype != dtype:
        raise InputError(
            f"{path}: expected a model of {dtype}; received {model.compute_dtype}; train with precision {dtype}"
        )
    return model


def describe(saved_model: str | os.PathLike) -> list[str]:
    """Returns one line for each signature of a written SavedModel: inputs and outputs, with their shapes and dtype.

    Raises:
      InputError: If there is no readable SavedModel.
    """
    signatures = serving_constraints.signature_defs(serving_constraints.parsed(pathlib.Path(saved_model)))
    return [
        f"{name}: {_describe(signature.inputs)} -> {_describe(signature.outputs)}"
        for name, signature in signatures.items()
    ]


def run_document(model_path: str | os.PathLike) -> dict[str, Any] | None:
    """Returns the `metrics.json` beside a run's model, or None if there is none or it belongs to another model.

    Raises:
      InputError: If `metrics.json` cannot be read.
    """
    path = pathlib.Path(model_path)
    try:
        document = json_file.read(path.parent / "metrics.json", "the document of a run")
    except FileNotFoundError:
        return None
    same = isinstance(document, dict) and document.get("model_sha256") == model_card.sha256(path)
    return document if same else None


def _describe(tensors: dict) -> str:
    parts = []
    for name in sorted(tensors):
        sizes = ", ".join("?" if dim.size < 0 else str(dim.size) for dim in tensors[name].tensor_shape.dim)
        parts.append(f"{name} [{sizes}] {tf.as_dtype(tensors[name].dtype).name}")
    return ", ".join(parts)


def _shown(spec: tf.TensorSpec) -> str:
    return f"{spec.name} {spec.shape}"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    # A separate filter is used instead of the log level, because exports in other threads would restore each other's
    # level.
    logger = tf.get_logger()

    def drop_chatter(record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR

    logger.addFilter(drop_chatter)
    try:
        yield
    finally:
        logger.removeFilter(drop_chatter)
