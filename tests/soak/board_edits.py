"""Two browsers, the shell and an editor like vim on one board: every state is in the file or in its history.

`python -m tests.soak.board_edits --edits 500 --seeds 1 2 3`. What anybody was told is written, and what the editor
saved and nobody but itself wrote over, must be there in the end. With `--kills 10`, server and commands are killed with
SIGKILL at random moments meanwhile: then what was written in the last second before, and until the server is back, may
be lost where an editor writes over it, and nothing else.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from lavdlike.boards import board_files
from lavdlike.match import match_of
from tests.limits import LIMIT_S
from tests.running import Running
from tests.scripts import ROOT
from tests.serving import Reached

BOARD, FILE = ".root/x.board.yaml", "x.board.yaml"
TEXT = "# mine\npanels:\n  # first\n  - chart: a\n    at: [0, 0, 6, 4]\n  - text: |\n      # Heading\n"
# What may be lost before a kill.
_LAST_S = 1.0
# Of 20 edits; a command is a process.
_BROWSER, _EDITOR, _SHELL = 8, 3, 1
_ROUND = 2 * _BROWSER + _EDITOR + _SHELL
_PAUSE_S = 0.05


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--kills", type=int, default=0)
    args = parser.parse_args()
    for seed in args.seeds:
        with tempfile.TemporaryDirectory() as folder:
            print(f"seed {seed}: {run(Path(folder) / 'log', args.edits, seed, kills=args.kills)}", flush=True)


def run(root: Path, edits: int, seed: int, *, kills: int = 0) -> str:
    """Edit by all of them at once, check what is there, and say it."""
    (root / "one").mkdir(parents=True)
    (root / "one" / "experiment.json").write_text("{}")
    (root / FILE).write_text(TEXT)
    told = Told()
    server = Running(root, "--no-token", "--allow-edits")
    rounds = max(1, edits // _ROUND)
    works: list[Callable[[], None]] = [
        *(Writer(server.port, seed * 10 + number, told, rounds * _BROWSER).work for number in (1, 2)),
        VimOfBoard(root / FILE, seed * 10 + 3, told, rounds * _EDITOR).work,
        Shell(root, seed * 10 + 4, told, rounds * _SHELL, is_killed=kills > 0).work,
    ]
    threads = [_Worker(work) for work in works]
    try:
        for thread in threads:
            thread.start()
        chance = random.Random(seed)
        for _ in range(kills):
            time.sleep(chance.random())  # when it is killed is what is tried, and waits for nothing
            told.killed(server)
            _check_whole(root / FILE)
        for thread in threads:
            thread.join()
        for thread in threads:
            if thread.error is not None:
                raise thread.error
        with Reached(server.port).client() as client:
            shown = client.get(f"/api/boards/{BOARD}").json()
    finally:
        server.stop()
    content = (root / FILE).read_bytes()
    assert shown["match"] == match_of(content), shown
    left = [path.name for path in root.iterdir() if path.name.endswith(("~", ".tmp"))]
    assert not left, left
    return told.check(root)


class Told:
    """What must be there in the end, as states and when they were told. Several threads tell it at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._states: dict[str, float] = {}
        self._excused: list[tuple[float, float]] = []
        self.conflicts = 0

    def wrote(self, state: str, *, instead_of: str = "") -> None:
        """`instead_of`: the state that its own writer has written over, which nobody else may have seen."""
        with self._lock:
            self._states.pop(instead_of, None)
            if state:
                self._states[state] = time.time()

    def killed(self, server: Running) -> None:
        begun = time.time() - _LAST_S
        server.stop()
        server.start()
        self._excused.append((begun, time.time()))

    def check(self, root: Path) -> str:
        folder = root / ".lavdlike-history" / "states" / ".root" / FILE
        kept = {match_of(path.read_bytes()) for path in folder.iterdir()} | {
            match_of((root / FILE).read_bytes())
        }
        lost = {state: at for state, at in self._states.items() if state not in kept}
        late = {state for state, at in lost.items() if any(a <= at <= b for a, b in self._excused)}
        assert set(lost) <= late, f"{len(set(lost) - late)} of {len(self._states)} states are lost"
        return (
            f"{len(self._states)} states, {self.conflicts} conflicts, {len(self._excused)} kills,"
            f" {len(late)} lost of the last second before a kill"
        )


class _Worker(threading.Thread):
    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - raised by who waits for it
            self.error = error


