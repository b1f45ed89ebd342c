"""SavedModel export: `python -m export --model_path=RUN/model.keras --export_dir=served/pendulum`."""

import importlib.util
import pathlib
import sys

# Python is about to start one of the commands here. They read their flags by `trainers`, which must be the one beside
# this package: a folder of that name in the working directory is found before it.
if sys.argv[:1] == ["-m"] and any(argument.split(".")[0] == "export" for argument in sys.orig_argv):
    _found = importlib.util.find_spec("trainers")
    _places = [*(_found.submodule_search_locations or []), _found.origin] if _found else ["trainers"]
    if pathlib.Path(_places[0] or "").resolve() != pathlib.Path(__file__).resolve().parents[1] / "trainers":
        sys.stderr.write(
            f"error: {_places[0]}: is found in place of hnn_tf's trainers; rename it, work in another folder, or start "
            "the command by python -P -m\n"
        )
        sys.exit(2)
