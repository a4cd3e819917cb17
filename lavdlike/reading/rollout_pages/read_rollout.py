"""One rollout, and how it looks in a list. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lavdlike.kinds.rollout_records.chat import RolloutMessage, ToolCall
from lavdlike.kinds.rollouts import Rollout, from_record
from lavdlike.rollout_messages import RolloutPage
from lavdlike.sources.columns import json_number

# Of one rollout that is sent.
MAX_MESSAGES = 1000
MAX_LETTERS = 2_000_000
# In a list.
_SHOWN_LETTERS = 200


def page_of(record: Mapping[str, Any], size_bytes: int) -> RolloutPage:
    """A rollout as it is sent: of very many messages the first and the last, of very long texts the begin."""
    rollout = from_record(record)
    every, half = rollout.messages, MAX_MESSAGES // 2
    left_out = max(0, len(every) - MAX_MESSAGES)
    if left_out:
        rollout.messages = [*every[:half], *every[-half:]]
        rollout.answer_from = min(rollout.answer_from, half)
    room = _Room(MAX_LETTERS)
    rollout.messages = [_shortened(each, room) for each in rollout.messages]
    rollout.texts = {name: room.take(text) for name, text in rollout.texts.items()}
    rollout.numbers = {
        name: value if isinstance(value, str) else json_number(value)
        for name, value in rollout.numbers.items()
    }
    return RolloutPage(rollout, left_out, room.is_cut, size_bytes)


def previews_of(rollout: Rollout) -> tuple[str, str]:
    """How the last question before the first answer, and the last answer, begin."""
    asked = [each for each in rollout.messages[: rollout.answer_from] if each.content]
    questions = [each for each in asked if each.role == "user"] or asked
    said = [text for each in rollout.messages[rollout.answer_from :] if (text := _said(each))]
    return _begin(questions[-1].content) if questions else "", _begin(said[-1]) if said else ""


class _Room:
    """For so many letters."""

    def __init__(self, letters: int) -> None:
        self._left = letters
        self.is_cut = False

    def take(self, text: str) -> str:
        taken = text[: self._left]
        self._left -= len(taken)
        self.is_cut |= len(taken) < len(text)
        return taken


def _shortened(message: RolloutMessage, room: _Room) -> RolloutMessage:
    return RolloutMessage(
        room.take(message.role[:100]),
        room.take(message.content),
        room.take(message.reasoning),
        room.take(message.name[:200]),
        [
            ToolCall(room.take(each.name), room.take(each.arguments), each.id[:200])
            for each in message.tool_calls
        ],
    )


def _said(message: RolloutMessage) -> str:
    if message.content or not message.tool_calls:
        return message.content
    call = message.tool_calls[0]
    return f"{call.name}({call.arguments})"


def _begin(text: str) -> str:
    return " ".join(text[: 4 * _SHOWN_LETTERS].split())[:_SHOWN_LETTERS]
