"""The numbers of a report: few digits, and as many as an interval supports."""

import math

import numpy as np
import pytest

from hnn_tf.reports.number_text import count_text, interval_texts, number_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "–"),
        (0.0, "0"),
        (3, "3"),
        (np.int64(12345), "12\u202f345"),
        (True, "yes"),
        (2.50, "2.5"),
        (-1.2345678, "−1.235"),
        (0.00041, "0.00041"),
        (0.000041, "4.1 × 10⁻⁵"),
        (1e-7, "10⁻⁷"),
        (-123456.7, "−123\u202f457"),
        (1.5e9, "1.5 × 10⁹"),
        ("rk4", "rk4"),
    ],
)
def test_numbers(value, text):
    assert number_text(value) == text


def test_zeros_at_the_end_can_be_kept():
    assert number_text(0.02, 2, trim=False) == "0.020"
    assert number_text(2.0e-5, 2, trim=False) == "2.0 × 10⁻⁵"


@pytest.mark.parametrize(
    ("numbers", "texts"),
    [
        ((2.00614, 2.0049, 2.0073), ("2.0061", "2.0049 to 2.0073")),
        ((-0.5, -1.5, 0.5), ("−0.5", "−1.5 to 0.5")),
        ((1234.5, 1200.0, 1270.0), ("1234", "1200 to 1270")),
        ((1.0, None, 2.0), ("1", "–")),
        ((1.0, 1.0, 1.0), ("1", "–")),
        ((3.25e-9, 3.15e-9, 3.35e-9), ("3.25 × 10⁻⁹", "3.15 × 10⁻⁹ to 3.35 × 10⁻⁹")),
        ((3.25e9, 3.15e9, 3.35e9), ("3.25 × 10⁹", "3.15 × 10⁹ to 3.35 × 10⁹")),
    ],
)
def test_an_interval_determines_the_digits(numbers, texts):
    assert interval_texts(*numbers) == texts


def test_counts_agree_with_their_nouns():
    assert count_text(1, "reading") == "1 reading"
    assert count_text(0, "reading") == "0 readings"
