"""How long files at their limits keep everybody else waiting while they are looked at.

    python -m tests.soak.held_files [NAME ...]

Runs the server in this process and a clock on its event loop, as `held_loop` does: the longest time between two of its
turns is what any other request had to wait, be it for the loop or for Python's lock, which a thread of a reader holds.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import uvloop

from lavdlike.kinds.scalars import HEADER
from lavdlike.server.app import create_app
from lavdlike.server.host.connections import Server
from lavdlike.server.host.listening import listen_at_port
from lavdlike.server.host.process_memory import collect_garbage_seldom, give_back_freed_memory
from lavdlike.server.settings import Settings
from lavdlike.server.web.access import AccessRules
from lavdlike.server.web.credentials import Credentials
from tests.soak.held_loop import REQUEST, Clock

_MIB = 2**20
_LABELS = '{"experiments": ["exp"]}'


def _item(kind: str, label: str = "a") -> tuple[str, str]:
    return f"/api/items/exp/{kind}/global/{label}", ""


def _part(kind: str, asked: str = "") -> tuple[str, str]:
    return f"/api/parts/exp/{kind}/global/a?{asked}", ""


# By name: the file, its content, and what is asked for: the path of a request and its body.
FILES: dict[str, tuple[str, Callable[[], bytes], tuple[str, str]]] = {
    "json of ones": (
        "a.json",
        lambda: b'{"a": [' + b"1," * (30 * _MIB) + b"1]}",
        ("/api/experiments/exp", ""),
    ),
    "json of lists": (
        "a.json",
        lambda: b'{"a": [' + b"[]," * (20 * _MIB) + b"1]}",
        ("/api/experiments/exp", ""),
    ),
    "plot": (
        "a.plotly.json",
        lambda: b'{"data": [{"x": [' + b"1.5," * (15 * _MIB) + b"1]}]}",
        _item("plots"),
    ),
    "boxes": (
        "a.json",
        lambda: (
            b'{"images": {"boxes": ['
            + b",".join([b'{"xStart":1,"yStart":1,"xEnd":2,"yEnd":2}'] * 20_000)
            + b"]}}"
        ),
        _item("images"),
    ),
    "text": ("a.txt", lambda: b"word " * _MIB, _item("texts")),
    "markdown": ("a.md", lambda: b"- *a* `b`\n" * 100_000, ("/api/markdown/exp/a.md", "")),
    "table of short cells": (
        "a.csv",
        lambda: b"a,b\n" + b"1,2\n" * 3_900_000,
        _part("tables", "filter=9&regex=1"),
    ),
    "table of many columns": ("a.csv", lambda: (b"a," * 1999 + b"a\n") * 3000, _part("tables", "sort=1")),
    "table of one cell": (
        "a.csv",
        lambda: b'a\n"' + b"x\n" * (30 * _MIB) + b'"\n',
        _part("tables", "filter=y"),
    ),
    "tsv": ("a.tsv", lambda: b"a\tb\n" + b"1\t2\n" * 3_900_000, _part("tables", "sort=0")),
    "table as scalars": (
        "a.csv",
        lambda: b"step,loss\n" + b"".join(b"%d,0.5\n" % step for step in range(3_900_000)),
        ("/api/scalars/labels", _LABELS),
    ),
    "scalars": (
        "scalars.tsv",
        lambda: HEADER.encode() + b"".join(b"%d\t1763600000.0\ta\t0.5\n" % step for step in range(2_000_000)),
        ("/api/scalars/labels", _LABELS),
    ),
    "scalars of bad lines": (
        "scalars.tsv",
        lambda: HEADER.encode() + b"x\n" * (10 * _MIB),
        ("/api/scalars/labels", _LABELS),
    ),
    "scalars of one line": (
        "scalars.tsv",
        lambda: HEADER.encode() + b"7\t1.0\ta\t" + b"1" * (15 * _MIB) + b"x\n",
        ("/api/scalars/labels", _LABELS),
    ),
    "log of empty lines": (
        "a.log",
        lambda: b"\n" * (64 * _MIB),
        ("/api/logs/exp/a.log?lines=10000&tag=x", ""),
    ),
    "log search": ("a.log", lambda: b"ab\n" * (20 * _MIB), ("/api/log-search/exp/a.log?regex=1&text=c", "")),
    "log search of many": ("a.log", lambda: b"a\n" * (20 * _MIB), ("/api/log-search/exp/a.log?text=a", "")),
    "head of an array": (
        "a.npy",
        lambda: b"\x93NUMPY\x02\x00" + (60_000).to_bytes(4, "little") + (b"(" * 60_000),
        _item("arrays"),
    ),
    "array": (
        "a.npy",
        lambda: _npy(64 * _MIB),
        _part("arrays"),
    ),
    "drawing": ("a.svg", lambda: b"<svg>" + b"<g/>" * (7 * _MIB) + b"</svg>", _item("figures")),
}


def _npy(count: int) -> bytes:
    head = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({count // 8192}, 8192), }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode() + bytes(count)


async def _measure(root: Path, name: str) -> None:
    file, content, (path, body) = FILES[name]
    (root / "exp").mkdir()
    (root / "exp" / file).write_bytes(content())
    app = create_app(Settings(root), Credentials(b"k" * 32, None), AccessRules())
    place = listen_at_port(None, 0)
    started = asyncio.Event()
    server = Server(app, on_started=started.set)
    serving = asyncio.create_task(server.serve(place.listeners))
    await started.wait()
    clock = Clock()
    await asyncio.sleep(3)  # polars is imported in the background
    clock.longest_ms()
    asking = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        REQUEST,
        f"http://127.0.0.1:{place.port}{path}",
        body,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, errors = await asking.communicate()
    cpu_ms, wall_ms = clock.longest_ms()
    came = said.decode().strip() or errors.decode().strip().splitlines()[-1]
    print(f"{name}: others waited {wall_ms:.0f} ms, {cpu_ms:.0f} ms of CPU of the loop; {came}", flush=True)
    clock.stop()
    server.should_exit = True
    await serving


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(FILES)}")
    names = parser.parse_args().names or list(FILES)
    give_back_freed_memory()
    collect_garbage_seldom()
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            uvloop.run(_measure(Path(folder), name))


if __name__ == "__main__":
    main()
