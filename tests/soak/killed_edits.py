"""The server is killed while it edits: each file is the old or the new one, and nothing that was answered is lost.

`python -m tests.soak.killed_edits --rounds 20 --seed 1`. Each round: edits over HTTP, one after the other, until the
server is killed with SIGKILL at a random moment. Then each file is as the last answer said, or as was asked for and
not answered, and the server that is started again lists the edits that were answered.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import count, cycle
from pathlib import Path
from typing import Any

import httpx

from lavdlike import layout
from lavdlike.boards import board_files
from lavdlike.root_settings import ROOT_SETTINGS_FILE
from lavdlike.root_settings import read as read_settings
from tests.running import Running
from tests.serving import Reached

EXPERIMENTS = ("one", "two")
BOARD = "losses.board.yaml"
# The server is killed within so long after so many edits at most, of which each takes some milliseconds.
MOST_EDITS = 15
LONGEST_WAIT_S = 0.06
# Large enough that writing them takes a while.
NOTES_LINES = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(run(Path(folder) / "log", args.rounds, args.seed))


def run(root: Path, rounds: int, seed: int) -> str:
    """Kill it so many times, and say what was checked."""
    for name in EXPERIMENTS:
        (root / name).mkdir(parents=True)
        (root / name / layout.EXPERIMENT_FILE).write_text("{}")
    server = Running(root, "--no-token", "--allow-edits")
    chance, killed = random.Random(seed), _Killed(root)
    try:
        for _ in range(rounds):
            with Reached(server.port).client() as client:
                timer = threading.Timer(chance.random() * LONGEST_WAIT_S, server.stop)
                with suppress(httpx.TransportError):
                    killed.edit(client, timer, after=chance.randrange(MOST_EDITS))
                timer.join()
            killed.check_files()
            server.start()
            with Reached(server.port).client() as client:
                killed.check_list(client)
    finally:
        server.stop()
    return f"{rounds} kills, {len(killed.answered)} edits answered, {killed.unanswered_but_made} made without an answer"


class _Killed:
    """`answered`: the ids of edits that were answered with 200."""

    def __init__(self, root: Path) -> None:
        self.answered: list[str] = []
        self.unanswered_but_made = 0
        self._root = root
        self._files = {path: _texts_in(root, path) for path in _paths()}
        self._pending: tuple[str, str] | None = None
        self._numbers = count()

    def edit(self, client: httpx.Client, timer: threading.Timer, *, after: int) -> None:
        """Until the server is gone: the timer, which kills it, is started after so many edits.

        Raises:
            httpx.TransportError: it is gone.
        """
        for number, path in enumerate(cycle(_paths())):
            text = f"edit {next(self._numbers)}"
            edit = _edit_of(path, text, client)
            if number == after:
                timer.start()
            self._pending = (path, text)
            answer = client.post("/api/edits", json={"edit": edit})
            if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                continue
            assert answer.status_code == httpx.codes.OK, answer.text
            self._files[path] = text
            self.answered.append(answer.json()["id"])

    def check_files(self) -> None:
        for path, answered in self._files.items():
            there = _texts_in(self._root, path)
            if there != answered:
                assert (path, there) == self._pending, f"{path}: {there} instead of {answered}"
                self.unanswered_but_made += 1
                self._files[path] = there
        self._pending = None

    def check_list(self, client: httpx.Client) -> None:
        """That it has the edits that were answered; it is of the last 200."""
        listed = [each["id"] for each in client.get("/api/edits").json()["edits"]]
        lost = set(self.answered[-100:]) - set(listed)
        assert not lost, lost


def _paths() -> Iterator[str]:
    for name in EXPERIMENTS:
        yield f"{name}/{layout.NOTES_FILE}"
        yield f"{name}/{layout.MARKS_FILE}"
    yield ROOT_SETTINGS_FILE
    yield BOARD


def _edit_of(path: str, text: str, client: httpx.Client) -> dict[str, Any]:
    """That puts the text there."""
    experiment, _, file = path.rpartition("/")
    if file == ROOT_SETTINGS_FILE:
        match = client.get("/api/root").json()["people"]["match"]
        return {"action": "filter", "match": match, "saved": {"name": "filter", "filter": text}}
    if file == BOARD:
        found = client.get(f"/api/boards/.root/{BOARD}")
        match = found.json()["match"] if found.is_success else ""
        put = {"operation": "set", "path": ["title"], "value": text}
        return {"action": "board", "board": f".root/{BOARD}", "match": match, "operations": [put]}
    if file == layout.NOTES_FILE:
        target = {"experiment": experiment, "match": client.get(f"/api/notes/{experiment}").json()["match"]}
        return {"action": "notes", "target": target, "text": f"{text}\n" * NOTES_LINES}
    rows = {row["id"]: row for row in client.get("/api/root").json()["experiments"]}
    target = {"experiment": experiment, "match": rows[experiment]["marks"]}
    return {"action": "mark", "targets": [target], "title": text}


def _texts_in(root: Path, path: str) -> str:
    """The text that an edit put there, "" if there is no file. A file that is not whole fails."""
    file = root / path
    if not file.exists():
        return ""
    content = file.read_bytes()
    if file.name == layout.NOTES_FILE:
        lines = content.decode().splitlines()
        assert len(lines) == NOTES_LINES, f"{path} is cut"
        (text,) = set(lines)
        return text
    if file.name == layout.MARKS_FILE:
        title: str = json.loads(content)["title"]
        return title
    if file.name == BOARD:
        found = board_files.read(content, path)
        assert found.board is not None, content
        assert not found.mistakes, content
        return found.board.title
    (saved,) = read_settings(content, path).settings.filters
    return saved.filter


if __name__ == "__main__":
    main()
