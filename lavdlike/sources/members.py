"""What a file has to be in which items lie (docs/architecture.md, "What lies in a file").

For whoever looks at the tree, a member is a file of our own layout in a folder of the file's name (`layout.inside`):
the picture `input` of step 12 in an event file is `events.out.tfevents.1!/0012/input.png`. It is found by its place,
and its bytes are taken out, or made, when somebody opens it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from lavdlike import layout
from lavdlike.disk.root import OpenedFile
from lavdlike.kinds import places

# Of what is taken out of a file, or made of it, for one member.
MAX_BYTES = 64 * 2**20
# What the member of a document (`Members.is_document`) is called, without its suffix.
DOCUMENT = "item"


class Beside(Protocol):
    """Reads files that a file names: by a path relative to its folder, or an absolute one in the root; untrusted.

    Raises NotServedError, LogFormatError, OSError: it is not there, not in the root, or, of `__call__`, more than
    `MAX_BYTES`.
    """

    def __call__(self, named: str) -> bytes:
        """The content of the file."""

    def opened(self, named: str) -> AbstractContextManager[OpenedFile]:
        """The file itself, of any size."""

    def has(self, named: str) -> bool:
        """Whether it is there and would be opened; raises nothing."""


class Member(NamedTuple):
    """An item's file that lies in another one.

    `path`: below the folder that the file is, of our own layout (`member_path`). `time`: when it was written, Unix
    seconds; None: when the file was. `kinds`: the names of its kinds; (): what its name says. `where`, `form`: the
    source's own: what its bytes are made of, and how. `parts`: the paths of members that are parts of this one, and no
    items of their own. `same_as`: what `Beside` is asked for where the member is another file as it stands there; its
    `content` is then never asked for. `covers`: files that are shown by this member, relative to the folder of the file
    that it lies in ("": that file), and are no items of their own.
    """

    path: str
    time: float | None
    kinds: tuple[str, ...]
    where: bytes
    form: Any
    parts: tuple[str, ...] = ()
    same_as: str = ""
    covers: tuple[str, ...] = ()


class MembersFile(Protocol):
    """One file with members, and how far it was looked through."""

    def is_unchanged(self, descriptor: int) -> bool:
        """Whether nothing happened to the file since all of it was looked through."""

    def continues(self, descriptor: int) -> bool:
        """Whether what was looked through still stands there; otherwise it is looked through anew."""

    def find_new(self, descriptor: int) -> Iterator[list[Member]]:
        """The members that were added, some at a time, also none: whoever asks may stop there and go on later.

        A path may come again: then it is the newer one that stands there.
        """

    def problems(self) -> list[str]:
        """What keeps members from being shown."""


class Members(Protocol):
    """A format of files with members. `title`: what such files are called, for people.

    `is_document`: such a file is one item, in another form: its only member, `DOCUMENT` with a suffix, has its step and
    label.
    """

    title: str
    is_document: bool

    def names(self, name: str) -> bool:
        """Whether a file of this name may be one, without opening it."""

    def claims(self, name: str, begin: bytes) -> bool:
        """The same, by its first 64 KiB as well."""

    def kinds_at_a_glance(self, part: bytes) -> set[str]:
        """The names of kinds of which a part of a file seems to have an item: may miss some, but costs little."""

    def file(self, name: str, beside: Beside, run: str = "") -> MembersFile:
        """One that looks through such a file from its begin.

        Args:
            name: the file's.
            beside: reads files that the file names.
            run: which one is meant, of a file that holds many.
        """

    def content(self, descriptor: int, member: Member, shown: str, beside: Beside) -> bytes:
        """The bytes of a member. In any thread, whatever else is done with the file.

        Args:
            shown: the member's path, for people.
            beside: reads files that the file names.

        Raises:
            LogFormatError, OSError, NotServedError: they are not there, or not as they were; or are more than
                `MAX_BYTES`.
        """


def member_path(step: int, label: str, suffix: str) -> str:
    """Where a member stands.

    >>> member_path(12, "a/../b", ".png")
    '0012/a/%2E./b.png'
    """
    return f"{layout.step_folder(step)}/{path_in_step(label, suffix)}"


@functools.lru_cache(maxsize=4096)  # the same few stand in most steps
def path_in_step(label: str, suffix: str) -> str:
    """The same below the step: what cannot be a path as percent signs have it (`layout.folder_name_of`).

    >>> path_in_step("a/../b", ".png"), path_in_step("x.mask", ".png")
    ('a/%2E./b.png', 'x%2Emask.png')
    """
    names = [layout.folder_name_of(name) for name in label.split("/")]
    path = "/".join(names)
    if places.split_label(path + suffix) != (path, suffix):
        names[-1] = names[-1].replace(".", "%2E")
    return "/".join(names) + suffix


def label_of(path: str) -> str:
    """The label of a member, of its path below the step without its suffix.

    >>> label_of("a/%2E./b")
    'a/../b'
    """
    return "/".join(map(layout.text_of_folder_name, path.split("/"))) if "%" in path else path
