"""Messages as JSON in parts, between which the event loop turns: one call of msgspec lets nobody in between."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

# A part takes about a millisecond.
PART = 1000

_encode = msgspec.json.Encoder().encode


async def encoded(message: Any) -> bytes:
    """A message as JSON; in between the parts of very long lists the event loop gets its turn."""
    return _encode(await _with_long_lists_encoded(message))


async def _with_long_lists_encoded(value: Any) -> Any:
    """The same, but in a message, and in messages and lists in its lists, those of more than a part are encoded."""
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
        await _with_long_lists_encoded(each) if isinstance(each, (msgspec.Struct, list)) else each
        for each in value
    ]
    return now if any(after is not before for after, before in zip(now, value, strict=True)) else value


async def _long_list(values: list[Any]) -> bytes:
    parts = []
    for begin in range(0, len(values), PART):
        parts.append(_encode(values[begin : begin + PART])[1:-1])
        await asyncio.sleep(0)
    return b"[" + b",".join(parts) + b"]"
