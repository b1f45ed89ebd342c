"""A run's `model.keras`, whose bytes depend on the model alone: a repeated run writes the same file."""

import json
import pathlib
import zipfile
from typing import Any

from hnn_tf.files.atomic_file import atomic_file

_EPOCH = (1980, 1, 1, 0, 0, 0)


def save_model(model: Any, path: pathlib.Path) -> None:
    """Writes a Keras model as a .keras file, whole or not at all.

    Keras' own file has the time of its writing, and, as names of objects that occur several times, their addresses in
    memory. Here every time is the earliest that a zip file knows, and such objects are numbered in the order in which
    they occur.

    Raises:
      OSError: If it can't be written.
    """
    with atomic_file(path) as temporary:
        model.save(temporary)
        with zipfile.ZipFile(temporary) as written:
            members = {name: written.read(name) for name in written.namelist()}
        # The name stays, because Keras' own viewer of such files asks for it.
        metadata = json.loads(members["metadata.json"]) | {"date_saved": "1980-01-01@00:00:00"}
        members["metadata.json"] = json.dumps(metadata).encode()
        members["config.json"] = json.dumps(_numbered(json.loads(members["config.json"]))).encode()
        with zipfile.ZipFile(temporary, "w") as repeatable:
            for name, content in members.items():
                repeatable.writestr(zipfile.ZipInfo(name, _EPOCH), content)


def _numbered(config: Any) -> Any:
    """The config with the numbers 1, 2, ... in the place of addresses."""
    numbers: dict[int, int] = {}

    def walk(part: Any) -> Any:
        if isinstance(part, list):
            return [walk(each) for each in part]
        if not isinstance(part, dict):
            return part
        return {
            key: numbers.setdefault(value, len(numbers) + 1) if key == "shared_object_id" else walk(value)
            for key, value in part.items()
        }

    return walk(config)
