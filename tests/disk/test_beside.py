"""What belongs to an opened file is looked for beside that file, wherever it is by now."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lavdlike.disk.beside import opened_beside


@contextmanager
def opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def beside(descriptor: int, suffix: str = "-wal") -> bytes | None:
    with opened_beside(descriptor, suffix) as found:
        return None if found is None else os.read(found, 100)


def test_a_file_beside_is_opened_also_after_both_were_moved(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    path = tmp_path / "a" / "x.db"
    path.touch()
    with opened(path) as descriptor:
        assert beside(descriptor) is None
        (tmp_path / "a" / "x.db-wal").write_bytes(b"log")
        assert beside(descriptor) == b"log"
        (tmp_path / "a").rename(tmp_path / "b")
        assert beside(descriptor) == b"log"


def test_nothing_is_opened_beside_what_is_no_longer_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.touch()
    (tmp_path / "x.db-wal").write_bytes(b"log")
    with opened(path) as descriptor:
        path.rename(tmp_path / "y.db")
        path.touch()
        assert beside(descriptor) is None
        path.unlink()
        (tmp_path / "y.db").unlink()
        assert beside(descriptor) is None


def test_links_folders_and_pipes_are_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.touch()
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "x.db-link").symlink_to(tmp_path / "secret")
    (tmp_path / "x.db-folder").mkdir()
    os.mkfifo(tmp_path / "x.db-pipe")
    with opened(path) as descriptor:
        assert [beside(descriptor, suffix) for suffix in ("-link", "-folder", "-pipe", "-none")] == [None] * 4
