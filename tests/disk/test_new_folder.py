from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lavdlike.disk.local import LocalRoot
from lavdlike.disk.new_folder import TEMPORARY_PREFIX, NewFolder
from lavdlike.errors import WriteError
from tests.scripts import ROOT

WRITING = """
import sys
from pathlib import Path
from lavdlike.disk.new_folder import NewFolder
with NewFolder(Path(sys.argv[1])) as new:
    with new.opened("a/b.txt") as file:
        file.write(b"half")
    print("written", flush=True)
    sys.stdin.read()
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_is_there_as_a_whole_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "source.txt").write_text("content")
    os.utime(tmp_path / "source.txt", ns=(5, 5))
    target = tmp_path / "out/new"
    with NewFolder(target) as new, LocalRoot(tmp_path).file("source.txt") as source:
        with new.opened("a/b.txt") as file:
            file.write(b"one")
        with new.opened("a/b.txt") as file:
            file.write(b"two")
        new.copy("copied.txt", source)
        assert not target.exists()
        new.move_to_end_of("all.txt", "a/b.txt", from_byte=3)
    assert (target / "all.txt").read_bytes() == b"two"
    assert (target / "copied.txt").read_text() == "content"
    assert (target / "copied.txt").stat().st_mtime_ns == 5
    assert names(tmp_path / "out") == ["new"]
    assert names(target / "a") == []


def test_nothing_stays_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mine"), NewFolder(tmp_path / "new") as new:  # noqa: PT012
        with new.opened("x") as file:
            file.write(b"x")
        raise ValueError("mine")
    assert names(tmp_path) == []


def test_what_stands_there_stays(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    with pytest.raises(WriteError, match="is there already"), NewFolder(tmp_path / "new"):
        pass
    with pytest.raises(WriteError, match="is there already"), NewFolder(tmp_path / "late") as new:  # noqa: PT012
        with new.opened("x") as file:
            file.write(b"x")
        (tmp_path / "late").mkdir()  # empty: an ordinary rename would take its place
    assert names(tmp_path) == ["late", "new"]
    assert names(tmp_path / "late") == []


def test_what_the_disk_refuses_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(WriteError, match=r"cannot write .*file/new: (Not a directory|File exists)"),
        NewFolder(tmp_path / "file/new"),
    ):
        pass


def test_a_killed_process_leaves_nothing_that_is_shown(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITING, str(tmp_path / "new")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"written\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    [left] = names(tmp_path)
    assert left.startswith(TEMPORARY_PREFIX)
