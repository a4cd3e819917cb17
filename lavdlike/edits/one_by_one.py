"""Doing something to one target after the other: one that is refused keeps no other from being done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from lavdlike.edit_messages import RefusedTarget
from lavdlike.errors import EditError

T = TypeVar("T")
R = TypeVar("R")


def one_by_one(
    targets: Iterable[T], do: Callable[[T], R], refusal_of: Callable[[T, EditError], RefusedTarget]
) -> tuple[list[R], list[RefusedTarget]]:
    """What came of those that were done, and the others with the reason."""
    done: list[R] = []
    tried = ((target, _error_of(target, do, done)) for target in targets)
    refused = [refusal_of(target, error) for target, error in tried if error is not None]
    return done, refused


def _error_of(target: T, do: Callable[[T], R], done: list[R]) -> EditError | None:
    try:
        done.append(do(target))
    except EditError as error:
        return error
    return None
