"""Conversations in tinker-cookbook's `*_logtree.json` as records of rollouts. Pure: bytes in, records out; untrusted.

Format: `tinker_cookbook/utils/logtree.py` (`write_trace_json`): sections with a heading and a body, in which
conversations are data, and numbers are tables of names and values (`rl/problem_env.py`, `rl/preference_envs.py`).
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from typing import Any

_PROMPT = "prompt"
_MAX_ROWS = 200


def records_in(data: bytes) -> Iterator[dict[str, Any]]:
    """Raises ValueError: it is no such file; RecursionError: it is nested too deeply."""
    document = json.loads(data)
    root = document.get("root") if isinstance(document, dict) else None
    if not isinstance(root, dict):
        raise ValueError("no tree of a log")
    yield from _conversations(_children(root))


def _conversations(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each conversation behind a prompt answers it; what a section says after it in a table is said of it."""
    prompt: list[Any] = []
    last: dict[str, Any] | None = None
    for node in nodes:
        title, body = _section(node)
        messages = [message for each in (node, *body) for message in _messages(each)]
        if messages:
            if last is not None:
                yield last
            is_prompt = title.lower() == _PROMPT
            prompt = messages if is_prompt else prompt
            last = {"section": title, "messages": messages if is_prompt else [*prompt, *messages]}
        elif last is not None:
            last = {**_said(body), **last}
        if messages and title.lower() == _PROMPT:
            last = None  # it stands in what answers it
        yield from _conversations([each for each in body if not _messages(each)])
    if last is not None:
        yield last


def _section(node: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """Its heading, and what is in it."""
    children = _children(node)
    if node.get("tag") != "section" or len(children) < 2:
        return "", children
    return _text(children[0]), _children(children[1])


def _messages(node: dict[str, Any]) -> list[Any]:
    data = node.get("data")
    messages = data.get("messages") if isinstance(data, dict) and data.get("type") == "conversation" else None
    return messages if isinstance(messages, list) else []


def _said(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    """Names and values in tables of two columns; a value that is a number is one."""
    found: dict[str, Any] = {}
    for table in (node for node in nodes if node.get("tag") == "table"):
        for row in [row for part in _children(table)[1:] for row in _children(part)][:_MAX_ROWS]:
            cells = [_text(cell) for cell in _children(row)]
            if len(cells) == 2:
                found[cells[0]] = _value(cells[1])
    return found


def _value(text: str) -> Any:
    if text in ("True", "False"):
        return text == "True"
    try:
        return float(text)
    except ValueError:
        return text


def _text(node: dict[str, Any]) -> str:
    children = node.get("children")
    return html.unescape("".join(each for each in children or () if isinstance(each, str)))


def _children(node: dict[str, Any]) -> list[dict[str, Any]]:
    children = node.get("children")
    return [each for each in children if isinstance(each, dict)] if isinstance(children, list) else []
