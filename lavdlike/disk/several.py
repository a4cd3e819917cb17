"""Several roots as one (`root.Root`): the first name of a path says which, and the rest is a path of that root.

Nothing leads from one to another: a link out of a root is one although it leads into another of them.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from typing import NamedTuple

from lavdlike.disk.root import Entry, OpenedFile, OpenedFolder, Root
from lavdlike.errors import NotServedError
from lavdlike.named_roots import RootName


class Member(NamedTuple):
    """One of several roots, wherever it is."""

    called: RootName
    root: Root


class SeveralRoots:
    """Roots by the first name of the paths in them.

    Args:
        members: may gain some while it is used. The one of the name "" has all paths that begin with no name of others,
            and calls them as everybody does.
    """

    def __init__(self, members: Mapping[str, Member]) -> None:
        self._members = members

    def status(self) -> os.stat_result:
        rest = self._members.get("")
        return _NO_STATUS if rest is None else rest.root.status()

    def folder(
        self, path: str, *, start: OpenedFolder | None = None, start_names: int = 1
    ) -> AbstractContextManager[OpenedFolder]:
        if not path and "" not in self._members:
            return nullcontext(_Roots(self._members))
        member = self._member(path)
        if not member.called.name:
            return member.root.folder(path, start=start, start_names=start_names)
        return self._folder(member, path, start, start_names)

    def file(self, path: str) -> AbstractContextManager[OpenedFile]:
        member = self._member(path)
        return self._file(member, path) if member.called.name else member.root.file(path)

    @contextmanager
    def _folder(
        self, member: Member, path: str, start: OpenedFolder | None, start_names: int
    ) -> Iterator[OpenedFolder]:
        called, below = member.called, member.called.inner(path)
        # The name of a root stands for its folder, which is above all names in it; of a run for the run's own.
        above = 0 if called.only else 1
        with ExitStack() as stack:
            with _called(path):
                opened = stack.enter_context(
                    member.root.folder(below, start=start, start_names=start_names - above)
                )
            yield opened

    @contextmanager
    def _file(self, member: Member, path: str) -> Iterator[OpenedFile]:
        with ExitStack() as stack:
            with _called(path):
                opened = stack.enter_context(member.root.file(member.called.inner(path)))
            yield opened._replace(path=path)

    def _member(self, path: str) -> Member:
        member = self._members.get(path.partition("/")[0]) or self._members.get("")
        if member is None:
            raise FileNotFoundError(errno.ENOENT, "no root of this name", path)
        return member


# Of what is no folder of any disk.
_NO_STATUS = os.stat_result((stat.S_IFDIR | 0o555, 0, 0, 1, 0, 0, 0, 0, 0, 0))


class _Roots:
    """What holds the roots (`root.OpenedFolder`): those that are there."""

    descriptor = -1  # nothing of a disk, and not to be watched

    def __init__(self, members: Mapping[str, Member]) -> None:
        self._members = members

    def status(self) -> os.stat_result:
        return _NO_STATUS

    def entries(self) -> Iterator[Entry]:
        for name in list(self._members):
            with suppress(OSError, NotServedError):
                yield Entry(name, "folder", self.status_of(name).st_ino)

    def status_of(self, path: str, *, follow_links: bool = False) -> os.stat_result:
        with self.folder(path.partition("/")[0]) as opened:
            below = path.partition("/")[2]
            return opened.status_of(below, follow_links=follow_links) if below else opened.status()

    def file(self, name: str, shown: str) -> AbstractContextManager[OpenedFile]:  # noqa: ARG002
        raise FileNotFoundError(errno.ENOENT, "not a file", shown)

    @contextmanager
    def folder(self, name: str) -> Iterator[OpenedFolder]:
        with SeveralRoots(self._members).folder(name) as opened:
            yield opened


@contextmanager
def _called(path: str) -> Iterator[None]:
    """Errors of one of the roots with the path that everybody uses."""
    try:
        yield
    except NotServedError as error:
        raise NotServedError(path, error.reason) from None
    except (FileNotFoundError, NotADirectoryError) as error:
        raise type(error)(error.errno, error.strerror, path) from None
