"""Where the files of an item are, and what the path of a file says of its item. Pure.

`tree` keeps an `Origin` for each file of an item: hundreds of thousands, so that it holds no more than it must.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

from lavdlike import layout
from lavdlike.kinds import places, registry
from lavdlike.kinds.kind import Role
from lavdlike.sources import foreign_places, member_registry
from lavdlike.sources.members import DOCUMENT, label_of


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


class _FolderPlace(NamedTuple):
    """What the path of a folder says of the files in it.

    `below`: what stands before a file's name below the step's folder. `document`: the path of the file of which a file
    in there (`members.DOCUMENT`) is the item; "" if of none. `is_foreign`: whether names may say steps
    (`sources.foreign_places`).
    """

    step: int | None = None
    step_folder: str = ""
    below: str = ""
    is_inside: bool = False
    document: str = ""
    is_foreign: bool = False


def place_of(folder: str, name: str) -> FilePlace:
    of = _split_folder(folder)
    if of.document and (parts := places.split_suffix(name))[0] == DOCUMENT:
        return place_of(*split_path(of.document))._replace(**_of_suffix(parts[1]), is_exact=False)
    if of.is_foreign and (found := foreign_places.place_of(f"{folder}/{name}")) is not None:
        said = {"suffix": found.suffix, "kinds": ()} if found.is_copy else _of_suffix(found.suffix)
        return FilePlace(found.step, "", layout.shown(found.label), is_exact=False, **said)
    return FilePlace(of.step, of.step_folder, *_split_name(of.below + name, is_inside=of.is_inside))


def _of_suffix(suffix: str) -> dict[str, Any]:
    kind = registry.kind_of_suffix(suffix)
    return {"suffix": suffix, "kinds": (kind.name if kind else registry.OTHERS.name,)}


@functools.lru_cache(maxsize=256)  # one folder's files are placed one after the other
def _split_folder(folder: str) -> _FolderPlace:
    if not folder:
        return _FolderPlace()
    inside = member_registry.inside_of(folder)
    if inside is None:
        step, below = layout.split_step(f"{folder}/")
        is_foreign = step is None and foreign_places.may_be_in(folder)
        step_folder = "" if step is None else folder.partition("/")[0]
        return _FolderPlace(step, step_folder, below, is_foreign=is_foreign)
    whole = layout.inside(inside.file)
    if not inside.below:
        document = inside.file if inside.may_be_document else ""
        return _FolderPlace(step_folder=whole, is_inside=True, document=document)
    step, below = layout.split_step(f"{inside.below}/")
    step_folder = whole if step is None else f"{whole}/{inside.below.partition('/')[0]}"
    return _FolderPlace(step, step_folder, below, is_inside=True)


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
    if len(origins) < 2 or kind == registry.OTHERS.name or registry.BY_NAME[kind].shows_all_files:
        return False
    paths = [origin.path or origin.step_folder for origin in origins]
    if all(member_registry.inside_of(path) or foreign_places.place_of(path) for path in paths):
        return False  # a script that went on, in another file
    roles = [registry.BY_NAME[kind].role_of(origin.suffix) for origin in origins]
    return roles.count(Role.ITEM) > 1 or roles.count(Role.DESCRIPTION) > 1


def split_path(path: str) -> tuple[str, str]:
    """Folder and name."""
    folder, _, name = path.rpartition("/")
    return folder, name


def join_path(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
