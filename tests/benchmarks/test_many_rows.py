"""What ten million samples cost beyond themselves."""

import json
import os
import subprocess
import sys

import pytest
from command_session import ROOT

from benchmarks.cost import row_evaluations

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/clear_refs"), reason="the memory's peak is Linux's")

EVALUATIONS = {"first shuffled batch", "loss", "loss of arrays", "derivative_mse", "derivative_error_spread"}


def test_the_command_measures_every_evaluation():
    results = row_evaluations.first_batch(2000) | row_evaluations.evaluations(2000)
    assert results.keys() == EVALUATIONS
    assert all(result["seconds"] > 0 for result in results.values())


@pytest.mark.slow
@pytest.mark.times
def test_ten_million_rows_take_at_most_400_megabytes_more_than_they_are():
    command = [sys.executable, "-m", "benchmarks.many_rows", "--rows=10000000", "--json"]
    answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    results = json.loads(answer.stdout)
    assert results.keys() == EVALUATIONS
    # Without pieces the loss takes 24 GB. Seen: 320 MB.
    assert max(result["megabytes"] for result in results.values()) <= 400, results
    # Through a buffer of rows it takes 21 s. Seen: some tenths.
    assert results["first shuffled batch"]["seconds"] <= 1.0, results
