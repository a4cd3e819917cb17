"""Random edits by two browsers, the shell and an editor like vim, all at once, against a model.

`python -m tests.soak.random_edits --edits 2000 --seed 7`. A server is started, two people sign in to it by name,
commands run as processes, and an editor saves files. The model is what anybody was told is written: answers with 200,
exit code 0, saves. In the end each of these states is in its file or in the history (but for those that the editor has
seen and written over itself), the list of edits says who did them, and the server shows what is in the files.
"""

from __future__ import annotations

import argparse
import json
import random
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Protocol

from lavdlike import layout
from lavdlike.disk.edit import LocalEditor
from lavdlike.edits.editor import Editor
from lavdlike.edits.journal import Journal
from lavdlike.errors import LavdlikeError
from lavdlike.reading.snapshot import names_in
from tests.limits import LIMIT_S
from tests.running import Running
from tests.scripts import ROOT
from tests.soak.editing_browser import Browser
from tests.soak.editing_programs import Shell, Vim
from tests.soak.told import FOREIGN, Told

OURS = ("one", "two words", "dréi", "moving", "sweep/deep")
_ENDED = {"started": 1.0, "host": "gone", "pid": 7, "ended": 2.0, "outcome": "finished"}
# Of 20 edits, how many are each one's: a command is a process, which takes as long as many answers of a server.
_BROWSER, _SHELL, _VIM = 7, 2, 4
_ROUND = 2 * _BROWSER + _SHELL + _VIM


class Who(Protocol):
    def edit(self, number: int) -> None: ...


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(run(Path(folder), args.edits, args.seed))


def run(folder: Path, edits: int, seed: int) -> str:
    """Edit by everybody at once, check what is there, and say it."""
    root, told = folder / "log", Told()
    make_root(root)
    people = {name: secrets.token_hex(8) for name in ("ada", "eve")}
    users = make_people(folder / "users", people)
    with ExitStack() as stack:
        server = Running(root, "--users", str(users), program="tests.soak.all_states")
        stack.callback(server.stop)
        browsers = [
            stack.enter_context(closing(Browser(server.port, *person, random.Random(seed + place), told)))
            for place, person in enumerate(people.items())
        ]
        shell = Shell(root, random.Random(seed + 2), told)
        vim = Vim(root, random.Random(seed + 3), told)
        everybody: dict[Who, int] = {shell: _SHELL, vim: _VIM}
        everybody |= dict.fromkeys(browsers, _BROWSER)
        _work(everybody, rounds=edits // _ROUND)
        said = told.check(root, _journal(root).entries(), written_over=vim.written_over)
        _check_server(browsers[0], root)
    leftovers = [
        str(path) for path in root.glob("**/.*") if path.parent != root and "/." not in str(path.parent)
    ]
    assert not leftovers, leftovers
    statuses = sum((browser.statuses for browser in browsers), Counter[int]())
    return f"{said}; answers {_counted(statuses)}; exit codes {_counted(shell.codes)}"


def make_root(root: Path) -> None:
    for name in OURS:
        (root / name).mkdir(parents=True)
        text = json.dumps({"tags": ["base"], "sessions": [_ENDED]})
        (root / name / layout.EXPERIMENT_FILE).write_text(text)
    for name in FOREIGN:
        (root / name).mkdir()
        (root / name / "config.yaml").touch()
        (root / name / "metrics.csv").write_text("step,loss\n1,2\n")


def make_people(file: Path, passwords: dict[str, str]) -> Path:
    """All of them may write."""
    for name, password in passwords.items():
        command = [sys.executable, "-m", "lavdlike", "passwd", str(file), name, "--write", "--password-stdin"]
        subprocess.run(command, cwd=ROOT, check=True, input=password, text=True, capture_output=True)
    return file


def _work(everybody: dict[Who, int], *, rounds: int) -> None:
    """Each in a thread of its own, so many edits a round, which all begin at once: nobody is left to edit alone."""
    barrier = threading.Barrier(len(everybody))
    errors: list[BaseException] = []

    def work(who: Who, edits: int) -> None:
        try:
            for number in range(rounds * edits):
                if number % edits == 0:
                    barrier.wait(_ROUND * LIMIT_S)
                who.edit(number)
        except BaseException as error:  # noqa: BLE001 - raised below
            errors.append(error)
            barrier.abort()

    threads = [threading.Thread(target=work, args=each) for each in everybody.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in sorted(errors, key=lambda error: isinstance(error, threading.BrokenBarrierError)):
        raise error


def _check_server(browser: Browser, root: Path) -> None:
    """That what it shows is what is in the files, and its list of edits what is in the journal."""
    editor = Editor(LocalEditor(root))
    until = time.monotonic() + LIMIT_S
    while (shown := _shown(browser)) != (there := _in_files(editor, root)):
        assert time.monotonic() < until, f"the server shows {shown}, in the files is {there}"
    assert browser.root_page()["people"]["match"] == editor.root_file().settings.match
    browser.check_list()
    listed = [(each["id"], each["by"]) for each in browser.edits()]
    done = [(entry.id, entry.by) for entry in reversed(_journal(root).entries())]
    assert listed == done[:200]


def _shown(browser: Browser) -> dict[str, object]:
    return {
        name: (
            row["title"],
            row["tags"],
            row["starred"],
            row["archived"],
            row["marks"],
            _notes(browser, name),
        )
        for name, row in browser.rows().items()
    }


def _notes(browser: Browser, name: str) -> object:
    notes = browser.notes_of(name)
    return notes and (len(notes["text"]), notes["match"])


def _in_files(editor: Editor, root: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in map(layout.experiment_id, names_in(LocalEditor(root))):
        try:
            (said, tags, match), notes = editor.marks(name), editor.notes(name)
        except LavdlikeError as error:
            found[name] = str(error)
            continue
        marks = (said.title, tags, said.starred, said.archived)
        found[name] = (*marks, match, (len(notes.text), notes.match))
    return found


def _journal(root: Path) -> Journal:
    return Journal(LocalEditor(root))


def _counted(counts: Counter[int]) -> str:
    return ", ".join(f"{value}: {count}" for value, count in sorted(counts.items()))


if __name__ == "__main__":
    main()
