"""What people do to items in the page, as it crosses the wire and stands in `events.jsonl` (docs/format.md, "Events").

Words as in `messages`.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

MAX_EVENTS: Final = 500

# What was done: a field of a form has another value, a button of it was pressed.
EventType = Literal["changed", "pressed"]
# Short names and texts that a browser sends.
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
FieldValue = Annotated[str, msgspec.Meta(max_length=100_000)] | bool | int | float


class PageEvent(msgspec.Struct, omit_defaults=True):
    """What somebody did to an item. `field`: which one of a form; `value`: what stands there now, None of a button."""

    type: EventType
    label: Name
    step: int | None = None
    field: str = ""
    value: FieldValue | None = None


class EventsRequest(msgspec.Struct):
    """`POST api/events/{experiment}`: what was done, in its order.

    `sender`: one page as it was loaded. `first`: the number of the first event, counted by the sender from 1, without
    a gap: those that were written already are left out, so that a request may be repeated.
    """

    sender: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    first: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    events: Annotated[list[PageEvent], msgspec.Meta(min_length=1, max_length=MAX_EVENTS)]


class EventsAnswer(msgspec.Struct):
    """`last`: the number of the sender's last event that is written."""

    last: int
