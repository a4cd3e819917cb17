"""Folders of an experiment opened one after the other, deep ones from the folder above them.

A path is walked name by name from the experiment, for no link may lead out of the root on the way. For a folder in 400
others that is 400 folders to open, for all of them the square of it. So of deep folders the last few stay open, and
what lies in one of them is opened from there.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType

from lavdlike.disk.root import OpenedFolder, Root

# So many levels below the experiment a walk is as cheap as keeping folders open.
_DEEP = 8
# Others have to be walked to, which ends at a thousand names (`disk.local`), and says so.
_DEEPEST = 900
_KEPT = 16


def is_deep(path: str) -> bool:
    return path.count("/") >= _DEEP


def may_go_deeper(path: str) -> bool:
    """Whether folders in this one may be looked at before it is said what it holds."""
    return _DEEP <= path.count("/") < _DEEPEST


class DeepFolders:
    """A context; at its end what it keeps open is closed.

    Args:
        experiment: relative to the root.
        start: the experiment's folder.
    """

    def __init__(self, root: Root, experiment: str, start: OpenedFolder) -> None:
        self._root = root
        self._experiment = experiment
        self._start = start
        self._start_names = experiment.count("/") + 1
        self._kept: OrderedDict[str, tuple[OpenedFolder, ExitStack]] = OrderedDict()

    def __enter__(self) -> DeepFolders:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        while self._kept:
            self._close_oldest()

    @contextmanager
    def folder(self, path: str) -> Iterator[OpenedFolder]:
        """A folder of the experiment; `path` is relative to it. Raises as `Root.folder`."""
        if not is_deep(path):
            whole = f"{self._experiment}/{path}" if path else self._experiment
            with self._root.folder(whole, start=self._start, start_names=self._start_names) as opened:
                yield opened
            return
        if path not in self._kept:
            self._keep(path)
        yield self._kept[path][0]

    def _keep(self, path: str) -> None:
        with ExitStack() as opening:
            opened = self._open_from_above(path, opening)
            if opened is None:
                whole = f"{self._experiment}/{path}"
                opened = opening.enter_context(
                    self._root.folder(whole, start=self._start, start_names=self._start_names)
                )
            self._kept[path] = (opened, opening.pop_all())
        if len(self._kept) > _KEPT:
            self._close_oldest()

    def _open_from_above(self, path: str, opening: ExitStack) -> OpenedFolder | None:
        """None if the folder above is not open, or something else than a folder stands there: a walk says what."""
        above, _, name = path.rpartition("/")
        if above not in self._kept:
            return None
        self._kept.move_to_end(above)
        with suppress(OSError):
            return opening.enter_context(self._kept[above][0].folder(name))
        return None

    def _close_oldest(self) -> None:
        _, (_, opening) = self._kept.popitem(last=False)
        opening.close()
