"""One watcher a root, as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from lavdlike.messages import WatchMode
from lavdlike.named_roots import NamedRoot
from lavdlike.server.live.hints import Hint, Hints, Name, Priority
from lavdlike.server.live.several_watchers import SeveralWatchers


class Fake:
    """Remembers what it was asked for, and reports what it is told to."""

    mode: WatchMode = "observer"
    has_room = False
    watched_count = 1

    def __init__(self, root: NamedRoot) -> None:
        self.reason = "of c" if root.name == "c" else ""
        self.watched: dict[str, Priority] = {}
        self.hints = Hints(frozenset())
        self.is_closed = False

    def watch(self, folder: str, descriptor: int, priority: Priority) -> None:  # noqa: ARG002
        self.watched[folder] = priority

    def rank(self, priorities: Mapping[str, Priority]) -> None:
        self.watched.update(priorities)

    def unwatch(self, folders: Iterable[str]) -> None:
        for folder in folders:
            del self.watched[folder]

    def is_watched(self, folder: str) -> bool:
        return folder in self.watched

    def unwatched(self, folders: Iterable[Name]) -> list[Name]:
        return [folder for folder in folders if folder not in self.watched]

    def take(self) -> Hints:
        return self.hints

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def fakes() -> dict[str, Fake]:
    return {}


@pytest.fixture
def several(fakes: dict[str, Fake]) -> SeveralWatchers:
    """Of the roots `a` and `c`, of which the latter is the run `one`."""
    watchers = SeveralWatchers(lambda root: fakes.setdefault(root.name, Fake(root)))
    watchers.add(NamedRoot("a", Path("/first")))
    watchers.add(NamedRoot("c", Path("/third"), "one"))
    return watchers


def test_each_is_asked_for_its_own_folders_by_its_own_paths(
    several: SeveralWatchers, fakes: dict[str, Fake]
) -> None:
    for folder in ("/a", "a/x", "/c", "c", "c/0001"):
        several.watch(folder, 3, (1, 0))
    assert list(fakes["a"].watched) == ["", "x"]
    assert list(fakes["c"].watched) == ["", "one", "one/0001"]
    several.rank({"c/0001": (2, 0)})
    assert fakes["c"].watched["one/0001"] == (2, 0)
    several.unwatch(["a/x", "c"])
    assert several.unwatched(["a/x", "/a", "c", "c/0001"]) == ["a/x", "c"]
    assert several.is_watched("/c")
    assert (several.watched_count, several.reason) == (2, "of c")
    several.close()
    assert fakes["a"].is_closed
    assert fakes["c"].is_closed


def test_hints_have_the_names_that_everybody_uses(several: SeveralWatchers, fakes: dict[str, Fake]) -> None:
    fakes["a"].hints = Hints(frozenset({Hint("", "x"), Hint("x", None)}))
    fakes["c"].hints = Hints(frozenset({Hint("", "one"), Hint("one", "y"), Hint("beside", "y")}), lost=True)
    assert several.take() == Hints(
        frozenset({Hint("/a", "x"), Hint("a/x", None), Hint("/c", "one"), Hint("c", "y")}), lost=True
    )
