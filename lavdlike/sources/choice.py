"""Which files of points are read where a program writes the same values into several: no curve twice. Pure.

Only pairs of files that one program is known to write: what merely has the same name may hold something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from lavdlike.sources.json_files import rewritten

_TRAINER_STATE = "trainer_state.json"
# Of one folder: the first of each pair is read, if it is there.
_SAME = (
    ("result.json", "progress.csv"),
    ("progress.json", "progress.csv"),
    (_TRAINER_STATE, "all_results.json"),
)
# Ray Tune, Stable-Baselines3 and detectron2 write what is in these into event files beside them, too.
_ALSO_IN_EVENTS = frozenset({"result.json", "progress.csv", "progress.json", "metrics.json"})
# mmengine writes all into both.
_MMENGINE = re.compile(r"(?:.*/)?vis_data/[0-9]{8}_[0-9]{6}\.json\Z")
_EVENTS = "tfevents"
_DVCLIVE_VALUES = "plots/metrics/"
# What wandb is told to take in is copied into this folder, and its numbers are in the log, as those of older versions.
_WANDB, _WANDB_FILES = ".wandb", "files/"
_WANDB_NAMES = re.compile(r".*tfevents|wandb-(?:history|events)\.jsonl\Z|wandb-summary\.json\Z")


class LeftOut(NamedTuple):
    """A file of points that is not read.

    `instead`: the one that is. `why`: what the two have in common, for people. `is_usual`: it is read unless people
    choose the other one. `labels`: of it that are not shown, where it is only these.
    """

    path: str
    instead: str
    why: str
    is_usual: bool = False
    labels: tuple[str, ...] = ()


def left_out(paths: Sequence[str], begin_of: Callable[[str], bytes]) -> list[LeftOut]:
    """The files of these that are not read, each once, in their order.

    Args:
        paths: relative to the experiment.
        begin_of: how a file begins, b"" if it cannot be read; asked for of few.
    """
    if not any(path.endswith((".json", ".csv", _WANDB)) for path in paths):
        return []
    found = {each.path: each for each in (*_same(paths), *_older_states(paths, begin_of))}
    return [found[path] for path in paths if path in found]


def with_preferred(
    left_out: Sequence[LeftOut], paths: Sequence[str], preferred: Collection[str]
) -> list[LeftOut]:
    """What is left out if these are read all the same, in place of what would be."""
    found = {each.path: each for each in left_out}
    for path in preferred:
        _exchange(found, path, paths)
    return [found[path] for path in paths if path in found]


def _exchange(found: dict[str, LeftOut], preferred: str, paths: Sequence[str]) -> None:
    """Leave out what is read in place of a file, all that is read as one with it, and not that file."""
    exchanged = found.pop(preferred, None)
    if exchanged is None:
        return
    together = _read_with(exchanged.instead, paths)
    for path, each in list(found.items()):
        if each.instead in together:
            found[path] = each._replace(instead=preferred)
    for path in together:
        found[path] = LeftOut(path, preferred, exchanged.why, is_usual=not exchanged.is_usual)


def _read_with(path: str, paths: Sequence[str]) -> list[str]:
    """The files that hold what one of them does only together: all event files of a folder, all tables of DVCLive."""
    folder, name = _split(path)
    if _EVENTS in name:
        return [each for each in paths if _split(each)[0] == folder and _EVENTS in _split(each)[1]]
    before, values, _ = path.partition(_DVCLIVE_VALUES)
    return [each for each in paths if each.startswith(before + values)] if values else [path]


def _same(paths: Sequence[str]) -> Iterator[LeftOut]:
    """Of files that one program writes side by side, those that are not read."""
    every = set(paths)
    events = {_split(path)[0]: path for path in reversed(paths) if _EVENTS in _split(path)[1]}
    log = next((path for path in paths if path.endswith(_WANDB) and "/" not in path), "")
    for path in paths:
        folder, name = _split(path)
        if log and folder.startswith(_WANDB_FILES) and _WANDB_NAMES.match(name):
            yield LeftOut(path, log, "wandb has it in its log, too")
        for first, second in _SAME:
            if name == second and f"{folder}{first}" in every:
                yield LeftOut(path, f"{folder}{first}", "one program writes the same into both")
        if name in _ALSO_IN_EVENTS and folder in events:
            yield LeftOut(path, events[folder], "its program writes the same into event files beside it")
        if _MMENGINE.match(path) and f"{folder}scalars.json" in every:
            yield LeftOut(path, f"{folder}scalars.json", "mmengine writes the same into both")
        if name == "metrics.json":
            values = next((other for other in paths if other.startswith(f"{folder}{_DVCLIVE_VALUES}")), "")
            if values:
                yield LeftOut(path, values, "DVCLive writes the last values of its tables into it")


def _older_states(paths: Sequence[str], begin_of: Callable[[str], bytes]) -> Iterator[LeftOut]:
    """Of the states of a training, at its end and in its checkpoints, all but the one that has come furthest.

    Each holds the whole history until then.
    """
    of_runs: dict[str, list[str]] = {}
    for path in paths:
        if _split(path)[1] == _TRAINER_STATE:
            of_runs.setdefault(rewritten.prefix_of(path), []).append(path)
    for states in of_runs.values():
        if len(states) > 1:
            newest = max(states, key=lambda path: (rewritten.global_step(begin_of(path)), -len(path), path))
            for path in states:
                if path != newest:
                    yield LeftOut(
                        path, newest, "it has come further in the same training, and holds this, too"
                    )


def _split(path: str) -> tuple[str, str]:
    """The folder with its slash, and the name."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}", name
