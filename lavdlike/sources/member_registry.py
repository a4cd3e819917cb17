"""Every format of files in which items lie, one line each, and which paths lead into one."""

from __future__ import annotations

import functools
from typing import NamedTuple

from lavdlike import layout
from lavdlike.disk.filling import pread
from lavdlike.sources.events.event_members import EventMembers
from lavdlike.sources.events.projector import ProjectorConfigs
from lavdlike.sources.members import Members
from lavdlike.sources.mlflow.mlflow_models import MlflowModels, MlflowOutputs
from lavdlike.sources.record_documents import RecordDocuments
from lavdlike.sources.table_documents import TableDocuments
from lavdlike.sources.trackio.trackio_media import TrackioMedia
from lavdlike.sources.visdom.visdom_panes import VisdomPanes
from lavdlike.sources.wandb_files.wandb_members import WandbMembers

_GLANCED_BYTES = 64 * 2**10
MEMBERS: tuple[Members, ...] = (
    EventMembers(),
    ProjectorConfigs(),
    VisdomPanes(),
    WandbMembers(),
    MlflowModels(),
    MlflowOutputs(),
    TableDocuments(),
    RecordDocuments(),
    TrackioMedia(),
)


_INSIDE = layout.inside("")


class Inside(NamedTuple):
    """A path that leads into a file. `file`: its path; `below`: the rest, "" for all that is in it.

    `may_be_document`: whether files of such a name are, as of `Members`.
    """

    file: str
    below: str
    may_be_document: bool = False

    @property
    def name(self) -> str:
        """The file's."""
        return self.file.rpartition("/")[2]


def format_of(name: str, begin: bytes) -> Members | None:
    """The format of a file with members, by its name and its first 64 KiB; None if it has none."""
    return next((each for each in MEMBERS if each.claims(name, begin)), None)


def kinds_at_a_glance(name: str, descriptor: int, size_bytes: int) -> set[str]:
    """The names of kinds of which there seems to be an item in a file: by its begin and its end alone."""
    begin = pread(descriptor, _GLANCED_BYTES, 0)
    found = format_of(name, begin)
    if found is None:
        return set()
    end = pread(descriptor, _GLANCED_BYTES, max(_GLANCED_BYTES, size_bytes - _GLANCED_BYTES))
    return found.kinds_at_a_glance(begin) | found.kinds_at_a_glance(end)


def format_named(name: str) -> Members | None:
    """The first format that a file of this name may be of, so that its begin is worth reading."""
    return next((each for each in MEMBERS if each.names(name)), None)


def may_hold_members(name: str) -> bool:
    """Whether items may lie in a file of this name."""
    return format_named(name) is not None


@functools.lru_cache(maxsize=1024)  # one folder's files are asked for one after the other
def inside_of(path: str) -> Inside | None:
    """Where a path leads to that goes into a file, as far as names tell; None of other paths."""
    if _INSIDE not in path:
        return None
    names = path.split("/")
    for depth, name in enumerate(names, 1):
        base = layout.file_of_inside(name)
        if base and _is_looked_into(base):
            file = layout.file_of_inside("/".join(names[:depth]))
            may_be_document = any(each.is_document for each in MEMBERS if each.names(base))
            return Inside(file, "/".join(names[depth:]), may_be_document)
    return None


# Of one file there is a folder for each step.
_is_looked_into = functools.lru_cache(maxsize=256)(may_hold_members)
