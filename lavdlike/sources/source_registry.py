"""Every source, one line each, the first that claims a file before the others."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from lavdlike.disk.filling import pread
from lavdlike.kinds import registry as kinds
from lavdlike.sources.events.event_files import EventFiles
from lavdlike.sources.json_files.clearml_events import ClearmlSessions
from lavdlike.sources.json_files.json_lines import JsonLines
from lavdlike.sources.json_files.rewritten import RewrittenJson
from lavdlike.sources.mlflow.mlflow_database import MlflowRuns
from lavdlike.sources.mlflow.mlflow_files import MlflowFiles
from lavdlike.sources.native import NativeFiles
from lavdlike.sources.neptune.neptune_exports import NeptuneExports
from lavdlike.sources.ploteries.ploteries_files import PloteriesFiles
from lavdlike.sources.source import PointsFile, Role, Source
from lavdlike.sources.streamvis.streamvis_files import StreamvisLogs
from lavdlike.sources.tables.step_tables import StepTables
from lavdlike.sources.trackio.trackio_database import TrackioRuns
from lavdlike.sources.trackio.trackio_fragments import TrackioFragments
from lavdlike.sources.visdom.visdom_windows import VisdomEnvironments
from lavdlike.sources.wandb_files.wandb_files import WandbFiles

SOURCES: tuple[Source, ...] = (
    NativeFiles(),
    EventFiles(),
    WandbFiles(),
    MlflowFiles(),
    MlflowRuns(),
    TrackioRuns(),
    ClearmlSessions(),
    TrackioFragments(),
    JsonLines(),
    RewrittenJson(),
    VisdomEnvironments(),
    StepTables(),
    NeptuneExports(),
    PloteriesFiles(),
    StreamvisLogs(),
)
# Their files are called as people like.
_CALLED_ANYHOW = (VisdomEnvironments, StreamvisLogs)
# Of a file, for `role_of`.
BEGIN_BYTES = 64 * 2**10


def may_be_claimed(path: str) -> bool:
    """Whether a file at this path (relative to its run) may hold points, so that its begin is worth reading."""
    return any(source.names(path) for source in SOURCES)


def titles_for(path: str) -> list[str]:
    """What the sources are called whose files may have such a path, if that says something."""
    named = (source for source in SOURCES if source.names(path))
    return [source.title for source in named if not isinstance(source, _CALLED_ANYHOW)]


@lru_cache(1024)  # asked of every change, mostly of few names
def is_told_by_name(path: str) -> bool:
    """Whether a file at this path is one of points by its name alone; what it holds is seen when it is read."""
    return any(source.told_by_name and source.names(path) for source in SOURCES)


def begin_of(descriptor: int) -> bytes:
    """How an opened file begins, as it is asked for here."""
    return pread(descriptor, BEGIN_BYTES, 0)


class Claim(NamedTuple):
    """That a file holds points. `title`: of its source. `is_by_name`: whether its name would be enough."""

    role: Role
    title: str
    is_by_name: bool


def role_of(path: str, begin: bytes) -> Role | None:
    """What a file holds, by its path and its first `BEGIN_BYTES`; None if it holds no points.

    What a kind knows by its begin holds none.
    """
    if kinds.kind_of_begin(path, begin) is not None:
        return None
    return next((role for source in SOURCES if (role := source.claims(path, begin)) is not None), None)


def claim_of(path: str, begin: bytes) -> Claim | None:
    """The same, and who says so."""
    if kinds.kind_of_begin(path, begin) is not None:
        return None
    for source in SOURCES:
        role = source.claims(path, begin)
        if role is not None:
            return Claim(role, source.title, source.claims(path, b"") is not None)
    return None


def points_file(path: str, shown: str, begin: bytes = b"", run: str = "") -> PointsFile:
    """The reader of a file of points (`Source.points`) of its source. `run`: as there."""
    return source_for(path, begin).points(path, shown, run)


def source_for(path: str, begin: bytes = b"") -> Source:
    """The source that reads a file of points: the one that claims it, else the first by its name.

    Args:
        begin: of the file, `BEGIN_BYTES` of it: several sources may read files of its name.
    """
    named = [source for source in SOURCES if source.names(path)]
    if not named:
        raise ValueError(f"no source reads points from {path}")
    if len(named) > 1 and not named[0].told_by_name:
        named = [source for source in named if source.claims(path, begin) is not None] or named
    return named[0]
