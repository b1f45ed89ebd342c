"""The folders of the runs of the present code."""

import hashlib
import pathlib

from benchmarks.documents.folders import ROOT

_NOT_OF_RESULTS = ("figures", "export", "commands")


def runs_folder(output_dir: str) -> pathlib.Path:
    """Returns the folder of the runs of the present code; runs of other code are in other folders."""
    return pathlib.Path(output_dir) / code_digest()


def code_digest() -> str:
    """Returns the digest of the code and flagfiles on which results depend, without figures, exports and commands."""
    files = [path for name in ("hnn_tf", "trainers") for path in (ROOT / name).rglob("*")]
    code = sorted(path for path in files if path.suffix in (".py", ".flags"))
    others = [path for path in code if path.parent.name in _NOT_OF_RESULTS or path.stem.endswith("_figures")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in code if path not in others)).hexdigest()[:12]


def run_folder(folder: pathlib.Path, task: str, model: str, protocol: str, seed: int) -> pathlib.Path:
    """Returns the folder of a run within the folder of all runs."""
    return folder / f"{task}-{model}-{protocol}-{seed}"