class Writer:
    """A browser that moves, adds, changes and removes panels."""

    def __init__(self, port: int, seed: int, told: Told, edits: int) -> None:
        self._reached = Reached(port)
        self._chance = random.Random(seed)
        self._told, self._edits = told, edits

    def work(self) -> None:
        number = 0
        deadline = time.monotonic() + 10 * LIMIT_S
        with self._reached.client() as client:
            while number < self._edits:
                assert time.monotonic() < deadline
                try:
                    number += self._edit(client, number)
                except httpx.TransportError:  # it was killed
                    time.sleep(_PAUSE_S)

    def _edit(self, client: httpx.Client, number: int) -> bool:
        page = client.get(f"/api/boards/{BOARD}")
        seen: dict[str, Any] = page.json() if page.is_success else {"match": "", "content": {}}
        edit = {"action": "board", "board": BOARD, "match": seen["match"]}
        change = self._change(seen.get("content") or {}, number)
        answer = client.post("/api/edits", json={"edit": {**edit, **change}})
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            time.sleep(float(answer.headers["Retry-After"]) * self._chance.random())
            return False
        if answer.status_code == httpx.codes.OK:
            self._told.wrote(answer.json()["match"])
        else:
            # Another state, or a text of the editor that has a mistake. 503: a command holds the lock.
            assert answer.status_code in (httpx.codes.CONFLICT, httpx.codes.SERVICE_UNAVAILABLE), answer.text
            self._told.conflicts += 1
        return True

    def _change(self, board: dict[str, Any], number: int) -> dict[str, Any]:
        panels = board.get("panels", [])
        what = self._chance.choice(["move", "drag", "insert", "remove", "text", "title"])
        if what == "text":
            return {"text": f"title: written {self._chance.random()}\npanels: []\n"}
        if what == "title" or (what != "insert" and len(panels) < 2):
            operation = {"operation": "set", "path": ["title"], "value": f"t{self._chance.random()}"}
            return {"operations": [operation]}
        if what == "insert" or len(panels) > 20:
            panel = {"text": f"{number} {self._chance.random()}"}
            return {"operations": [{"operation": "insert", "panel": panel}]}
        index = self._chance.choice(panels)["index"]
        if what == "drag":
            at = [self._chance.randrange(6), self._chance.randrange(99), 6, 4]
            return {"operations": [{"operation": "set", "path": ["panels", index, "at"], "value": at}]}
        if what == "remove":
            return {"operations": [{"operation": "remove", "path": ["panels", index]}]}
        return {"operations": [{"operation": "move", "index": index, "to": 0}]}


class VimOfBoard:
    """Saves by a rename over the file, broken texts as well."""

    def __init__(self, file: Path, seed: int, told: Told, edits: int) -> None:
        self._file, self._told, self._edits = file, told, edits
        self._chance = random.Random(seed)
        self._own: set[str] = set()

    def work(self) -> None:
        for number in range(self._edits):
            broken = "[" if self._chance.random() < 0.1 else ""
            content = f"# by hand {number} {self._chance.random()}\npanels:\n  - chart: {broken}a\n".encode()
            new = self._file.with_name(f"x{number}~")
            new.write_bytes(content)
            seen = match_of(self._file.read_bytes()) if self._file.exists() else ""
            new.replace(self._file)
            # Perhaps its own, which it has seen.
            self._told.wrote(match_of(content), instead_of=seen if seen in self._own else "")
            self._own.add(match_of(content))
            time.sleep(self._chance.random() * 8 * _PAUSE_S)


class Shell:
    """Adds panels by a command each, of which some are killed at a random moment."""

    def __init__(self, root: Path, seed: int, told: Told, edits: int, *, is_killed: bool) -> None:
        self._root, self._told, self._edits, self._is_killed = root, told, edits, is_killed
        self._chance = random.Random(seed)

    def work(self) -> None:
        for number in range(self._edits):
            command = ["board", "add", str(self._root), "x", f"text: by command {number}", "--json"]
            process = subprocess.Popen(
                [sys.executable, "-m", "lavdlike", *command],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            try:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(self._chance.random() * 2 if self._is_killed else LIMIT_S)
            finally:
                process.kill()
                said, wrong = process.communicate()
            assert "Traceback" not in wrong, wrong
            # 1: refused, since the editor has just saved what is no board. Else it was killed.
            assert process.returncode in (0, 1) or process.returncode < 0, wrong
            if process.returncode == 0:
                for answer in map(json.loads, said.splitlines()):
                    self._told.wrote(answer["match"])


def _check_whole(file: Path) -> None:
    """That it is a state that somebody wrote whole: of mistakes there are only the editor's."""
    if not file.exists():
        return
    content = file.read_bytes()
    if not content.startswith(b"# by hand"):
        found = board_files.read(content, FILE)
        assert content, f"{FILE} is empty"
        assert found.board is not None, content
        assert found.mistakes == [], found.mistakes


if __name__ == "__main__":
    main()
