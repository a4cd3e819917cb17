"""`lavdlike push` and `pull`: a folder into an object store, or out of one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from lavdlike.disk.stores.object_store import ObjectStore
from lavdlike.disk.stores.opened_stores import open_store
from lavdlike.disk.stores.store_addresses import checked_address
from lavdlike.errors import LavdlikeError, NotFoundError, UsageError
from lavdlike.mirror import tree_copies
from lavdlike.mirror.spool import spool_with
from lavdlike.mirror.tree_copies import Copied
from lavdlike.shell.output import Output, say, write_to_stdout
from lavdlike.shell.text import escaped

DONE, REFUSED = 0, 1
_SHOWN_PROBLEMS = 20


def push(folder: Path, address: str | None, *, as_json: bool = False) -> int:
    """Bring a folder into a store; one that a Logger wrote for an address, without one: what is left of it.

    Returns:
        The exit code: 1 if not all of it is stored. The same command again goes on.

    Raises:
        NotFoundError: there is no such folder.
        UsageError: it is not known where to.
    """
    if not folder.is_dir():
        raise NotFoundError(f"there is no folder {folder}")
    folder = folder.absolute()
    spool = spool_with(folder)
    if spool is not None and (address is None or checked_address(address) == spool[1]):
        return _push_rest(folder, spool[1], as_json=as_json)
    if address is None:
        raise UsageError(f"say where to: lavdlike push {folder} s3://BUCKET/FOLDER")
    return _copy(lambda store: tree_copies.push(folder, store), address, "pushed to", as_json=as_json)


def pull(folder: Path, address: str, *, as_json: bool = False) -> int:
    """Bring what a store holds into a folder, which is made if it is not there.

    Returns:
        The exit code: 1 if something was not brought over. The same command again goes on.
    """
    return _copy(
        lambda store: tree_copies.pull(folder.absolute(), store), address, "pulled from", as_json=as_json
    )


def _push_rest(folder: Path, address: str, *, as_json: bool) -> int:
    """Of a spool, also one that a running script writes: then that script's mirror is asked."""
    from lavdlike.mirror.mirroring import mirror_of

    try:
        mirror = mirror_of(folder)
    except ValueError as error:
        raise UsageError(str(error)) from None
    is_stored = mirror is not None and mirror.flush(folder)

    def write(out: Output) -> int:
        if out.as_json:
            out.json({"folder": str(folder), "address": address, "stored": is_stored})
        elif is_stored:
            out.line(escaped(f"all of {folder} is stored in {address}"))
        return DONE if is_stored else REFUSED

    return write_to_stdout(write, as_json=as_json)


def _copy(copy: Callable[[ObjectStore], Copied], address: str, done: str, *, as_json: bool) -> int:
    store = open_store(address)
    try:
        copied = copy(store)
    except (LavdlikeError, OSError) as error:
        say(f"lavdlike: {escaped(str(error))}", sys.stderr)
        return REFUSED

    def write(out: Output) -> int:
        if out.as_json:
            out.json(copied)
        else:
            plural = "" if copied.files == 1 else "s"
            size = f"{copied.size_bytes / 2**20:,.1f} MiB"
            out.line(
                escaped(
                    f"{copied.files:,} file{plural} ({size}) {done} {store.address}, {copied.same:,} there already"
                )
            )
        out.flush()
        for problem in copied.problems[:_SHOWN_PROBLEMS]:
            say(f"lavdlike: {escaped(f'{problem.path}: {problem.reason}')}", sys.stderr)
        if len(copied.problems) > _SHOWN_PROBLEMS:
            say(f"lavdlike: and {len(copied.problems) - _SHOWN_PROBLEMS:,} more", sys.stderr)
        return REFUSED if copied.problems else DONE

    return write_to_stdout(write, as_json=as_json)
