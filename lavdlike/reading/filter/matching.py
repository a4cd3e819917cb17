"""Which experiments a filter lets through. A name is looked up once, and a term is asked of all experiments at once."""

from __future__ import annotations

import math
import operator as operators
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from lavdlike.bounded import giving_up
from lavdlike.bounded.patterns import Pattern, PatternError
from lavdlike.reading.filter.facts import DURATIONS, TIMES, Meaning, RunFacts, Value, column_of, meaning_of
from lavdlike.reading.filter.syntax import And, Comparison, Field, FilterError, Has, Node, Not, Or, Words

# Of a regular expression over names or settings.
_SEARCH_S = 2.0
_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}
_SPAN = re.compile(r"(-?)(\d+(?:\.\d+)?)([smhdw])\Z")
_ORDERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}
# Of `RunFacts.memo`.
_FOLDED = "folded"
# Of each experiment: yes, no, or None where it has nothing that could be compared.
Verdicts: TypeAlias = "list[bool | None]"


class Matches(NamedTuple):
    """Which of the experiments match, in their order. `notes`: what a person may have meant instead.

    `open`: those of which that is not known yet, because what is asked of their labels (`of_labels`) is not.
    """

    runs: list[RunFacts]
    notes: list[str]
    open: list[RunFacts]
    of_labels: list[Field]


def matching(
    node: Node, runs: Sequence[RunFacts], *, now: float | None = None, until: float = math.inf
) -> Matches:
    """The experiments that a filter lets through.

    What an experiment does not have is neither equal nor unequal to anything: `lr!=0.1` and `-lr=0.1` let through
    only what has a learning rate. `-tag=bad` lets through what has no tag, too: tags are a set, which may be empty.
    Labels are asked last, and only of experiments that the rest lets through.

    Args:
        now: Unix seconds, for `started>-7d`.
        until: a moment of `time.monotonic`.

    Raises:
        FilterError: a value is none of its field's, a regular expression is none, or it takes too long.
        GivenUpError: nobody waits for the result.
    """
    asked = _Question(runs, time.time() if now is None else now, until)
    verdicts = asked.of(node, runs)
    matches = [run for run, verdict in zip(runs, verdicts, strict=True) if verdict is True]
    unsure = [
        run
        for run, verdict in zip(runs, verdicts, strict=True)
        if verdict is not False and not all(map(run.knows, asked.of_labels))
    ]
    return Matches(matches, asked.notes, unsure, asked.of_labels)


class _Question:
    """`of_labels`: what was asked of labels so far."""

    def __init__(self, runs: Sequence[RunFacts], now: float, until: float) -> None:
        self.notes: list[str] = []
        self.of_labels: list[Field] = []
        self._runs = runs
        self._now = now
        self._until = until
        self._meanings: dict[tuple[str, str], Meaning] = {}

    def of(self, node: Node, runs: Sequence[RunFacts]) -> Verdicts:
        giving_up.check()
        if time.monotonic() > self._until:
            raise FilterError("it takes too long to answer; fewer or simpler terms may not", 0)
        if isinstance(node, Words):
            wanted = node.text.casefold()
            return [wanted in (run.memo.get(_FOLDED) or _folded(run)) for run in runs]
        if isinstance(node, Not):
            return [None if each is None else not each for each in self.of(node.of, runs)]
        if isinstance(node, (And, Or)):
            return self._together(node, runs)
        meaning = self._meaning(node)
        if isinstance(node, Has):
            return self._having(meaning, runs)
        return self._compared(node, meaning, runs)

    def _together(self, node: And | Or, runs: Sequence[RunFacts]) -> Verdicts:
        """Each part is asked of those experiments only for which the parts before have not decided it."""
        decides = isinstance(node, Or)
        verdicts: Verdicts = [not decides] * len(runs)
        undecided = list(range(len(runs)))
        for part in sorted(node.parts, key=self._asks_labels):
            found = self.of(part, [runs[index] for index in undecided])
            for index, verdict in zip(undecided, found, strict=True):
                if verdict is decides or verdict is None:
                    verdicts[index] = verdict
            undecided = [index for index in undecided if verdicts[index] is not decides]
        return verdicts

    def _asks_labels(self, node: Node) -> bool:
        if isinstance(node, Not):
            return self._asks_labels(node.of)
        if isinstance(node, (And, Or)):
            return any(map(self._asks_labels, node.parts))
        return not isinstance(node, Words) and self._meaning(node).scope == "label"

    def _meaning(self, node: Comparison | Has) -> Meaning:
        """A name is looked up once."""
        key = (node.field.scope, node.field.name)
        known = self._meanings.get(key)
        if known is None:
            known = self._meanings[key] = meaning_of(node.field, self._runs)
            if known.note:
                self.notes.append(known.note)
        meaning = known._replace(field=node.field)
        if meaning.scope == "label" and node.field not in self.of_labels:
            self.of_labels.append(node.field)
        return meaning

    def _having(self, meaning: Meaning, runs: Sequence[RunFacts]) -> Verdicts:
        found: Verdicts = [bool(values) for values in column_of(meaning, runs)]
        if meaning.scope == "label":
            for index, run in enumerate(runs):
                if not found[index] and not run.knows(meaning.field):
                    found[index] = None
        return found

    def _compared(self, node: Comparison, meaning: Meaning, runs: Sequence[RunFacts]) -> Verdicts:
        values = column_of(meaning, runs)
        if meaning.scope != "run" and not any(values):
            self._note_absence(meaning, runs)
        if node.operator == "~":
            found = _found_in(node, [[text_of(value) for value in each] for each in values], self._until)
        else:
            test = _test_of(node, meaning, self._now)
            found = [test(each) for each in values]
        if meaning.scope == "run" and meaning.field.name == "tag":
            return [each is True or (node.operator == "!=" and each is None) for each in found]
        return found

    def _note_absence(self, meaning: Meaning, runs: Sequence[RunFacts]) -> None:
        """None of the experiments asked has it. Of labels, the others are not read to say whether they do."""
        if not runs or not all(run.knows(meaning.field) for run in runs):
            return
        is_all = len(runs) == len(self._runs)
        if meaning.scope == "config" and not is_all and any(column_of(meaning, self._runs)):
            return
        who = (
            "no experiment" if is_all or meaning.scope == "config" else "none of the other terms' experiments"
        )
        self.notes.append(f"{who} has {_asked_of(meaning.field)}")


