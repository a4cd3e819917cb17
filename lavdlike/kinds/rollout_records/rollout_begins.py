"""By what a file of rollouts is told: its name and how it begins. Pure.

Formats: JSON lines of chats, of verifiers (`results.jsonl`, `traces.jsonl`) and of tinker-cookbook
(`trajectories.jsonl`, `*_rollout_summaries.jsonl`), which are told by their first records whatever they are called; its
`*_logtree.json`;
TRL's `completions_00010.parquet` (`trainer/grpo_trainer.py`, `log_completions`); logs of Inspect (`log/_log.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from lavdlike.kinds.rollout_records import episodes
from lavdlike.kinds.rollout_records.chat import COMPLETION, CONVERSATIONS, PROMPT

SUFFIX = ".rollouts.jsonl"


class Form(Enum):
    """How a file holds rollouts: as lines of JSON, or as something that lines are made of."""

    LINES = "lines"
    TRL = "trl"
    INSPECT = "inspect"
    INSPECT_ZIP = "inspect zip"
    LOGTREE = "logtree"


_LINES = (".jsonl", ".ndjson")
_TRL = re.compile(r"(?:.*/)?completions_[0-9]{1,16}\.parquet\Z")
_INSPECT = re.compile(
    rb'\s*\{\s*"version"\s*:\s*[0-9]+\s*,\s*"status"\s*:\s*"(?:started|success|cancelled|error)"\s*,\s*"eval"\s*:\s*\{'
)
_LOGTREE = re.compile(
    rb'\s*\{\s*"title"\s*:\s*"(?:[^"\\]|\\.)*"\s*,\s*"started_at"\s*:\s*"[^"]*"\s*,'
    rb'(?:\s*"path"\s*:\s*(?:null|"(?:[^"\\]|\\.)*")\s*,)?\s*"root"\s*:\s*\{\s*"tag"\s*:'
)
# Of a first record that is longer than what is looked at.
_CUT_RECORD = re.compile(
    rb'\s*\{.*?"(?:messages|turns|conversations|prompt|completion)"\s*:\s*\[\s*\{[^{}]{0,200}?"(?:role|from|content)"\s*:',
    re.DOTALL,
)
_SUMMARY = frozenset({"group_idx", "traj_idx", "total_reward"})
# So many records say what the others are.
_LOOKED_AT = 3


def may_be(path: str) -> bool:
    """Whether a file at this path, relative to its experiment, may hold rollouts: its begin is worth reading."""
    lowered = path.lower()
    return lowered.endswith((*_LINES, ".json", ".eval")) or _TRL.match(path) is not None


def is_rollouts(path: str, begin: bytes) -> bool:
    """Whether a file holds rollouts, by its path and its first 64 KiB."""
    return form_of(path, begin) is not None


def form_of(path: str, begin: bytes) -> Form | None:
    """How it holds them; None if it holds none."""
    lowered = path.lower()
    if lowered.endswith(SUFFIX):
        return Form.LINES
    if lowered.endswith(_LINES):
        return Form.LINES if _are_lines(begin) else None
    if lowered.endswith(".json"):
        return Form.INSPECT if _INSPECT.match(begin) else Form.LOGTREE if _LOGTREE.match(begin) else None
    if lowered.endswith(".eval"):
        return Form.INSPECT_ZIP if begin.startswith(b"PK\x03\x04") else None
    return Form.TRL if _TRL.match(path) and begin.startswith(b"PAR1") else None


def is_rollout(record: Mapping[str, Any]) -> bool:
    """Whether a record is one by what it has."""
    if any(_are_messages(record.get(key)) for key in CONVERSATIONS):
        return True
    if PROMPT in record and isinstance(record.get(COMPLETION), (str, list)):
        return isinstance(record[PROMPT], (str, list))
    return record.keys() >= _SUMMARY or episodes.is_episode(record)


def _are_messages(value: Any) -> bool:
    if not isinstance(value, list) or not value:
        return False
    return isinstance(value[0], Mapping) and ("role" in value[0] or {"from", "value"} <= value[0].keys())


def _are_lines(begin: bytes) -> bool:
    lines = [line for line in begin.split(b"\n")[:_LOOKED_AT] if line.strip()]
    seen = False
    for line in lines:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            # A line that is cut by what was read; else one that is broken.
            return seen or (begin.startswith(line) and _CUT_RECORD.match(line) is not None)
        if not isinstance(record, dict) or not is_rollout(record):
            return False
        seen = True
    return seen
