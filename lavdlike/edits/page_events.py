"""What people do to items in the page, appended to `events.jsonl` of the experiment for its script to hear."""

from __future__ import annotations

from lavdlike import event_lines, layout
from lavdlike.disk.root import EditableRoot
from lavdlike.edits.people_files import PeopleFiles
from lavdlike.errors import EditError
from lavdlike.layout import ExperimentId
from lavdlike.page_event_messages import EventsRequest

_LOCK_FILE = f"{layout.HISTORY_FOLDER}/events-lock"
# Of the file, to go on with its numbers, and to see what of a repeated request is there.
_LAST_BYTES = 256 * 2**10


def append(
    root: EditableRoot,
    people: PeopleFiles,
    experiment: ExperimentId,
    request: EventsRequest,
    *,
    by: str,
    now: float,
) -> int:
    """Append the events that are not there yet, and say the number of the sender's last one.

    Args:
        by: who did it, "" where nobody is told apart.
        now: Unix seconds.

    Raises:
        EditError: there is no such experiment, no logger of ours writes it, or the disk refuses.
    """
    name = people.name_of(experiment)
    if people.is_foreign(experiment):
        raise EditError(layout.shown(name), "another program writes it, which hears of nothing")
    path = f"{name}/{layout.PAGE_EVENTS_FILE}"
    with root.locked(_LOCK_FILE):
        there = root.read(path, last_bytes=_LAST_BYTES) or b""
        known = event_lines.read(there.split(b"\n"))
        lines, last = event_lines.new_lines(
            known, request.events, sender=request.sender, first=request.first, by=by, now=now
        )
        if lines:
            root.append(path, lines)
    return last
