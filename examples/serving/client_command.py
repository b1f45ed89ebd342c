"""Common parts of both clients: their flags, errors of one line with exit code 2, and the table of an answer."""

import argparse
import math
import sys
from collections.abc import Callable, Mapping, Sequence

MOST_TIMES = 1_000_000
ORDER = ("trajectory", "energy", "time_derivative")


class RequestError(Exception):
    """The error of a request that is not valid or was not answered. The message is for the user."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str):
        raise RequestError(f"{message} (see --help)")


def run(main: Callable[[], None]) -> None:
    """Runs a client. An error is one line, with exit code 2."""
    try:
        main()
    except RequestError as error:
        # A server's message may have its own lines and tabs.
        sys.stderr.write(f"error: {_printable(' '.join(str(error).split()))}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def parser(usage: str) -> argparse.ArgumentParser:
    """Returns the parser of the flags that both clients have."""
    flags = _Parser(description=usage, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    flags.add_argument("--model", required=True, help="the name of the model on the server")
    flags.add_argument("--version", type=_version, help="the version of the model (the newest served version)")
    flags.add_argument(
        "--state",
        type=_numbers,
        action="append",
        required=True,
        help="concat(q, p), as --state=1.0,0.0; each further --state is one more row of the batch",
    )
    flags.add_argument(
        "--times",
        type=_times,
        help="the times of a rollout, start:stop:step or t0,t1,...; --state is the state at the first time",
    )
    flags.add_argument("--signature", help="the signature (rollout with --times, else serving_default)")
    flags.add_argument("--timeout", type=_seconds, default=10.0, help="seconds to wait for the answer (10)")
    return flags


def parse(flags: argparse.ArgumentParser) -> tuple[argparse.Namespace, dict[str, list]]:
    """Returns the settings, and the request's inputs by name: `state` [B, 2n] and, for a rollout, `times` [B, T]."""
    settings = flags.parse_args()
    widths = {len(state) for state in settings.state}
    if len(widths) > 1:
        raise RequestError(f"--state: expected states of one width; received widths {sorted(widths)}")
    inputs = {"state": settings.state}
    if settings.times is not None:
        inputs["times"] = [settings.times] * len(settings.state)
    settings.signature = settings.signature or ("serving_default" if settings.times is None else "rollout")
    if (settings.signature == "rollout") != (settings.times is not None):
        raise RequestError("--times: expected only with --signature=rollout; give both flags, or neither flag")
    return settings, inputs


def write_answer(inputs: Mapping[str, list], outputs: Mapping[str, list]) -> None:
    """Writes a table with one line per state or, for a rollout, one table per state with one line per time."""
    names = sorted(outputs, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
    _check_sizes(inputs, outputs)
    if "times" not in inputs:
        _write_table({"state": inputs["state"]} | {name: outputs[name] for name in names})
        return
    for i, times in enumerate(inputs["times"]):
        if i:
            sys.stdout.write("\n")
        _write_table({"time": times} | {name: outputs[name][i] for name in names})


def _check_sizes(inputs: Mapping[str, list], outputs: Mapping[str, list]) -> None:
    for name, rows in outputs.items():
        if len(rows) != len(inputs["state"]):
            raise RequestError(f"{name}: expected {len(inputs['state'])} rows, as asked; the server gave {len(rows)}")
        for row, times in zip(rows, inputs.get("times", []), strict=False):
            if len(row) != len(times):
                raise RequestError(
                    f"{name}: expected {len(times)} times, as asked; the server gave {len(row)}, because a batching "
                    "server fills shorter requests up; take pad_variable_length_inputs out of its batching parameters"
                )


def _write_table(columns: Mapping[str, Sequence]) -> None:
    """Writes columns by name, which contain numbers or lists of numbers."""
    head, lines = [], [[] for _ in next(iter(columns.values()))]
    for name, values in columns.items():
        if values and isinstance(values[0], list):
            head += _labels(name, len(values[0]))
        else:
            head.append(name)
        for line, value in zip(lines, values, strict=True):
            line += value if isinstance(value, list) else [value]
    for line in [head, *lines]:
        cells = (_printable(cell) if isinstance(cell, str) else f"{cell:.6g}" for cell in line)
        sys.stdout.write("  ".join(f"{cell:>12}" for cell in cells).rstrip() + "\n")


def _printable(text: str) -> str:
    """Escapes characters that a terminal would obey, because the server chose the names in the text."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _labels(name: str, width: int) -> list[str]:
    if name not in ("state", "trajectory", "time_derivative") or width % 2:
        return [f"{name} {i + 1}" for i in range(width)]
    pattern = "d{}/dt" if name == "time_derivative" else "{}"
    numbers = [""] if width == 2 else [str(i + 1) for i in range(width // 2)]
    return [pattern.format(f"{letter}{number}") for letter in "qp" for number in numbers]


def _version(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) < 2**63):
        raise argparse.ArgumentTypeError(f"expected an integer >= 1, below 2**63; received {text!r}")
    return int(text)


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected numbers as 1.0,0.0; received {text!r}") from None


def _times(text: str) -> list[float]:
    if ":" not in text:
        return _numbers(text)
    try:
        start, stop, step = (float(part) for part in text.split(":"))
        # With the allowance, 0:1:0.1 ends at 1, which is ten steps up to round-off.
        count = math.floor((stop - start) / step + 1e-6) + 1
    except (ValueError, ZeroDivisionError, OverflowError):
        count = 0
    if not 1 <= count <= MOST_TIMES:
        raise argparse.ArgumentTypeError(
            f"expected start:stop:step with a step towards stop and at most {MOST_TIMES} times; received {text!r}"
        )
    return [start + i * step for i in range(count)]


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"expected seconds > 0; received {text!r}")
    return seconds
