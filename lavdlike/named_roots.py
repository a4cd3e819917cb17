"""Roots with a name: how they are given at the start, and how what lies in one is called beside others. Pure.

In a page of several roots, the name of an experiment begins with the name of its root. A root that is a run itself is
shown as the only folder of the one that holds it (`reading.shown_root`), and is called by the root's name alone.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from lavdlike import layout
from lavdlike.errors import UsageError

# What every argument of several roots may look like, for messages.
_HOW = "give each a name of its own: lavdlike NAME1=PATH1 NAME2=PATH2"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_UNIX_DRIVE = re.compile(r"[A-Za-z]:\\")  # `a:/data` is TensorBoard's name and path there


class RootName(NamedTuple):
    """What a root is called among others. `name`: "" of one that is shown alone. `only`: its one folder that is shown.

    Paths below the root are `inner` ones, as the root itself has them; everybody else has `outer` ones.
    """

    name: str = ""
    only: str = ""

    def outer(self, path: str) -> str:
        """What a path below the root is called.

        >>> RootName("a").outer("run/0001"), RootName("a", only="run").outer("run/0001"), RootName().outer("run")
        ('a/run/0001', 'a/0001', 'run')
        """
        if not self.name:
            return path
        first, _, rest = path.partition("/")
        below = rest if self.only and first == self.only else path
        return f"{self.name}/{below}" if below else self.name

    def inner(self, path: str) -> str:
        """The path below the root that has this name.

        Args:
            path: that of the root itself, or of something in it.
        """
        if not self.name:
            return path
        below = path.partition("/")[2]
        return "/".join(filter(None, (self.only, below)))

    def has(self, path: str) -> bool:
        """Whether a path below the root is one of what is shown."""
        return self.only in ("", path.partition("/")[0])

    @property
    def key(self) -> str:
        """What the root itself is called by a watcher: no path of anything in it."""
        return f"/{self.name}" if self.name else ""

    @property
    def home(self) -> str:
        """By which name the files directly in the root are asked for; "" of a run, which has no others."""
        if self.only:
            return ""
        return self.name or layout.ROOT_HOME


# Of a root that no other one is shown beside.
ALONE = RootName()


class NamedRoot(NamedTuple):
    """A root, as it was given. `root`: the folder whose folders are experiments. `only`: as of `RootName`.

    `is_decided`: whether it is known that it is no run itself; a folder that is not there yet may become one.
    """

    name: str
    root: Path
    only: str = ""
    is_decided: bool = True

    @property
    def path(self) -> Path:
        """Of what is shown."""
        return self.root / self.only if self.only else self.root

    @property
    def called(self) -> RootName:
        return RootName(self.name, self.only)


def path_of_all(roots: Sequence[NamedRoot]) -> Path:
    """That of one root; of several, one that names all of them, for what is kept for just these together."""
    if len(roots) == 1 and not roots[0].name:
        return roots[0].path
    return Path("/", ",".join(f"{each.name}={each.path.absolute()}" for each in roots))


class GivenRoot(NamedTuple):
    """A root as it stands on the command line. `name`: "" if it is shown alone and was given none."""

    name: str
    path: Path


def _absolute(text: str) -> Path:
    return Path(os.path.abspath(text))  # noqa: PTH100 - links are not followed here


def parse_roots(
    arguments: Sequence[str],
    is_folder: Callable[[str], bool],
    path_of: Callable[[str], Path] = _absolute,
    *,
    has_drives: bool = os.name == "nt",
) -> list[GivenRoot]:
    """The roots that arguments name: `PATH`, `NAME=PATH`, or TensorBoard's `NAME:PATH,NAME:PATH`.

    A folder that exists by the whole argument wins. What was given no name has that of its last folder, with as many of
    those above it as tell it from others; a path that stands alone needs none.

    Args:
        is_folder: whether a path is that of a folder now.
        path_of: the absolute path of what is named, also by an address.
        has_drives: `C:/runs` is a path.

    Raises:
        UsageError: a name is none, or is there twice; says what to do.
    """
    given = [each for text in arguments for each in _split(text, is_folder, has_drives=has_drives)]
    if not given:
        raise UsageError("name the folder that holds the experiments")
    paths = [path_of(path) for _, path in given]
    if len(given) == 1 and not given[0][0]:
        return [GivenRoot("", paths[0])]
    _check_once([name for name, _ in given if name], "the name {}", _HOW)
    _check_once(list(map(str, paths)), "the folder {}", "leave one of them out")
    names = _unique_names([name for name, _ in given], paths)
    return [GivenRoot(name, path) for name, path in zip(names, paths, strict=True)]


def _split(text: str, is_folder: Callable[[str], bool], *, has_drives: bool) -> list[tuple[str, str]]:
    """Names ("" if there is none) and paths."""
    if not text:  # as of a variable that is not set: it would be the working directory
        raise UsageError("a root must not be empty")
    if is_folder(text) or _URL.match(text):
        return [("", text)]
    name, equals, path = text.partition("=")
    if equals and not re.search(r"[/\\:,]", name):
        return [(_checked(name, text), _path_in(path, text))]
    found = _with_colon(text, has_drives=has_drives)
    if found is None:
        return [("", text)]
    if is_folder(found[1]) or "," not in text:
        return [(_checked(found[0], text), _path_in(found[1], text))]
    pieces = []
    for piece in filter(None, text.split(",")):
        name, path = _with_colon(piece, has_drives=has_drives) or ("", piece)
        pieces.append((_checked(name, text) if name else "", _path_in(path, text)))
    return pieces


def _with_colon(text: str, *, has_drives: bool) -> tuple[str, str] | None:
    """The name and the path of `NAME:PATH`; None of what is a path as a whole."""
    name, colon, path = text.partition(":")
    is_drive = (_DRIVE if has_drives else _UNIX_DRIVE).match(text)
    if not colon or is_drive or _URL.match(text) or re.search(r"[/\\=,]", name):
        return None
    return name, path


def _path_in(path: str, text: str) -> str:
    if not path:
        raise UsageError(f"{text!r} has no path; give roots as NAME=PATH")
    return os.path.expanduser(path)  # noqa: PTH111 - behind the name, the shell leaves `~` as it is


def _checked(name: str, text: str) -> str:
    if not name:
        raise UsageError(f"{text!r} has no name in front; {_HOW}")
    try:
        layout.check_experiment(name, argument="the name of a root")
    except ValueError as error:
        raise UsageError(f"{text!r}: {error}") from None
    return name


def _check_once(all_: Sequence[str], words: str, advice: str) -> None:
    twice = [each for each, count in Counter(all_).items() if count > 1]
    if twice:
        raise UsageError(f"{words.format(repr(twice[0]))} is given twice; {advice}")


def _unique_names(names: Sequence[str], paths: Sequence[Path]) -> list[str]:
    """Given names stay; others are made of as many of the last folders of a path as it takes."""
    found = [name or _last_folders(path, 1) for name, path in zip(names, paths, strict=True)]
    for depth in range(2, max(len(path.parts) for path in paths)):
        counts = Counter(found)
        if max(counts.values()) == 1:
            break
        found = [
            name or (known if counts[known] == 1 else _last_folders(path, depth))
            for name, known, path in zip(names, found, paths, strict=True)
        ]
    _check_once(found, "the name {}", _HOW)
    return found


def _last_folders(path: Path, depth: int) -> str:
    """A name of so many of the last folders; leading dots are left out, with which nothing is shown."""
    folders = [each for each in path.parts if each != path.anchor][-depth:]
    name = "-".join(filter(None, (each.lstrip(".") for each in folders)))
    try:
        return layout.check_experiment(name)
    except ValueError:
        raise UsageError(f"the folder {str(path)!r} cannot give the root its name; {_HOW}") from None
