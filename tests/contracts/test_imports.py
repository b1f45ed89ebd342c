"""Which parts of the project may know which: no circle, no arrow from the library to what stands over it."""

import ast
import collections
import functools
import re

import command_session
import pytest

PACKAGES = ("hnn_tf", "trainers", "export", "benchmarks")

REASONS = {
    "hnn_tf/data/schmidt_lipson.py": "only a download needs it",
    "hnn_tf/export/litert.py": "an optional package",
    "hnn_tf/export/onnx.py": "optional packages",
    "tests/contracts/test_integrators.py": "warns when it is imported, which one test allows",
    "tests/helpers/c_api_client.py": "a program that must not import TensorFlow",
    "trainers/run_lock.py": "not there on every system",
}
"""Files with imports inside of functions, and why."""

MOST_FUNCTION_LEVEL_IMPORTS = 15


def _modules():
    found = {}
    for package in PACKAGES:
        for path in (command_session.ROOT / package).rglob("*.py"):
            parts = path.relative_to(command_session.ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = _modules()


def _exports():
    """Of each name that a lazy package gives, the module that has it."""
    exports = {}
    for path in (command_session.ROOT / "hnn_tf").rglob("*.pyi"):
        package = ".".join(path.relative_to(command_session.ROOT).parent.parts)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            module = ".".join(filter(None, [package, node.module]))
            exports |= {f"{package}.{alias.name}": f"{module}.{alias.name}" for alias in node.names}
    return {name: target for name, target in exports.items() if name != target}


EXPORTS = _exports()


def _module_of(name):
    """The module that an imported name is, or is in; None if it isn't of this project."""
    while name in EXPORTS:  # hnn_tf gives names that a package gives that a module has
        name = EXPORTS[name]
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name or None


def _imports(tree):
    """Names of the modules, or of what is taken from them, at any level of a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@functools.cache
def _arrows():
    """Of each module, those of this project that it imports, anywhere in its file."""
    arrows = {}
    for module, path in MODULES.items():
        targets = {_module_of(name) for name in _imports(ast.parse(path.read_text(encoding="utf-8")))}
        arrows[module] = targets - {None, module}
    return arrows


def _folder(module):
    """`hnn_tf.models` of `hnn_tf.models.mlp`, and `trainers` of `trainers.run`."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "hnn_tf" else parts[0]


def _circle(arrows):
    """Some circle of the graph, or None."""
    finished = set()

    def search(start, path):
        if start in path:
            return path[path.index(start) :] + [start]
        if start in finished:
            return None
        for target in sorted(arrows.get(start, ())):
            circle = search(target, [*path, start])
            if circle:
                return circle
        finished.add(start)
        return None

    return next((circle for circle in (search(module, []) for module in sorted(arrows)) if circle), None)


def test_no_modules_import_each_other_in_a_circle():
    assert _circle(_arrows()) is None


def test_no_folders_import_each_other_in_a_circle():
    folders = collections.defaultdict(set)
    for module, targets in _arrows().items():
        # `hnn_tf` itself only says where its names are.
        folders[_folder(module)] |= {_folder(target) for target in targets} - {_folder(module), "hnn_tf"}
    assert _circle({folder: targets for folder, targets in folders.items() if folder != "hnn_tf"}) is None


def test_names_of_packages_are_followed_to_their_modules():
    assert _module_of("hnn_tf.MLP") == "hnn_tf.models.mlp"
    assert _module_of("hnn_tf.rollout") == "hnn_tf.rollouts.rollout"
    assert _module_of("hnn_tf.data.fingerprint") == "hnn_tf.data.digest"
    assert _module_of("numpy.zeros") is None


def test_a_circle_is_seen():
    assert _circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c", "a"]
    assert _circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) is None


@pytest.mark.parametrize(
    ("package", "above"),
    [
        ("hnn_tf", ("trainers", "export", "benchmarks")),
        ("export", ("trainers", "benchmarks")),
        ("trainers", ("export", "benchmarks")),
    ],
)
def test_no_arrow_goes_up(package, above):
    for module, targets in _arrows().items():
        if module.split(".")[0] == package:
            assert not {target for target in targets if target.split(".")[0] in above}, module


def _function_level_imports(path):
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    text = path.read_text(encoding="utf-8")
    if not re.search(r"^[ \t]+(import|from) ", text, re.MULTILINE):  # parsing takes most of the time
        return 0
    inside = {
        node
        for function in ast.walk(ast.parse(text))
        if isinstance(function, functions)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    return len(inside)


def test_few_imports_are_inside_of_functions():
    folders = (command_session.ROOT / name for name in (*PACKAGES, "examples", "tests"))
    files = [path for folder in folders for path in folder.rglob("*.py")]
    counts = {path.relative_to(command_session.ROOT).as_posix(): _function_level_imports(path) for path in files}
    counts = {path: count for path, count in counts.items() if count}
    assert sum(counts.values()) <= MOST_FUNCTION_LEVEL_IMPORTS, counts
    assert set(counts) == set(REASONS)
