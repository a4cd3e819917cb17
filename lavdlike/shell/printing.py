"""How experiments, their labels and items, and the lines of logs are printed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from lavdlike import layout, progress_file
from lavdlike.kinds import logs as log_kind
from lavdlike.kinds import outside
from lavdlike.messages import ExperimentSummary, Item, LabelEntry, Problem
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.summaries import ReadSummary, config_of
from lavdlike.scalar_messages import ScalarLabel
from lavdlike.shell import text
from lavdlike.shell.finding import scalar_of
from lavdlike.shell.output import Output, json_text
from lavdlike.shell.text import escaped

if TYPE_CHECKING:
    from lavdlike.sources.columns import Columns

DEFAULT_LINES = 10
_STATUS_COLOURS = {"running": "green", "stalled": "yellow", "crashed": "red", "quiet": "yellow"}
_SPARKLINE_PLACES = 24
_BETTER = {"": "", "min": "smaller", "max": "larger"}
_SHOWN_PROBLEMS = 10


def print_files(files: Sequence[tuple[str, int]], out: Output) -> None:
    """Files beside experiments, one a line, and their sizes in bytes."""
    if out.as_json:
        for name, size_bytes in files:
            out.json({"file": layout.shown(name), "size_bytes": size_bytes})
    elif files:
        header = [out.coloured(title, "dim") for title in ("FILE", "SIZE")]
        cells = [[escaped(layout.shown(name)), text.size(size_bytes)] for name, size_bytes in files]
        out.lines(["", *text.columns([header, *cells], right=[1])])


def print_summaries(read: list[ReadSummary], out: Output) -> None:
    """Experiments, one a line. One that cannot be read has the reason instead of the time of its last change."""
    if out.as_json:
        for row, _ in read:
            out.json(row)
        return
    now = time.time()
    names = ["NAME", "STATUS", "CHANGED", "COMMIT", "TAGS", "TITLE", "MARKED"]
    cells = [
        [
            escaped(row.name),
            out.coloured(_status_text(row, now), _STATUS_COLOURS.get(row.status, "")),
            escaped(problems[0].reason)
            if problems and not row.changed
            else f"{text.age(now - row.changed)} ago",
            escaped(row.git_commit[:7]),
            escaped(", ".join(row.tags)),
            escaped(row.title),
            _marked(row),
        ]
        for row, problems in read
    ]
    if cells:
        _drop_empty(("TITLE", "MARKED"), names, cells)
        out.lines(text.columns([[out.coloured(name, "dim") for name in names], *cells], right=[2]))


def _status_text(row: ExperimentSummary, now: float) -> str:
    """`running, 34 %, 12 min left`."""
    if row.status == "unknown":
        return ""
    bar = progress_file.current(row.progress) if row.status in ("running", "stalled") else None
    if bar is None:
        return row.status
    left_s = progress_file.left_s(bar, now)
    parts = [
        row.status,
        f"{text.number(bar.done)} {escaped(bar.unit) or 'done'}".strip()
        if not bar.total
        else f"{100 * bar.done / bar.total:.0f} %",
        f"{text.age(left_s)} left" if left_s is not None and row.status == "running" else "",
    ]
    return ", ".join(part for part in parts if part)


def _marked(row: ExperimentSummary) -> str:
    return ", ".join(word for word, holds in (("starred", row.starred), ("archived", row.archived)) if holds)


def _drop_empty(which: tuple[str, ...], names: list[str], rows: list[list[str]]) -> None:
    """What no script and nobody said takes no room."""
    for name in which:
        place = names.index(name)
        if not any(row[place] for row in rows):
            del names[place]
            for row in rows:
                del row[place]


def print_problems(problems: list[Problem], out: Output) -> None:
    for problem in problems:
        if out.as_json:
            out.json(problem)
        else:
            place = f"{problem.path}, {problem.position}" if problem.position else problem.path
            out.line(escaped(f"{place}: {problem.reason}"))


def print_experiment(experiment: Snapshot, out: Output) -> None:
    summary, labels, problems = experiment.summary(), list(experiment.tree.catalogue()), experiment.problems()
    scalars = experiment.scalar_labels()
    if out.as_json:
        out.json({"experiment": summary, "scalars": scalars, "labels": labels, "problems": problems})
        return
    if summary is not None:
        _print_facts(summary, out)
    if scalars:
        out.section("scalars")
        _print_scalars(experiment, scalars, out)
    for kind in dict.fromkeys(entry.kind for entry in labels):
        out.section(kind)
        out.lines(
            text.columns(
                [[f"  {escaped(entry.label)}", _steps_text(entry)] for entry in labels if entry.kind == kind]
            )
        )
    if problems:
        out.section("problems")
        print_problems(problems[:_SHOWN_PROBLEMS], out)
        if len(problems) > _SHOWN_PROBLEMS:
            out.line(f"and {len(problems) - _SHOWN_PROBLEMS} more (lavdlike ls --problems)")


def _print_facts(summary: ExperimentSummary, out: Output) -> None:
    facts = {"name": summary.name}
    if summary.title:
        facts["title"] = summary.title
    if summary.status != "unknown":
        facts["status"] = _status_text(summary, time.time())
    facts["changed"] = f"{_local_time(summary.changed)}, {text.age(time.time() - summary.changed)} ago"
    if summary.sessions:
        last = max(summary.sessions, key=lambda session: session.started)
        end = f"{last.outcome} at {_local_time(last.ended)}" if last.ended else "no end"
        facts["sessions"] = (
            f"{len(summary.sessions)}; the last began {_local_time(last.started)} on {last.host}, {end}"
        )
    if summary.source and summary.is_foreign:
        facts["source"] = summary.source
    if summary.git_commit:
        facts["commit"] = summary.git_commit
    if summary.tags:
        facts["tags"] = ", ".join(summary.tags)
    if marked := _marked(summary):
        facts["marked"] = marked
    if summary.notes:
        facts["notes"] = "'lavdlike note' prints them"
    facts.update((f"config {key}", json_text(value)) for key, value in config_of(summary).items())
    colours = {"name": "bold", "status": _STATUS_COLOURS.get(summary.status, "")}
    out.lines(
        text.columns(
            [
                [escaped(fact), out.coloured(escaped(value), colours.get(fact, ""))]
                for fact, value in facts.items()
            ]
        )
    )


def _print_scalars(experiment: Snapshot, scalars: list[ScalarLabel], out: Output) -> None:
    definitions = [experiment.definition_of(entry.label) for entry in scalars]
    names = ["  label", "points", "step", "last", "min", "max", "unit", "better", ""]
    rows = [
        [
            f"  {escaped(entry.label)}",
            str(entry.count),
            str(entry.last_step),
            text.number(entry.last_value),
            "-" if entry.minimum is None else text.number(entry.minimum),
            "-" if entry.maximum is None else text.number(entry.maximum),
            escaped(definition.unit),
            _BETTER[definition.goal],
            text.sparkline(
                experiment.series_of(entry.label)[0].columns.values, _SPARKLINE_PLACES, out.encoding
            ),
        ]
        for entry, definition in zip(scalars, definitions, strict=True)
    ]
    _drop_empty(("unit", "better"), names, rows)
    header = [out.coloured(name, "dim") for name in names]
    out.lines(text.columns([header, *rows], right=range(1, 6)))


def print_label(experiment: Snapshot, label: str, out: Output) -> None:
    scalar = scalar_of(experiment, label)
    items = experiment.items(label)
    if out.as_json:
        for writer, _, columns in experiment.series_of(label):
            for point in points_since(columns, 0):
                out.line(point_line(point, writer, out))
        for item in items:
            out.json(experiment.read(item))
        return
    if scalar is not None:
        out.section("scalars")
        _print_scalars(experiment, [scalar], out)
        if description := experiment.definition_of(label).description:
            out.line(f"  {escaped(description)}")
        for writer, _, columns in experiment.series_of(label):
            out.line("")
            last = points_since(columns, max(0, len(columns.steps) - DEFAULT_LINES))
            out.lines([point_line(point, writer, out) for point in last])
    for kind in dict.fromkeys(item.kind for item in items):
        newest = experiment.read(next(item for item in items if item.kind == kind))
        if newest is not None:
            _print_item(newest, out)


def _print_item(item: Item, out: Output) -> None:
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
        print_problems([item.problem], out)
    for key, value in (msgspec.to_builtins(item.content) or {}).items():
        if isinstance(value, str) and value:
            out.line(f"  {out.coloured(key, 'dim')}")
            out.lines([f"    {text.as_on_a_terminal(line)}" for line in value.splitlines()])
        elif value:
            out.line(f"  {out.coloured(key, 'dim')}  {escaped(json_text(value))}")
        if key == "source" and outside.is_outside(value):
            out.line(f"    {escaped(outside.how_to_show(value))}")


def log_line(line: bytes, out: Output) -> str:
    decoded = line.decode(errors="replace")
    if out.as_json:
        return json_text(log_kind.parse_line(decoded))
    return text.as_on_a_terminal(decoded) if out.is_terminal else decoded


class Point(NamedTuple):
    step: int
    wall_time: float
    value: float | int


def points_since(columns: Columns, first: int) -> list[Point]:
    new = columns.since(first)
    steps, wall_times = new.steps.tolist(), new.wall_times.tolist()
    return [Point(int(steps[index]), wall_times[index], new.value(index)) for index in range(len(steps))]


def point_line(point: Point, writer: str, out: Output) -> str:
    if out.as_json:
        from lavdlike.sources.columns import json_number

        step, wall_time, value = point
        return json_text(
            {"step": step, "wall_time": wall_time, "value": json_number(value), "writer": writer}
        )
    place = f"{point.step:>10}  {_local_time(point.wall_time)}"
    return f"{place}  {text.number(point.value)}  {escaped(writer)}".rstrip()


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
