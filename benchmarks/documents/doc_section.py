"""The parts of the documentation that commands write, between two marks."""

import pathlib

from benchmarks.documents.folders import ROOT
from hnn_tf.files.atomic_file import atomic_file

README = ROOT / "README.md"
RESULTS = ROOT / "docs" / "results.md"
INTEGRATORS = ROOT / "docs" / "integrators.md"
OBJECTIVES = ROOT / "docs" / "objectives.md"
LIMITS = ROOT / "docs" / "known_limits.md"
STRUCTURES = ROOT / "docs" / "structures.md"
CONSTRAINTS = ROOT / "docs" / "constraints.md"
OWN_DATA = ROOT / "docs" / "own_data.md"
SERVING = ROOT / "docs" / "serving.md"


def read(page: pathlib.Path, name: str) -> str:
    """Returns the part with the given name.

    Raises:
      ValueError: If the page does not have its marks.
    """
    return _split(page, name)[1]


def replace(page: pathlib.Path, name: str, text: str) -> None:
    """Replaces the part with the given name by `text`.

    Raises:
      ValueError: If the page does not have its marks.
    """
    before, _, after = _split(page, name)
    with atomic_file(page) as temporary:
        temporary.write_text(before + text + after)


def _split(page: pathlib.Path, name: str) -> tuple[str, str, str]:
    begin, end = f"<!-- begin {name}, written by a command -->\n", f"<!-- end {name} -->\n"
    text = page.read_text()
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"{page}: expected the marks {begin.strip()!r} and {end.strip()!r} once each")
    before, rest = text.split(begin)
    part, after = rest.split(end)
    return before + begin, part, end + after
