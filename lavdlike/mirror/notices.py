"""How the processes that write one spool tell the one of them that uploads: a small file for each notice.

It is there until all that it names is stored, so who waits for that waits until it is gone, and a killed process's
notices are read by the one that uploads next.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

_FOLDER = "notices"
_END = ".json"
_numbers = itertools.count()


class Notice(msgspec.Struct, omit_defaults=True):
    """What is told. Paths are relative to the spool, as they are on disk.

    Args:
        changed: files that were written.
        going: files, and folders with a `/` at their end, that are removed, because that is wanted.
        ended: folders of experiments of which a writer has ended: their files go on no more.
        is_urgent: whether somebody waits for all that was written until now.
    """

    changed: list[str] = []
    going: list[str] = []
    ended: list[str] = []
    is_urgent: bool = False


class Notices:
    """The notices of a spool. `notes`: its folder for what the mirror keeps."""

    def __init__(self, notes: Path) -> None:
        self._folder = notes / _FOLDER

    def tell(self, notice: Notice) -> Path:
        """Write a notice; returns its file. Raises OSError: the disk refuses."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns():020}-{os.getpid()}-{next(_numbers)}"
        temporary = self._folder / f".{name}"
        content = msgspec.json.encode(msgspec.structs.replace(notice, **_escaped(notice)))
        temporary.write_bytes(content)
        file = self._folder / (name + _END)
        temporary.replace(file)
        return file

    def unread(self, known: Iterable[Path]) -> dict[Path, Notice]:
        """Those that are not known yet, in the order in which they were written."""
        found = {}
        for file in sorted(set(self._folder.glob(f"[!.]*{_END}")).difference(known)):
            try:
                notice = msgspec.json.decode(file.read_bytes(), type=Notice)
            except FileNotFoundError:
                continue
            except msgspec.DecodeError:
                file.unlink(
                    missing_ok=True
                )  # cut by a full disk: the next look at all files finds what it named
                continue
            found[file] = msgspec.structs.replace(notice, **_unescaped(notice))
        return found

    def answer(self, file: Path, *, is_stored: bool) -> None:
        """Tell who waits for a notice that all is stored, or that some of it is refused."""
        if not is_stored:
            _refusal(file).touch()
        file.unlink(missing_ok=True)

    @staticmethod
    def answered(file: Path) -> bool | None:
        """Whether what a notice named is stored; None: not yet."""
        if file.exists():
            return None
        try:
            _refusal(file).unlink()
        except FileNotFoundError:
            return True
        return False


def _refusal(file: Path) -> Path:
    return file.with_suffix(".refused")


def age_s(file: Path) -> float:
    """How long ago a notice was written."""
    return time.time() - int(file.name.partition("-")[0]) / 1e9


def _escaped(notice: Notice) -> dict[str, list[str]]:
    """Names that are not UTF-8 as JSON can hold them."""
    return {key: [os.fsencode(path).decode("latin-1") for path in paths] for key, paths in _paths(notice)}


def _unescaped(notice: Notice) -> dict[str, list[str]]:
    return {key: [os.fsdecode(path.encode("latin-1")) for path in paths] for key, paths in _paths(notice)}


def _paths(notice: Notice) -> Iterable[tuple[str, list[str]]]:
    return (("changed", notice.changed), ("going", notice.going), ("ended", notice.ended))
