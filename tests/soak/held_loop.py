"""How long requests and changes of an experiment with very many labels keep everybody else waiting.

    python -m tests.soak.held_loop [--labels 100000]

Runs the server in this process and beside it, on the same event loop, a clock that ticks whenever it gets its turn: the
longest time between two ticks is what others had to wait. It counts CPU time of the loop's thread, which other programs
of the machine do not lengthen, and wall time, which also has what other threads of the server held it up for. Browsers
are processes of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Awaitable
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

REQUEST = """
import sys, urllib.request
data = sys.argv[2].encode() or None
request = urllib.request.Request(sys.argv[1], data, {"Content-Type": "application/json"})
print(len(urllib.request.urlopen(request).read()))
"""
# A browser that looks at scalars, asks for the labels, and says when it was told of new points.
_BROWSER = """
import json, sys, urllib.request
from websockets.sync.client import connect
origin, labels = sys.argv[1], json.loads(sys.stdin.readline())
with connect(f"ws://{origin}/api/feed", subprotocols=["lavdlike.feed"], max_size=None) as feed:
    feed.send(json.dumps({"type": "look", "experiments": ["scalars"], "kinds": ["scalars"], "scalar_labels": labels}))
    body = json.dumps({"experiments": ["scalars"]}).encode()
    kind = {"Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(f"http://{origin}/api/scalars/labels", body, kind)).read()
    print("ready", flush=True)
    count = 0
    while count < len(labels):
        message = json.loads(feed.recv())
        count += len(message["series"]) if message["type"] == "points" else 0
print(count, flush=True)
"""
# As many as fit into the largest message that a browser may send.
_LOOKED_AT = 8000


class Clock:
    """The longest time between two turns of its own."""

    def __init__(self) -> None:
        self._ticking = asyncio.create_task(self._tick())
        self._longest = (0.0, 0.0)

    def longest_ms(self) -> tuple[float, float]:
        """Of CPU of the loop's thread and of wall, since the last call."""
        longest, self._longest = self._longest, (0.0, 0.0)
        return longest

    def stop(self) -> None:
        self._ticking.cancel()

    async def _tick(self) -> None:
        while True:
            cpu, wall = time.thread_time(), time.perf_counter()
            await asyncio.sleep(0.001)
            now = (time.thread_time() - cpu) * 1e3, (time.perf_counter() - wall) * 1e3
            self._longest = max(self._longest[0], now[0]), max(self._longest[1], now[1])


def _lines(labels: list[str], step: int) -> str:
    return "".join(f"{step}\t{time.time():.3f}\t{label}\t0.{step}\n" for label in labels)


def _append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def _make(root: Path, labels: list[str]) -> None:
    (root / "scalars").mkdir()
    (root / "scalars" / "scalars.tsv").write_text(HEADER + _lines(labels, 1))
    (root / "texts").mkdir()
    for label in labels:
        (root / "texts" / f"{label}.txt").touch()


async def _measure(root: Path, labels: list[str]) -> None:
    app = create_app(Settings(root), Credentials(b"k" * 32, None), AccessRules())
    place = listen_at_port(None, 0)
    started = asyncio.Event()
    server = Server(app, on_started=started.set)
    serving = asyncio.create_task(server.serve(place.listeners))
    await started.wait()
    clock = Clock()
    await asyncio.sleep(3)  # polars is imported in the background
    clock.longest_ms()
    origin = f"127.0.0.1:{place.port}"

    async def report(what: str, work: Awaitable[object]) -> None:
        clock.longest_ms()
        came = await work
        cpu_ms, wall_ms = clock.longest_ms()
        print(f"{what}: {came} came; others waited {wall_ms:.0f} ms, {cpu_ms:.0f} ms of CPU", flush=True)

    async def ask(path: str, body: object = None) -> str:
        text = "" if body is None else json.dumps(body)
        address = f"http://{origin}{path}"
        asking = await asyncio.create_subprocess_exec(
            sys.executable, "-c", REQUEST, address, text, stdout=asyncio.subprocess.PIPE
        )
        return f"{int((await asking.communicate())[0]):,} bytes"

    for time_ in ("first", "second"):
        await report(
            f"labels of scalars, {time_} time", ask("/api/scalars/labels", {"experiments": ["scalars"]})
        )
        await report(f"catalogue, {time_} time", ask("/api/experiments/texts"))

    browser = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _BROWSER,
        origin,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert browser.stdin is not None
    assert browser.stdout is not None
    browser.stdin.write(json.dumps(labels[:_LOOKED_AT]).encode() + b"\n")
    await browser.stdout.readline()

    lines = _lines(labels, 2)

    async def log() -> str:
        await asyncio.to_thread(_append, root / "scalars" / "scalars.tsv", lines)
        assert browser.stdout is not None
        return f"{int(await browser.stdout.readline()):,} points"

    await report("a new point of every label", log())
    await browser.wait()
    clock.stop()
    server.should_exit = True
    await serving


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, default=100_000)
    count = parser.parse_args().labels
    labels = [f"group-{number % 100}-metric-{number}" for number in range(count)]
    random.Random(0).shuffle(labels)
    give_back_freed_memory()
    collect_garbage_seldom()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _make(root, labels)
        uvloop.run(_measure(root, labels))  # as uvicorn does


if __name__ == "__main__":
    main()
