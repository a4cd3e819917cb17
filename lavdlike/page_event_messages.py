"""What people do to items in the page, as it crosses the wire and stands in `events.jsonl` (docs/format.md, "Events").

Words as in `messages`.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

MAX_EVENTS: Final = 500
# Of one selection, so that a line stays far below what is read of the file to go on with its numbers.
MAX_INDICES: Final = 20_000

# What was done: a field of a form has another value, a button of it was pressed; a key was pressed while the item had
# the focus; a picture was clicked on; one of several things was picked, or some selected; the slider of the steps was
# moved; the item was closed: its files are in the trash.
EventType = Literal["changed", "pressed", "key", "clicked", "picked", "selected", "moved", "closed"]
# Short names and texts that a browser sends.
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
FieldValue = Annotated[str, msgspec.Meta(max_length=100_000)] | bool | int | float


class PageEvent(msgspec.Struct, omit_defaults=True):
    """What somebody did to an item.

    `field`: which one of a form. `value`: what stands there now, None of a button; of "key" the key as browsers name
    it, "a" or "ArrowLeft"; of "moved" the step. `code`: of "key", the number that browsers have for it. `x`, `y`: of
    "clicked", the pixel of the picture, from 0 at its left and upper edge. `indices`: of "picked" and "selected",
    which of an embedding's vectors, from 0; none selected: what was there before is wanted again.
    """

    type: EventType
    label: Name
    step: int | None = None
    field: str = ""
    value: FieldValue | None = None
    code: int | None = None
    x: int | None = None
    y: int | None = None
    indices: Annotated[list[Annotated[int, msgspec.Meta(ge=0)]], msgspec.Meta(max_length=MAX_INDICES)] = []


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
