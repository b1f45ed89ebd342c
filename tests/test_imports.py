"""Which parts of the project may know which."""

import ast

import command_session


def test_the_library_imports_neither_trainers_nor_export():
    for path in (command_session.ROOT / "hnn_tf").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.split(".")[0] in ("trainers", "export", "benchmarks")], path
