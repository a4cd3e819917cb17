"""The calls of Visdom and their arguments: `python tests/corpus/make_visdom_calls.py`, in an environment with visdom.

The names in visdom_calls.json are those of the package's release 0.2.4; `newer` has those that release 0.3.0 has
changed or added, and `html_table` of its stubs before it. The file `visdom/__init__.py` of that release is an argument.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
from pathlib import Path

FILE = Path(__file__).with_name("visdom_calls.json")


def released() -> dict[str, list[str]]:
    import visdom

    methods = inspect.getmembers(visdom.Visdom, inspect.isfunction)
    found = {name: list(inspect.signature(method).parameters)[1:] for name, method in methods}
    kept = {name: names for name, names in found.items() if not name.startswith(("_", "setup_"))}
    return {"__init__": found["__init__"], "_send": found["_send"], **kept}


def in_source(path: Path) -> dict[str, list[str]]:
    """Of a file `visdom/__init__.py` or `.pyi`, without what is for itself."""
    nodes = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]
    (client,) = (node for node in nodes if node.name == "Visdom")
    methods = [node for node in client.body if isinstance(node, ast.FunctionDef)]
    found = {method.name: [each.arg for each in method.args.args[1:]] for method in methods}
    kept = {name: names for name, names in found.items() if not name.startswith(("_", "setup_", "session"))}
    return {"__init__": found["__init__"], **kept}


if __name__ == "__main__":
    before = json.loads(FILE.read_text()) if FILE.exists() else {}
    calls = {"released": released(), "newer": before.get("newer", {})}
    if len(sys.argv) > 1:
        newer = in_source(Path(sys.argv[1]))
        calls["newer"] |= {name: it for name, it in newer.items() if calls["released"].get(name) != it}
    FILE.write_text(json.dumps(calls, indent=1) + "\n")
