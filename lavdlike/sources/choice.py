"""Which files of points are read where a program writes the same values into several: no curve twice. Pure.

Only pairs of files that one program is known to write: what merely has the same name may hold something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

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


def shown(paths: Sequence[str], begin_of: Callable[[str], bytes]) -> list[str]:
    """The files of these that are read.

    Args:
        paths: relative to the experiment.
        begin_of: how a file begins, b"" if it cannot be read; asked for of few.
    """
    if not any(path.endswith((".json", ".csv")) for path in paths):
        return list(paths)
    every = set(paths)
    with_events = {_split(path)[0] for path in paths if _EVENTS in _split(path)[1]}
    left_out = set(_older_states(paths, begin_of))
    for path in paths:
        folder, name = _split(path)
        left_out.update(f"{folder}{second}" for first, second in _SAME if name == first)
        if name in _ALSO_IN_EVENTS and folder in with_events:
            left_out.add(path)
        if _MMENGINE.match(path) and f"{folder}scalars.json" in every:
            left_out.add(path)
        if name == "metrics.json" and any(other.startswith(f"{folder}{_DVCLIVE_VALUES}") for other in every):
            left_out.add(path)
    return [path for path in paths if path not in left_out]


def _older_states(paths: Sequence[str], begin_of: Callable[[str], bytes]) -> list[str]:
    """Of the states of a training, at its end and in its checkpoints, all but the one that has come furthest.

    Each holds the whole history until then.
    """
    of_runs: dict[str, list[str]] = {}
    for path in paths:
        if _split(path)[1] == _TRAINER_STATE:
            of_runs.setdefault(rewritten.prefix_of(path), []).append(path)
    older = []
    for states in of_runs.values():
        if len(states) > 1:
            newest = max(states, key=lambda path: (rewritten.global_step(begin_of(path)), -len(path), path))
            older += [path for path in states if path != newest]
    return older


def _split(path: str) -> tuple[str, str]:
    """The folder with its slash, and the name."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}", name
