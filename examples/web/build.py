"""Builds a page in which a pendulum swings in the browser by an exported model, as a folder that any server serves.

npm install --no-save @tensorflow/tfjs@4.22.0
python examples/web/build.py --saved_model=runs/pendulum/saved_model/1 --output_dir=web
python -m http.server --directory=web
"""

import json
import os
import pathlib
import shutil
from typing import Any

from absl import flags

from hnn_tf import InputError
from hnn_tf.commands import command_line
from hnn_tf.commands.printable_text import write_lines
from hnn_tf.export import write_graph_model
from hnn_tf.files.full_disk import raise_if_full
from hnn_tf.files.temporary_folder import temporary_folder

PAGE = ("index.html", "app.js", "drawing.js")
MODELS = {"field": "serving_default", "rollout": "rollout"}
INSTALL = "npm install --no-save @tensorflow/tfjs@4.22.0"


def _main() -> None:
    settings = flags.FLAGS
    output_dir, library = pathlib.Path(settings.output_dir), pathlib.Path(settings.tensorflowjs)
    if os.path.lexists(output_dir):
        raise InputError(
            f"--output_dir={output_dir}: exists, and is never overwritten; remove this folder, or choose another"
        )
    if not library.is_file():
        raise InputError(
            f"--tensorflowjs={library}: no such file; give the path of the file, or install TensorFlow.js by {INSTALL}"
        )
    try:
        output_dir.parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder(output_dir.parent, f"tmp-{output_dir.name}-") as temporary:
            for folder, signature in MODELS.items():
                written = write_graph_model(settings.saved_model, temporary / folder, signature=signature)
                names = _signature(written)["inputs"].keys() - {"state", "times"}
                if names:
                    raise InputError(
                        f"--saved_model={settings.saved_model}: expected a model of a free motion, which the page can "
                        f"show; received one with {' and '.join(sorted(names))}; export a model without them"
                    )
                if not _is_of_a_pendulum(written):
                    raise InputError(
                        f"--saved_model={settings.saved_model}: expected a Hamiltonian model of states (q, p); "
                        f"received another model in {signature}; train by python -m trainers.pendulum "
                        "--flagfile=pendulum.flags --export"
                    )
            for name in PAGE:
                shutil.copyfile(pathlib.Path(__file__).with_name(name), temporary / name)
            shutil.copyfile(library, temporary / "tf.min.js")
            os.rename(temporary, output_dir)
    except OSError as error:
        raise_if_full(error, output_dir)
        raise InputError(f"--output_dir={output_dir}: can't be written: {error.strerror}; choose another") from error
    serve = f"python -m http.server --bind=127.0.0.1 --directory={output_dir}"
    write_lines([f"{output_dir}: {serve}, and then http://localhost:8000/"])


def _signature(folder: pathlib.Path) -> Any:
    return json.loads((folder / "model.json").read_text(encoding="utf-8"))["signature"]


def _is_of_a_pendulum(folder: pathlib.Path) -> bool:
    signature = _signature(folder)
    sizes = [size["size"] for size in signature["inputs"].get("state", {}).get("tensorShape", {}).get("dim", [])]
    return sizes == ["-1", "2"] and "energy" in signature["outputs"]


if __name__ == "__main__":
    flags.DEFINE_string("saved_model", None, "One version of a pendulum's export: RUN/saved_model/1.", required=True)
    flags.DEFINE_string("output_dir", None, "The folder to write, which must not exist yet.", required=True)
    flags.DEFINE_string(
        "tensorflowjs", "node_modules/@tensorflow/tfjs/dist/tf.min.js", f"The file of TensorFlow.js, from {INSTALL}."
    )
    command_line.run(_main, usage=__doc__)
