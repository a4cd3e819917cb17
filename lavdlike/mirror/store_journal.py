"""What of a tree is in the store, kept beside the tree so that the next start need not ask for it (SQLite).

It is written before and after each request that changes what the store holds, and outlives a killed process. If it is
lost or broken, what the store holds is compared with the tree instead (`uploads`): it costs requests, and no data.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from lavdlike.mirror.file_state import FileState

_SCHEMA = """
CREATE TABLE IF NOT EXISTS file (path BLOB PRIMARY KEY, state BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS doomed (path BLOB PRIMARY KEY, is_folder INTEGER NOT NULL) WITHOUT ROWID;
"""
_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[FileState] = msgspec.json.Decoder(FileState)


class Journal:
    """Paths are relative to the tree, with `/`. For any thread; one process at a time.

    Raises:
        OSError: the disk refuses it.
    """

    def __init__(self, file: Path) -> None:
        self._lock = threading.Lock()
        self.was_broken = False  # what it knew is lost
        try:
            self._opened = _opened(file)
        except sqlite3.DatabaseError:
            self.was_broken = True
            for each in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
                with contextlib.suppress(FileNotFoundError):
                    each.replace(each.with_name(f"{each.name}.broken"))
            with _disk_errors():
                self._opened = _opened(file)

    def close(self) -> None:
        with self._lock:
            self._opened.close()

    def state(self, path: str) -> FileState | None:
        """What is known of a file; None: nothing."""
        rows = self._rows("SELECT state FROM file WHERE path = ?", (os.fsencode(path),))
        return _decoder.decode(rows[0][0]) if rows else None

    def states(self) -> dict[str, FileState]:
        return {os.fsdecode(path): _decoder.decode(state) for path, state in self._rows("SELECT * FROM file")}

    def keep(self, path: str, state: FileState, doomed: Iterable[str] = ()) -> None:
        """Note the state of a file, and objects that it no longer needs, both or neither."""
        with self._lock, _disk_errors(), self._opened:
            row = (os.fsencode(path), _encoder.encode(state))
            self._opened.execute("INSERT OR REPLACE INTO file VALUES (?, ?)", row)
            self._doom((each, False) for each in doomed)

    def doom(self, path: str, *, is_folder: bool) -> None:
        """Note that an object, or all below a folder, is to be removed, and forget what is known of it."""
        encoded = os.fsencode(path)
        with self._lock, _disk_errors(), self._opened:
            self._opened.execute("DELETE FROM file WHERE path = ?", (encoded,))
            if is_folder:
                # Everything that sorts behind "path/" and before "path0", the character behind "/".
                self._opened.execute(
                    "DELETE FROM file WHERE path > ? AND path < ?", (encoded + b"/", encoded + b"0")
                )
            self._doom([(path, is_folder)])

    def doomed(self) -> list[tuple[str, bool]]:
        """What is to be removed, and whether it is a folder."""
        rows = self._rows("SELECT path, is_folder FROM doomed")
        return [(os.fsdecode(path), bool(is_folder)) for path, is_folder in rows]

    def removed(self, path: str) -> None:
        """What was doomed is gone from the store."""
        with self._lock, _disk_errors(), self._opened:
            self._opened.execute("DELETE FROM doomed WHERE path = ?", (os.fsencode(path),))

    def _doom(self, paths: Iterable[tuple[str, bool]]) -> None:
        self._opened.executemany(
            "INSERT OR REPLACE INTO doomed VALUES (?, ?)", [(os.fsencode(path), kind) for path, kind in paths]
        )

    def _rows(self, query: str, values: tuple[bytes, ...] = ()) -> list[tuple[bytes, ...]]:
        with self._lock, _disk_errors():
            return self._opened.execute(query, values).fetchall()


def _opened(file: Path) -> sqlite3.Connection:
    try:
        opened = sqlite3.connect(file, check_same_thread=False)
    except sqlite3.OperationalError as error:
        raise OSError(f"cannot open {file}: {error}") from None
    try:
        opened.execute("PRAGMA journal_mode = WAL")
        opened.execute("PRAGMA synchronous = OFF")  # as the tree itself: with the kernel, not with the disk
        opened.executescript(_SCHEMA)
    except BaseException:
        opened.close()
        raise
    return opened


@contextlib.contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise OSError(f"the journal of the mirror cannot be written: {error}") from error
