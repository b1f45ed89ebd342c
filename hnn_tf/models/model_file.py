"""The file `model.keras` of a run. Its bytes depend only on the model, so a repeated run writes the same file."""

import json
import pathlib
import zipfile
from typing import Any

from hnn_tf.files.atomic_file import atomic_file

_EPOCH = (1980, 1, 1, 0, 0, 0)


def save_model(model: Any, path: pathlib.Path) -> None:
    """Writes a Keras model as a .keras file, either completely or not at all.

    Keras' own file contains the time at which it was written. For objects that occur several times, it also contains
    their addresses in memory. This function replaces every time by the earliest time of a zip file, and every address
    by a number in the order of occurrence.

    Raises:
      OSError: If the file cannot be written.
    """
    with atomic_file(path) as temporary:
        model.save(temporary)
        with zipfile.ZipFile(temporary) as written:
            members = {name: written.read(name) for name in written.namelist()}
        # The name `date_saved` is kept, because Keras' own viewer of such files reads it.
        metadata = json.loads(members["metadata.json"]) | {"date_saved": "1980-01-01@00:00:00"}
        members["metadata.json"] = json.dumps(metadata).encode()
        members["config.json"] = json.dumps(_numbered(json.loads(members["config.json"]))).encode()
        with zipfile.ZipFile(temporary, "w") as repeatable:
            for name, content in members.items():
                repeatable.writestr(zipfile.ZipInfo(name, _EPOCH), content)


def _numbered(config: Any) -> Any:
    """Returns the configuration with the numbers 1, 2, ... in the place of addresses."""
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
