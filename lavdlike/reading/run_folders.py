"""Which folders below a root are experiments: decided from what was seen of each (docs/format.md, "Experiments"). Pure.

Told what a folder holds now (`Look`), it says which folders became experiments by that, and which are none any more.
Whatever the order in which it is told, in the end it says what a fresh one would that is told everything once.

Every folder directly in the root is an experiment, as in Lavd, unless all that it holds are runs of its own. Below
that, only what shows a mark of a run is one (`sources.run_marks`), and in a folder of runs what looks like the table or
the description of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from lavdlike import layout
from lavdlike.sources import run_marks
from lavdlike.sources.run_marks import DESCRIPTIONS, Listed

# Below the root; what lies deeper is part of what is above it.
MAX_DEPTH = 8
# Of many numbered folders, which mostly are steps, so many of the first and of the last are looked into.
_SAMPLED = 4
# Folders that hold no runs of their own, whatever is in them.
_NOT_SEARCHED = re.compile(r"checkpoints\Z|checkpoint-[0-9]+\Z|node_modules\Z|__pycache__\Z")
# Of these a folder of runs may have some of its own.
_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson")
_SETTINGS = (".yaml", ".yml")


class Look(NamedTuple):
    """What was seen of a folder.

    `identity`: device and inode.
    `is_run`: it has the mark of a run. `is_ours`: that of the Logger.
    `has_lavd_files`: files that Lavd or the Logger writes directly into an experiment.
    `is_described`: there are descriptions, tables or JSON lines.
    `has_files`: other files than these.
    `has_steps`: folders with a number as their name.
    `folders`: those that are looked into; `more`: those that are as well if any of the numbered ones is a run.
    """

    identity: tuple[int, int] = (0, 0)
    is_run: bool = False
    is_ours: bool = False
    has_lavd_files: bool = False
    is_described: bool = False
    has_files: bool = False
    has_steps: bool = False
    folders: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


def look_of(listed: Listed, identity: tuple[int, int], depth: int) -> Look:
    """What a folder says; `depth`: below the root, 1 directly in it."""
    is_ours = layout.EXPERIMENT_FILE in listed.files
    steps = sorted((name for name in listed.folders if layout.step_of_folder(name) is not None), key=int)
    others = [
        name
        for name in listed.folders
        if not _NOT_SEARCHED.match(name) and layout.step_of_folder(name) is None
    ]
    more: list[str] = []
    has_steps = bool(steps)
    if depth >= MAX_DEPTH:
        others, steps = [], []
    if is_ours:
        steps = []
    if len(steps) > 2 * _SAMPLED:
        more = steps[_SAMPLED:-_SAMPLED]
        steps = steps[:_SAMPLED] + steps[-_SAMPLED:]
    is_described = has_files = False
    for name in listed.files:
        is_said = name in DESCRIPTIONS or name.endswith(_TABLES)
        is_described |= is_said
        has_files |= is_other_file(name)
    return Look(
        identity,
        is_run=run_marks.is_run(listed),
        is_ours=is_ours,
        has_lavd_files=any(map(_is_of_lavd, listed.files)),
        is_described=is_described,
        has_files=has_files,
        has_steps=has_steps,
        folders=(*steps, *others),
        more=tuple(more),
    )


def may_be_run(listed: Listed) -> bool:
    """Whether a folder may be a run, wherever it lies: it has the mark of one, or files of Lavd or the Logger."""
    return any(map(_is_of_lavd, listed.files)) or run_marks.is_run(listed)


def is_other_file(name: str) -> bool:
    """Whether a file is one that folders of runs do not have: no table, no description, no settings, not Lavd's."""
    is_said = name in DESCRIPTIONS or name.endswith(_TABLES)
    return not (is_said or name.endswith(_SETTINGS) or _is_of_lavd(name))


def is_searched(name: str, *, in_ours: bool) -> bool:
    """Whether a folder of this name in an experiment may be a run of its own. `in_ours`: in one of the Logger."""
    is_step = in_ours and layout.step_of_folder(name) is not None
    return not is_step and not _NOT_SEARCHED.match(name)


@lru_cache(1024)  # asked of every change, mostly of few names
def may_tell(name: str) -> bool:
    """Whether a file of this name may make another `Look` of its folder, beside being one of its own."""
    return run_marks.may_mark(name) or _is_of_lavd(name) or name in DESCRIPTIONS or name.endswith(_TABLES)


