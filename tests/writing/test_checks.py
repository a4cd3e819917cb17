"""Checks of arguments: what is taken comes back, what is refused is named."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike.writing import checks


@pytest.mark.parametrize(
    ("check", "value", "result"),
    [
        (checks.checked_tags, ("a", "b"), ["a", "b"]),
        (checks.checked_writer, "rank3", "rank3"),
        (checks.checked_scalar_step, np.float32(3), 3),
        (checks.checked_config, Namespace(a={"b": 1}), {"a": {"b": 1}}),
        (checks.checked_folder, "/a/../b", Path("/a/../b")),
        (lambda value: checks.checked_count(value, "nrow", 10), 10, 10),
        (lambda value: checks.finite(value, "fps"), np.float64(0.5), 0.5),
        (lambda value: checks.check_size(value, 3, "text"), b"abc", b"abc"),
        (lambda value: checks.check_flag(value, "grads"), np.True_, None),
    ],
)
def test_what_is_right_is_taken(check: Callable[[Any], Any], value: Any, result: Any) -> None:
    assert check(value) == result


@pytest.mark.parametrize(
    ("check", "value", "rule"),
    [
        (checks.checked_tags, "a", "tags must be a list of strings, not str"),
        (checks.checked_tags, [1], "tags must be strings, not 1"),
        (checks.checked_writer, "a/b", "writer must not contain '/'"),
        (checks.checked_scalar_step, None, "step must be a whole number: scalars belong to a step"),
        (checks.checked_config, [1], "config must be a dict, or an object with fields"),
        (checks.checked_folder, 3, "log_dir must be a path, not int"),
        (checks.check_name, 3, "name must be a string, not int; the value comes first"),
        (
            lambda value: checks.check_choice(value, ("a", "b"), "scalars"),
            "c",
            "scalars must be one of 'a', 'b'",
        ),
        (
            lambda value: checks.checked_count(value, "nrow", 10),
            11,
            "nrow must be a whole number from 0 to 10",
        ),
        (lambda value: checks.check_text(value, "text"), 1, "text must be a string, not int"),
        (lambda value: checks.finite(value, "fps"), float("inf"), "fps must be finite, not inf"),
        (
            lambda value: checks.check_size(value, 2**20, "text"),
            bytes(2**20 + 1),
            "text is 1,048,577 bytes long",
        ),
        (lambda value: checks.check_flag(value, "grads"), 1, "grads must be True or False, not 1"),
        (lambda value: checks.check_mapping(value, "values"), [1], "values must be a dict, not list"),
        (lambda value: checks.check_keys(value, "config"), {"a": {"b": 1}}, "config has more than 1 keys"),
    ],
)
def test_what_is_wrong_is_named(
    check: Callable[[Any], Any], value: Any, rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lavdlike.json_file.MAX_KEYS", 1)
    with pytest.raises(ValueError, match=rule):
        check(value)
