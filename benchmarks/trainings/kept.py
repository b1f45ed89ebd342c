"""Documents of single runs on disk, so that an interruption loses at most one run."""

import json
import pathlib
from collections.abc import Callable
from typing import Any

from hnn_tf.files.atomic_file import atomic_file


def kept(path: pathlib.Path, make: Callable[[], Any]) -> Any:
    """Returns the JSON document in `path`. If there is no file, the document is made and written there."""
    if path.exists():
        return json.loads(path.read_text())
    document = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as temporary:
        temporary.write_text(json.dumps(document, allow_nan=False) + "\n")
    return document