def is_told(look: Look, name: str) -> bool:
    """Whether a folder is known to have what a file of such a name (`may_tell`) can make of it."""
    if look.is_run or (look.has_lavd_files and _is_of_lavd(name)):
        return True
    return look.is_described and not run_marks.may_mark(name)


def _is_of_lavd(name: str) -> bool:
    return name in _LAVD_FILES or layout.scalars_writer(name) is not None


_LAVD_FILES = (layout.COMMAND_FILE, "commands.json", "events.log")


class Rule(Enum):
    """What decides whether a folder is an experiment, as people are told."""

    MARK = "it has the mark of a run"
    FOLDER_OF_THE_ROOT = "it is a folder directly in the root with files of its own, or without runs in it"
    STEPS = "it is a folder directly in the root with steps, or with files as Lavd writes them"
    DESCRIBED = "it has a table or settings, and stands in a folder of runs"
    ONLY_RUNS = "it holds runs and is none itself"
    PART = "it is a part of what it stands in"
    ROOT = "files directly in the root belong to no run"

    @property
    def makes_experiment(self) -> bool:
        return self not in (Rule.ONLY_RUNS, Rule.PART, Rule.ROOT)


class RunFolders:
    """The folders that were looked at, by their paths below the root, and which of them are experiments.

    Those directly in the root come and go as they are told; of each, what is `unseen` in it is to be looked at.

    `experiments`: those; may be asked in any thread while it changes.
    """

    def __init__(self) -> None:
        self.experiments: set[str] = set()
        self._looks: dict[str, Look] = {}
        self._runs_below: dict[str, int] = {}
        self._changed: set[str] = set()
        self._replaced: set[str] = set()
        self._unseen: list[str] = []
        self._expected: set[str] = set()  # those that are to be looked at

    def __contains__(self, path: str) -> bool:
        return path in self._looks

    def __iter__(self) -> Iterator[str]:
        return iter(self._looks)

    def look_at(self, path: str) -> Look | None:
        """What was seen of it last."""
        return self._looks.get(path)

    def holds_runs(self, path: str) -> bool:
        """Whether runs lie below a folder."""
        return self._runs_below.get(path, 0) > 0

    def is_inner_run(self, path: str) -> bool:
        """Whether it is an experiment below the root that holds no other ones."""
        return "/" in path and path in self.experiments and not self.holds_runs(path)

    def take(self, path: str, look: Look | None) -> None:
        """What a folder is by now; None: it is not there (any more). Those in it are to be looked at as well.

        Of folders below the root only those count that were to be looked at, and are not gone since.
        """
        before = self._looks.get(path)
        if before is None and "/" in path and path not in self._expected:
            return
        if look is None or (before is not None and before.identity != look.identity):
            if path in self.experiments:
                self._replaced.add(path)
            self._forget(path)
            before = None
        if look is None:
            return
        self._expected.discard(path)
        for name in set(before.folders + before.more).difference(look.folders, look.more) if before else ():
            self._forget(f"{path}/{name}")
        top = path.partition("/")[0]
        held = self.holds_runs(top)
        self._looks[path] = look
        self._runs_below.setdefault(path, 0)
        self._count(path, int(look.is_run) - int(before is not None and before.is_run))
        self._look_into_more(path)
        self._expect(path, self._looks[path].folders)
        self._settle(path, held=held)

    def changed(self) -> list[str]:
        """What became an experiment, another one, or none, since this was asked; outer folders first."""
        changed = sorted(self._changed | (self._replaced & self.experiments))
        self._changed.clear()
        self._replaced.clear()
        return changed

    def unseen(self) -> list[str]:
        """Folders that are to be looked at, since this was asked."""
        unseen, self._unseen = self._unseen, []
        return unseen

    def root_is_run(self, look: Look) -> bool:
        """Whether the root itself is an experiment and nothing else, given what was seen of it.

        Beside files of Lavd alone, which may have got there by mistake, folders that look like Lavd's are runs as well.
        """
        if any(known.is_run for known in self._looks.values()):
            return False
        return look.is_run or (look.has_lavd_files and not any(map(self._looks_like_lavd, self._looks)))

    def _looks_like_lavd(self, path: str) -> bool:
        look = self._looks[path]
        is_step = layout.step_of_folder(path) is not None
        return "/" not in path and not is_step and (look.has_lavd_files or look.has_steps)

    def takes_steps(self, path: str) -> bool:
        """Whether a numbered folder that comes in one may be a run, as far as those in it tell."""
        look = self._looks[path]
        return not look.is_ours and not look.more

    def _expect(self, path: str, names: Iterable[str]) -> None:
        """Have those looked at that are not known: new ones, and those that were gone and are there again."""
        below = [each for name in names if (each := f"{path}/{name}") not in self._looks]
        below = [each for each in below if each not in self._expected]
        self._unseen += below
        self._expected.update(below)

    def _forget(self, path: str) -> None:
        """A folder is gone, with all that is in it."""
        self._expected.discard(path)
        if path not in self._looks:
            return
        held = self.holds_runs(path.partition("/")[0])
        self._count(path, -self._runs_below[path] - int(self._looks[path].is_run))
        for each in [path, *self._below(path)]:
            look = self._looks.pop(each)
            self._expected.difference_update([f"{each}/{name}" for name in look.folders])
            del self._runs_below[each]
            self._put(each, is_experiment=False)
        for outer in layout.outer_names(path)[:1]:
            self._settle(outer, held=held)

    def _below(self, path: str) -> list[str]:
        """The known folders in one, each behind the one that it is in."""
        found, waiting = [], [path]
        while waiting:
            each = waiting.pop()
            below = [f"{each}/{name}" for name in self._looks[each].folders]
            known = [folder for folder in below if folder in self._looks]
            found += known
            waiting += known
        return found

    def _count(self, path: str, more: int) -> None:
        if more:
            for outer in layout.outer_names(path):
                self._runs_below[outer] += more

    def _look_into_more(self, path: str) -> None:
        """Where a numbered folder is a run or holds one, the others may be, too."""
        for each in [path, *layout.outer_names(path)]:
            look = self._looks[each]
            if look.more and self._has_numbered_runs(each, look):
                self._looks[each] = look._replace(folders=look.folders + look.more, more=())
                if each != path:
                    self._expect(each, look.more)

    def _settle(self, path: str, *, held: bool) -> None:
        """Decide on a folder and those above it; where that is another decision, on all that is in them as well.

        `held`: whether the uppermost one held runs before.
        """
        outer = [*reversed(layout.outer_names(path)), path]
        others = [
            each for each in outer if self._put(each, is_experiment=self.rule_of(each).makes_experiment)
        ]
        if held != self.holds_runs(outer[0]):
            others = outer
        for each in self._below(others[0]) if others else ():
            self._put(each, is_experiment=self.rule_of(each).makes_experiment)

    def _put(self, path: str, *, is_experiment: bool) -> bool:
        """Whether that is another decision than before."""
        if is_experiment == (path in self.experiments):
            return False
        (self.experiments.add if is_experiment else self.experiments.discard)(path)
        self._changed ^= {path}
        return True

    def rule_of(self, path: str) -> Rule:
        """What decides about a folder that was looked at, as far as is known now."""
        look = self._looks[path]
        if look.is_run:
            return Rule.MARK
        outer = layout.outer_names(path)
        if not outer:
            return self._rule_in_root(path, look)
        # Only where runs are is a table without a mark another one. In an experiment it is an item.
        is_alone = not self.holds_runs(path) and self.experiments.isdisjoint(outer)
        if look.is_described and is_alone and self.holds_runs(outer[-1]):
            return Rule.DESCRIBED
        return Rule.ONLY_RUNS if self.holds_runs(path) and self.experiments.isdisjoint(outer) else Rule.PART

    def _rule_in_root(self, path: str, look: Look) -> Rule:
        if look.has_files or not self.holds_runs(path):
            return Rule.FOLDER_OF_THE_ROOT
        is_lavds = look.has_lavd_files or look.has_steps
        return Rule.STEPS if is_lavds and not self._has_numbered_runs(path, look) else Rule.ONLY_RUNS

    def _has_numbered_runs(self, path: str, look: Look) -> bool:
        numbered = (f"{path}/{name}" for name in look.folders if layout.step_of_folder(name) is not None)
        return any(
            self.holds_runs(each) or (each in self._looks and self._looks[each].is_run) for each in numbered
        )
