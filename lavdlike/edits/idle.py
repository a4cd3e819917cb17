"""Moving an experiment as a whole, which only one that does not run is: looked at before, and again behind the move.

Whoever begins to write it in between has open files, whatever the folder's name: nothing is lost, and it is put back.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from lavdlike import layout
from lavdlike.disk.root import EditableRoot, OpenedFolder, identity_of
from lavdlike.edit_messages import Conflict, RefusedTarget, Target
from lavdlike.errors import ConflictError, EditError, NotServedError
from lavdlike.messages import Status
from lavdlike.reading.foreign import is_foreign
from lavdlike.reading.sessions import read_sessions

MAY_RUN: tuple[Status, ...] = ("running", "quiet")

# What was killed on another host never says that it ended. Without a heartbeat for so long it did.
GIVEN_UP_AFTER_S = 86_400.0
_REASONS = {
    "running": "it runs: wait for its end, or end it first",
    "quiet": "it may still run: it did not say that it ended, and was heard of within the last day",
}


@contextmanager
def experiment_at(root: EditableRoot, name: str, identity: str) -> Iterator[OpenedFolder]:
    """The folder of an experiment, opened. `identity`: of the one that is meant.

    Raises:
        EditError: it is gone, a link, or foreign.
        ConflictError: another folder has its name by now.
    """
    found = root.look(name)
    if found is None:
        raise EditError(name, "it is not there any more")
    if found.type == "link":
        raise EditError(name, "it is a link: neither it nor what it leads to is touched")
    try:
        with root.folder(name) as opened:
            if identity_of(opened.status()) != identity:
                raise ConflictError(name, None)
            if is_foreign(opened, name):
                raise EditError(name, "another program writes it: nothing is changed in its folder")
            yield opened
    except (FileNotFoundError, NotADirectoryError):
        raise EditError(name, "it is not there any more") from None
    except NotServedError as error:
        raise EditError(name, error.reason) from None
    except OSError as error:
        raise EditError(name, error.strerror or str(error)) from None


def refused(root: EditableRoot, target: Target, error: EditError) -> RefusedTarget:
    """Why nothing is done to an experiment's folder, and which folder stands there if it is another one."""
    if not isinstance(error, ConflictError):
        return RefusedTarget(target.experiment, error.reason)
    found = root.look(layout.experiment_name(target.experiment))
    conflict = Conflict(match=found.identity if found else "", text="")
    return RefusedTarget(target.experiment, "another folder has its name by now", conflict)


def check_idle(name: str, opened: OpenedFolder) -> None:
    """Raises EditError if an experiment runs, or may."""
    reason = _REASONS.get(status_of(name, opened))
    if reason is not None:
        raise EditError(name, reason)


def status_of(name: str, opened: OpenedFolder) -> Status:
    """What an experiment is doing, by its folder; "unknown" if nothing says. What was quiet for a day has crashed.

    Raises:
        EditError: what would say it cannot be read.
    """
    read = read_sessions(opened, name)
    if isinstance(read.fault, NotServedError):
        raise EditError(name, f"whether it runs cannot be seen: {read.fault}")
    is_given_up = read.status == "quiet" and time.time() - read.heartbeat > GIVEN_UP_AFTER_S
    return "crashed" if is_given_up else read.status


def move(root: EditableRoot, name: str, target: str, opened: OpenedFolder, *, when_stranded: str) -> None:
    """Give an experiment another path, unless it runs.

    Args:
        opened: its folder.
        when_stranded: says where it is now, if it has to go back and a new folder has taken its name.

    Raises:
        EditError: it runs, began to run meanwhile, or the path is taken. It stands where it was, unless it is said.
    """
    check_idle(name, opened)
    root.move(name, target, identity=identity_of(opened.status()))
    try:
        check_idle(name, opened)
    except EditError as error:
        try:
            root.move(target, name)
        except EditError:
            raise EditError(
                name, f"{error.reason}; since a new folder has its name by now, {when_stranded}"
            ) from None
        raise
