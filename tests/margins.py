"""A pytest plugin that writes down how near to its bound each comparison of a test came.

`python -m pytest -p tests.margins -o enable_assertion_pass_hook=true` with HNN_TF_MARGINS naming a folder. Each
process adds a file there, one JSON list a line: the test, the line of the comparison (or of the call of
`assert_allclose`), which time it was made, and value / bound, at most 1 as the comparison held.

Seen are `a < b` and `a > b` of numbers, `np.testing.assert_allclose` and `pytest.approx`.
"""

import ast
import collections
import json
import operator
import os
import pathlib
import re
import sys

import numpy as np
import pytest

_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


class _Margins:
    """What one process saw."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self._file = open(folder / f"{os.getpid()}.jsonl", "a", encoding="utf-8")  # noqa: SIM115
        self._test = None
        self._counts = collections.Counter()

    def add(self, line, ratio):
        if self._test is None:
            return
        self._counts[line] += 1
        self._file.write(json.dumps([self._test, line, self._counts[line], float(ratio)]) + "\n")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        self._test = None if item.get_closest_marker("times") else item.nodeid
        self._counts.clear()
        try:
            return (yield)
        finally:
            self._test = None
            self._file.flush()

    def pytest_assertion_pass(self, lineno, orig, expl):
        del orig
        ratio = compared(expl)
        if ratio is not None:
            self.add(lineno, ratio)


def compared(explanation):
    """Smaller / larger side of a comparison in pytest's words; None if it isn't one of positive numbers."""
    text = explanation.splitlines()[0].removeprefix("assert ")
    text = re.sub(r"np\.(float|int)\d+\(([^()]*)\)", r"\2", text)
    text = re.sub(r"<tf\.Tensor: shape=\(\), dtype=\w+, numpy=([^>]*)>", r"\1", text)
    try:
        tree = ast.parse(text, mode="eval").body
        if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
            return None
        smaller, larger = _value(tree.left), _value(tree.comparators[0])
    except (SyntaxError, TypeError, ZeroDivisionError, OverflowError):
        return None
    if isinstance(tree.ops[0], ast.Gt | ast.GtE):
        smaller, larger = larger, smaller
    elif not isinstance(tree.ops[0], ast.Lt | ast.LtE):
        return None
    if isinstance(smaller, int) and isinstance(larger, int):
        return None  # counts don't round
    return smaller / larger if smaller >= 0 and larger > 0 else None


def _value(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    raise TypeError(ast.dump(node))


def _line_of_test():
    """The line of the test file that the comparison was called from."""
    frame = sys._getframe(2)
    while frame and not pathlib.Path(frame.f_code.co_filename).name.startswith("test_"):
        frame = frame.f_back
    return frame.f_lineno if frame else 0


def _watch_allclose(margins):
    original = np.testing.assert_allclose

    def watched(actual, desired, rtol=1e-7, atol=0, **options):
        original(actual, desired, rtol=rtol, atol=atol, **options)
        found, expected = np.asarray(actual), np.asarray(desired)
        if found.dtype.kind not in "fciu" or expected.dtype.kind not in "fciu" or not found.size:
            return
        with np.errstate(all="ignore"):
            error = np.abs(np.subtract(found, expected, dtype=np.result_type(found, expected, np.float64)))
            ratio = error / (atol + rtol * np.abs(expected.astype(error.dtype)))
        ratio = np.where(error == 0, 0.0, ratio)
        if np.isfinite(ratio).any():
            margins.add(_line_of_test(), np.max(ratio[np.isfinite(ratio)]))

    np.testing.assert_allclose = watched


def _watch_approx(margins):
    scalar = type(pytest.approx(1.0))
    original = scalar.__eq__

    def watched(self, actual):
        equal = original(self, actual)
        if equal and isinstance(self.expected, float) and np.isfinite(self.expected) and np.ndim(actual) == 0:
            margins.add(_line_of_test(), abs(float(actual) - self.expected) / self.tolerance if self.tolerance else 0)
        return equal

    scalar.__eq__ = watched


def pytest_configure(config):
    """Begins to watch."""
    folder = os.environ.get("HNN_TF_MARGINS")
    if not folder:
        raise pytest.UsageError("tests.margins: expected HNN_TF_MARGINS to name the folder to write to")
    margins = _Margins(pathlib.Path(folder))
    _watch_allclose(margins)
    _watch_approx(margins)
    config.pluginmanager.register(margins, "margins")
