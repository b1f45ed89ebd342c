"""A first guess of the roles of columns, from their names and numbers, and its display."""

import re
import shlex
from collections.abc import Sequence

from hnn_tf.data.tables.column_summary import ColumnSummary

_WORDS = {
    "time": "t time times timestamp seconds second sec zeit",
    "velocity": "v vx vy vz vel velocity velocities speed omega dot qdot",
    "momentum": "p px py pz momentum momenta",
    "input": "u torque force tau voltage current input control",
    "recording": "run trial recording id experiment episode",
    "angle": "angle theta phi deg degree degrees rad radian radians",
    "index": "index row unnamed",
}
"""The words of a name that tell a role, without digits and in small letters."""

_MOST_RECORDINGS = 1000


def guessed_flags(summaries: Sequence[ColumnSummary]) -> str:
    """Returns the flags that name the roles of columns, as far as names and numbers tell them.

    Args:
      summaries: The columns.

    Returns:
      Flags such as `--time=t --positions=theta --angles=theta --recording=run`. A role that no column seems to have is
      left out. Velocities and momenta are only given if there is one for each position.
    """
    rest = {each.name: each for each in summaries if "," not in each.name}
    roles: dict[str, list[str]] = {}
    roles["recording"] = _taken(
        rest, [name for name in rest if _is(name, "recording") and _tells_apart(rest[name])][:1]
    )
    for name in [name for name in rest if rest[name].kind == "text"]:
        del rest[name]
    times = [name for name in rest if _is_time(name)] or [
        name for name in rest if rest[name].increasing and not _is(name, "index")
    ]
    times = times or [name for name in rest if rest[name].increasing]
    roles["time"] = _taken(rest, times[:1])
    velocities = _taken(rest, [name for name in rest if _is(name, "velocity") or _derived_from(name, rest)])
    momenta = _taken(rest, [name for name in rest if _is(name, "momentum")])
    inputs = _taken(rest, [name for name in rest if _is(name, "input")])
    varying = [name for name in rest if rest[name].num_values > 1 and not _is(name, "index")]
    positions = varying or list(rest)
    roles["positions"] = positions
    if velocities and len(velocities) == len(positions):
        roles["velocities"] = _in_order(velocities, positions)
    elif momenta and len(momenta) == len(positions):
        roles["momenta"] = _in_order(momenta, positions)
    roles["angles"] = [name for name in positions if _is(name, "angle")]
    roles["inputs"] = inputs
    order = ("time", "positions", "velocities", "momenta", "angles", "recording", "inputs")
    flags = [f"--{role}={shlex.quote(','.join(roles[role]))}" for role in order if roles.get(role)]
    return " ".join(flags)


def shown(summaries: Sequence[ColumnSummary], flags: str) -> list[str]:
    """Returns the lines of a table of the columns, and the guess of their roles, for a terminal.

    Args:
      summaries: The columns.
      flags: The guess of `guessed_flags`.
    """
    rows: list[tuple[str, ...]] = [("column", "kind", "least", "largest", "missing")]
    for each in summaries:
        limits = ["" if value != value else f"{value:.6g}" for value in (each.least, each.largest)]
        rows.append((_printable(each.name), each.kind, *limits, f"{100 * each.missing:.3g} %"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if place < 2 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    count = max((each.num_rows for each in summaries), default=0)
    return [*lines, f"{count} rows were looked at.", f"A guess of the roles, to be checked: {flags}"]


def _taken(rest: dict[str, ColumnSummary], names: list[str]) -> list[str]:
    """Returns the names, and takes them out of the columns that have no role yet."""
    for name in names:
        del rest[name]
    return names


def _words(name: str) -> set[str]:
    """Returns the words of a name, of which `thetaDot (deg/s)` has `theta`, `dot`, `deg` and `s`."""
    cut = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return {word for word in re.split(r"[^a-z]+", cut.lower()) if word}


def _is(name: str, role: str) -> bool:
    return bool(_words(name) & set(_WORDS[role].split())) or (role == "index" and not name)


def _is_time(name: str) -> bool:
    """Returns whether a name without its unit is one of time: `x [1/sec]` is not."""
    words = re.split(r"[^a-z]+", re.split(r"[\[(/]", name.lower().strip())[0].strip())
    return words[0] in _WORDS["time"].split()


def _derived_from(name: str, columns: dict[str, ColumnSummary]) -> bool:
    """Returns whether a name is another column's with a sign of a derivative: `dtheta`, `d_x`, `x_dot`, `v_x`."""
    return any(name in (f"d{each}", f"d{each}dt", f"d{each}/dt", f"d_{each}", f"{each}dot") for each in columns if each)


def _in_order(names: list[str], positions: list[str]) -> list[str]:
    """Returns velocities or momenta in the order of the positions whose names are in their names, if all are."""
    found = [
        [name for name in names if re.search(rf"(^|[^a-zA-Z]|d|v|p){re.escape(each)}", name)] for each in positions
    ]
    first = [names_of[0] for names_of in found if len(names_of) == 1]
    return first if len(set(first)) == len(positions) else names


def _tells_apart(column: ColumnSummary) -> bool:
    few = column.num_values <= min(_MOST_RECORDINGS, max(1, column.num_rows // 2))
    return few and (column.kind == "text" or column.whole)


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)
