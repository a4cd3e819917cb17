"""The calls of Visdom and their arguments: `python tests/corpus/make_visdom_calls.py`, in an environment with visdom.

The names in visdom_calls.json are those of the package's release 0.2.4; `newer` has those of its stubs after it.
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


def in_stubs(path: Path) -> dict[str, list[str]]:
    """Of a file `visdom/__init__.pyi`."""
    (stub,) = (node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef))
    methods = [node for node in stub.body if isinstance(node, ast.FunctionDef)]
    return {method.name: [each.arg for each in method.args.args[1:]] for method in methods}


if __name__ == "__main__":
    before = json.loads(FILE.read_text()) if FILE.exists() else {}
    newer = in_stubs(Path(sys.argv[1])) if len(sys.argv) > 1 else before.get("newer", {})
    calls = {"released": released(), "newer": newer}
    FILE.write_text(json.dumps(calls, indent=1) + "\n")
