"""What a look at folders finds, as `tree` wants to be told. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lavdlike.kinds import registry


class File(NamedTuple):
    """A regular file.

    `kinds`: of a file whose content decides (JSON, scalars files): the names of its kinds; None if its name decides.
    `fingerprint`: changes with the content; 0 if nobody has looked at it.
    `number`, `modified`: of a scalar that stands in a JSON file: its value, and the file's time in Unix seconds.
    `has_points`: whether series of scalars stand in it (`sources.registry.role_of`).
    `has_inside`: whether items lie in it (`sources.members`).
    `names_other`: whether it is a JSON file about a file of another label.
    `parts`: of a JSON file, the paths in the experiment of files that are parts of its item, and no items themselves.
    `covers`: of what lies in a file, the paths in the experiment of files that it shows, which are no items themselves.
    `linked`: whether the name is that of a link: changes of such a file are not reported where the link stands.
    `reason`, `position`: what is wrong with it, "" if nothing is.
    """

    kinds: tuple[str, ...] | None = None
    fingerprint: int = 0
    number: float | int | None = None
    modified: float = 0.0
    has_points: bool = False
    has_inside: bool = False
    names_other: bool = False
    parts: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    linked: bool = False
    reason: str = ""
    position: str = ""


class Subfolder(NamedTuple):
    """A folder in a folder. `identity`: another one if another folder has taken its name. `linked`: behind a link.

    `inside`: on no disk, of what lies in a file (`sources.members`).
    """

    identity: tuple[int, int]  # device, inode
    linked: bool = False
    inside: bool = False


class Skipped(NamedTuple):
    """Something that is not read: a link that is not followed, a device. `reason` says why."""

    reason: str
    linked: bool = False


Node = File | Subfolder | Skipped
# A file whose name decides on its kind and at whose content nobody has looked: nearly all are, so they share one value.
PLAIN = File()
# The same of files that are only listed, whatever their names say.
LISTED = File((registry.OTHERS.name,))


class Seen(NamedTuple):
    """How much of what lies in a file was told. `state`: another one for another content of the file."""

    state: int
    told: int


class FolderScan(NamedTuple):
    """What a look at one folder has found.

    `nodes`: by name; None for a name that is not there.
    `complete`: whether names that are not in `nodes` are not there either.
    `touched`: the names that came from a hint: such a file may have changed although nothing new was seen of it.
    `reason`: why the folder could not be read, "" if it was.
    `modified_ns`: of a complete look, the folder's own time if any later change of its names shows in it, otherwise 0.
    `is_further`: it was looked at with the folder that holds it, without having been asked for.
    `seen`: of the inside of a file, how much of it was told with this look; None: as before.
    """

    folder: str  # relative to the experiment, "" for itself
    nodes: Mapping[str, Node | None]
    complete: bool
    touched: frozenset[str] = frozenset()
    reason: str = ""
    modified_ns: int = 0
    is_further: bool = False
    seen: Seen | None = None
