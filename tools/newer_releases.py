"""Are there releases beyond the upper bounds in pyproject.toml? Says so in one line, and never fails.

    .venv/bin/python -m tools.newer_releases

A bound stands where we extend what a library does not declare stable: whoever raises it looks at that code and runs
the tests.
"""

from __future__ import annotations

import re
import subprocess
import sys

from packaging.requirements import Requirement
from packaging.version import Version

from tools.dependencies import bound_of, declared


def main() -> None:
    """Do what the module's docstring says."""
    bounded = [each for each in declared("test") if bound_of(each, "<") and _applies(each)]
    newest = {each.name: _newest(each.name) for each in bounded}
    newer = [
        f"{each.name} {newest[each.name]} (allowed: {each.specifier})"
        for each in bounded
        if newest[each.name] is not None and not each.specifier.contains(str(newest[each.name]))
    ]
    unknown = [name for name, version in newest.items() if version is None]
    said = [f"newer releases than allowed: {', '.join(newer)}"] if newer else []
    said += [f"the index does not say what there is of {', '.join(unknown)}"] if unknown else []
    print("; ".join(said) or f"no newer releases than allowed of {', '.join(newest)}")


def _applies(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate()


def _newest(name: str) -> Version | None:
    """The newest release on the index that runs here; None if it does not answer."""
    asked = [sys.executable, "-m", "pip", "index", "versions", name]
    answer = subprocess.run(asked, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    found = re.search(r"^Available versions: ([^,\s]+)", answer.stdout, re.MULTILINE)
    return Version(found[1]) if found else None


if __name__ == "__main__":
    main()
