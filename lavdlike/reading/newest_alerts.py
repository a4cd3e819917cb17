"""The newest alerts of an experiment, for its row: each `events.log` is read once, and then what is new in it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection
from typing import NamedTuple

from lavdlike import alerts, layout
from lavdlike.disk.filling import pread
from lavdlike.disk.root import OpenedFolder
from lavdlike.errors import LavdlikeError
from lavdlike.messages import Alert

# Of an experiment: everybody who looks at the root carries them.
MOST = 20
# Of a log that is met for the first time: its end, a look at which takes some milliseconds.
FIRST_BYTES = 16 * 2**20
_MOST_NEW_BYTES = 16 * 2**20
# Compared in front of the place read to, so that another file of the same number is read anew.
_COMPARED_BYTES = 64
_MOST_FILES = 64
_MOST_KNOWN = 50_000
_USUAL_FILE = "events.log"


class _Known(NamedTuple):
    """Of one file: how far it was read, what stood before that, and the newest alerts until there."""

    offset: int
    recent: bytes
    found: tuple[Alert, ...]


def read_alerts(opened: OpenedFolder, name: str, files: Collection[str] | None) -> list[Alert]:
    """The newest ones, the oldest first.

    Args:
        name: the experiment's, for messages.
        files: the names of the folder's files, if all are known.
    """
    names = [_USUAL_FILE] if files is None else sorted(filter(layout.is_events_file, files))
    found: list[Alert] = []
    for file in names[:_MOST_FILES]:
        try:
            found += _of_file(opened, file, f"{name}/{file}")
        except (
            OSError,
            LavdlikeError,
        ):  # it is gone, or of somebody else: a log that cannot be read says so itself
            continue
    return sorted(found, key=lambda alert: alert.time)[-MOST:]


def _of_file(opened: OpenedFolder, file: str, path: str) -> tuple[Alert, ...]:
    with opened.file(file, path) as at:
        key, size = (at.status.st_dev, at.status.st_ino), at.status.st_size
        known = _known.get(key)
        if known is not None and size < known.offset:
            known = None
        if known is not None and size == known.offset:
            return known.found
        if known is not None and _before(at.fd, known.offset) != known.recent:
            known = None
        begin = max(0, size - FIRST_BYTES) if known is None else max(known.offset, size - _MOST_NEW_BYTES)
        data = pread(at.fd, size - begin, begin)
        end = data.rfind(b"\n") + 1
        new = tuple(alerts.find_alerts(data[:end])) if end else ()
        all_ = ((known.found if known else ()) + new)[-MOST:]
        offset = begin + end
        _keep(key, _Known(offset, _before(at.fd, offset), all_))
        return all_


def _before(descriptor: int, offset: int) -> bytes:
    begin = max(0, offset - _COMPARED_BYTES)
    return pread(descriptor, offset - begin, begin)


def _keep(key: tuple[int, int], known: _Known) -> None:
    with _lock:
        _known.pop(key, None)
        _known[key] = known
        while len(_known) > _MOST_KNOWN:
            _known.popitem(last=False)


_known: OrderedDict[tuple[int, int], _Known] = OrderedDict()
_lock = threading.Lock()
