"""Conversations in the forms in which programs write them -> messages of text. Pure, and takes anything.

Formats: OpenAI's chat messages (content as text or parts, tool calls), as TRL, verifiers and Inspect write them too;
Anthropic's parts (`thinking`, `tool_use`, `tool_result`); `turns` of tinker-cookbook (`StoredTurn`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec

# Who answers, as programs call the model.
ANSWERING = frozenset({"assistant", "model", "gpt", "ai"})
# Whole conversations, the first that is there.
CONVERSATIONS = ("messages", "turns", "conversations")
PROMPT, COMPLETION = "prompt", "completion"
_MEDIA = {
    "image": "image",
    "image_url": "image",
    "input_image": "image",
    "audio": "audio",
    "input_audio": "audio",
}
_MEDIA |= {"video": "video", "video_url": "video", "file": "file", "document": "document"}
_REASONING = ("reasoning_content", "reasoning", "thinking")
_MAX_ADDRESS = 200


class ToolCall(msgspec.Struct):
    """What the model called. `arguments`: as text, mostly JSON."""

    name: str
    arguments: str
    id: str = ""


class RolloutMessage(msgspec.Struct):
    """One message. `role`: as it stands there. `name`: of who speaks, or of the tool that answers.

    `reasoning`: what the model thought before. What is no text stands in `content` as `[image]`.
    """

    role: str
    content: str
    reasoning: str = ""
    name: str = ""
    tool_calls: list[ToolCall] = []


class Conversation(msgspec.Struct):
    """`answer_from`: which message is the model's first; their number if there is none."""

    messages: list[RolloutMessage]
    answer_from: int


def conversation_of(record: Mapping[str, Any]) -> Conversation:
    """The messages of a record; none if it has none."""
    for key in CONVERSATIONS:
        if isinstance(record.get(key), list):
            messages = [_message(each, "") for each in record[key]]
            return Conversation(messages, _first_answer(messages))
    asked = _messages(record.get(PROMPT), "user")
    return Conversation([*asked, *_messages(record.get(COMPLETION), "assistant")], len(asked))


def text_of(value: Any) -> str:
    """A value as text: JSON of what is none."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False)
    except (ValueError, TypeError, RecursionError):
        return repr(type(value).__name__)


def _first_answer(messages: Sequence[RolloutMessage]) -> int:
    answers = (place for place, message in enumerate(messages) if message.role in ANSWERING)
    return next(answers, len(messages))


def _messages(value: Any, role: str) -> list[RolloutMessage]:
    """Of a prompt or an answer: a text is one message."""
    if value is None:
        return []
    return [_message(each, role) for each in value] if isinstance(value, list) else [_message(value, role)]


def _message(value: Any, role: str) -> RolloutMessage:
    if not isinstance(value, Mapping):
        return RolloutMessage(role, text_of(value))
    said = value.get("role", value.get("from", role))  # ShareGPT has `from` and `value`
    message = RolloutMessage(text_of(said), "", name=_name_of(value))
    message.reasoning = next((value[key] for key in _REASONING if isinstance(value.get(key), str)), "")
    parts: list[str] = []
    content = value.get("content", value.get("value"))
    for part in content if isinstance(content, list) else [content]:
        if part is not None:
            _add_part(message, parts, part)
    message.content = "\n".join(parts)
    calls = value.get("tool_calls")
    message.tool_calls += [_tool_call(each) for each in calls] if isinstance(calls, list) else []
    return message


def _name_of(message: Mapping[str, Any]) -> str:
    """Of a tool, Inspect says which `function` answers."""
    names = (message.get(key) for key in ("name", "function"))
    return next((name for name in names if isinstance(name, str)), "")


def _add_part(message: RolloutMessage, parts: list[str], part: Any) -> None:
    """`parts`: what is text of the message, in its order."""
    if not isinstance(part, Mapping):
        parts.append(text_of(part))
        return
    kind = part.get("type")
    thought = next((part[key] for key in _REASONING if isinstance(part.get(key), str)), None)
    if kind in ("reasoning", "thinking") and thought is not None:
        message.reasoning += ("\n" if message.reasoning else "") + thought
    elif kind == "tool_use" and "input" in part:
        message.tool_calls.append(_tool_call({**part, "arguments": part["input"]}))
    elif kind == "tool_result":
        parts.append(text_of(part.get("content", "")))
    elif isinstance(kind, str) and kind in _MEDIA:
        parts.append(_media(_MEDIA[kind], part))
    elif isinstance(part.get("text"), str):
        parts.append(part["text"])
    else:
        parts.append(text_of(part))


def _media(what: str, part: Mapping[str, Any]) -> str:
    """What stands for a picture or sound: its address if it has a short one. What lies in the record is not sent."""
    source = part.get("image_url", part.get("image"))
    address = source.get("url") if isinstance(source, Mapping) else source
    is_short = isinstance(address, str) and len(address) <= _MAX_ADDRESS and not address.startswith("data:")
    return f"[{what} {address}]" if is_short else f"[{what}]"


def _tool_call(value: Any) -> ToolCall:
    if isinstance(value, str):  # verifiers' results had calls as texts of JSON
        with suppress(msgspec.DecodeError, RecursionError):
            value = msgspec.json.decode(value)
    if not isinstance(value, Mapping):
        return ToolCall("", text_of(value))
    function = value.get("function")
    inner = function if isinstance(function, Mapping) else value
    name = function if isinstance(function, str) else inner.get("name", "")
    arguments = inner.get("arguments", "")
    return ToolCall(text_of(name), text_of(arguments), text_of(value.get("id") or ""))
