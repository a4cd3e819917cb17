"""By what a folder shows that it is a run of some program: one line each, for who looks for runs at any depth.

What describes a run, and what may be a table of anything, are no marks by themselves (docs/format.md, "Experiments").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from fnmatch import translate
from typing import NamedTuple, Protocol

from lavdlike import layout
from lavdlike.sources.tables import program_tables
from lavdlike.sources.visdom import visdom_windows

# What a run was started with, as programs call it.
DESCRIPTIONS = (
    "args.json",
    "args.yaml",
    "config.json",
    "config.yaml",
    "config.yml",
    "hparams.json",
    "hparams.yaml",
    "params.json",
    "params.yaml",
    "trial_params",
)
# Of a file whose content decides, for `RunMark.says`.
BEGIN_BYTES = 64 * 2**10
# Folders with a mark's file that are asked for it: those of one program are all alike.
_ASKED_FOLDERS = 3


class RunMark(NamedTuple):
    """What makes its folder a run.

    `name`: a pattern (`*`) for the name of a file or folder; behind a `/`, for one in a folder. Hidden names are asked
    for as they stand, without patterns.
    `beside`: one of these files has to be there as well, if any are given.
    `says`: whether the first `BEGIN_BYTES` of the file make it one.
    `outside`: a pattern; a folder of such a name is none for it.
    """

    name: str
    beside: tuple[str, ...] = ()
    says: Callable[[bytes], bool] | None = None
    outside: str = ""

    def __str__(self) -> str:
        """For people: what was found.

        >>> str(RunMark("results.csv", beside=("args.yaml", "config.yaml")))
        'results.csv beside one of args.yaml, config.yaml'
        """
        return f"{self.name} beside one of {', '.join(self.beside)}" if self.beside else self.name


# When mmengine began: `20260101_120000`.
_MMENGINE_START = "[0-9]" * 8 + "_" + "[0-9]" * 6


def _is_mlflow_run(begin: bytes) -> bool:
    """Of MLflow's file store: the `meta.yaml` of its experiments has no run in it."""
    return re.search(rb"^run_(?:id|uuid):", begin, re.MULTILINE) is not None


RUN_MARKS: tuple[RunMark, ...] = (
    RunMark(layout.EXPERIMENT_FILE),
    RunMark("*tfevents*"),
    RunMark("run-*.wandb"),
    RunMark("run.mlflow"),  # of a run in a file of many (`sources.store`)
    RunMark("run.trackio"),
    RunMark("part_0000.neptune"),  # of a run in parts
    RunMark("*.pltr"),  # Ploteries
    RunMark("meta.yaml", says=_is_mlflow_run),
    RunMark("main.json", says=visdom_windows.is_environment),
    RunMark("trainer_state.json", outside="checkpoint-*"),
    RunMark("checkpoint-*/trainer_state.json"),
    RunMark("metrics.csv", beside=DESCRIPTIONS),
    RunMark("results.csv", beside=DESCRIPTIONS),
    RunMark("metrics.jsonl", beside=DESCRIPTIONS),
    RunMark("run.json", beside=("config.json", "cout.txt", "metrics.json")),  # Sacred
    RunMark("training.log", says=program_tables.is_keras_log),
    RunMark(f"{_MMENGINE_START}/vis_data"),  # each start of a run has a folder
    RunMark("vis_data/scalars.json", outside=_MMENGINE_START),
    RunMark(f"*{_MMENGINE_START}.log.json"),  # mmcv
    RunMark("task.json", beside=("metrics.jsonl", "log.jsonl")),  # ClearML, offline
    RunMark(".hydra"),
    RunMark(".guild/attrs"),
)


class Listed(Protocol):
    """What is in a folder."""

    @property
    def name(self) -> str:
        """The folder's own."""

    @property
    def files(self) -> Collection[str]: ...

    @property
    def folders(self) -> Collection[str]: ...

    def has(self, path: str) -> bool:
        """Whether something stands at a path below it, hidden or not."""

    def begin_of(self, file: str) -> bytes:
        """The first `BEGIN_BYTES` of a file in it; nothing if it cannot be read."""


def is_run(listed: Listed) -> bool:
    """Whether a folder has the mark of a run."""
    return mark_of(listed) is not None


def mark_of(listed: Listed) -> RunMark | None:
    """The first mark of a run that a folder has."""
    return next((mark for mark in RUN_MARKS if _has_mark(listed, mark)), None)


def may_mark(name: str) -> bool:
    """Whether a file of this name may be a mark, or what has to stand beside one."""
    return _MAY_MARK.match(name) is not None


def may_be_in_mark(name: str) -> bool:
    """Whether what is in a folder of this name may mark the one that it is in."""
    return _FOLDERS_OF_MARKS.match(name) is not None


def is_told_by_content(name: str) -> bool:
    """Whether the content of a file of this name decides, so that it can become a mark without another name."""
    return any(mark.says is not None and mark.name == name for mark in RUN_MARKS)


def _has_mark(listed: Listed, mark: RunMark) -> bool:
    if mark.outside and _pattern(mark.outside).match(listed.name):
        return False
    if mark.name.startswith("."):
        return listed.has(mark.name)
    folder, slash, file = mark.name.rpartition("/")
    if slash:
        found = [name for name in listed.folders if _pattern(folder).match(name)]
        return any(listed.has(f"{name}/{file}") for name in found[:_ASKED_FOLDERS])
    if "*" in mark.name:
        pattern = _pattern(mark.name)
        return any(pattern.match(name) for name in listed.files)
    if mark.name not in listed.files:
        return False
    if mark.beside and not any(name in listed.files for name in mark.beside):
        return False
    return mark.says is None or mark.says(listed.begin_of(mark.name))


def _pattern(text: str) -> re.Pattern[str]:
    return _PATTERNS[text]


_PATTERNS = {
    text: re.compile(translate(text))
    for mark in RUN_MARKS
    for text in (mark.name, mark.name.rpartition("/")[0], mark.outside)
}
_FOLDERS_OF_MARKS = re.compile(
    "|".join(translate(mark.name.partition("/")[0]) for mark in RUN_MARKS if "/" in mark.name)
)
_MAY_MARK = re.compile(
    "|".join(translate(name) for mark in RUN_MARKS for name in (mark.name.partition("/")[0], *mark.beside))
)
