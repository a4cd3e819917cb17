"""What a filter may ask of an experiment, and what a name in it stands for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, cast

from lavdlike.bounded import giving_up
from lavdlike.messages import ExperimentSummary, Session
from lavdlike.reading.filter.syntax import Field, FilterError

if TYPE_CHECKING:
    from lavdlike.series.results import LabelResult

# Of an experiment's settings, which are read from a file that may hold any.
MAX_SETTINGS = 10_000

Value: TypeAlias = "str | float | bool"


class RunFacts(Protocol):
    """One experiment, as far as it is asked for."""

    @property
    def summary(self) -> ExperimentSummary: ...

    @property
    def memo(self) -> dict[str, Any]:
        """What was found out of it before and is still so, by a name of whoever found it out."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """Its configuration, by dotted names (`flattened`)."""

    def setting(self, name: str) -> tuple[Value, ...]:
        """What a setting is (`setting_values`); nothing without it."""

    def knows(self, field: Field) -> bool:
        """Whether what a field asks of a label is known; what is not counts as nothing until it is."""

    def label(self, name: str) -> LabelResult | None:
        """What the values of a label come to. The first question reads the experiment's scalars."""

    def value_at(self, name: str, step: int) -> float | None:
        """The value of a label at a step, the one logged last; None if there is none."""

    def goal(self, name: str) -> str:
        """Which values of a label are better: "min", "max", or "" if nobody has said."""


def flattened(config: Mapping[str, Any]) -> dict[str, Any]:
    """Settings by dotted names, as `optimizer.lr`; lists stay. At most 10,000."""
    found: dict[str, Any] = {}
    waiting = list(config.items())[::-1]
    while waiting and len(found) < MAX_SETTINGS:
        name, value = waiting.pop()
        if isinstance(value, dict) and value:
            waiting.extend((f"{name}.{key}", below) for key, below in list(value.items())[::-1])
        else:
            found[name] = value
    return found


def folder_of(summary: ExperimentSummary) -> str:
    """The part of its name before the last `/`, "" without one."""
    return summary.name.rpartition("/")[0]


def started(summary: ExperimentSummary) -> float | None:
    """When its newest session began, Unix seconds."""
    return max((session.started for session in summary.sessions), default=summary.created)


def _duration(summary: ExperimentSummary) -> float | None:
    """How long it ran, over all sessions, in seconds; of one that runs until its last change."""
    spans = [_end_of(session, summary) - session.started for session in summary.sessions]
    return sum(max(0.0, span) for span in spans) if spans else None


def _end_of(session: Session, summary: ExperimentSummary) -> float:
    return session.ended if session.ended is not None else summary.changed


def _built_in(name: str, summary: ExperimentSummary) -> Iterable[Value | None]:
    if name == "name":
        return (summary.name,)
    if name == "title":
        return (summary.title or None,)
    if name == "folder":
        return (folder_of(summary) or None,)
    if name == "status":
        return (summary.status,)
    if name == "tag":
        return summary.tags
    if name == "host":
        return dict.fromkeys(session.host for session in summary.sessions if session.host)
    if name == "commit":
        return (summary.git_commit or None,)
    if name == "source":
        return (summary.source or None,)
    if name == "kind":
        return summary.kinds
    if name in ("starred", "archived"):
        return (getattr(summary, name),)
    return (_TIMES[name](summary),)


_TIMES = {
    "started": started,
    "changed": lambda summary: summary.changed or None,
    "duration": _duration,
}
TIMES = ("started", "changed")
DURATIONS = ("duration",)
BUILT_IN = (
    "name",
    "title",
    "folder",
    "status",
    "tag",
    "host",
    "commit",
    "source",
    "kind",
    "starred",
    "archived",
    *_TIMES,
)


class Meaning(NamedTuple):
    """What a field stands for in all experiments that are asked. `note`: why that is perhaps not what was meant."""

    field: Field
    scope: str  # "run", "config" or "label"
    note: str = ""

    @property
    def key(self) -> str:
        """Names it in `RunFacts.memo`."""
        return f"{self.scope}\0{self.field.name}\0{self.field.function}\0{self.field.step}"


def meaning_of(field: Field, runs: Sequence[RunFacts]) -> Meaning:
    """A name is one of ours, else that of a setting in any experiment, else a label.

    Raises:
        FilterError: `run.` with a name that is none of ours.
    """
    is_built_in = field.name in BUILT_IN
    if field.scope == "run" and not is_built_in:
        raise FilterError(
            f"there is no {field.name!r} of a run; there are {', '.join(BUILT_IN)}",
            field.position,
            field.length,
        )
    if field.scope:
        return Meaning(field, field.scope)
    is_setting = any(field.name in run.settings for run in runs)
    if is_built_in:
        note = (
            f"{field.name} is that of the run here; config.{field.name} is the setting" if is_setting else ""
        )
        return Meaning(field, "run", note)
    if not is_setting:
        return Meaning(field, "label")
    # Labels of the experiments are not read to find that out: only what is known is said.
    return Meaning(field, "config")


def column_of(meaning: Meaning, runs: Sequence[RunFacts]) -> list[tuple[Value, ...]]:
    """What each experiment has there: nothing, one value, or several, as it has several tags."""
    key = meaning.key
    column = [run.memo.get(key) for run in runs]
    for index, values in enumerate(column):
        if values is None:
            column[index] = runs[index].memo[key] = _values_of(meaning, runs[index])
    return cast("list[tuple[Value, ...]]", column)


def values_of(meaning: Meaning, run: RunFacts) -> tuple[Value, ...]:
    """Of one experiment, as of `column_of`."""
    return column_of(meaning, [run])[0]


def _values_of(meaning: Meaning, run: RunFacts) -> tuple[Value, ...]:
    giving_up.check()
    field = meaning.field
    if meaning.scope == "run":
        return tuple(value for value in _built_in(field.name, run.summary) if value is not None)
    if meaning.scope == "config":
        return run.setting(field.name)
    if not run.knows(field):
        return ()
    value = label_value(field, run)
    return () if value is None else (value,)


def label_value(field: Field, run: RunFacts) -> float | None:
    """What is asked of a label: its last value, or what the field's function makes of all of them."""
    if field.function == "at":
        return run.value_at(field.name, field.step or 0)
    result = run.label(field.name)
    if result is None:
        return None
    if field.function == "best":
        return {"min": result.minimum, "max": result.maximum}.get(run.goal(field.name))
    value: float | None = getattr(result, _ATTRIBUTES.get(field.function, field.function) or "last")
    return None if value is None else float(value)


_ATTRIBUTES = {None: "last", "min": "minimum", "max": "maximum", "count": "points"}


def setting_values(value: Any) -> tuple[Value, ...]:
    """A list is what it is as JSON, and then each of its values; nothing (null) is the text `null`."""
    if type(value) in (str, float, bool):  # most are
        return (value,)
    return tuple(_values_in(value))


def _values_in(value: Any) -> Iterable[Value]:
    if isinstance(value, list):
        yield json.dumps(value)
        for entry in value:
            yield from _values_in(entry)
    elif value is None:
        yield "null"
    elif isinstance(value, (str, float, bool)):
        yield value
    elif isinstance(value, int):
        yield _as_float(value)
    else:
        yield json.dumps(value)


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
