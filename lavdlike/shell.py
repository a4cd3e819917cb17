"""`lavdlike ls`, `show` and `tail`: what is in the folders, for terminals and scripts, without a server.

By the same readers as the server's. As JSON, every line is one object, of the shapes in `server/messages.py`.
"""

from __future__ import annotations

import difflib
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

import msgspec

from lavdlike import layout
from lavdlike import shell_text as text
from lavdlike.errors import NotFoundError, NotServedError
from lavdlike.kinds import logs as log_kind
from lavdlike.server import files, logs
from lavdlike.server.journal import escaped
from lavdlike.server.messages import ExperimentSummary, Item, LabelEntry, Problem, ScalarLabel
from lavdlike.server.snapshot import Snapshot, names_in, summaries_of
from lavdlike.server.tree import Address

if TYPE_CHECKING:
    from lavdlike.server.scalar_lines import Columns

FOUND, HAS_PROBLEMS, BROKEN_PIPE = 0, 1, 141
DEFAULT_LINES = 10
FOLLOW_EVERY_S = 0.25
# Which log `tail` takes if none is named.
_LOGS = ("events.log", "stdout.log", "stderr.log")
_STATUS_COLOURS = {"running": "green", "crashed": "red", "quiet": "yellow"}
_SPARKLINE_PLACES = 24
_SHOWN_PROBLEMS = 10
_READ_BYTES = 2**20


def ls(root: Path, *, as_json: bool = False, problems: bool = False, follow_links: bool = False) -> int:
    """Write the experiments in a root, or with `problems` every file that cannot be shown, or not wholly.

    Returns:
        The exit code: 0, or 1 if there are problems and they were asked for.

    Raises:
        NotFoundError: there is no such folder.
    """
    opened = files.Root(root, follow_links=follow_links)
    names = _names_in(opened)

    def write(out: _Output) -> int:
        if not problems:
            _write_summaries([row.summary for row in summaries_of(opened, names)], out)
            return FOUND
        found = [problem for name in names for problem in Snapshot(opened, name).problems()]
        _write_problems(found, out)
        return HAS_PROBLEMS if found else FOUND

    return _written(write, as_json=as_json)


def show(path: Path, label: str | None = None, *, as_json: bool = False, follow_links: bool = False) -> int:
    """Write what an experiment holds, or what it holds at a label.

    Args:
        path: of the experiment's folder.
        label: of any kind. Of items of several steps the newest is written; as JSON, all.

    Raises:
        NotFoundError: there is no such experiment or label.
    """
    experiment = _experiment_at(path, follow_links=follow_links)
    if label is not None and not experiment.items(label) and not _scalar(experiment, label):
        raise _no_such_name(experiment, label)

    def write(out: _Output) -> int:
        if label is None:
            _write_experiment(experiment, out)
        else:
            _write_label(experiment, label, out)
        return FOUND

    return _written(write, as_json=as_json)


def tail(
    path: Path,
    name: str | None = None,
    *,
    follow: bool = False,
    lines: int = DEFAULT_LINES,
    as_json: bool = False,
    follow_links: bool = False,
) -> int:
    """Write the last lines of a log or the last points of a scalar, and with `follow` those that come, for ever.

    Args:
        path: of the experiment's folder.
        name: a file in it, or the label of a scalar or a log; by default its log.
        lines: or points, how many at first.

    Raises:
        NotFoundError: there is no such experiment, file or label.
    """
    experiment = _experiment_at(path, follow_links=follow_links)
    file = _file_to_tail(experiment, name)

    def write(out: _Output) -> int:
        if file is None:
            parts = _points(experiment, str(name), lines, out)
        else:
            parts = _lines(experiment, file, lines, out, follow=follow)
        for part in parts:
            out.lines(part)
            out.flush()
            if not follow:
                break
            time.sleep(FOLLOW_EVERY_S)
        return FOUND

    return _written(write, as_json=as_json)


