"""Does the original client of Visdom get from `lavdlike visdom` what it gets from Visdom's own server?

    .venv/bin/python -m tools.check_visdom [--record]

Runs the same calls of visdom 0.2.4 (`tools/visdom/calls.py`) against both servers and compares what they return, and
what each window is then. It is installed where the benchmarks have it (`benchmarks/peers.py`), once. `--record` keeps
what the client posted for the tests, which replay it: `tests/visdom_server/recorded.jsonl`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import peers
from benchmarks.ports import free_port
from benchmarks.writers.visdom_start import START
from tools.dependencies import PROJECT

_CALLS = PROJECT / "tools" / "visdom" / "calls.py"
_RECORDED = PROJECT / "tests" / "visdom_server" / "recorded.jsonl"
_LIMIT_S = 120
# They may differ: of windows what is made by chance; of calls the sentence that a script may read.
_BY_CHANCE = ("contentID", "i")
_SENTENCES = ("update of a bar",)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--record", action="store_true", help="keep what the client posted, for the tests")
    options = parser.parse_args()
    if not peers.install("visdom"):
        return 2
    python = str(peers.python_of("visdom"))
    record = ["--record", str(_RECORDED)] if options.record else []
    with tempfile.TemporaryDirectory() as folder:
        ours_command = [sys.executable, "-m", "lavdlike", "visdom", f"{folder}/ours", "-port"]
        with _served(ours_command, Path(folder)) as port:
            ours = _results(python, port, record)
        their_command = [python, "-c", START, "-env_path", f"{folder}/theirs/", "-port"]
        (Path(folder) / "theirs").mkdir()
        with _served(their_command, Path(folder)) as port:
            theirs = _results(python, port, [])
    faults = [line for key in {**theirs, **ours} if (line := _fault(key, ours.get(key), theirs.get(key)))]
    print("\n".join(faults) or f"{len(theirs)} calls and windows are the same")
    return 1 if faults else 0


@contextmanager
def _served(command: list[str], folder: Path) -> Iterator[int]:
    port = free_port()
    # Of the environment of this tool, a server of another Python knows nothing.
    variables = (
        {**os.environ, "PYTHONPATH": str(PROJECT)} if command[0] == sys.executable else dict(os.environ)
    )
    if command[0] != sys.executable:
        variables.pop("PYTHONPATH", None)
    server = subprocess.Popen(
        [*command, str(port)], cwd=folder, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield port
    finally:
        server.kill()
        server.wait(10)


def _wait_for(port: int) -> None:
    import socket

    limit = time.monotonic() + _LIMIT_S
    while True:
        try:
            socket.create_connection(("localhost", port), timeout=1).close()
        except OSError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)
        else:
            return


def _results(python: str, port: int, record: list[str]) -> dict[tuple[str, str], Any]:
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [python, str(_CALLS), str(port), *record],
        capture_output=True,
        check=True,
        timeout=_LIMIT_S,
        env=variables,
    )
    return {(what, name): value for what, name, value in map(json.loads, done.stdout.splitlines())}


def _fault(key: tuple[str, str], ours: Any, theirs: Any) -> str:
    """What is wrong with a result; "" if nothing is. A window of ours may say more: all options are kept."""
    what, name = key
    if what == "window" and isinstance(ours, dict) and isinstance(theirs, dict):
        said = {part: value for part, value in theirs.items() if value is not None and part not in _BY_CHANCE}
        wrong = [part for part, value in said.items() if _plain(ours.get(part)) != _plain(value)]
        return f"{name}: other {', '.join(wrong)}" if wrong else ""
    is_same = ours == theirs or (name in _SENTENCES and isinstance(ours, str) and len(ours) > 0)
    return "" if is_same else f"{what} {name}: {str(ours)[:100]!r}, not {str(theirs)[:100]!r}"


def _plain(value: Any) -> Any:
    """Of a sound, what is played: theirs has a sentence beside it for old browsers."""
    return re.findall("<source[^>]*>", value) or value if isinstance(value, str) else value


if __name__ == "__main__":
    sys.exit(main())
