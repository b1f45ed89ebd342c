"""Runs the tests as other processors would, and names the bounds that rest on one processor's rounding.

python -m tests.portable [--parts=fast,slow,export] [--variants=this,avx2,sse,plain] [--folder=runs/portable] [FILE ...]

A variant is a set of environment variables that choose the instructions of TensorFlow's kernels, of XLA, NumPy,
OpenBLAS and glibc's mathematics, or the number of threads. `tests/margins.py` writes down how near each comparison
came to its bound in each variant. A bound is too near if the worst variant uses more than a quarter of it, and if what
is left there is less than four times what the variants differ by. An error that is the same everywhere is a method's
own, and needs no room.

The whole takes hours. With files of tests, only these are run, for example those that a change has touched.

The logs and comparisons are in the folder. Exits with 1 if a test failed or a bound is too near.
"""

import argparse
import collections
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
PARTS = {
    "fast": ["-n", "2", "--dist", "loadfile"],
    "slow": ["-m", "slow", "-n", "2", "--dist", "loadfile"],
    "export": ["-m", "export"],
}
ENOUGH = 0.25
ROOM = 4.0
# Pytest's exit code where the given files have no test of this part.
NONE_COLLECTED = 5


def variants():
    """Environment variables by name of the variant."""
    single = {"TF_ENABLE_ONEDNN_OPTS": "0", "OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1"}
    if platform.machine() not in ("x86_64", "AMD64"):
        return {"this": {}, "plain": single}
    extensions = np.show_config(mode="dicts")["SIMD Extensions"]
    found = extensions.get("found", [])
    wide = [name for name in found if "512" in name or name == "X86_V4"]
    return {
        "this": {},
        "avx2": {
            "ONEDNN_MAX_CPU_ISA": "AVX2",
            "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
            "NPY_DISABLE_CPU_FEATURES": " ".join(wide),
            "OPENBLAS_CORETYPE": "Haswell",
            "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F",
        },
        "sse": {
            "ONEDNN_MAX_CPU_ISA": "SSE41",
            "XLA_FLAGS": "--xla_cpu_max_isa=SSE4_2",
            "NPY_DISABLE_CPU_FEATURES": " ".join(found),
            "OPENBLAS_CORETYPE": "Nehalem",
            "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX2,-FMA",
        },
        "plain": single,
    }


def run(part, variables, files, log, margins):
    """Runs one part of the tests, or of these files, in one variant; returns pytest's exit code and last line."""
    environment = (
        os.environ
        | variables
        | {
            "HNN_TF_MARGINS": str(margins),
            "PYTHONPATH": str(ROOT),
            # Compiled tests of a run without the hook must not be taken.
            "PYTHONPYCACHEPREFIX": str(margins.parent.parent / "pycache"),
        }
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.margins",
        "-o",
        "enable_assertion_pass_hook=true",
        *PARTS[part],
        *files,
    ]
    with open(log, "w", encoding="utf-8") as output:
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, check=False)
    lines = [
        line
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines()
        if " passed" in line or " failed" in line
    ]
    return done.returncode, lines[-1].strip("= ") if lines else "no tests"


def too_near(folder, names):
    """Lines about the bounds that are too near, the nearest first; `names` are the variants that were run."""
    ratios = collections.defaultdict(dict)
    for name in names:
        for path in sorted((folder / name).rglob("*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                test, number, time, ratio = json.loads(line)
                ratios[test, number, time][name] = ratio
    nearest = {}
    for (test, number, _), found in ratios.items():
        worst, spread = max(found.values()), max(found.values()) - min(found.values())
        if worst > ENOUGH and 1.0 - worst < ROOM * spread:
            nearest[test, number] = max(nearest.get((test, number), (0.0, {})), (worst, sorted(found.items())))
    return [
        f"{worst:.2f} of the bound: {test}, line {number}: {', '.join(f'{name} {ratio:.3g}' for name, ratio in found)}"
        for (test, number), (worst, found) in sorted(nearest.items(), key=lambda item: -item[1][0])
    ]


def _main():
    known = variants()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", default="fast,slow,export")
    parser.add_argument("--variants", default=",".join(known))
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "runs" / "portable")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    parts, names = options.parts.split(","), options.variants.split(",")
    for kind, given, allowed in (("parts", parts, PARTS), ("variants", names, known)):
        if unknown := [name for name in given if name not in allowed]:
            parser.error(f"--{kind}={unknown[0]}: expected some of {','.join(allowed)}")
    failed = False
    for part in parts:
        for name in names:
            folder = options.folder.resolve() / name / part
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            code, summary = run(part, known[name], options.files, folder / "log.txt", folder)
            failed |= code not in ((0, NONE_COLLECTED) if options.files else (0,))
            where = f"; see {folder / 'log.txt'}" if code else ""
            print(f"{part:7}{name:7}{summary}{where}", flush=True)  # noqa: T201
    near = too_near(options.folder, names)
    print("\n".join(near or ["no bound is too near"]))  # noqa: T201
    sys.exit(1 if failed or near else 0)


if __name__ == "__main__":
    _main()
