"""Records in lines of logs: NVIDIA's dllogger, and JSON behind a prefix as fairseq writes it. Pure.

Formats: `dllogger/logger.py` (JSONStreamBackend) and `fairseq/logging/progress_bar.py` (JsonProgressBar).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

DLLOGGER = b"DLLL "
# ... | INFO | train_inner | {...}: what stands between the last two bars names what the values are of.
_TAGGED = re.compile(rb"\|\s*([A-Za-z_][\w./-]{0,60})\s*\|\s*(\{.*\})\s*\Z")
# Of the tag in the names of its own values: `train_loss` in lines of `train`.
_STEP_OF_TAG = "num_updates"

Record = dict[str, Any]


def load(text: bytes) -> Any:
    """A JSON text as Python reads it, `NaN` included. Raises ValueError."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None


def dllogger_record(line: bytes) -> Record | None:
    """The values of a line of dllogger with its step; None if it has none.

    A step of one number is one. Of several (epoch, iteration) no one says whether the last begins anew in each epoch:
    they are values, as `step.0`, `step.1`, and the record has no step.

    Raises:
        ValueError: what follows `DLLL` is no JSON object.
    """
    document = load(line[len(DLLOGGER) :])
    if not isinstance(document, dict):
        raise ValueError("no object")
    data = document.get("data")
    if document.get("type") != "LOG" or not isinstance(data, dict):
        return None
    record: Record = {name: value for name, value in data.items() if not isinstance(value, (str, list))}
    step = document.get("step")
    parts = step if isinstance(step, list) else [step]
    numbers = [part for part in parts if type(part) is int]
    if step == "PARAMETER" or not record:
        return None
    if len(numbers) == 1:
        record["step"] = numbers[0]
    elif numbers:
        record |= {f"step.{place}": number for place, number in enumerate(numbers)}
    with suppress(TypeError, ValueError):
        record["timestamp"] = float(document["timestamp"]) if "timestamp" in document else None
    return record


def tagged_record(line: bytes) -> Record | None:
    """The values of a line `... | tag | {...}` with its step; None if it is another line.

    Texts that are numbers are. Names that do not begin with the tag get it: `train_inner/loss`.
    """
    found = _TAGGED.search(line)
    if found is None:
        return None
    try:
        document = load(found[2])
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    tag = found[1].decode(errors="replace")
    values = {name: _number(value) for name, value in document.items()}
    numbers: Record = {name: value for name, value in values.items() if value is not None}
    step = _step_of(numbers, tag)
    if step is None:
        return None
    return {
        "num_updates": step,
        **{
            name if name.startswith(f"{tag}_") or name == "epoch" else f"{tag}/{name}": value
            for name, value in numbers.items()
            if name not in (_STEP_OF_TAG, f"{tag}_{_STEP_OF_TAG}")
        },
    }


def find(begin: bytes, read: Callable[[bytes], Mapping[str, Any] | None]) -> bool:
    """Whether a line near the begin of a file is a record."""
    return any(
        read(line) is not None
        for line in begin.split(b"\n")[:-1]
        if line.endswith((b"}", b"}\r")) and b"| {" in line
    )


def _step_of(numbers: Mapping[str, float | int], tag: str) -> float | int | None:
    for name in (_STEP_OF_TAG, f"{tag}_{_STEP_OF_TAG}"):
        step = numbers.get(name)
        if step is not None and step >= 0 and step == step // 1:
            return step
    return None


def _number(value: Any) -> float | int | None:
    if type(value) in (int, float):
        number: float | int = value
        return number
    if type(value) is str and len(value) < 40 and "_" not in value:
        with suppress(ValueError):
            return float(value)
    return None
