from __future__ import annotations

import pytest

from lavdlike import labels
from lavdlike.messages import LabelDefinition


@pytest.mark.parametrize(
    ("pattern", "label", "is_match"),
    [
        ("loss", "loss", True),
        ("loss", "train/loss", False),
        ("*", "", True),
        ("*loss", "train/loss", True),
        ("train/*", "train/a/b", True),
        ("train/*/loss", "train/loss", False),
        ("a*a", "a", False),
        ("a*b*c", "a-c-b-c", True),
        ("a*b*c", "a-c-c", False),
        ("*x*x*", "x", False),
        ("[a].?", "[a].?", True),
        ("LOSS", "loss", False),
    ],
)
def test_a_star_stands_for_any_text(pattern: str, label: str, is_match: bool) -> None:  # noqa: FBT001 - a case
    assert labels.matches(pattern, label) == is_match


def test_no_pattern_takes_long() -> None:
    assert not labels.matches("a*" * 200 + "b", "a" * 100_000)


def test_the_first_definition_that_says_something_decides_that() -> None:
    definitions = [
        LabelDefinition("*/loss", goal="min"),
        LabelDefinition("train/*", goal="max", unit="nats", x="epoch"),
        LabelDefinition("other", description="not this"),
    ]
    assert labels.definition_of("train/loss", definitions) == LabelDefinition(
        "train/loss", goal="min", unit="nats", x="epoch"
    )
    assert labels.definition_of("x", definitions) == LabelDefinition("x")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"pattern": ""}, "pattern must not be empty"),
        ({"goal": "up"}, "goal must be 'min' or 'max'"),
        ({"unit": "x" * 41}, "unit must not be longer than 40 characters"),
        ({"unit": 3}, "unit must be a string, not int"),
        ({"x": "a\nb"}, "x must not contain control characters"),
        ({"description": "\ud800"}, "description must be valid Unicode"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence(fields: dict[str, object], message: str) -> None:
    definition = LabelDefinition(**({"pattern": "loss"} | fields))  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ValueError, match=message):
        labels.check_definition(definition)


def test_what_can_be_kept_is_returned() -> None:
    definition = LabelDefinition("val/*", goal="max", unit="%", x="epoch", description="higher is better")
    assert labels.check_definition(definition) is definition
