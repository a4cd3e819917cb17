"""One run, whoever wrote it, as files of ours: its scalars as lines, all else as it is (docs/shell.md, "convert").

Points go from the reader of their file into lines block by block, so that it does not matter how many there are.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from lavdlike import experiment, layout, marks
from lavdlike.disk.new_folder import NewFolder
from lavdlike.disk.root import Root
from lavdlike.errors import NotFoundError, NotServedError
from lavdlike.kinds import places, scalars
from lavdlike.kinds.scalars import REWIND
from lavdlike.layout import ExperimentName
from lavdlike.messages import ExperimentSummary, Problem
from lavdlike.reading.origins import join_path
from lavdlike.reading.snapshot import Snapshot, nothing_said
from lavdlike.reading.summaries import config_of
from lavdlike.reading.tree import File
from lavdlike.root_settings import RootFile
from lavdlike.series.points_files import follow
from lavdlike.series.writers import Writers
from lavdlike.sources import member_registry
from lavdlike.sources.columns import Columns
from lavdlike.sources.member_registry import Inside
from lavdlike.sources.members import DOCUMENT
from lavdlike.sources.source import Form, PointsFile

_NOT_IN_A_WRITER = re.compile(r"[^A-Za-z0-9_.@-]+")
_MAX_WRITER = 80
_HEADER = scalars.HEADER.encode()


class Converted(msgspec.Struct, rename="camel"):
    """What was written. `files`: those that were copied.

    `left_out`: those whose values another one holds as well; of some it is only the labels that are named.

    `problems`: what was not understood, or not copied.
    """

    name: str
    target: str
    points: int = 0
    files: int = 0
    left_out: list[str] = []
    problems: list[Problem] = []


def convert(
    root: Root, name: ExperimentName, target: Path, root_file: Callable[[], RootFile] = nothing_said
) -> Converted:
    """Write a run as a new folder, which is there as a whole at the end.

    Files of points are not copied: what they hold stands in scalars files. Of a run of ours, they are.

    Args:
        root_file: what people said of a foreign run.

    Raises:
        WriteError: something stands at the target, or the disk refuses; then nothing is there.
        NotFoundError: the run is gone.
    """
    snapshot = Snapshot(root, name)
    summary = snapshot.summary()
    if summary is None:
        raise NotFoundError(f"there is no run {layout.shown(name)} any more")
    done = Converted(layout.shown(name), str(target), problems=snapshot.problems_beside_points())
    with NewFolder(target) as new:
        files = _Files(snapshot, is_ours=not summary.is_foreign)
        done.left_out = [layout.shown(path) for path in files.left_out]
        for path, target_path in files.copied.items():
            _copy(snapshot, path, target_path, new, done)
        done.points = _Points(snapshot, new, done, files).write()
        if not files.has(layout.EXPERIMENT_FILE):
            _write_experiment(new, summary)
            _write_what_people_say(new, summary, root_file(), files)
    return done


class _Files:
    """The files of a run.

    `copied`: as they are, and where to. `converted`: what their points are is written as lines. `left_out`: neither,
    since another one holds the same. `with_points`: those of the first two that hold some. `preferred`: as in
    `ChosenFiles`.
    """

    def __init__(self, snapshot: Snapshot, *, is_ours: bool) -> None:
        nodes = {
            join_path(folder, name): node
            for folder, known in sorted(snapshot.tree.folders.items())
            for name, node in sorted(known.nodes.items())
        }
        files = {path: node for path, node in nodes.items() if isinstance(node, File)}
        chosen = snapshot.chosen_files()
        self.converted = [
            path
            for path in chosen.read
            if path in files and files[path].has_points and not (is_ours and _is_ours(path))
        ]
        self.with_points = [path for path in chosen.read if path in files and files[path].has_points]
        self.preferred = chosen.preferred
        self.left_out = [each.path for each in chosen.left_out if each.instead in self.converted]
        # What lies in a file is copied for itself, and would be there twice.
        containers = {inside.file for path in files if (inside := member_registry.inside_of(path))}
        covered = {path for node in files.values() for path in node.covers}
        others = {*self.converted, *self.left_out, *containers, *covered}
        self.copied = _targets(path for path in files if path not in others)
        self._names = nodes.keys()

    def has(self, path: str) -> bool:
        return path in self._names


def _is_ours(path: str) -> bool:
    """Whether a file of points is as it would be written: our own, and tables, which are items as well."""
    return layout.scalars_writer(path) is not None or path.lower().endswith((".csv", ".tsv", ".jsonl"))


def _targets(paths: Iterable[str]) -> dict[str, str]:
    """Where files are copied to: what lies in a file stands for itself then. Of two with the same place, the last."""
    by_target = {}
    for path in paths:
        inside = member_registry.inside_of(path)
        by_target[path if inside is None else _target_of(inside)] = path
    return {path: target for target, path in by_target.items()}


def _target_of(inside: Inside) -> str:
    """Of a member; a document's only one is called as the document is."""
    stem, suffix = places.split_suffix(inside.below)
    is_whole = inside.may_be_document and stem == DOCUMENT
    return places.split_label(inside.file)[0] + suffix if is_whole else inside.below


