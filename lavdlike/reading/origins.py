"""Where the files of an item are, and what the path of a file says of its item. Pure.

`tree` keeps an `Origin` for each file of an item: hundreds of thousands, so that it holds no more than it must.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

from lavdlike import layout
from lavdlike.kinds import places, registry
from lavdlike.kinds.kind import Role
from lavdlike.sources import member_registry
from lavdlike.sources.members import label_of


class Origin(NamedTuple):
    """Where a file of an item is: with the item's label, its path. `path` is given where the label does not say it."""

    step_folder: str  # "" for global items
    suffix: str
    path: str = ""

    def path_of(self, label: str) -> str:
        return self.path or join_path(self.step_folder, label + self.suffix)


class FilePlace(NamedTuple):
    """What the path of a file says of its item."""

    step: int | None
    step_folder: str
    label: str
    suffix: str
    kinds: tuple[str, ...]  # if its content does not say otherwise
    is_exact: bool  # whether the label, being valid Unicode, gives the path back

    def origin(self, path: str) -> Origin:
        return Origin(self.step_folder, self.suffix, "" if self.is_exact else path)


def place_of(folder: str, name: str) -> FilePlace:
    step, step_folder, below, is_inside = _split_folder(folder)
    return FilePlace(step, step_folder, *_split_name(below + name, is_inside=is_inside))


@functools.lru_cache(maxsize=256)  # one folder's files are placed one after the other
def _split_folder(folder: str) -> tuple[int | None, str, str, bool]:
    """Step, its folder, what stands before a file's name below it, and whether all that lies in another file."""
    if not folder:
        return None, "", "", False
    inside = member_registry.inside_of(folder)
    if inside is None:
        step, below = layout.split_step(f"{folder}/")
        return step, "" if step is None else folder.partition("/")[0], below, False
    whole = layout.inside(inside.file)
    if not inside.below:
        return None, whole, "", True
    step, below = layout.split_step(f"{inside.below}/")
    return step, whole if step is None else f"{whole}/{inside.below.partition('/')[0]}", below, True


@functools.lru_cache(maxsize=2**14)  # the same few names stand in every step
def _split_name(path: str, *, is_inside: bool) -> tuple[str, str, tuple[str, ...], bool]:
    """Label, suffix, kinds, and whether the label is exact."""
    label, suffix = places.split_label(path)
    kind = registry.kind_of_suffix(suffix)
    shown = layout.shown(label_of(label) if is_inside else label)
    return shown, suffix, (kind.name if kind else registry.OTHERS.name,), shown == label


def rank(kind: str, origin: Origin) -> tuple[Role, Origin]:
    return registry.BY_NAME[kind].role_of(origin.suffix), origin


def is_crowded(kind: str, origins: tuple[Origin, ...]) -> bool:
    """Whether several files claim to be the item. Files of no known kind are only listed, so they do not."""
    if len(origins) < 2 or kind == registry.OTHERS.name:
        return False
    if all(member_registry.inside_of(origin.path or origin.step_folder) for origin in origins):
        return False  # a script that went on, in another file
    roles = [registry.BY_NAME[kind].role_of(origin.suffix) for origin in origins]
    return roles.count(Role.ITEM) > 1 or roles.count(Role.DESCRIPTION) > 1


def split_path(path: str) -> tuple[str, str]:
    """Folder and name."""
    folder, _, name = path.rpartition("/")
    return folder, name


def join_path(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
