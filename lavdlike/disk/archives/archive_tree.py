"""What an archive holds, by folders; names that can be no part of a tree are problems. Pure."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lavdlike import layout
from lavdlike.messages import Problem

# Each takes some 300 bytes of memory, and 600 where each is in a folder of its own.
MAX_FILES = 250_000
_MAX_PATH = 4096
_MAX_DEPTH = 64
_MAX_PROBLEMS = 100
# What macOS puts beside the files: their attributes, in hidden files.
_JUNK = frozenset({"__MACOSX"})

LINK = "a link, which is not followed in an archive"
ENCRYPTED = "it is encrypted, so it cannot be read"

_PACKED = struct.Struct("<QQQdIB")


class Part(NamedTuple):
    """Where the bytes of a file are.

    `offset`: in a zip file of the head in front of them, in a tar file of themselves. `stored_bytes`: how many they are
    in the archive; `size_bytes`: in the file. `modified`: Unix seconds. `checksum`: the CRC-32 of the file, if
    `is_checked`. `is_deflated`: they are to be unpacked.
    """

    offset: int
    stored_bytes: int
    size_bytes: int
    modified: float
    checksum: int = 0
    is_checked: bool = False
    is_deflated: bool = False


class ArchiveTree:
    """Folders and the files in them. Parts are kept packed: there may be very many."""

    def __init__(self) -> None:
        self._folders: dict[str, dict[str, bytes | None]] = {"": {}}  # None: a folder
        self._times: dict[str, float] = {}
        self._files = 0
        self._problems: list[Problem] = []
        self._more_problems = 0
        self._left_out = 0

    @property
    def problems(self) -> list[Problem]:
        """What is not shown, with reasons; paths as they are in the archive."""
        found = list(self._problems)
        if self._left_out:
            reason = f"it holds more than {MAX_FILES:,} files: {self._left_out:,} of them are not shown"
            found.append(Problem("", reason))
        if self._more_problems:
            found.append(Problem("", f"{self._more_problems:,} more names in it are not shown"))
        return found

    def add(self, name: str, part: Part | None, reason: str = "", *, modified: float = 0.0) -> None:
        """One more name, in the order of the archive: of two files of one name the later one counts.

        Args:
            part: None of a folder.
            reason: why it is not shown, if the archive says so.
            modified: of a folder, Unix seconds.
        """
        path = _clean(name)
        reason = reason or (_why_not(name, path) if path is None or path else "")
        if reason:
            self.note(name, reason)
            return
        if not path or path.partition("/")[0] in _JUNK:
            return
        if part is None:
            self._make_folder(path)
            self._times[path] = max(modified, self._times.get(path, 0.0))
        else:
            self._put(path, part)

    def note(self, name: str, reason: str) -> None:
        """Something of the archive is not shown. Args: name: "" for the archive as a whole."""
        if len(self._problems) < _MAX_PROBLEMS:
            self._problems.append(Problem(layout.shown(name)[:_MAX_PATH], reason))
        else:
            self._more_problems += 1

    def has_folder(self, path: str) -> bool:
        return path in self._folders

    def modified(self, folder: str) -> float:
        """When a folder, or a file in it, was written last, Unix seconds; 0: the archive does not say."""
        return self._times.get(folder, 0.0)

    def names(self, folder: str) -> Iterator[tuple[str, bool]]:
        """Of what is in a folder, and whether that is a folder; hidden names are left out."""
        for name, packed in self._folders[folder].items():
            if not name.startswith("."):
                yield name, packed is None

    def part(self, path: str) -> Part | None:
        """The file at a path; None if there is none."""
        folder, _, name = path.rpartition("/")
        packed = self._folders.get(folder, _NOTHING).get(name)
        return None if packed is None else _unpacked(packed)

    def _put(self, path: str, part: Part) -> None:
        folder, _, name = path.rpartition("/")
        if self._files >= MAX_FILES:
            self._left_out += 1
            return
        if not self._make_folder(folder):
            return
        names = self._folders[folder]
        if name in names:
            if names[name] is None:
                self.note(path, "a file and a folder have this name; the folder is shown")
                return
            self.note(path, "it is there twice; the later one is shown")
            self._files -= 1
        names[name] = _packed(part)
        self._times[folder] = max(part.modified, self._times.get(folder, 0.0))
        self._files += 1

    def _make_folder(self, path: str) -> bool:
        """Whether there is one now."""
        if path in self._folders:
            return True
        folder, _, name = path.rpartition("/")
        if not self._make_folder(folder):
            return False
        if self._folders[folder].get(name) is not None:
            self.note(path, "a file and a folder have this name; the folder is shown")
            self._files -= 1
        self._folders[folder][name] = None
        self._folders[path] = {}
        return True


_NOTHING: Mapping[str, bytes | None] = {}


def _clean(name: str) -> str | None:
    """The path of a name, "" of the archive's own folder; None of what leads nowhere in it.

    >>> _clean("./run/0001/x.png"), _clean("run/"), _clean("../x"), _clean("/etc/passwd")
    ('run/0001/x.png', 'run', None, None)
    """
    names = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in names or "\0" in name or (not names and name.strip("./")):
        return None
    return "/".join(names)


def _why_not(name: str, path: str | None) -> str:
    """Why a name is none of the tree; "" if it is."""
    if path is None:
        return "an absolute name" if name.startswith("/") else "its name leads out of the archive"
    if len(path) > _MAX_PATH:
        return f"its name is longer than {_MAX_PATH:,} characters"
    if path.count("/") >= _MAX_DEPTH:
        return f"it is deeper than {_MAX_DEPTH} folders"
    return ""


def _packed(part: Part) -> bytes:
    flags = part.is_checked | part.is_deflated << 1
    sizes = (min(each, 2**64 - 1) for each in part[:3])
    return _PACKED.pack(*sizes, part.modified, part.checksum, flags)


def _unpacked(packed: bytes) -> Part:
    offset, stored_bytes, size_bytes, modified, checksum, flags = _PACKED.unpack(packed)
    return Part(offset, stored_bytes, size_bytes, modified, checksum, bool(flags & 1), bool(flags & 2))
