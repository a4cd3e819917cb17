"""Tags, steps and numbers as TensorBoard's writers take them."""

from __future__ import annotations

from typing import Any

import pytest

from lavdlike import layout
from lavdlike.compat.tensorboard.arguments import label_of, number_of, wall_time_of, whole_step


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


def test_steps_and_times() -> None:
    assert [whole_step(step) for step in (3, 3.9, "7", True, -1.5)] == [3, 3, 7, 1, -1]
    assert wall_time_of(None) is None
    assert wall_time_of(3) == 3.0
    for step in (None, float("nan"), "x"):
        with pytest.raises(ValueError, match="global_step must be a number"):
            whole_step(step)
    with pytest.raises(ValueError, match="walltime must be finite"):
        wall_time_of(float("inf"))
    with pytest.raises(ValueError, match="walltime must be a real number"):
        wall_time_of(object())


def test_numbers() -> None:
    assert [number_of(value) for value in (1, 0.5, "2e3", [[4]], (5,))] == [1, 0.5, 2000, 4, 5]
    for value in ("x", [1, 2], None):
        with pytest.raises(ValueError, match="scalar_value must be"):
            number_of(value)
