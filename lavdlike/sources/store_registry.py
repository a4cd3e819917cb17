"""Every format of files that hold many runs, one line each."""

from __future__ import annotations

from lavdlike.sources.mlflow.mlflow_database import MlflowDatabase
from lavdlike.sources.store import State, Store, StoredRun, member_name
from lavdlike.sources.trackio.trackio_database import TrackioDatabase

STORES: tuple[Store, ...] = (MlflowDatabase(), TrackioDatabase())
_SUFFIXES = tuple(dict.fromkeys(suffix for store in STORES for suffix in store.suffixes))
_BESIDE = tuple(dict.fromkeys(suffix for store in STORES for suffix in store.beside))
_BY_MEMBER = {member_name(store): store for store in STORES}


def may_be_store(name: str) -> bool:
    """Whether a file of this name may hold many runs, so that it is worth being opened."""
    return name.endswith(_SUFFIXES)


def changed_store(name: str) -> str:
    """The name of the file of many runs that is written to where one of this name is; "" if it is of none."""
    for suffix in ("", *_BESIDE):
        if name.endswith(suffix) and may_be_store(name.removesuffix(suffix)):
            return name.removesuffix(suffix)
    return ""


def store_of_member(name: str) -> Store | None:
    """The format that a run's only file has such a name for."""
    return _BY_MEMBER.get(name)


def state_of(descriptor: int, name: str) -> State:
    """Of a file of such a name."""
    return next(store for store in STORES if name.endswith(store.suffixes)).state(descriptor)


def runs_of(descriptor: int, name: str) -> tuple[Store, list[StoredRun]] | None:
    """The format of a file of this name, and its runs; None if it holds none.

    Raises:
        UnreadableStoreError: it cannot be read now.
    """
    for store in STORES:
        if name.endswith(store.suffixes):
            runs = store.runs(descriptor)
            if runs is not None:
                return store, runs
    return None
