"""Which kinds an experiment has, at a glance: from a few names of its own folder, its newest step and some folders.

What lies in an inner run is none of the experiment's.

It decides which tabs the page shows before anybody looks at the experiment, so it may miss some, but must cost little
however large the experiment is.
"""

from __future__ import annotations

import itertools
from collections import Counter
from contextlib import suppress
from typing import NamedTuple

from lavdlike import json_file, layout
from lavdlike.disk.filling import read
from lavdlike.disk.root import Entry, OpenedFolder
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.kinds import places, registry
from lavdlike.kinds.kind import Kind
from lavdlike.reading import json_documents, run_folders, said
from lavdlike.reading.listed_folder import ListedFolder
from lavdlike.sources import member_registry, run_marks
from lavdlike.sources import source_registry as sources
from lavdlike.sources.detections import format_registry

# Names read of one folder, folders looked into (steps count as one), levels below the experiment.
_MAX_NAMES = 1000
_MAX_FOLDERS = 12
_MAX_DEPTH = 3
# JSON files that are read, and how large they may be.
_MAX_JSON_FILES = 8
_MAX_JSON_BYTES = 64 * 2**10
# Files of each format in which items may lie that are glanced at.
_MAX_INSIDES = 4
# Files of each suffix that may hold points, of which the begin is read.
_MAX_BEGINS = 8


class Glance(NamedTuple):
    """What was seen of an experiment.

    `kinds`: the names of kinds of which something was seen, sorted.
    `files`: the regular files directly in it; None if there is more in it than was listed.
    """

    kinds: list[str]
    files: frozenset[str] | None


def glance_at(experiment: OpenedFolder) -> Glance:
    """Links are not followed."""
    probe = _Probe()
    files = probe.look_at(experiment, "", _MAX_DEPTH)
    probe.look_at_guild(experiment)
    return Glance(sorted(probe.kinds - {registry.OTHERS.name}), files)


class _Probe:
    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self._is_ours = False
        self._parts: set[str] = set()
        self._folders_left = _MAX_FOLDERS
        self._json_files_left = _MAX_JSON_FILES
        self._insides: Counter[str] = Counter()  # that were glanced at, by format
        self._begins: Counter[str] = Counter()  # that were read, by suffix
        self._begun: Counter[str] = Counter()  # the same, for kinds that are told by them

    def look_at(self, opened: OpenedFolder, path: str, depth: int) -> frozenset[str] | None:
        """A folder and some of those in it.

        Args:
            path: relative to the experiment, with a slash at its end if any.

        Returns:
            Its files, None if it has more names than were listed.
        """
        entries = list(itertools.islice(opened.entries(), _MAX_NAMES + 1))
        if path and self._is_run(opened, entries, path.rstrip("/")):
            return None
        self._look_at_entries(opened, entries[:_MAX_NAMES], path, depth)
        if len(entries) > _MAX_NAMES:
            return None
        return frozenset(entry.name for entry in entries if entry.type == "file")

    def look_at_guild(self, opened: OpenedFolder) -> None:
        """Event files in a folder that no listing has."""
        with suppress(OSError), opened.folder(layout.GUILD_FOLDER) as guild:
            names = (entry.name for entry in itertools.islice(guild.entries(), _MAX_NAMES))
            if any(sources.is_told_by_name(f"{layout.GUILD_FOLDER}/{name}") for name in names):
                self.kinds.add(registry.POINTS.name)

    def _look_at_entries(self, opened: OpenedFolder, entries: list[Entry], path: str, depth: int) -> None:
        folders = []
        if not path:
            self._is_ours = any(entry.name == layout.EXPERIMENT_FILE for entry in entries)
        is_annotating = format_registry.annotating_texts(
            path.rstrip("/"), (entry.name for entry in entries), lambda name: opened.file(name, path + name)
        )
        # JSON files first: what they name as parts of their items is nothing itself.
        for entry in sorted(entries, key=lambda entry: not entry.name.lower().endswith(".json")):
            if is_annotating(entry.name):
                continue
            if entry.type == "file" and path + entry.name not in self._parts:
                with suppress(OSError, NotServedError, LogFormatError):  # said where the file is shown
                    self._look_at_file(opened, entry.name, path)
            elif entry.type == "folder":
                folders.append(entry.name)
        if depth == 0:
            return
        for name in _telling(folders) if not path else folders:
            if self._folders_left == 0:
                return
            self._folders_left -= 1
            with suppress(OSError), opened.folder(name) as below:
                self.look_at(below, f"{path}{name}/", depth - 1)

    def _is_run(self, opened: OpenedFolder, entries: list[Entry], path: str) -> bool:
        name = path.rpartition("/")[2]
        is_searched = run_folders.is_searched(name, in_ours=self._is_ours and "/" not in path)
        return is_searched and run_marks.is_run(ListedFolder(path, opened, entries))

    def _look_at_file(self, opened: OpenedFolder, name: str, path: str) -> None:
        if path + name in layout.PEOPLE_FILES and said.is_said_in(opened, name):
            return
        suffix = places.split_suffix(name)[1]
        held = member_registry.format_named(name)
        if held is not None and self._insides[held.title] < _MAX_INSIDES:
            self._insides[held.title] += 1
            with opened.file(name, path + name) as file:
                seen = member_registry.kinds_at_a_glance(name, file.fd, file.status.st_size)
            self.kinds.update(seen)
        kind = registry.kind_of_suffix(suffix)
        if sources.is_told_by_name(path + name):
            self.kinds.add(registry.POINTS.name)
            return
        if kind is None and registry.may_begin(path + name):
            kind = self._kind_of_begin(opened, name, path, suffix)
        if kind is not None:
            self.kinds.add(kind.name)
        if sources.may_be_claimed(path + name) and self._has_points(opened, name, path, suffix):
            self.kinds.add(registry.POINTS.name)
        elif kind is not None:
            return
        elif suffix.lower() == ".json" and path + name != layout.EXPERIMENT_FILE and self._json_files_left:
            self._json_files_left -= 1
            with opened.file(name, path + name) as file:
                document = json_file.read_object(file.read(_MAX_JSON_BYTES), path + name)
            self.kinds.update(found.name for found in registry.kinds_of_json(document, path + name))
            self._parts.update(json_documents.facts_of_document(document, path + name).parts)

    def _kind_of_begin(self, opened: OpenedFolder, name: str, path: str, suffix: str) -> Kind | None:
        self._begun[suffix] += 1
        if self._begun[suffix] > _MAX_BEGINS:
            return None
        with opened.file(name, path + name) as file:
            return registry.kind_of_begin(path + name, sources.begin_of(file.fd))

    def _has_points(self, opened: OpenedFolder, name: str, path: str, suffix: str) -> bool:
        self._begins[suffix] += 1
        if self._begins[suffix] > _MAX_BEGINS:
            return False
        with opened.file(name, path + name) as file:
            return sources.role_of(path + name, read(file.fd, sources.BEGIN_BYTES)) is not None


def _telling(folders: list[str]) -> list[str]:
    """The newest step among folders of an experiment, which is most like those to come, and what is no step."""
    steps = {name: step for name in folders if (step := layout.step_of_folder(name)) is not None}
    newest = max(steps, key=lambda name: steps[name], default=None)
    return [*([newest] if newest else []), *(name for name in folders if name not in steps)]
