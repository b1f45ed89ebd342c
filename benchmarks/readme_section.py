"""Parts of the README that commands write: what stands between two marks."""

import pathlib

from hnn_tf.atomic_file import atomic_file

README = pathlib.Path(__file__).parent.parent / "README.md"


def read(name: str) -> str:
    """The part of that name.

    Raises:
      ValueError: If its marks aren't there.
    """
    return _split(name)[1]


def replace(name: str, text: str) -> None:
    """Puts `text` in the place of the part of that name.

    Raises:
      ValueError: If its marks aren't there.
    """
    before, _, after = _split(name)
    with atomic_file(README) as temporary:
        temporary.write_text(before + text + after)


def _split(name: str) -> tuple[str, str, str]:
    begin, end = f"<!-- begin {name}, written by a command -->\n", f"<!-- end {name} -->\n"
    text = README.read_text()
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"{README}: expected the marks {begin.strip()!r} and {end.strip()!r} once each")
    before, rest = text.split(begin)
    part, after = rest.split(end)
    return before + begin, part, end + after
