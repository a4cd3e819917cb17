"""Who edits beside browsers: commands of the shell, each a process, and an editor that knows nothing of lavdlike."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from lavdlike import layout
from lavdlike.disk import exchange
from lavdlike.match import match_of
from lavdlike.shell.answering import user_name
from tests.limits import LIMIT_S
from tests.scripts import ROOT
from tests.soak.told import FOREIGN, MARKS, NOTES, ROOT_SETTINGS, Told


class Shell:
    """Runs a random command each time. `codes` counts their exit codes."""

    def __init__(self, root: Path, random_: random.Random, told: Told) -> None:
        self._root, self._random, self._told = root, random_, told
        self.codes: Counter[int] = Counter()

    def edit(self, number: int) -> None:
        ours = (path.parent for path in _of_ours(self._root))
        there = sorted([*ours, *(self._root / name for name in FOREIGN)])
        chosen = self._random.sample(there, min(2, len(there)))
        text, tag = f"cli {number}", f"tag {self._random.randrange(5)}"
        kind = self._random.choices(
            ["tag", "title", "star", "archive", "note", "undo", "mv", "trash"], [4, 4, 1, 1, 4, 3, 1, 1]
        )[0]
        if kind == "note":
            self._note(chosen[0], f"{text}\n" * 3)
        elif kind == "tag":
            self._run("tag", *chosen, self._random.choice(["--add", "--remove"]), tag)
        elif kind == "title":
            self._run("title", chosen[0], text)
        elif kind in ("star", "archive"):
            self._run(kind, *chosen, *self._random.choice([[], ["--off"]]))
        elif kind == "undo":
            self._run("undo", self._root)
        elif kind == "mv":
            old, new = self._random.sample(["moving", "moved"], 2)
            self._run("mv", self._root / old, new)
        elif (trash := self._root / layout.TRASH_FOLDER).is_dir() and (
            ids := [entry.name for entry in trash.iterdir()]
        ):
            self._run("restore", self._root, *ids)
        else:
            self._run("trash", chosen[0], "-y")

    def _note(self, experiment: Path, text: str) -> None:
        if self._run("note", experiment, "--file", "-", standard_input=text) == 0:
            self._told.wrote(NOTES, match_of(text.encode()), of=str(experiment.relative_to(self._root)))

    def _run(self, *arguments: str | Path, standard_input: str = "") -> int:
        done = subprocess.run(
            [sys.executable, "-m", "tests.soak.all_states", *arguments, "--json"],
            cwd=ROOT,
            check=False,
            input=standard_input,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
        )
        self.codes[done.returncode] += 1
        assert done.returncode in (0, 1, 2), done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        for answer in map(json.loads, done.stdout.splitlines()):
            if answer["id"]:
                refused = [each["target"] for each in answer["refused"]]
                self._told.edited(answer["id"], user_name(), refused)
        return done.returncode


class Vim:
    """Saves whole files, into them or by a rename over them.

    `written_over`: its own states that it wrote over itself, which nobody else can keep.
    """

    def __init__(self, root: Path, random_: random.Random, told: Told) -> None:
        self._root, self._random, self._told = root, random_, told
        self._own: set[tuple[str, str]] = set()
        self.written_over: set[tuple[str, str]] = set()

    def edit(self, number: int) -> None:
        kind = self._random.choices(["notes", "marks", "settings"], [4, 2, 1])[0]
        if kind == "settings":
            self._save(self._root / ROOT_SETTINGS, b"# vim\nfilters: {vim: '%d'}\n" % number)
            return
        there = [path.parent for path in _of_ours(self._root)]
        with suppress(FileNotFoundError, IndexError):  # renamed or trashed meanwhile
            folder = self._random.choice(sorted(there))
            if kind == "notes":
                self._save(folder / NOTES, f"vim {number}\n".encode() * 1000)
            else:
                self._save(folder / MARKS, b'{"title": "vim %d"}' % number)

    def _save(self, file: Path, content: bytes) -> None:
        state = (file.name, match_of(content))
        save = self._random.choice([_rename_over, _write_into])
        before = (file.name, match_of(save(file, content)))
        if before != state and before in self._own:
            self.written_over.add(before)
        self._own.add(state)
        self._told.wrote(*state, of=file.parent.name)


def _of_ours(root: Path) -> Iterator[Path]:
    """`experiment.json` of each, in the root and in a folder of it."""
    for pattern in ("[!.]*/", "[!.]*/[!.]*/"):
        yield from root.glob(pattern + layout.EXPERIMENT_FILE)


def _rename_over(file: Path, content: bytes) -> bytes | None:
    """And what it was renamed over."""
    aside = f".{file.name}.swp"
    folder = os.open(file.parent, os.O_RDONLY)

    def opened(path: str, flags: int) -> int:
        return os.open(path, flags, dir_fd=folder)

    try:
        with open(aside, "wb", opener=opened) as written:
            written.write(content)
        while True:
            with suppress(FileNotFoundError):
                exchange.exchange(aside, file.name, folder=folder)
                with open(aside, "rb", opener=opened) as replaced:
                    before = replaced.read()
                os.unlink(aside, dir_fd=folder)
                return before
            with suppress(FileExistsError):
                exchange.rename_to_free(aside, file.name, source_folder=folder, target_folder=folder)
                return None
    finally:
        os.close(folder)


def _write_into(file: Path, content: bytes) -> bytes | None:
    """And what stood in it."""
    try:
        opened = file.open("r+b")
    except FileNotFoundError:
        file.write_bytes(content)
        return None
    with opened:
        before = opened.read()
        opened.seek(0)
        opened.truncate()
        opened.flush()
        opened.write(content)
    return before
