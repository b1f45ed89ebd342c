"""Comparison of two training states."""

import numpy as np


def assert_equal_states(received, expected):
    """Of the same names and, to the bit, the same values."""
    assert received.keys() == expected.keys()
    for name in expected:
        np.testing.assert_array_equal(received[name], expected[name], err_msg=name)
