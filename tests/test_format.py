"""The examples in docs/format.md are what our readers read."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from lavdlike import (
    alerts,
    annotation_file,
    experiment,
    json_file,
    layout,
    marks,
    progress_file,
    root_settings,
)
from lavdlike.edits.journal import Entry
from lavdlike.edits.trash_entries import TRASHED_FILE, Note
from lavdlike.kinds import logs, places, registry, scalars
from lavdlike.sources.descriptions import charts_file

TEXT = (Path(__file__).parent.parent / "docs" / "format.md").read_text()
EXAMPLES = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))


def kinds_of(path: str) -> set[str]:
    kind = registry.kind_of_suffix(places.split_suffix(path)[1])
    if kind is not None:
        return {kind.name}
    if not path.endswith(".json"):
        is_points = layout.scalars_writer(path) is not None or layout.system_host(path) is not None
        return {"scalars"} if is_points else set()
    document = json_file.read_object(EXAMPLES[path].encode(), path)
    return {kind.name for kind in registry.kinds_of_json(document, path)}


def test_there_is_an_example_of_every_kind_that_is_text() -> None:
    assert set().union(*map(kinds_of, EXAMPLES)) >= registry.BY_NAME.keys() - {
        "files",
        "arrays",
        "audio",
        "models",
        "videos",
    }


@pytest.mark.parametrize("path", sorted(path for path in EXAMPLES if path.endswith(".json")))
def test_json_examples_are_read(path: str) -> None:
    data = EXAMPLES[path].encode()
    if path == layout.EXPERIMENT_FILE:
        found = experiment.read(data, path)
        assert [session.outcome for session in found.sessions] == ["finished", ""]
        assert found.git.branch == "main"
        assert [definition.pattern for definition in found.labels] == ["val/loss", "time/*"]
        return
    if path == layout.MARKS_FILE:
        assert marks.read(data, path).tags_removed == ("debug",)
        return
    if path == layout.PROGRESS_FILE:
        assert [bar.done for bar in progress_file.read(data, path)] == [3, 340]
        return
    if path == charts_file.NAME:
        assert [chart.title for chart in charts_file.read(data, path)] == ["both", "mean"]
        return
    document = json_file.read_object(data, path)
    if path == TRASHED_FILE:
        note = json_file.convert(document, Note, path, "")
        assert (note.what, note.size_bytes) == ("images, models", 734_003_200)
        return
    if by_suffix := registry.kind_of_suffix(places.split_suffix(path)[1]):
        assert by_suffix.read_file is not None
        content = by_suffix.read_file(data, path)
        assert by_suffix.problems_of is None or not by_suffix.problems_of(content)
        return
    kinds = registry.kinds_of_json(document, path)
    assert kinds
    if all(kind.json_key for kind in kinds):
        assert {kind.json_key for kind in kinds} == document.keys()
    for kind in kinds:
        assert kind.read_json is not None
        kind.read_json(kind.part_of(document), path)


def test_examples_of_what_people_write_are_read() -> None:
    annotations = annotation_file.read(EXAMPLES["annotations.tsv"].encode(), "annotations.tsv")
    assert ([found.step for found in annotations.annotations], annotations.problems) == ([1200, 5000], [])
    root_file = root_settings.read(EXAMPLES["lavdlike.yaml"].encode(), "lavdlike.yaml")
    assert root_file.settings.problem is None
    assert len(root_file.settings.labels) == 2
    assert set(root_file.marks) == set(root_file.notes) == set(root_file.annotations)
    entry = msgspec.json.decode(EXAMPLES["edits.jsonl"], type=Entry)
    assert entry.changes[0].path == "run/marks.json"


@pytest.mark.parametrize(
    ("path", "bad"), [("scalars.tsv", 0), ("scalars.rank3.tsv", 1), ("system.node7.tsv", 0)]
)
def test_scalars_examples_are_read(path: str, bad: int) -> None:
    assert EXAMPLES[path].startswith(scalars.HEADER)
    parsed = [scalars.parse_line(line) for line in EXAMPLES[path].encode().splitlines()[1:]]
    assert sum(isinstance(line, scalars.BadLine) for line in parsed) == bad
    assert None not in parsed


def test_log_examples_are_records() -> None:
    lines = [logs.parse_line(line) for line in EXAMPLES["events.log"].splitlines()]
    assert [line.tag for line in lines] == ["START", "END", "STDOUT"]
    assert lines[2].message == "two lines\nin one record"
    (alert,) = alerts.find_alerts(EXAMPLES["events.rank3.log"].encode())
    assert (alert.level, alert.title) == ("error", "Loss is NaN")


def test_the_table_of_kinds_is_the_registry() -> None:
    rows = re.findall(r"^\| ([a-z_]+) \| ([^|]*)\| ([^|]*)\|$", TEXT, re.MULTILINE)
    assert {name for name, *_ in rows} == registry.BY_NAME.keys()
    for name, suffixes, key in rows:
        kind = registry.BY_NAME[name]
        assert set(re.findall(r"(?<!\S)\.[\w.]+", suffixes)) == kind.suffixes
        if kind.is_document is None:
            assert key.strip() == (f"`{kind.json_key}`" if kind.json_key else "")
        assert kind.json_file in suffixes
