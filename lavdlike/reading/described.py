"""What the files of other programs say of a run (`sources.descriptions`), read from its folder."""

from __future__ import annotations

import itertools
import posixpath
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from typing import NamedTuple

from lavdlike import layout
from lavdlike.bounded.yaml_reader import MAX_BYTES
from lavdlike.disk.filling import pread
from lavdlike.disk.root import OpenedFolder, is_settled
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.experiment import QUIET_AFTER_S
from lavdlike.messages import ExperimentSummary, LabelDefinition, Problem, Session
from lavdlike.sources import decimal_steps, source_registry, store_registry
from lavdlike.sources.descriptions import description_files, guild
from lavdlike.sources.descriptions.description import Description, together
from lavdlike.sources.descriptions.description_files import DescribingFile
from lavdlike.sources.events import event_descriptions, event_files
from lavdlike.sources.run_store import UnreadableStoreError
from lavdlike.sources.wandb_files.wandb_descriptions import LogDescription
from lavdlike.sources.wandb_files.wandb_files import WandbFiles

_MLFLOW_FILE = "meta.yaml"
_MLFLOW_FOLDERS = ("params", "tags")
_MLFLOW_DEPTH = 4
# Of files that were read, as long as they are the same: rows are read again whenever anything in their folder changes.
_MAX_KEPT = 4096
_MAX_LOGS = 1024
_MAX_LOOKED_AT = 50
# Of a run; hparams stand in the first, or in a folder of their own.
_MAX_EVENT_FILES = 4
_DESCRIBING = frozenset(file.path for file in description_files.FILES)
# Folders of a run with files that describe it, and the file beside them that says so ("": none has to be there).
_FOLDERS = {
    **{folder: "" for file in description_files.FILES if (folder := posixpath.dirname(file.path))},
    **dict.fromkeys(_MLFLOW_FOLDERS, _MLFLOW_FILE),
}
# Of files of points, of which the begin tells that their steps are decimal.
_MAY_BE_DECIMAL = (".jsonl", ".csv", ".tsv")
_MAX_BEGINS = 4
_WANDB = WandbFiles()
_BEGIN_BYTES = 4096
# What made an experiment of ours.
OURS = "lavdlike"


class ReadDescription(NamedTuple):
    """`problems`: files whose names say that they describe the run, and that cannot be read.

    `by_file`: what each file says, by its path in the run; a file may stand there more than once.
    """

    description: Description
    problems: tuple[Problem, ...] = ()
    by_file: tuple[tuple[str, Description], ...] = ()


_logs: OrderedDict[tuple[int, int], LogDescription] = OrderedDict()
_logs_lock = threading.Lock()
_kept: OrderedDict[tuple[object, ...], Description] = OrderedDict()


def read_description(opened: OpenedFolder, name: str, names: Collection[str] | None) -> ReadDescription:
    """What the files in a run's folder say of it.

    Args:
        name: of the experiment, for problems.
        names: of the files directly in it; None if it has more than were listed.
    """
    found: list[tuple[str, Description]] = []
    problems: list[Problem] = []
    try:
        found.extend(("/".join(guild.FOLDERS), said) for said in _guild(opened, name))
    except LogFormatError as error:
        problems.append(Problem(layout.shown(error.path), error.reason, error.position))
    for file in description_files.FILES:
        folder, _, base = file.path.rpartition("/")
        if not folder and names is not None and base not in names:
            continue
        try:
            found.extend((file.path, said) for said in _read(opened, file, name))
        except (OSError, NotServedError):
            continue  # most folders have few of them; a link is not followed
        except LogFormatError as error:
            problems.append(Problem(layout.shown(f"{name}/{file.path}"), error.reason, error.position))
    for base in sorted(filter(event_files.is_event_file, names or ()))[:_MAX_EVENT_FILES]:
        with suppress(OSError, NotServedError):
            found.append((base, _events(opened, base, name)))
    for base in itertools.islice(filter(_WANDB.names, sorted(names or ())), 1):
        with suppress(OSError, NotServedError):
            found.append((base, _wandb_log(opened, base, name)))
    for base in filter(store_registry.describing, sorted(names or ())):
        try:
            found.append((base, _stored(opened, base, name)))
        except (OSError, NotServedError):
            continue
        except UnreadableStoreError as error:
            problems.append(Problem(layout.shown(f"{name}/{base}"), error.reason, error.position))
    description = together(said for _, said in found)
    if not description.source and names is not None:
        description = description._replace(source=description_files.source_of(iter(names)))
    return ReadDescription(description, tuple(problems), tuple(found))


