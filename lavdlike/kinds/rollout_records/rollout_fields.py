"""The numbers, texts, step and group of a rollout, from the fields of its record beside the messages. Pure.

Programs call the same by several names: tinker-cookbook's summaries (`rl/rollout_logging.py`) have `iteration` and
`total_reward`, verifiers' results (`utils/save_utils.py`) `example_id`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lavdlike.kinds.rollout_records.chat import COMPLETION, CONVERSATIONS, PROMPT, text_of

STEP, REWARD = "step", "reward"
# Of whom several are of one prompt, the first that is there.
GROUPS = ("group", "group_id", "example_id", "prompt_id", "problem_id", "group_idx")
# Which number is called so here, if there is none of that name.
_CALLED = {
    STEP: ("global_step", "training_step", "iteration"),
    REWARD: ("total_reward",),
}
# Numbers in them need no other name.
_BARE = frozenset({"metrics", "trajectory_metrics"})
_MESSAGES = frozenset({*CONVERSATIONS, PROMPT, COMPLETION})
MAX_NUMBERS = 200
MAX_NAME = 200

Number = float | int
# As JSON has them.
_NUMBERS = frozenset({bool, int, float})


def numbers_of(fields: Mapping[str, Any]) -> dict[str, Number]:
    """The numbers by name, at most `MAX_NUMBERS`: those in objects as `usage/tokens`; true and false are 1 and 0."""
    found: dict[str, Number] = {}
    for name, value in fields.items():
        kind = type(value)
        if kind is str or kind is list or name in GROUPS:
            continue
        if kind is dict:
            if name not in _MESSAGES:
                _add_from(value, "" if name in _BARE else f"{name}/", found)
        elif kind in _NUMBERS and len(found) < MAX_NUMBERS:
            found.setdefault(name[:MAX_NAME], int(value) if kind is bool else value)
    for called, others in _CALLED.items():
        if called not in found:
            other = next((name for name in others if name in found), None)
            if other is not None:
                found[called] = found.pop(other)
    return found


def group_of(fields: Mapping[str, Any]) -> str:
    """What rollouts of one prompt share; "" if the record does not say it."""
    for name in GROUPS:
        value = fields.get(name)
        if isinstance(value, (str, int, float)):
            if name == "group_idx" and "iteration" in fields:  # counted anew in each
                return f"{text_of(fields['iteration'])}/{text_of(value)}"
            return text_of(value)
    return ""


def texts_of(fields: Mapping[str, Any]) -> dict[str, str]:
    """What is neither a number, a message nor the group, as texts: JSON of lists and objects."""
    texts: dict[str, str] = {}
    for name, value in fields.items():
        if name in _MESSAGES or name in GROUPS or value is None or isinstance(value, (bool, int, float)):
            continue
        if isinstance(value, Mapping):
            value = {key: each for key, each in value.items() if not isinstance(each, (bool, int, float))}
            value = {key: each for key, each in value.items() if each is not None}
        if value not in ("", [], {}):
            texts[name[:MAX_NAME]] = text_of(value)
    return texts


def _add_from(values: Mapping[str, Any], begin: str, found: dict[str, Number]) -> None:
    for key, value in values.items():
        kind = type(value)
        if kind in _NUMBERS and len(found) < MAX_NUMBERS:
            found.setdefault(f"{begin}{key}"[:MAX_NAME], int(value) if kind is bool else value)