def _folded(run: RunFacts) -> str:
    """Its name and title for searches without regard to case."""
    folded: str = run.memo.setdefault(_FOLDED, f"{run.summary.name}\n{run.summary.title}".casefold())
    return folded


def _asked_of(field: Field) -> str:
    if field.function is None:
        return f"a setting or label {field.name!r}"
    if field.function == "best":
        return f"a best value of {field.name!r}: nobody has said whether small or large ones are better"
    return f"the label {field.name!r}" if field.function != "at" else f"{field.name!r} at step {field.step}"


def _test_of(node: Comparison, meaning: Meaning, now: float) -> Callable[[Sequence[Value]], bool | None]:
    """What is asked of an experiment's values: whether any of them compares so; None if there are none that can."""
    wanted = [_wanted(text, meaning, node, now) for text in node.values]
    operator = "=" if node.operator == "!=" else node.operator
    is_negated = node.operator == "!="
    known: dict[Value, bool | None] = {}  # of values that are alone, as most are

    def test(values: Sequence[Value]) -> bool | None:
        if len(values) == 1 and type(values[0]) is not bool:  # which would be taken for 0 or 1
            if values[0] not in known:
                known[values[0]] = tested(values)
            return known[values[0]]
        return tested(values)

    def tested(values: Sequence[Value]) -> bool | None:
        verdicts = [_compare(value, operator, each) for value in values for each in wanted]
        decided = [verdict for verdict in verdicts if verdict is not None]
        return (any(decided) != is_negated) if decided else None

    return test


def _wanted(text: str, meaning: Meaning, node: Comparison, now: float) -> float | str:
    name = meaning.field.name if meaning.scope == "run" else ""
    if name in TIMES:
        return _moment(text, node, now)
    if name in DURATIONS:
        return _span_s(text, node)
    number = number_of(text)
    return text.casefold() if number is None else number


def _compare(value: Value, operator: str, wanted: float | str) -> bool | None:
    """None: a text and a number have no order. Text that is a number is one; other text is compared without case."""
    number = float(value) if isinstance(value, float) else number_of(text_of(value))
    if isinstance(wanted, float) and number is not None:
        return _ordered(number, operator, wanted)
    text, wanted_text = text_of(value).casefold(), wanted if isinstance(wanted, str) else ""
    if operator == "=":
        return isinstance(wanted, str) and text == wanted_text
    return bool(_ORDERS[operator](text, wanted_text)) if isinstance(wanted, str) and number is None else None


def _ordered(value: float, operator: str, wanted: float) -> bool:
    if operator == "=":
        return value == wanted or (math.isnan(value) and math.isnan(wanted))
    return bool(_ORDERS[operator](value, wanted))


def text_of(value: Value) -> str:
    """As it is compared with text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{value:.17g}"


def number_of(text: str) -> float | None:
    """The number that a text is; none with underscores, which `float` would take."""
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None


def _moment(text: str, node: Comparison, now: float) -> float:
    """`-7d` is a week ago; a date is its begin, here."""
    span = _SPAN.match(text)
    if span and span[1]:
        return now - float(span[2]) * _UNITS_S[span[3]]
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        reason = f"not a time: {text!r}; write -7d, -12h or 2026-01-31"
        raise FilterError(reason, node.position, max(1, len(text))) from None


def _span_s(text: str, node: Comparison) -> float:
    """`90m`, `2h`; a number by itself is seconds."""
    span = _SPAN.match(text)
    if span and not span[1]:
        return float(span[2]) * _UNITS_S[span[3]]
    number = number_of(text)
    if number is None:
        raise FilterError(f"not a time span: {text!r}; write 90m or 2h", node.position, max(1, len(text)))
    return number


def _found_in(node: Comparison, texts: list[list[str]], until: float) -> Verdicts:
    """In which experiments a regular expression is found; None where there is nothing to look in."""
    import polars as pl

    (expression,) = node.values
    # What a JSON file says need not be Unicode.
    flat = [text.encode(errors="replace").decode() for each in texts for text in each]
    ends = min(until, time.monotonic() + _SEARCH_S)
    try:
        pattern = Pattern(expression, ignore_case=expression == expression.lower())
        found = iter(pattern.found_in(pl.Series(flat, dtype=pl.String), until=ends).to_list())
    except PatternError as error:
        raise FilterError(f"no regular expression: {error}", node.position, max(1, len(expression))) from None
    of_each = [[next(found) for _ in each] for each in texts]
    return [any(each) if each else None for each in of_each]
