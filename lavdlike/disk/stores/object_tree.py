"""What a store holds, by folders, as one list of it says: files in parts as one file each. Pure.

A state of it never changes; the next list makes another one, which takes over what is still the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from lavdlike import layout
from lavdlike.disk.parts import Part, arranged, part_of
from lavdlike.disk.stores.object_store import StoredObject
from lavdlike.messages import Problem

# Each takes some 500 bytes of memory.
MAX_OBJECTS = 1_000_000
_MAX_PATH = 4096
_MAX_DEPTH = 64
_MAX_PROBLEMS = 100
# By their times alone files count as unchanged: their etag is in them.
_SECOND_NS = 10**9
# What changes within a shorter time could go unseen on a disk (`root.is_settled`); here the etag tells.
_SETTLED_S = 3.0


class Segment(NamedTuple):
    """Bytes `begin` to `end` of a file are those of an object from `offset` on."""

    begin: int
    end: int
    path: str
    etag: str
    offset: int


class TreeFile(NamedTuple):
    """A file: its bytes in order, without a gap. `modified_ns`: since 1970; another one for every other content."""

    segments: tuple[Segment, ...]
    modified_ns: int

    @property
    def size_bytes(self) -> int:
        return self.segments[-1].end if self.segments else 0

    @property
    def etag(self) -> str:
        """Of the one object that it is; "" of one in parts."""
        return self.segments[0].etag if len(self.segments) == 1 else ""


class ObjectTree:
    """Folders, and the files and folders (None) in them."""

    def __init__(self) -> None:
        self._folders: dict[str, dict[str, TreeFile | None]] = {"": {}}
        self.problems: list[Problem] = []
        self.objects = 0

    def file(self, path: str) -> TreeFile | None:
        folder, _, name = path.rpartition("/")
        return self._folders.get(folder, _NOTHING).get(name)

    def has_folder(self, path: str) -> bool:
        return path in self._folders

    def names(self, folder: str) -> Mapping[str, TreeFile | None]:
        """Hidden names too. Raises KeyError: there is no such folder."""
        return self._folders[folder]

    def folders(self) -> Iterator[str]:
        return iter(self._folders)

    def folder_time_ns(self, path: str) -> int:
        """Another one when a name comes or goes; that of the file that was written last otherwise."""
        names = self._folders[path]
        newest = max((found.modified_ns for found in names.values() if found is not None), default=0)
        return newest // _SECOND_NS * _SECOND_NS + _hash("/".join(sorted(names))) % _SECOND_NS

    def with_file(self, path: str, found: StoredObject | None) -> ObjectTree:
        """The same with another file, or without it (None): what was just written, before the next list."""
        tree = ObjectTree()
        tree._folders = dict(self._folders)
        for folder in ["", *layout.outer_names(path)]:
            if folder in tree._folders:
                tree._folders[folder] = dict(tree._folders[folder])
        tree.problems, tree.objects = list(self.problems), self.objects
        folder, _, name = path.rpartition("/")
        if found is None:
            tree._folders.get(folder, {}).pop(name, None)
        elif tree._make_folder(folder):
            tree._folders[folder][name] = _file_of(path, [found], None, found.modified_s)
        return tree

    def _add(self, path: str, file: TreeFile) -> None:
        folder, _, name = path.rpartition("/")
        if not self._make_folder(folder) or self._folders[folder].get(name, file) is None:
            self._note(path, "an object and a folder have this name; the folder is shown")
            return
        self._folders[folder][name] = file

    def _make_folder(self, path: str) -> bool:
        if path in self._folders:
            return True
        folder, _, name = path.rpartition("/")
        if not self._make_folder(folder):
            return False
        names = self._folders[folder]
        if names.get(name) is not None:
            self._note(path, "an object and a folder have this name; the folder is shown")
        names[name] = None
        self._folders[path] = {}
        return True

    def _note(self, path: str, reason: str) -> None:
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(Problem(layout.shown(path)[:_MAX_PATH], reason))


_NOTHING: Mapping[str, TreeFile | None] = {}


def tree_of(objects: Iterable[StoredObject], before: ObjectTree | None, listed_at: float) -> ObjectTree:
    """The tree of a list.

    Args:
        objects: in any order; of one that is there twice the last state counts.
        before: the state of the list before, whose files stay as they are if their etags do.
        listed_at: when the list was asked for, in seconds since 1970, by this machine's clock: no file is from later,
            whatever the clock of the store says.
    """
    tree = ObjectTree()
    wholes: dict[str, StoredObject] = {}
    parts: dict[str, dict[int, StoredObject]] = {}
    left_out = 0
    for count, found in enumerate(objects):
        if count >= MAX_OBJECTS:
            left_out += 1
        elif reason := _why_not(found.path):
            tree._note(found.path, reason)
        elif (part := part_of(found.path)) is not None:
            parts.setdefault(part[0], {})[part[1]] = found
        else:
            wholes[found.path] = found
    tree.objects = len(wholes) + sum(map(len, parts.values()))
    for path in {**wholes, **parts}:
        of_file = [
            wholes.get(path),
            *(parts.get(path, {}).get(begin) for begin in sorted(parts.get(path, {}))),
        ]
        known = None if before is None else before.file(path)
        file = _file_of(path, [each for each in of_file if each is not None], known, listed_at)
        tree._add(path, file)
    if left_out:
        tree._note("", f"it holds more than {MAX_OBJECTS:,} objects: {left_out:,} of them are not shown")
    return tree


def changed_paths(before: ObjectTree, after: ObjectTree) -> Iterator[tuple[str, str]]:
    """What has come, gone or changed: the folder, and the name in it."""
    for folder in {*before.folders(), *after.folders()}:
        then, now = before._folders.get(folder, _NOTHING), after._folders.get(folder, _NOTHING)
        if then is now:
            continue
        for name in {*then, *now}:
            if (name in then) != (name in now) or then[name] != now[name]:
                yield folder, name


def _file_of(path: str, objects: list[StoredObject], known: TreeFile | None, listed_at: float) -> TreeFile:
    """`objects`: the one of the file's own name, if there is one, and its parts, in order."""
    whole = objects[0] if objects[0].path == path else None
    by_begin = {part_of(each.path)[1]: each for each in objects if each is not whole}  # type: ignore[index]
    chain = arranged(
        whole.size_bytes if whole else 0, [Part(begin, each.size_bytes) for begin, each in by_begin.items()]
    )
    segments = []
    end = 0
    if whole is not None and (whole.size_bytes or not chain.parts):
        end = whole.size_bytes
        segments.append(Segment(0, end, whole.path, whole.etag, 0))
    for part in chain.parts:
        each = by_begin[part.begin]
        segments.append(Segment(end, part.end, each.path, each.etag, end - part.begin))
        end = part.end
    if known is not None and known.segments == tuple(segments):
        return known
    modified_s = min(max((each.modified_s for each in objects), default=0.0), listed_at - _SETTLED_S)
    told = _hash("".join(f"{each.path}\0{each.etag}\0" for each in segments)) % _SECOND_NS
    return TreeFile(tuple(segments), int(max(modified_s, 0.0)) * _SECOND_NS + told)


def _why_not(path: str) -> str:
    """Why a name is none of the tree; "" if it is."""
    names = path.split("/")
    if any(name in ("", ".", "..") for name in names) or any(ord(character) < 32 for character in path):
        return "a name in it is empty, `.` or `..`, or holds a control character"
    if len(path) > _MAX_PATH:
        return f"its name is longer than {_MAX_PATH:,} characters"
    if len(names) > _MAX_DEPTH:
        return f"it is deeper than {_MAX_DEPTH} folders"
    return ""


def _hash(text: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(text.encode(errors="surrogateescape"), digest_size=8).digest(), "big"
    )


def inode_of(path: str) -> int:
    """Of what stands at a path, whatever stands there: what was written anew is told by its bytes, as on a disk.

    >>> inode_of("run") == inode_of("run"), inode_of("run") > 0
    (True, True)
    """
    return (_hash(path) >> 1) or 1
