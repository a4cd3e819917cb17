"""Moving an experiment as a whole, which only one that does not run is: looked at before, and again behind the move.

Nor may an experiment in it run.

Whoever begins to write it in between has open files, whatever the folder's name: nothing is lost, and it is put back.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice

from lavdlike import layout
from lavdlike.disk.root import EditableRoot, OpenedFolder, identity_of
from lavdlike.edit_messages import Conflict, RefusedTarget, Target
from lavdlike.errors import ConflictError, EditError, NotServedError
from lavdlike.layout import ExperimentName
from lavdlike.messages import Status
from lavdlike.reading import described, summaries
from lavdlike.reading.discovery import experiments_in
from lavdlike.reading.foreign import is_foreign
from lavdlike.reading.sessions import read_sessions

MAY_RUN: tuple[Status, ...] = ("running", "quiet")

# What was killed on another host never says that it ended. Without a heartbeat for so long it did.
GIVEN_UP_AFTER_S = 86_400.0
# Behind what runs: "it", or an experiment in it.
_REASONS = {
    "running": "runs: wait for its end, or end it first",
    "quiet": "may still run: it did not say that it ended, and was heard of within the last day",
}
# To look for experiments in one, each time. A folder that holds more than some ten thousand others takes longer.
_INNER_S = 5.0
# Of a folder of another program, among which are those that say what it is.
_MAX_NAMES = 10_000


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


def check_idle(root: EditableRoot, name: str, opened: OpenedFolder) -> None:
    """See that nobody writes an experiment, or one in it.

    Args:
        opened: its folder, which may have another path by now.

    Raises:
        EditError: it runs, or may; names the one that does.
    """
    reason = _REASONS.get(status_of(name, opened))
    if reason is not None:
        raise EditError(name, f"it {reason}")
    for inner in sorted(experiments_in(root, ExperimentName(name), opened=opened, budget_s=_INNER_S)):
        reason = _REASONS.get(_status_in(root, name, opened, ExperimentName(inner)))
        if reason is not None:
            raise EditError(name, f"{layout.shown(inner)}, which lies in it, {reason}")


def status_of(name: str, opened: OpenedFolder) -> Status:
    """What an experiment is doing, by its folder; "unknown" if nothing says. What was quiet for a day has crashed.

    Raises:
        EditError: what would say it cannot be read.
    """
    read = read_sessions(opened, name)
    if isinstance(read.fault, NotServedError):
        raise EditError(name, f"whether it runs cannot be seen: {read.fault}")
    return _given_up(read.status, read.heartbeat)


def _status_in(root: EditableRoot, name: str, opened: OpenedFolder, inner: ExperimentName) -> Status:
    """What an experiment in one is doing; "unknown" if it is gone or may not be read. Errors as of `status_of`."""
    with (
        suppress(OSError, NotServedError),
        root.folder(inner, start=opened, start_names=name.count("/") + 1) as folder,
    ):
        return _status_of_others(inner, folder) if is_foreign(folder, inner) else status_of(inner, folder)
    return "unknown"


def _status_of_others(name: ExperimentName, opened: OpenedFolder) -> Status:
    """As its row has it: of what other programs say that it runs, by when they wrote last."""
    row = summaries.without_details(name)
    described.take_in(row, opened, [entry.name for entry in islice(opened.entries(), _MAX_NAMES)])
    return _given_up(row.status, row.changed)


def _given_up(status: Status, heard_of: float) -> Status:
    is_given_up = status == "quiet" and time.time() - heard_of > GIVEN_UP_AFTER_S
    return "crashed" if is_given_up else status


def move(root: EditableRoot, name: str, target: str, opened: OpenedFolder, *, when_stranded: str) -> None:
    """Give an experiment another path, unless it runs.

    Args:
        opened: its folder.
        when_stranded: says where it is now, if it has to go back and a new folder has taken its name.

    Raises:
        EditError: it runs, began to run meanwhile, or the path is taken. It stands where it was, unless it is said.
    """
    check_idle(root, name, opened)
    root.move(name, target, identity=identity_of(opened.status()))
    try:
        check_idle(root, name, opened)
    except EditError as error:
        try:
            root.move(target, name)
        except EditError:
            raise EditError(
                name, f"{error.reason}; since a new folder has its name by now, {when_stranded}"
            ) from None
        raise
