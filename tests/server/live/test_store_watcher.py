"""All that is in a file of runs is watched by one watch of it."""

from __future__ import annotations

from lavdlike.named_roots import NamedRoot
from lavdlike.server.live.store_watcher import StoreWatcher
from tests.server.live.test_several_watchers import Fake

STORE = "sub/mlflow.db"


def store_of(path: str) -> str:
    return STORE if path == STORE or path.startswith(f"{STORE}/") else ""


def test_what_is_in_a_file_of_runs_has_its_watch() -> None:
    inner = Fake(NamedRoot("a", __file__))  # type: ignore[arg-type]  # of any place
    watcher = StoreWatcher(inner, store_of)
    assert watcher.unwatched([f"{STORE}/vision/a", "sub"]) == [f"{STORE}/vision/a", "sub"]
    for folder in ("sub", STORE, f"{STORE}/vision", f"{STORE}/vision/a", "sub/mlflow.db2"):
        watcher.watch(folder, 0, (3, 0))
    assert sorted(inner.watched) == ["sub", STORE, "sub/mlflow.db2"]
    assert watcher.unwatched([f"{STORE}/vision/b", "sub/c"]) == ["sub/c"]
    assert watcher.is_watched(f"{STORE}/vision/b")
    watcher.rank({f"{STORE}/vision/a": (1, 0), f"{STORE}/vision/b": (5, 0), "sub": (2, 0)})
    assert inner.watched == {"sub": (2, 0), STORE: (1, 0), "sub/mlflow.db2": (3, 0)}
    watcher.unwatch([f"{STORE}/vision/a", "sub/mlflow.db2"])
    assert sorted(inner.watched) == ["sub", STORE]
    watcher.unwatch([STORE])
    assert sorted(inner.watched) == ["sub"]
