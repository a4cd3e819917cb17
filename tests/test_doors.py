"""Only `disk` opens what is in the tree: everybody else asks a root, which follows no link out of it."""

from __future__ import annotations

import ast
import functools

import pytest

from tests.scripts import ROOT

PACKAGE = ROOT / "lavdlike"
ROOMS = ("sources", "series", "reading", "edits", "server/live", "server/web", "shell")
# Of any object: `open` of a path and of a module (`os`, `io`) alike.
OPENERS = {"open", "read_text", "read_bytes", "write_text", "write_bytes"}
LISTERS = {"scandir", "listdir", "iterdir", "glob", "rglob", "walk"}
# Calls that open nothing of the tree.
ALLOWED = {
    ("series/experiment_series.py", "self._disk.open"): "what it was given by who has a root",
    ("series/points_files.py", "files.open"): "what it was given by who has a root",
    ("series/memory.py", "_CGROUP_LIMIT.read_text"): "how much memory the process may have",
    ("server/live/hints.py", "mounts.read_text"): "the table of mounts",
    ("server/live/inotify.py", "limit.read_text"): "how many watches the system allows",
    ("server/web/page.py", "path.read_bytes"): "the page's own files",
    ("server/web/page.py", "index.read_bytes"): "the page's own files",
    ("server/web/page.py", "path.open"): "the style sheet that the command line names",
    ("server/web/page.py", "(compressed if is_gzip_taken else path).read_bytes"): "the page's own files",
    ("shell/notes.py", "file.open"): "the file that is named, or the person's editor has left",
    ("shell/notes.py", "file.write_text"): "a file for the person's editor",
    ("shell/output.py", "os.open"): "/dev/null",
    ("shell/output.py", "open"): "/dev/null",
}


def openings(source: str) -> list[str]:
    """What is called in it to open or list files."""
    called = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [
        ast.unparse(function)
        for function in called
        if (isinstance(function, ast.Name) and function.id in OPENERS)
        or (isinstance(function, ast.Attribute) and function.attr in OPENERS | LISTERS)
    ]


@functools.cache
def all_openings() -> set[tuple[str, str]]:
    paths = [path for room in ROOMS for path in (PACKAGE / room).rglob("*.py")]
    assert len(paths) > 30
    return {
        (path.relative_to(PACKAGE).as_posix(), call) for path in paths for call in openings(path.read_text())
    }


def test_only_the_disk_opens_files_of_the_tree() -> None:
    assert all_openings() - ALLOWED.keys() == set()


def test_what_is_allowed_is_still_done() -> None:
    assert ALLOWED.keys() - all_openings() == set()


@pytest.mark.parametrize(
    "function", ["open", "os.open", "path.open", "Path(name).read_bytes", "path.write_text", "os.scandir"]
)
def test_every_way_to_open_is_seen(function: str) -> None:
    assert openings(f"def read():\n    with {function}(name) as file:\n        pass\n") == [function]


# Of a descriptor itself: behind it may be a copy with holes (`disk.filling`). What children are given is filled before.
READERS = ("os.pread", "os.read", "os.fdopen")
READ_THEMSELVES = {
    ("reading/items.py", "os.fdopen"): "what was filled before",
    ("reading/json_child.py", "os.pread"): "a child",
    ("reading/rollout_pages/made_lines_child.py", "os.fdopen"): "a child",
    ("sources/neptune/parquet_child.py", "os.pread"): "a child",
}


def test_what_is_read_of_the_tree_is_there_when_it_is_read() -> None:
    found = {
        (path.relative_to(PACKAGE).as_posix(), reader)
        for room in ROOMS
        for path in (PACKAGE / room).rglob("*.py")
        for reader in READERS
        if f"{reader}(" in (text := path.read_text()) or f"({reader}," in text
    }
    assert found == READ_THEMSELVES.keys()