class _Output:
    """Standard output: JSON, or text, in colours on a terminal."""

    def __init__(self, stream: TextIO, *, as_json: bool) -> None:
        self.as_json = as_json
        self.encoding = stream.encoding or "ascii"
        self.is_terminal = stream.isatty()
        self._stream = stream
        self._has_colours = self.is_terminal and not os.environ.get("NO_COLOR")

    def line(self, line: str) -> None:
        written = line + "\n"
        if not text.can_encode(written, self.encoding):
            written = written.encode(self.encoding, "backslashreplace").decode(self.encoding)
        self._stream.write(written)

    def lines(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.line(line)

    def section(self, title: str) -> None:
        self.line("")
        self.line(self.coloured(title.upper(), "dim"))

    def json(self, document: Any) -> None:
        self.line(_json_text(document))

    def flush(self) -> None:
        self._stream.flush()

    def coloured(self, shown: str, colour: str) -> str:
        return text.coloured(shown, colour) if self._has_colours and colour else shown


def _written(write: Callable[[_Output], int], *, as_json: bool) -> int:
    """The exit code of a command that writes to standard output, which may be closed at any time (`| head`)."""
    stream = sys.stdout
    try:
        code = write(_Output(stream, as_json=as_json))
        stream.flush()
    except BrokenPipeError:
        # Python flushes once more at its end, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return BROKEN_PIPE
    return code


# --- finding ---------------------------------------------------------------------------------------------------------


def _names_in(root: files.Root) -> list[str]:
    try:
        return sorted(names_in(root), key=_natural)
    except NotServedError as error:
        raise NotFoundError(f"cannot read {root.path}: {error.reason}") from None
    except OSError as error:
        raise NotFoundError(f"cannot read {root.path}: {error.strerror}") from None


def _experiment_at(path: Path, *, follow_links: bool) -> Snapshot:
    path = Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` would follow links, out of the root perhaps
    root = files.Root(path.parent, follow_links=follow_links)
    try:
        with root.folder(path.name):
            return Snapshot(root, path.name)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(f"there is no experiment {path}{_perhaps(path.name, _names_in(root))}") from None
    except NotServedError as error:
        raise NotFoundError(f"cannot read {path}: {error.reason}") from None


def _scalar(experiment: Snapshot, label: str) -> ScalarLabel | None:
    return next((entry for entry in experiment.scalar_labels() if entry.label == label), None)


def _file_to_tail(experiment: Snapshot, name: str | None) -> str | None:
    """The path of a file, relative to the experiment; None for a scalar."""
    if name is None:
        name = next((log for log in _LOGS if _is_file(experiment, log)), None)
        if name is None:
            raise NotFoundError(f"it has none of {', '.join(_LOGS)}; name a file or a label")
    if _is_file(experiment, name):
        return name
    if _scalar(experiment, name):
        return None
    logs = experiment.tree.files_of(Address(log_kind.KIND.name, name, None))
    if not logs:
        raise _no_such_name(experiment, name)
    return logs[0]


def _is_file(experiment: Snapshot, path: str) -> bool:
    try:
        with experiment.file(path):
            return True
    except (OSError, NotServedError):
        return False


def _no_such_name(experiment: Snapshot, name: str) -> NotFoundError:
    labels = {entry.label for entry in experiment.scalar_labels()} | {
        item.label for item in experiment.tree.items()
    }
    return NotFoundError(f"there is nothing of the name {name!r} in it{_perhaps(name, sorted(labels))}")


def _perhaps(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known[:10_000], n=3)
    return f". Perhaps: {', '.join(near)}" if near else ""


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts run-2 before run-10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"([0-9]+)", name)]


# --- writing ---------------------------------------------------------------------------------------------------------


def _write_summaries(rows: list[ExperimentSummary], out: _Output) -> None:
    if out.as_json:
        for row in rows:
            out.json(row)
        return
    now = time.time()
    header = ["NAME", "STATUS", "CHANGED", "COMMIT", "TAGS"]
    cells = [
        [
            escaped(row.name),
            out.coloured(row.status if row.status != "unknown" else "", _STATUS_COLOURS.get(row.status, "")),
            f"{text.age(now - row.changed)} ago",
            escaped(row.git_commit[:7]),
            escaped(", ".join(row.tags)),
        ]
        for row in rows
    ]
    if cells:
        out.lines(text.columns([[out.coloured(name, "dim") for name in header], *cells], right=[2]))


def _write_problems(problems: list[Problem], out: _Output) -> None:
    for problem in problems:
        if out.as_json:
            out.json(problem)
        else:
            place = f"{problem.path}, {problem.position}" if problem.position else problem.path
            out.line(escaped(f"{place}: {problem.reason}"))


def _write_experiment(experiment: Snapshot, out: _Output) -> None:
    summary, labels, problems = experiment.summary(), list(experiment.tree.catalogue()), experiment.problems()
    scalars = experiment.scalar_labels()
    if out.as_json:
        out.json({"experiment": summary, "scalars": scalars, "labels": labels, "problems": problems})
        return
    if summary is not None:
        _write_facts(summary, out)
    if scalars:
        out.section("scalars")
        _write_scalars(experiment, scalars, out)
    for kind in dict.fromkeys(entry.kind for entry in labels):
        out.section(kind)
        out.lines(
            text.columns(
                [[f"  {escaped(entry.label)}", _steps_text(entry)] for entry in labels if entry.kind == kind]
            )
        )
    if problems:
        out.section("problems")
        _write_problems(problems[:_SHOWN_PROBLEMS], out)
        if len(problems) > _SHOWN_PROBLEMS:
            out.line(f"and {len(problems) - _SHOWN_PROBLEMS} more (lavdlike ls --problems)")


def _write_facts(summary: ExperimentSummary, out: _Output) -> None:
    facts = {"name": summary.name}
    if summary.status != "unknown":
        facts["status"] = summary.status
    facts["changed"] = f"{_local_time(summary.changed)}, {text.age(time.time() - summary.changed)} ago"
    if summary.sessions:
        last = max(summary.sessions, key=lambda session: session.started)
        end = f"{last.outcome} at {_local_time(last.ended)}" if last.ended else "no end"
        facts["sessions"] = (
            f"{len(summary.sessions)}; the last began {_local_time(last.started)} on {last.host}, {end}"
        )
    if summary.git_commit:
        facts["commit"] = summary.git_commit
    if summary.tags:
        facts["tags"] = ", ".join(summary.tags)
    facts.update((f"config {key}", _json_text(value)) for key, value in summary.config.items())
    colours = {"name": "bold", "status": _STATUS_COLOURS.get(summary.status, "")}
    out.lines(
        text.columns(
            [
                [escaped(fact), out.coloured(escaped(value), colours.get(fact, ""))]
                for fact, value in facts.items()
            ]
        )
    )


def _write_scalars(experiment: Snapshot, scalars: list[ScalarLabel], out: _Output) -> None:
    header = [out.coloured(name, "dim") for name in ("  label", "points", "step", "last", "min", "max", "")]
    rows = [
        [
            f"  {escaped(entry.label)}",
            str(entry.count),
            str(entry.last_step),
            text.number(entry.last_value),
            "-" if entry.minimum is None else text.number(entry.minimum),
            "-" if entry.maximum is None else text.number(entry.maximum),
            text.sparkline(
                experiment.series_of(entry.label)[0].columns.values, _SPARKLINE_PLACES, out.encoding
            ),
        ]
        for entry in scalars
    ]
    out.lines(text.columns([header, *rows], right=range(1, 6)))


def _write_label(experiment: Snapshot, label: str, out: _Output) -> None:
    scalar = _scalar(experiment, label)
    items = experiment.items(label)
    if out.as_json:
        for writer, _, columns in experiment.series_of(label):
            for point in _points_since(columns, 0):
                out.line(_point_line(point, writer, out))
        for item in items:
            out.json(experiment.read(item))
        return
    if scalar is not None:
        out.section("scalars")
        _write_scalars(experiment, [scalar], out)
        for writer, _, columns in experiment.series_of(label):
            out.line("")
            last = _points_since(columns, max(0, len(columns.steps) - DEFAULT_LINES))
            out.lines([_point_line(point, writer, out) for point in last])
    for kind in dict.fromkeys(item.kind for item in items):
        newest = experiment.read(next(item for item in items if item.kind == kind))
        if newest is not None:
            _write_item(newest, out)


def _write_item(item: Item, out: _Output) -> None:
    step = "" if item.address.step is None else f", step {item.address.step}"
    out.section(f"{item.address.kind}{step}")
    out.lines(
        text.columns(
            [
                [
                    f"  {escaped(layout.shown(layout.from_id(file.path)))}",
                    f"{file.size_bytes:,} bytes",
                    _local_time(file.modified),
                ]
                for file in item.files
            ],
            right=[1],
        )
    )
    if item.problem is not None:
        _write_problems([item.problem], out)
    for key, value in (msgspec.to_builtins(item.content) or {}).items():
        if isinstance(value, str) and value:
            out.line(f"  {out.coloured(key, 'dim')}")
            out.lines([f"    {text.as_on_a_terminal(line)}" for line in value.splitlines()])
        elif value:
            out.line(f"  {out.coloured(key, 'dim')}  {escaped(_json_text(value))}")


def _lines(experiment: Snapshot, path: str, count: int, out: _Output, *, follow: bool) -> Iterator[list[str]]:
    """The last lines of a file, then each time those that it has gained; from its begin if it is another file.

    A last line without its end is left for later if there is a later.
    """
    name, offset = "", 0
    while True:
        lines: list[bytes] = []
        # While a file is being replaced, there may be none.
        with suppress(OSError, NotServedError), experiment.file(path) as opened:
            if not name:
                offset = logs.read_page(opened.fd, lines=count).start
            elif name != logs.identity(opened.fd) or os.fstat(opened.fd).st_size < offset:
                offset = 0
            name = logs.identity(opened.fd)
            lines, offset = _lines_from(opened.fd, offset, with_unfinished=not follow)
        yield [_log_line(line, out) for line in lines]


def _lines_from(descriptor: int, offset: int, *, with_unfinished: bool) -> tuple[list[bytes], int]:
    """Lines without their ends, and where to go on."""
    lines: list[bytes] = []
    while data := os.pread(descriptor, _READ_BYTES, offset):
        end = data.rfind(b"\n") + 1
        if not end and (with_unfinished or len(data) == _READ_BYTES):
            end = len(data)
        if not end:
            break
        offset += end
        lines.extend(data[:end].removesuffix(b"\n").split(b"\n"))
    return lines, offset


def _log_line(line: bytes, out: _Output) -> str:
    decoded = line.decode(errors="replace")
    if out.as_json:
        return _json_text(log_kind.parse_line(decoded))
    return text.as_on_a_terminal(decoded) if out.is_terminal else decoded


def _points(experiment: Snapshot, label: str, count: int, out: _Output) -> Iterator[list[str]]:
    """The last points of a scalar, then each time those that it has gained; all of a file that was written anew."""
    written: dict[str, int] = {}  # points, by the identity of the series
    for _, identity, columns in experiment.series_of(label):
        written[identity] = max(0, len(columns.steps) - count)
    while True:
        lines: list[str] = []
        for writer, identity, columns in experiment.series_of(label):
            lines.extend(
                _point_line(point, writer, out) for point in _points_since(columns, written.get(identity, 0))
            )
            written[identity] = len(columns.steps)
        yield lines
        while not experiment.has_new_points():
            yield []


class _Point(NamedTuple):
    step: int
    wall_time: float
    value: float | int


def _points_since(columns: Columns, first: int) -> list[_Point]:
    new = columns.since(first)
    steps, wall_times = new.steps.tolist(), new.wall_times.tolist()
    return [_Point(int(steps[index]), wall_times[index], new.value(index)) for index in range(len(steps))]


def _point_line(point: _Point, writer: str, out: _Output) -> str:
    if out.as_json:
        from lavdlike.server.scalar_lines import json_number

        step, wall_time, value = point
        return _json_text(
            {"step": step, "wall_time": wall_time, "value": json_number(value), "writer": writer}
        )
    place = f"{point.step:>10}  {_local_time(point.wall_time)}"
    return f"{place}  {text.number(point.value)}  {escaped(writer)}".rstrip()


# --- parts of lines --------------------------------------------------------------------------------------------------


def _steps_text(entry: LabelEntry) -> str:
    """How many steps, and from where to where."""
    count = sum(run[1] for run in entry.steps)
    if not count:
        return "global"
    first, (last_start, last_count, stride) = entry.steps[0][0], entry.steps[-1]
    last = last_start + (last_count - 1) * stride
    steps = f"{count} steps, {first} to {last}" if count > 1 else f"step {first}"
    return f"{steps}, and global" if entry.has_global else steps


def _local_time(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds).astimezone().isoformat(" ", "seconds")[:19]
    except (OverflowError, OSError, ValueError):  # a year that datetime does not know
        return f"{seconds:.3f} s"


def _json_text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
