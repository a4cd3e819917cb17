"""What labels are: definitions by pattern, of scripts (`Logger.define`) and of people (`lavdlike.yaml`). Pure."""

from __future__ import annotations

from collections.abc import Sequence

from lavdlike.messages import LabelDefinition

GOALS = ("", "min", "max")
_MAX_CHARACTERS = {"pattern": 500, "unit": 40, "x": 500, "description": 2000}
_FIELDS = ("goal", "unit", "x", "description")


def check_definition(definition: LabelDefinition) -> LabelDefinition:
    """The definition itself if it can be kept.

    Raises:
        ValueError: a sentence that names the field and the rule that it breaks.
    """
    if not definition.pattern:
        raise ValueError("pattern must not be empty")
    if definition.goal not in GOALS:
        raise ValueError(f"goal must be 'min' or 'max', not {definition.goal!r}")
    for field, most in _MAX_CHARACTERS.items():
        text = getattr(definition, field)
        if not isinstance(text, str):
            raise ValueError(f"{field} must be a string, not {type(text).__name__}")
        if len(text) > most:
            raise ValueError(f"{field} must not be longer than {most:,} characters")
        if any(character < " " or character == "\x7f" for character in text):
            raise ValueError(f"{field} must not contain control characters or newlines")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ValueError(f"{field} must be valid Unicode without lone surrogates") from None
    return definition


def matches(pattern: str, label: str) -> bool:
    """Whether a label matches a pattern, in which `*` stands for any text, also an empty one and with `/`.

    In time linear in the label for each part of the pattern, whatever both are.
    """
    first, *rest = pattern.split("*")
    if not rest:
        return label == pattern
    *middle, last = rest
    if not label.startswith(first) or not label.endswith(last) or len(label) < len(first) + len(last):
        return False
    position, end = len(first), len(label) - len(last)
    for part in middle:
        position = label.find(part, position, end)
        if position < 0:
            return False
        position += len(part)
    return True


def definition_of(label: str, definitions: Sequence[LabelDefinition]) -> LabelDefinition:
    """What a label is by all definitions that match it: the first that says something decides that.

    `pattern` of the result is the label.
    """
    said: dict[str, str] = {}
    for definition in definitions:
        if matches(definition.pattern, label):
            for field in _FIELDS:
                if text := getattr(definition, field):
                    said.setdefault(field, text)
    return LabelDefinition(label, **said)  # type: ignore[arg-type]  # a goal is one of GOALS
