from __future__ import annotations

from collections.abc import Callable

import pytest

from lavdlike.edit_messages import Annotation
from lavdlike.edits import rules
from lavdlike.errors import BadEditError
from lavdlike.messages import LabelDefinition, SavedFilter


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda: rules.checked_title("x" * 201), "a title must not be longer than 200 characters"),
        (lambda: rules.checked_title("a\nb"), "a title must not contain newlines"),
        (lambda: rules.checked_title("a\u202eb"), "direction characters"),
        (lambda: rules.checked_title("a\u2066b"), "direction characters"),
        (lambda: rules.checked_title("a\x1b[31mb"), "control"),
        (lambda: rules.checked_title("\ud800"), "valid Unicode"),
        (lambda: rules.checked_tags(["x" * 65]), "a tag must not be longer than 64"),
        (lambda: rules.checked_tags(["a"] * 101), "more than 100 tags"),
        (lambda: rules.checked_tags([" "]), "a tag must not be empty"),
        (lambda: rules.check_number_of_tags(101), "it would have more than 100 tags"),
        (lambda: rules.check_notes("x" * (2**20 + 1)), "notes must not be larger than 1 MiB"),
        (lambda: rules.check_notes("🦜" * (2**18 + 1)), "notes must not be larger than 1 MiB"),
        (lambda: rules.check_notes("a\0b"), "NUL"),
        (lambda: rules.check_notes("\udc80"), "valid Unicode"),
        (lambda: rules.check_annotation(Annotation(-1, "x")), "from 0 to"),
        (lambda: rules.check_annotation(Annotation(1, "x", end_step=2**53)), "from 0 to"),
        (lambda: rules.check_annotation(Annotation(5, "x", end_step=4)), "end before it begins"),
        (lambda: rules.check_annotation(Annotation(5, " ")), "must not be empty"),
        (lambda: rules.check_annotation(Annotation(5, "x" * 10_001)), "10,000 characters"),
        (lambda: rules.check_annotation(Annotation(5, "a\x07")), "control characters"),
        (lambda: rules.check_annotation(Annotation(5, "x", id="../a")), "not an id"),
        (lambda: rules.check_annotation(Annotation(5, "x", label="x" * 501)), "a label"),
        (lambda: rules.check_definition(LabelDefinition("")), "pattern must not be empty"),
        (lambda: rules.check_filter(SavedFilter("", "x")), "the name of a filter"),
        (lambda: rules.check_filter(SavedFilter("x", "y" * 2001)), "a filter must not be longer"),
        (lambda: rules.check_view({"x": ["y"] * 1001}), "a view"),
        (lambda: rules.check_view({"x": ["a\nb"]}), "a parameter of a view"),
        (lambda: rules.check_targets([]), "nothing was named"),
        (lambda: rules.check_targets([1] * 10_001), "more than 10,000"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_a_sentence(check: Callable[[], object], message: str) -> None:
    with pytest.raises(BadEditError, match=message):
        check()


def test_what_is_right_is_taken_without_the_space_around_it() -> None:
    assert rules.checked_title("  Best עברית <b>\u200f ") == "Best עברית <b>\u200f"
    assert rules.checked_tags([" a ", "b c"]) == ["a", "b c"]
    rules.check_notes("# Notes\r\n\tof \u202e anything\n")
    rules.check_annotation(Annotation(0, "a\nb\tc", end_step=2**53 - 1))
    rules.check_annotation(Annotation(0, "", id="a1"))
    rules.check_view({"smoothing": ["0.6"]})
