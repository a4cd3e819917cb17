"""Long work in parts, between which others get their turn: a call of msgspec or of `sorted` lets nobody in between."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterable
from itertools import islice
from typing import Any, TypeVar

import msgspec

# A part takes about a millisecond.
PART = 1000

_Sortable = TypeVar("_Sortable", bound="str | tuple[str, ...]")
_encode = msgspec.json.Encoder().encode


def sorted_in_parts(values: Iterable[_Sortable]) -> list[_Sortable]:
    """As `sorted`; in a thread, other threads get their turn in between."""
    iterator = iter(values)
    parts = []
    while part := list(islice(iterator, PART)):
        part.sort()
        parts.append(part)
    return list(heapq.merge(*parts))


async def encoded(message: Any) -> bytes:
    """A message as JSON; in between the parts of very long lists the event loop gets its turn."""
    return _encode(await _with_long_lists_encoded(message))


async def _with_long_lists_encoded(value: Any) -> Any:
    """The same, but in a message, and in messages in its lists, lists of more than a part have been encoded."""
    if isinstance(value, msgspec.Struct):
        changed = {}
        for name in value.__struct_fields__:
            field = getattr(value, name)
            if isinstance(field, list) and (now := await _with_long_lists_encoded(field)) is not field:
                changed[name] = now
        return msgspec.structs.replace(value, **changed) if changed else value
    if not isinstance(value, list):
        return value
    if len(value) > PART:
        return msgspec.Raw(await _long_list(value))
    now = [
        await _with_long_lists_encoded(each) if isinstance(each, msgspec.Struct) else each for each in value
    ]
    return now if any(after is not before for after, before in zip(now, value, strict=True)) else value


async def _long_list(values: list[Any]) -> bytes:
    parts = []
    for begin in range(0, len(values), PART):
        parts.append(_encode(values[begin : begin + PART])[1:-1])
        await asyncio.sleep(0)
    return b"[" + b",".join(parts) + b"]"
