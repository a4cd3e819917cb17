"""Which files of an experiment's steps are thinned out: all but every Nth and the last N steps of each label.

Pure: it is given what the experiment holds. Files are only ever taken whole, so one stays where

- any of its items stays: a JSON file that holds several kinds goes only if all of them are thinned at its step;
- it holds points of scalars, or stands behind a link;
- it lies in no step's folder, and only its name says a step: other programs, and people, go on by such names;
- a description that stays is about it: the picture that the boxes of another label name.

What a text or a page only refers to (`![](bird.png)` in Markdown) is not known and may go. All of it goes to the trash.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from lavdlike import layout
from lavdlike.kinds import registry
from lavdlike.reading.tree import Address, ExperimentTree, File

# Never thinned: the course of a run, which is appended to, and how it was called.
_NEVER = frozenset(
    kind.name for kind in registry.KINDS if kind is registry.POINTS or kind.growing_files or kind.json_file
)


class Rule(NamedTuple):
    """What stays. `kinds`: which are thinned at all, by their names in the registry.

    `every`: steps of a label are counted from its first, which stays; 0: none stays for that. Counted are the steps
    that are there now, so that what was thinned can be thinned again. `last`: how many of its newest stay.
    """

    kinds: frozenset[str]
    every: int
    last: int


def checked_rule(kinds: Iterable[str], every: int, last: int) -> Rule:
    """Raises ValueError with a sentence."""
    named = frozenset(kinds)
    known = registry.BY_NAME.keys() - _NEVER
    if refused := sorted(named & _NEVER):
        raise ValueError(f"{', '.join(refused)} are never thinned")
    if unknown := sorted(named - known):
        raise ValueError(f"no kind {', '.join(unknown)}; kinds are {', '.join(sorted(known))}")
    if not named:
        raise ValueError("name the kinds to thin")
    if every < 0 or last < 0 or not (every or last):
        raise ValueError("say which steps stay: every Nth, the last N, or both, from 1 on")
    return Rule(named, every, last)


def thinned(steps: Iterable[int], rule: Rule) -> list[int]:
    """Those of a label's steps that go.

    >>> thinned([0, 10, 20, 30, 40], Rule(frozenset({"images"}), every=2, last=2))
    [10]
    """
    ordered = sorted(steps)
    end = len(ordered) - rule.last
    return [step for index, step in enumerate(ordered[: max(0, end)]) if not rule.every or index % rule.every]


def items_to_thin(tree: ExperimentTree, rule: Rule, *, before: int | None = None) -> set[Address]:
    """The items that go. `before`: only those of earlier steps, of an experiment that may be being written."""
    steps: dict[tuple[str, str], list[int]] = {}
    for item in tree.items():
        if item.step is not None and item.kind in rule.kinds:
            steps.setdefault((item.kind, item.label), []).append(item.step)
    return {
        Address(kind, label, step)
        for (kind, label), numbers in steps.items()
        for step in thinned(numbers, rule)
        if before is None or step < before
    }


def files_to_thin(tree: ExperimentTree, items: Collection[Address], named: Collection[str]) -> list[str]:
    """The files that go with these items, relative to the experiment, sorted.

    Args:
        named: files that descriptions which stay are about (`descriptions_that_stay`).
    """
    parts_that_stay = {part for item in tree.items() if item not in items for part in tree.parts_of(item)}
    stay = frozenset(named) | parts_that_stay
    with_items = ((item, path) for item in items for path in (*tree.files_of(item), *tree.parts_of(item)))
    return sorted({path for item, path in with_items if path not in stay and _goes(path, item, tree, items)})


def descriptions_that_stay(tree: ExperimentTree, items: Collection[Address]) -> list[Address]:
    """Items that stay and have a JSON file about a file of another label, which only its content names."""
    return [
        item
        for item in tree.items()
        if item not in items
        and any((file := _file(tree, path)) is not None and file.names_other for path in tree.files_of(item))
    ]


def newest_step(tree: ExperimentTree) -> int | None:
    """The highest step of which there is a folder."""
    steps = (layout.step_of_folder(path) for path in tree.folders)
    return max((step for step in steps if step is not None), default=None)


def emptied(folders: Iterable[str]) -> Sequence[str]:
    """Folders that may be empty after files were moved from these: they and those above them, the deepest first."""
    found: set[str] = set()
    for folder in folders:
        names = folder.split("/")
        found.update("/".join(names[:depth]) for depth in range(1, len(names) + 1))
    return sorted(found, key=lambda path: (-path.count("/"), path))


def _goes(path: str, item: Address, tree: ExperimentTree, items: Collection[Address]) -> bool:
    file = _file(tree, path)
    if tree.is_loose(path):
        return False
    if file is None or file.linked or tree.folders[path.rpartition("/")[0]].linked or file.has_points:
        return False
    return all(Address(kind, item.label, item.step) in items for kind in file.kinds or ())


def _file(tree: ExperimentTree, path: str) -> File | None:
    folder, _, name = path.rpartition("/")
    node = tree.folders[folder].nodes.get(name) if folder in tree.folders else None
    return node if isinstance(node, File) else None