def has_experiment_file(opened: OpenedFolder, files: Collection[str] | None) -> bool:
    """Whether an experiment's folder has an `experiment.json`. `files`: the names of its files, if all are known."""
    if files is not None:
        return layout.EXPERIMENT_FILE in files
    with suppress(OSError):
        opened.status_of(layout.EXPERIMENT_FILE)
        return True
    return False


def is_told_at_its_end(file: str) -> bool:
    """Whether a file of this name grows all the time and says at its end how its run ended; reading on costs little."""
    return _WANDB.names(file)


def is_told_in(folder: str) -> bool:
    """Whether files in a folder (relative to its run) may describe the run."""
    return folder.partition("/")[0] in _FOLDERS


def watch_folders(
    opened: OpenedFolder, names: Collection[str] | None, watch: Callable[[str, int], None]
) -> None:
    """Have the folders watched in which files describe a run; before these are read, so that nothing is missed.

    Args:
        watch: told of each its path relative to the run, and its descriptor.
    """
    for folder, needs in _FOLDERS.items():
        if not needs or names is None or needs in names:
            with suppress(OSError, NotServedError), opened.folder(folder) as below:
                watch(folder, below.descriptor)


def folders_of(run: str) -> list[str]:
    """The paths of all folders that `watch_folders` may have watched of a run."""
    return [f"{run}/{folder}" for folder in _FOLDERS]


def take_in(
    row: ExperimentSummary, opened: OpenedFolder, names: Collection[str] | None
) -> tuple[Problem, ...]:
    """Put into a row without an `experiment.json` what others say of it; returns what cannot be read.

    A run that is said to be running is, as long as something is written.
    """
    said, problems, _ = read_description(opened, layout.experiment_name(row.id), names)
    row.changed = max(row.changed, _last_change(opened, names or ()))
    row.config, row.tags, row.title = dict(said.config), list(said.tags), said.title
    row.source = said.source or ("" if row.is_foreign else OURS)
    row.labels = [*said.labels, *_definitions(opened, row, names or ())]
    row.charts = list(said.charts)
    if said.status:
        is_quiet = said.status == "running" and time.time() - row.changed > QUIET_AFTER_S
        row.status = "quiet" if is_quiet else said.status
    if said.started is not None:
        row.created = said.started
        row.sessions = [Session(said.started, said.ended, said.outcome, said.host)]
    return problems


def _definitions(
    opened: OpenedFolder, row: ExperimentSummary, names: Collection[str]
) -> Iterator[LabelDefinition]:
    """What files of points declare of their labels."""
    telling = (name for name in sorted(names) if name.endswith(_MAY_BE_DECIMAL) and name not in _DESCRIBING)
    for name in itertools.islice(telling, _MAX_BEGINS):
        with suppress(OSError, NotServedError), opened.file(name, f"{row.name}/{name}") as file:
            yield from decimal_steps.definitions_of(name, pread(file.fd, _BEGIN_BYTES, 0))


def _last_change(opened: OpenedFolder, names: Collection[str]) -> float:
    """Of the files of points and those that describe the run."""
    telling = (name for name in names if name in _DESCRIBING or source_registry.may_be_claimed(name))
    newest = 0.0
    with suppress(OSError), opened.folder(layout.GUILD_FOLDER) as guild_folder:
        events = (entry.name for entry in guild_folder.entries() if event_files.is_event_file(entry.name))
        for name in itertools.islice(events, _MAX_LOOKED_AT):
            newest = max(newest, guild_folder.status_of(name).st_mtime)
    for name in itertools.islice(telling, _MAX_LOOKED_AT):
        with suppress(OSError):
            newest = max(newest, opened.status_of(name).st_mtime)
    return newest


