"""Time and memory of the trainer of own data for tables of many rows."""

import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas

_STEP = 1e-3


def large(kind: str, num_rows: int, *, rows_a_run: int = 100_000, steps_a_row: int = 1) -> dict[str, float]:
    """Returns seconds and the peak memory (MB) of a run with the budget "fast".

    Args:
      kind: "parquet" or "csv".
      num_rows: The number of rows.
      rows_a_run: The number of rows of each run.
      steps_a_row: The number of milliseconds between two rows.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / f"swings.{kind}"
        _write(path, num_rows // rows_a_run, rows_a_run, steps_a_row)
        command = [sys.executable, "-m", "trainers.own_data", f"--data_path={path}", "--time=t", "--positions=theta"]
        command += ["--angles=theta", "--recording=run", f"--output_dir={folder}/run", "--progress=none"]
        began, peak = time.monotonic(), 0.0
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while process.poll() is None:
            peak = max(peak, _peak(process.pid))
            time.sleep(0.2)
        if process.returncode:
            raise RuntimeError(f"the trainer ended with {process.returncode}")
        return {"seconds": time.monotonic() - began, "peak_mb": peak}


def _peak(process: int) -> float:
    try:
        status = pathlib.Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(lines[0].split()[1]) / 1e3 if lines else 0.0


def _write(path: pathlib.Path, runs: int, rows: int, steps_a_row: int) -> None:
    """Writes swings of a damped pendulum, by steps of the leapfrog method with friction, and noise of 0.01 rad."""
    rng = np.random.default_rng(0)
    q, v = rng.uniform(0.6, 1.5, runs), rng.uniform(-0.5, 0.5, runs)
    angles = np.empty([rows, runs])
    for row in angles:
        row[:] = q
        for _ in range(steps_a_row):
            v = (v - _STEP / 2 * np.sin(q)) * np.exp(-0.05 * _STEP)
            q = q + _STEP * v
            v -= _STEP / 2 * np.sin(q)
    angles = angles.T + 0.01 * rng.normal(size=[runs, rows])
    table = pandas.DataFrame(
        {
            "run": np.repeat(np.arange(runs), rows),
            "t": np.tile(np.arange(rows) * steps_a_row * _STEP, runs),
            "theta": angles.ravel(),
        }
    )
    if path.suffix == ".csv":
        table.to_csv(path, index=False)
    else:
        table.to_parquet(path)
