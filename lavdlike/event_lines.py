"""`events.jsonl`: what people did to items in the page, a line each (docs/format.md, "Events"). Pure: bytes in and out.

The page's server appends, the script reads; whoever else appends a line is heard in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from lavdlike.page_event_messages import EventType, FieldValue, PageEvent


class Event(msgspec.Struct, omit_defaults=True, frozen=True):
    """One line, as a handler is given it; `field`, `value`, `code`, `x`, `y`, `indices` as of a `PageEvent`.

    `seq`: its number in the file, growing. `time`: Unix seconds. `by`: who did it, "" where nobody is told apart.
    `sender`, `number`: which page, and the how many-th of its events.
    """

    label: str
    type: EventType
    seq: int = 0
    time: float = 0.0
    by: str = ""
    step: int | None = None
    field: str = ""
    value: FieldValue | None = None
    sender: str = ""
    number: int = 0
    code: int | None = None
    x: int | None = None
    y: int | None = None
    indices: list[int] = []


_DECODER = msgspec.json.Decoder(Event)


def read(lines: Iterable[bytes]) -> list[Event]:
    """Those of whole lines; what is none is left out."""
    found = []
    for line in lines:
        try:
            found.append(_DECODER.decode(line))
        except (msgspec.MsgspecError, ValueError, RecursionError):
            continue
    return found


def new_lines(
    known: Sequence[Event], events: Sequence[PageEvent], *, sender: str, first: int, by: str, now: float
) -> tuple[bytes, int]:
    """What is to be appended (without its last newline; empty if all is there), and the sender's last number.

    Args:
        known: the last events of the file, in its order.
        events: those of a sender, of which `first` is the number of the first one.
        now: Unix seconds.
    """
    last = max((each.number for each in known if each.sender == sender), default=0)
    seq = max((each.seq for each in known), default=0)
    lines = []
    for number, each in enumerate(events, first):
        if number <= last:
            continue
        seq += 1
        line = Event(
            each.label,
            each.type,
            seq,
            round(now, 3),
            by,
            each.step,
            each.field,
            each.value,
            sender,
            number,
            each.code,
            each.x,
            each.y,
            each.indices,
        )
        lines.append(msgspec.json.encode(line))
    return b"\n".join(lines), max(last, first + len(events) - 1)
