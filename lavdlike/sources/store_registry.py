"""Every format of files that hold many runs, or parts of one beside those of others, one line each."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from lavdlike.sources.mlflow.mlflow_database import MlflowDatabase
from lavdlike.sources.neptune.neptune_parts import NeptuneParts
from lavdlike.sources.run_store import (
    Damage,
    Describing,
    Parted,
    State,
    Store,
    StoredRun,
    member_name,
)
from lavdlike.sources.trackio.trackio_database import TrackioDatabase

STORES: tuple[Store, ...] = (MlflowDatabase(), TrackioDatabase())
PARTED: tuple[Parted, ...] = (NeptuneParts(),)
_SUFFIXES = tuple(dict.fromkeys(suffix for store in STORES for suffix in store.suffixes))
_BESIDE = tuple(dict.fromkeys(suffix for store in STORES for suffix in store.beside))
_BY_MEMBER = {member_name(store): store for store in STORES}


def may_be_store(name: str) -> bool:
    """Whether a file of this name may hold many runs, so that it is worth being opened."""
    return name.endswith(_SUFFIXES)


@lru_cache(1024)  # asked of every change, mostly of few names
def changed_store(name: str) -> str:
    """The name of the file of many runs that is written to where one of this name is; "" if it is of none.

    Of a part of a run, the name of the folder that its parts are.
    """
    for suffix in ("", *_BESIDE):
        if name.endswith(suffix) and may_be_store(name.removesuffix(suffix)):
            return name.removesuffix(suffix)
    return run_of_part(name)


def run_of_part(name: str) -> str:
    """The name of the run that a file of this name may be a part of; "" if it cannot be one."""
    return next(filter(None, (parted.run_of(name) for parted in PARTED)), "")


def is_part_member(name: str) -> bool:
    """Whether a part may be called so in the folder of its run."""
    return any(parted.is_member(name) for parted in PARTED)


@lru_cache(1024)  # asked of every file that is opened, mostly of few names
def may_be_member(name: str) -> bool:
    """Whether a file may be called so in the folder of a run that is in a file of runs, or in parts."""
    return describing(name) is not None


def describing(name: str) -> Describing | None:
    """Who says what a file of this name, in the folder of a run, says of it."""
    parted = next((parted for parted in PARTED if parted.is_member(name)), None)
    return parted or _BY_MEMBER.get(name)


def store_of_member(name: str) -> Store | None:
    """The format that a run's only file has such a name for."""
    return _BY_MEMBER.get(name)


def state_of(descriptor: int, name: str) -> State:
    """Of a file of such a name."""
    return next(store for store in STORES if name.endswith(store.suffixes)).state(descriptor)


class Found(NamedTuple):
    """What a file holds. `store`: its format; None: no runs. `damage`: what cannot be read of it.

    `marks`: for `Store.changed`.
    """

    store: Store | None
    runs: list[StoredRun]
    damage: tuple[Damage, ...]
    marks: object = None


def found_in(descriptor: int, path: str) -> Found:
    """Args: path: of the file, beginning with the name of the root's folder.

    Raises:
        UnreadableStoreError: it cannot be read now.
    """
    damage: tuple[Damage, ...] = ()
    for store in STORES:
        if path.endswith(store.suffixes):
            listed = store.listed(descriptor, is_called=store.is_called(path))
            if listed.runs is not None:
                return Found(store, listed.runs, listed.damage, listed.marks)
            damage = damage or listed.damage
    return Found(None, [], damage)
