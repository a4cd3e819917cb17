"""The examples in docs/format.md are what our readers read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lavdlike import experiment, layout
from lavdlike.kinds import json_file, logs, registry, scalars

TEXT = (Path(__file__).parent.parent / "docs" / "format.md").read_text()
EXAMPLES = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))


def kinds_of(path: str) -> set[str]:
    kind = registry.kind_of_suffix(layout.split_suffix(path)[1])
    if kind is not None:
        return {kind.name}
    if not path.endswith(".json"):
        return {"scalars"} if layout.scalars_writer(path) is not None else set()
    document = json_file.read_object(EXAMPLES[path].encode(), path)
    return {kind.name for kind in registry.kinds_of_json(document, path)}


def test_there_is_an_example_of_every_kind_that_is_text() -> None:
    assert set().union(*map(kinds_of, EXAMPLES)) >= registry.BY_NAME.keys() - {
        "files",
        "arrays",
        "audio",
        "videos",
    }


@pytest.mark.parametrize("path", sorted(path for path in EXAMPLES if path.endswith(".json")))
def test_json_examples_are_read(path: str) -> None:
    data = EXAMPLES[path].encode()
    if path == layout.EXPERIMENT_FILE:
        found = experiment.read(data, path)
        assert [session.outcome for session in found.sessions] == ["finished", ""]
        assert found.git.branch == "main"
        return
    document = json_file.read_object(data, path)
    kinds = registry.kinds_of_json(document, path)
    assert kinds
    if all(kind.json_key for kind in kinds):
        assert {kind.json_key for kind in kinds} == document.keys()
    for kind in kinds:
        assert kind.read_json is not None
        kind.read_json(kind.part_of(document), path)


@pytest.mark.parametrize(("path", "bad"), [("scalars.tsv", 0), ("scalars.rank3.tsv", 1)])
def test_scalars_examples_are_read(path: str, bad: int) -> None:
    assert EXAMPLES[path].startswith(scalars.HEADER)
    parsed = [scalars.parse_line(line) for line in EXAMPLES[path].encode().splitlines()[1:]]
    assert sum(isinstance(line, scalars.BadLine) for line in parsed) == bad
    assert None not in parsed


def test_log_examples_are_records() -> None:
    lines = [logs.parse_line(line) for line in EXAMPLES["events.log"].splitlines()]
    assert [line.tag for line in lines] == ["START", "END", "STDOUT"]
    assert lines[2].message == "two lines\nin one record"


def test_the_table_of_suffixes_is_the_registry() -> None:
    rows = dict(
        re.findall(
            r"^\| (images|texts|markdown|logs|plots|meshes|figures|audio|videos|html|tables|arrays)"
            r" \| ([^|]*?) \|",
            TEXT,
            re.MULTILINE,
        )
    )
    assert {kind: set(suffixes.split()) for kind, suffixes in rows.items()} == {
        kind: set(registry.BY_NAME[kind].suffixes) for kind in rows
    }
