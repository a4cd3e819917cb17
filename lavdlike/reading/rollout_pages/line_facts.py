"""What has to be known of a line to list it: its numbers, its prompt, who has the last word. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from lavdlike.kinds.rollout_records import episodes
from lavdlike.kinds.rollout_records.chat import ANSWERING, COMPLETION, CONVERSATIONS, PROMPT
from lavdlike.kinds.rollout_records.rollout_fields import group_of, numbers_of

# Who has the last word, as a number; 0: nobody.
ROLES = ("", "system", "user", "assistant", "tool", "other")
# How many messages there are, as a number beside the record's own.
MESSAGES = "messages"
# What is called otherwise by some.
_NUMBER_OF_ROLE = {role: place for place, role in enumerate(ROLES)}
_NUMBER_OF_ROLE |= dict.fromkeys(ANSWERING, ROLES.index("assistant")) | {"human": ROLES.index("user")}

_decoder = msgspec.json.Decoder()
_encoder = msgspec.json.Encoder()


class LineFacts(NamedTuple):
    """`group`: the same number for rollouts of one prompt; 0: nothing is known of it. `role`: a place in `ROLES`."""

    numbers: dict[str, float | int]
    group: int
    role: int


def facts_of(line: bytes) -> LineFacts:
    """Of one line.

    Raises:
        ValueError: it is no JSON object; says why.
    """
    record: Mapping[str, Any] = record_of(line)
    if episodes.is_episode(record):
        record = episodes.as_record(record)
    numbers = numbers_of(record)
    asked, said = _asked_and_said(record)
    if asked or said:
        numbers.setdefault(MESSAGES, len(asked) + len(said))
    group = group_of(record)
    shared: object = group or asked
    last = (said or asked)[-1] if said or asked else None
    return LineFacts(
        numbers, _number_of(shared) if shared else 0, _role_number(last) if last is not None else 0
    )


def record_of(line: bytes) -> dict[str, Any]:
    """What stands in a line. Raises ValueError: it is no JSON object; says why."""
    try:
        record = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        record = _as_python_reads(line)
    if not isinstance(record, dict):
        raise ValueError("no JSON object")
    return record


def _as_python_reads(line: bytes) -> Any:
    """`NaN` and `Infinity` included. Raises ValueError."""
    try:
        return json.loads(line)
    except RecursionError:
        raise ValueError("nested too deep") from None
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON: {error.msg} at character {error.pos}") from None


def _asked_and_said(record: Mapping[str, Any]) -> tuple[Sequence[Any], Sequence[Any]]:
    """The messages before the first answer, and from it on."""
    for key in CONVERSATIONS:
        messages = record.get(key)
        if isinstance(messages, list):
            for place, each in enumerate(messages):
                if _role(each) in ANSWERING:
                    return messages[:place], messages[place:]
            return messages, ()
    return _listed(record.get(PROMPT), "user"), _listed(record.get(COMPLETION), "assistant")


def _listed(value: Any, role: str) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [{"role": role, "content": value}]


def _role(message: Any) -> str:
    role = (message.get("role") or message.get("from")) if isinstance(message, dict) else ""
    return role if isinstance(role, str) else ""


def _role_number(message: Any) -> int:
    return _NUMBER_OF_ROLE.get(_role(message), len(ROLES) - 1) or len(ROLES) - 1


def _number_of(shared: object) -> int:
    """The same for the same, in every process; never 0."""
    try:
        data = shared.encode(errors="replace") if isinstance(shared, str) else _encoder.encode(shared)
    except (UnicodeEncodeError, RecursionError, TypeError):  # halves of letters
        data = repr(shared)[:10_000].encode(errors="replace")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little") or 1
