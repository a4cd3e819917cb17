"""Rollouts: what a model answered and what that was worth, a line each (docs/format.md, "Rollouts").

Files of any length: the page asks for the ones in sight (`reading/rollout_pages`), so that nothing here reads a file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from lavdlike.kinds import plain
from lavdlike.kinds.kind import TEXT_TYPE, ByBegin, Kind
from lavdlike.kinds.rollout_records import episodes, rollout_begins
from lavdlike.kinds.rollout_records.chat import RolloutMessage, conversation_of
from lavdlike.kinds.rollout_records.rollout_fields import STEP, group_of, numbers_of, texts_of
from lavdlike.messages import JsonNumber

SUFFIX = rollout_begins.SUFFIX
# The longest line that readers take.
MAX_LINE_BYTES = 16 * 2**20


class Rollout(msgspec.Struct):
    """One rollout. `answer_from`: which message is the model's first; their number if there is none.

    `group`: what rollouts of one prompt share, as the record says it; "" if it says nothing. `numbers` has the step; as
    they are sent, they are as `JsonNumber` says.
    """

    messages: list[RolloutMessage]
    answer_from: int
    numbers: dict[str, JsonNumber]
    texts: dict[str, str]
    group: str = ""


def from_record(record: Mapping[str, Any]) -> Rollout:
    """What a record holds, in any of the forms that are known; of others, its numbers and texts."""
    if episodes.is_episode(record):
        record = episodes.as_record(record)
    said = conversation_of(record)
    numbers: dict[str, JsonNumber] = {**numbers_of(record)}
    return Rollout(said.messages, said.answer_from, numbers, texts_of(record), group_of(record))


def to_lines(rollouts: Any, step: int | None) -> bytes:
    """Rollouts as lines of JSON, each with the step unless it has one.

    Raises:
        ValueError: names the first thing that is none, or longer than what is read.
    """
    return b"".join(
        _line(each, f"rollouts[{place}]", step)
        for place, each in enumerate(plain.listed(rollouts, "rollouts", " of dicts"))
    )


def _line(rollout: Any, where: str, step: int | None) -> bytes:
    if not isinstance(rollout, Mapping):
        raise ValueError(f"{where} must be a dict, not {type(rollout).__name__}")
    record = plain.plain(rollout, where)
    if "messages" in record:
        _check_messages(record["messages"], f"{where}['messages']")
    elif "prompt" not in record or "completion" not in record:
        raise ValueError(f"{where} must have 'messages', or 'prompt' and 'completion'")
    else:
        for key in ("prompt", "completion"):
            if not isinstance(record[key], str):
                _check_messages(record[key], f"{where}[{key!r}]", " or a string")
    if step is not None and STEP not in record:
        record = {STEP: step, **record}
    line = json.dumps(record, ensure_ascii=False).encode(errors="replace") + b"\n"
    if len(line) > MAX_LINE_BYTES:
        raise ValueError(
            f"{where} takes {len(line):,} bytes: at most {MAX_LINE_BYTES // 2**20} MiB of a rollout are read"
        )
    return line


def _check_messages(value: Any, where: str, otherwise: str = "") -> None:
    if not isinstance(value, list) or not all(isinstance(each, dict) and "role" in each for each in value):
        raise ValueError(
            f"{where} must be a list of messages, each a dict with 'role' and 'content'{otherwise}"
        )


KIND = Kind(
    "rollouts",
    frozenset({SUFFIX}),
    media_types={SUFFIX: TEXT_TYPE},
    by_begin=ByBegin(rollout_begins.may_be, rollout_begins.is_rollouts),
    shows_all_files=True,
)
