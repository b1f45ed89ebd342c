"""Where the runs of the present code are kept."""

import hashlib
import pathlib

from benchmarks.documents.folders import ROOT

_NOT_OF_RESULTS = ("figures", "export", "commands")


def runs_folder(output_dir: str) -> pathlib.Path:
    """Where the runs of the present code are: those of other code are not taken for them."""
    return pathlib.Path(output_dir) / code_digest()


def code_digest() -> str:
    """Of the code and the flagfiles that the results depend on, which figures, exports and command lines aren't."""
    files = [path for name in ("hnn_tf", "trainers") for path in (ROOT / name).rglob("*")]
    code = sorted(path for path in files if path.suffix in (".py", ".flags"))
    others = [path for path in code if path.parent.name in _NOT_OF_RESULTS or path.stem.endswith("_figures")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in code if path not in others)).hexdigest()[:12]


def run_folder(folder: pathlib.Path, task: str, model: str, protocol: str, seed: int) -> pathlib.Path:
    """The folder of a run within that of all."""
    return folder / f"{task}-{model}-{protocol}-{seed}"