def _copy(snapshot: Snapshot, path: str, target: str, new: NewFolder, done: Converted) -> None:
    try:
        with snapshot.file(path) as opened:
            new.copy(target, opened)
            done.files += 1
    except FileNotFoundError:
        return  # gone meanwhile
    except (NotServedError, OSError) as error:
        done.problems.append(_not_copied(done, path, error))


def _not_copied(done: Converted, path: str, error: NotServedError | OSError) -> Problem:
    reason = error.reason if isinstance(error, NotServedError) else error.strerror or str(error)
    return Problem(f"{done.name}/{layout.shown(path)}", f"not copied: {reason}")


# --- points -------------------------------------------------------------------------------------------------


class _OwnFilesError(Exception):
    """Points of some labels of a writer are replaced and others are not, which one file of ours cannot say."""


class _Written(NamedTuple):
    """A scalars file that was begun, and its labels. `is_plain`: nothing in it is replaced."""

    labels: set[str]
    is_plain: bool


class _Points:
    """Writes the points of a run: those of each writer into a file of its own, or all into one if it says the same."""

    def __init__(self, snapshot: Snapshot, new: NewFolder, done: Converted, files: _Files) -> None:
        self._snapshot = snapshot
        self._new = new
        self._done = done
        self._files = files
        self._written: dict[str, _Written] = {}
        self._names: dict[str, str] = {}  # of files, by writer
        self._problems: dict[str, Sequence[Problem]] = {}  # by path
        self._writers = Writers()
        self._having: dict[str, dict[str, None]] = {}  # the writers of a label

    def write(self) -> int:
        """How many there are."""
        by_writer: dict[str, list[str]] = {}
        self._writers.prefer(self._files.preferred)
        for path in self._files.with_points:
            by_writer.setdefault(self._add_writer_of(path), []).append(path)
        count = 0
        for writer in self._writers.in_order() if self._files.converted else ():
            paths = [path for path in by_writer[writer] if path in self._files.converted]
            for path in by_writer[writer]:
                if path not in paths:
                    self._note_labels(writer, path)
            try:
                count += self._write(writer, paths, by_label=False)
            except _OwnFilesError:
                self._new.discard(self._name_of(writer))
                del self._written[self._name_of(writer)]
                count += self._write(writer, paths, by_label=True)
        self._done.left_out += [
            f"{layout.shown(each.path)}: {', '.join(each.labels)}"
            for each in self._writers.left_out(self._having)
        ]
        self._put_together()
        self._done.problems += [problem for path in self._problems for problem in self._problems[path]]
        return count

    def _write(self, writer: str, paths: list[str], *, by_label: bool) -> int:
        count, read = 0, dict[str, PointsFile]()
        for path in paths:
            for block in self._blocks(path, read):
                count += self._write_block(writer, block, by_label=by_label)
        return count

    def _write_block(self, writer: str, block: Mapping[str, Columns], *, by_label: bool) -> int:
        if (rewind := block.get(REWIND)) is not None:
            self._rewind(writer, int(rewind.steps.min()), block.keys() - {REWIND}, by_label=by_label)
            return 0
        count = 0
        lines: dict[str, list[str]] = {}
        for label, columns in block.items():
            if not len(columns.steps):
                continue
            having = self._having.setdefault(label, {})
            having[writer] = None
            if self._writers.hides(writer, having):
                continue
            shown = scalars.label_in_lines(label)
            name = self._name_of(f"{writer}\0{label}" if by_label else writer)
            self._written.setdefault(name, _Written(set(), is_plain=True)).labels.add(shown)
            lines.setdefault(name, []).append(
                scalars.exact_lines(
                    shown,
                    columns.steps.tolist(),
                    columns.wall_times.tolist(),
                    columns.values.tolist(),
                    columns.exact,
                )
            )
            count += len(columns.steps)
        for name, texts in lines.items():
            self._append(name, "".join(texts))
        return count

    def _rewind(self, writer: str, step: int, labels: set[str], *, by_label: bool) -> None:
        if labels and not by_label:
            raise _OwnFilesError
        names = (
            [self._name_of(f"{writer}\0{label}") for label in labels] if by_label else [self._name_of(writer)]
        )
        for name in names:
            if name in self._written:
                self._written[name] = self._written[name]._replace(is_plain=False)
                self._append(name, f"{step}\t0\t{REWIND}\t{step}\n")

    def _append(self, name: str, lines: str) -> None:
        with self._new.opened(name) as file:
            if file.tell() == 0:
                file.write(_HEADER)
            file.write(lines.encode())

    def _blocks(self, path: str, read: dict[str, PointsFile]) -> Iterator[dict[str, Columns]]:
        """`read`: the files of the same writer before this one, by path; then this one as well."""
        try:
            with self._snapshot.opened_points(path) as opened:
                follow(opened.file, path, sorted(read), read)
                read[path] = opened.file
                yield from opened.file.read_new(opened.descriptor)
                self._problems[path] = opened.file.problems()
        except FileNotFoundError:
            return  # gone meanwhile
        except (NotServedError, OSError) as error:
            self._problems[path] = [_not_copied(self._done, path, error)]

    def _note_labels(self, writer: str, path: str) -> None:
        """Of a file that is copied as it is."""
        for block in self._blocks(path, {}):
            for label in block.keys() - {REWIND}:
                self._having.setdefault(label, {})[writer] = None
        self._problems.pop(path, None)  # whoever looks at what is written is told

    def _add_writer_of(self, path: str) -> str:
        try:
            with self._snapshot.opened_points(path) as (file, _, form):
                self._writers.add(file.writer, path, form)
                return file.writer
        except (NotServedError, OSError):
            self._writers.add(path, path, Form.JSON)
            return path

    def _name_of(self, writer: str) -> str:
        """Of the file for a writer, which is no other's and no file of the run."""
        if writer not in self._names:
            suffix = _NOT_IN_A_WRITER.sub("_", writer).strip("._")[-_MAX_WRITER:] or "other"
            taken = set(self._names.values())
            names = (
                f"scalars.{suffix}{f'-{number}' if number else ''}.tsv" for number in range(len(taken) + 1000)
            )
            self._names[writer] = next(
                name for name in names if name not in taken and not self._files.has(name)
            )
        return self._names[writer]

    def _put_together(self) -> None:
        """All into `scalars.tsv`, as one script writes it, if no two files have a label in common."""
        labels = [label for written in self._written.values() for label in written.labels]
        is_plain = all(written.is_plain for written in self._written.values()) or len(self._written) == 1
        if is_plain and len(set(labels)) == len(labels) and not self._files.has(layout.SCALARS_FILE):
            for index, name in enumerate(self._written):
                self._new.move_to_end_of(layout.SCALARS_FILE, name, from_byte=len(_HEADER) if index else 0)