def _guild(opened: OpenedFolder, name: str) -> Iterator[Description]:
    """Raises LogFormatError."""
    attributes: dict[str, bytes] = {}
    with (
        suppress(OSError),
        opened.folder(guild.FOLDERS[0]) as below,
        below.folder(guild.FOLDERS[1]) as folder,
    ):
        for attribute in guild.ATTRIBUTES:
            with suppress(OSError, NotServedError), folder.file(attribute, attribute) as file:
                attributes[attribute] = pread(file.fd, description_files.MAX_PARAM_BYTES, 0)
    if attributes:
        yield guild.run(attributes, "/".join((name, *guild.FOLDERS)))


def _read(opened: OpenedFolder, file: DescribingFile, name: str) -> Iterator[Description]:
    folder, _, base = file.path.rpartition("/")
    if folder:
        with opened.folder(folder) as below:
            yield _content(below, file, base, name)
        return
    description = _content(opened, file, base, name)
    yield description
    if file.path == _MLFLOW_FILE and description.source:
        yield description_files.mlflow_values(*(_values_in(opened, folder) for folder in _MLFLOW_FOLDERS))


def _content(opened: OpenedFolder, file: DescribingFile, base: str, name: str) -> Description:
    """Raises OSError, NotServedError, LogFormatError."""
    path = f"{name}/{file.path}"
    with opened.file(base, path) as found:
        status = found.status
        key = (
            file.path,
            status.st_dev,
            status.st_ino,
            status.st_size,
            status.st_mtime_ns,
            status.st_ctime_ns,
        )
        known = _kept.get(key)
        if known is not None:
            return known
        if file.is_tail:
            data = pread(
                found.fd, description_files.TAIL_BYTES, max(0, status.st_size - description_files.TAIL_BYTES)
            )
        else:
            data = pread(found.fd, MAX_BYTES + 1, 0)
    description = file.read(data, path)
    if is_settled(status):
        _kept[key] = description
        while len(_kept) > _MAX_KEPT:
            with suppress(KeyError):  # several threads read rows
                _kept.popitem(last=False)
    return description


def _events(opened: OpenedFolder, base: str, name: str) -> Description:
    """Raises OSError, NotServedError."""
    with opened.file(base, f"{name}/{base}") as found:
        size_bytes = found.status.st_size
        begin = pread(found.fd, event_descriptions.BEGIN_BYTES, 0)
        end_bytes = min(max(size_bytes - len(begin), 0), event_descriptions.END_BYTES)
        end = pread(found.fd, end_bytes, size_bytes - end_bytes)
    return event_descriptions.run_of(begin, end)


def _wandb_log(opened: OpenedFolder, base: str, name: str) -> Description:
    """Raises OSError, NotServedError."""
    with opened.file(base, f"{name}/{base}") as found:
        key = found.status.st_dev, found.status.st_ino
        with _logs_lock:
            log = _logs.setdefault(key, LogDescription())
            _logs.move_to_end(key)
            while len(_logs) > _MAX_LOGS:
                _logs.popitem(last=False)
        return log.read(found.fd)


def _stored(opened: OpenedFolder, base: str, name: str) -> Description:
    """Raises OSError, NotServedError, UnreadableStoreError."""
    describing = store_registry.describing(base)
    with opened.file(base, f"{name}/{base}") as found:
        return describing.describe(found.fd, found.run) if describing is not None else Description()


def _values_in(run: OpenedFolder, folder: str) -> dict[str, bytes]:
    """Of MLflow: a file each, in folders where its name has slashes."""
    found: dict[str, bytes] = {}
    waiting = [(folder, 0)]
    while waiting and len(found) < description_files.MAX_PARAMS:
        path, depth = waiting.pop()
        with suppress(OSError, NotServedError), run.folder(path) as opened:
            for entry in opened.entries():
                below = posixpath.join(path, entry.name)
                if entry.type == "folder" and depth < _MLFLOW_DEPTH:
                    waiting.append((below, depth + 1))
                elif entry.type == "file" and len(found) < description_files.MAX_PARAMS:
                    with suppress(OSError, NotServedError), opened.file(entry.name, below) as file:
                        content = pread(file.fd, description_files.MAX_PARAM_BYTES, 0)
                        found[layout.shown(below[len(folder) + 1 :])] = content
    return dict(sorted(found.items()))  # a folder has no order of its own
