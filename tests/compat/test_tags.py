"""What other tools call a series."""

from __future__ import annotations

from typing import Any

import pytest

from lavdlike import layout
from lavdlike.compat.tags import label_of


@pytest.mark.parametrize(
    ("tag", "label"),
    [
        ("loss", "loss"),
        ("a/b c (d)", "a/b c (d)"),
        ("/a//b/", "a/b"),
        ("../../etc", "%2E./%2E./etc"),
        (".hidden", "%2Ehidden"),
        ("a\tb\n", "a%09b%0A"),
        ("", "%"),
        ("///", "%"),
        ("!rewind", "%21rewind"),
        ("\ud800", "%5Cud800"),
    ],
)
def test_every_text_is_a_label(tag: str, label: str) -> None:
    assert label_of(tag) == label
    assert layout.check_label(label, step=0) == label


def test_a_very_long_tag_is_shortened() -> None:
    assert layout.check_label(label_of("x" * 10_000), step=0)


@pytest.mark.parametrize("tag", [None, 3, b"loss", ["loss"]])
def test_what_is_no_text_is_refused(tag: Any) -> None:
    with pytest.raises(ValueError, match="tag must be a string, not"):
        label_of(tag)