# --- what is said of it -------------------------------------------------------------------------------------


def _write_experiment(new: NewFolder, summary: ExperimentSummary) -> None:
    """Its time is the heartbeat: a run that was written long ago does not run."""
    file = experiment.ExperimentFile(
        created=summary.created,
        tags=summary.tags,
        config=config_of(summary),
        sessions=_sessions(summary),
        labels=summary.labels,
        title=summary.title,
    )
    with new.opened(layout.EXPERIMENT_FILE) as opened:
        opened.write(msgspec.json.format(msgspec.json.encode(file), indent=1) + b"\n")
    new.set_time(layout.EXPERIMENT_FILE, int(summary.changed * 1e9))


def _sessions(summary: ExperimentSummary) -> list[experiment.Session]:
    """As the status was: where a beginning or an end is not known, it is when something was written last."""
    sessions = [
        experiment.Session(each.started, ended=each.ended, outcome=each.outcome, host=each.host)
        for each in summary.sessions
    ]
    if not sessions and summary.status != "unknown":
        sessions = [experiment.Session(summary.changed)]
    if summary.status in ("finished", "crashed"):
        last = sessions[-1]
        last.ended = summary.changed if last.ended is None else last.ended
        last.outcome = experiment.FINISHED if summary.status == "finished" else last.outcome or "crashed"
    return sessions


def _write_what_people_say(
    new: NewFolder, summary: ExperimentSummary, root_file: RootFile, files: _Files
) -> None:
    """Of a foreign run it stands in the root's `lavdlike.yaml`, of ours in its folder."""
    if not summary.is_foreign:
        return
    said = root_file.marks.get(summary.name, marks.Marks())
    notes = root_file.notes.get(summary.name, "")
    if said != marks.Marks() and not files.has(layout.MARKS_FILE):
        with new.opened(layout.MARKS_FILE) as opened:
            opened.write(msgspec.json.encode(said))
    if notes and not files.has(layout.NOTES_FILE):
        with new.opened(layout.NOTES_FILE) as opened:
            opened.write(os.fsencode(notes))
