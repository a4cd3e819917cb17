"""What is known of the lines of long files, kept beyond the process in the user's cache (`disk.user_cache`).

It holds for a file to which nothing has happened since (`Stamp`), and may be deleted at any time.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import msgspec

from lavdlike.disk import user_cache
from lavdlike.disk.tail import Stamp, settled_stamp
from lavdlike.reading.rollout_pages.rollout_columns import RolloutColumns
from lavdlike.reading.rollout_pages.rollout_index import RolloutIndex

# Shorter files are read in a moment.
WORTH_KEEPING_BYTES = 8 * 2**20
BUDGET_BYTES = 1024 * 2**20
_MAX_AGE_S = 30 * 86400.0
# What lines come to may change with the program.
_FORM = 1


def folder() -> Path:
    """Of all roots of this user: files are told apart by their numbers."""
    return user_cache.cache_folder() / "rollouts"


def resume(index: RolloutIndex, descriptor: int) -> bool:
    """Go on where another process has read to, if it has left word and nothing has happened since."""
    stamp = settled_stamp(descriptor)
    if stamp is None or stamp.size < WORTH_KEEPING_BYTES:
        return False
    path = _path_of(stamp)
    data = user_cache.kept(path, BUDGET_BYTES)
    if data is None:
        return False
    with suppress(msgspec.MsgspecError, ValueError, KeyError, TypeError, OverflowError):
        kept = msgspec.msgpack.decode(data)
        if kept["form"] != _FORM or kept["stamp"] != list(stamp):
            return False
        columns = RolloutColumns()
        columns.restore(kept["columns"])
        user_cache.touch(path)
        return index.resume(descriptor, stamp, int(kept["offset"]), int(kept["lines"]), columns)
    return False


def keep(index: RolloutIndex) -> None:
    """Leave word for other processes, of a long file that was read to its end."""
    state = index.stamp_and_state()
    if state is None or state[0].size < WORTH_KEEPING_BYTES:
        return
    stamp, offset, lines = state
    kept = {"form": _FORM, "stamp": list(stamp), "offset": offset, "lines": lines}
    data = msgspec.msgpack.encode({**kept, "columns": index.columns.state()})
    if len(data) <= BUDGET_BYTES // 2 and user_cache.keep(_path_of(stamp), data):
        user_cache.tidy(folder(), most_bytes=BUDGET_BYTES, used_since=time.time() - _MAX_AGE_S)


def _path_of(stamp: Stamp) -> Path:
    return folder() / f"{stamp.device:x}-{stamp.inode:x}"
