"""How a program ended."""

from __future__ import annotations

import pytest

from lavdlike.launch.outcomes import outcome_of, traceback_in

TRACEBACK = [
    "Traceback (most recent call last):",
    '  File "x.py", line 1, in <module>',
    "    raise",
    "ValueError: bad",
]
CHAINED = [
    *TRACEBACK,
    "",
    "During handling of the above exception, another exception occurred:",
    "",
    *TRACEBACK[:3],
]


@pytest.mark.parametrize(
    ("exit_code", "errors", "outcome"),
    [
        (0, TRACEBACK, ""),
        (1, TRACEBACK, "ValueError: bad"),
        (1, [*CHAINED, "pkg.errors.MyError"], "pkg.errors.MyError"),
        (1, [*TRACEBACK, "[rank0] is gone"], "ValueError: bad"),
        (3, [], "exit code 3"),
        (1, ["Traceback (most recent call last):"], "exit code 1"),
        (2, ["usage: x", "error: no"], "exit code 2"),
        (-9, TRACEBACK, "killed by SIGKILL"),
        (-11, [], "killed by SIGSEGV"),
        (-250, [], "killed by signal 250"),
    ],
)
def test_outcomes(exit_code: int, errors: list[str], outcome: str) -> None:
    assert outcome_of(exit_code, errors) == outcome


def test_a_traceback_ends_where_something_else_begins() -> None:
    assert traceback_in(["before", *TRACEBACK, "a note of it", "after 3 tries"]) == TRACEBACK
    assert traceback_in(["no", "error"]) == []
