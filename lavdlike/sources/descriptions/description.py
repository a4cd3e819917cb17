"""What a file of another program says of its run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from lavdlike.messages import LabelDefinition, SuggestedChart

Ended = Literal["", "running", "finished", "crashed"]


class Description(NamedTuple):
    """What is said of a run; of what nothing is said, the default.

    `source`: the program's name, for people and for `source=` of a filter. `config`: as JSON has it. `status`: as it
    was when the file was written: a script that was killed is still `running` in it. `started`, `ended`: Unix seconds.
    `outcome`: the error's name and text, or "finished". `host`: where it ran. `labels`: what it
    declares of them. `charts`: what it suggests to draw together.
    """

    source: str = ""
    config: Mapping[str, Any] = {}
    tags: tuple[str, ...] = ()
    title: str = ""
    status: Ended = ""
    started: float | None = None
    ended: float | None = None
    outcome: str = ""
    host: str = ""
    labels: tuple[LabelDefinition, ...] = ()
    charts: tuple[SuggestedChart, ...] = ()


def together(descriptions: Iterable[Description]) -> Description:
    """What several say of one run: of each thing, the first that says it; settings by their name."""
    found = Description()
    for each in descriptions:
        found = Description(
            found.source or each.source,
            {**each.config, **found.config},
            tuple(dict.fromkeys(found.tags + each.tags)),
            found.title or each.title,
            found.status or each.status,
            each.started if found.started is None else found.started,
            each.ended if found.ended is None else found.ended,
            found.outcome or each.outcome,
            found.host or each.host,
            found.labels + each.labels,
            found.charts or each.charts,
        )
    return found


def json_values(value: Any) -> Any:
    """Settings as JSON carries them: what it has no numbers for is text.

    >>> json_values({"a": [float("nan"), 1]})
    {'a': ['nan', 1]}
    """
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {str(name): json_values(below) for name, below in value.items()}
    if isinstance(value, list):
        return [json_values(below) for below in value]
    return value
