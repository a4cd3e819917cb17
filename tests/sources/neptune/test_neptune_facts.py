"""What an exported run says of itself."""

from __future__ import annotations

from pathlib import Path

import polars as pl  # noqa: TID253 - only tests load this
import pytest

from lavdlike.sources.descriptions.description import Description
from lavdlike.sources.neptune import parquet_child, parquet_reader
from lavdlike.sources.neptune.neptune_facts import description_in, description_of
from lavdlike.sources.neptune.neptune_parts import NeptuneParts
from lavdlike.sources.neptune.parquet_child import Fact, facts_in
from lavdlike.sources.neptune.parquet_reader import NoAnswerError
from lavdlike.sources.run_store import UnreadableStoreError
from tests.scripts import ROOT
from tests.sources.reading import opened

EXPORT = ROOT / "tests/corpus/trackers/neptune"
PART = max(EXPORT.glob("RUN-2*"))  # the last


def test_a_file_says_what_polars_reads_in_it() -> None:
    facts = {fact.attribute: fact for fact in facts_in(PART.read_bytes())}
    table = pl.read_parquet(PART)
    for row in table.filter(pl.col("attribute_type") != "float_series").iter_rows(named=True):
        fact = facts[row["attribute_path"]]
        value = row[f"{row['attribute_type']}_value"]
        assert (fact.run, fact.type) == ("RUN-2", row["attribute_type"])
        assert fact.value == (value.timestamp() if fact.type == "datetime" else value)
        assert type(fact.value) is type(value) or fact.type == "datetime"


@pytest.mark.slow
def test_of_a_part_times_host_and_outcome() -> None:
    with opened(PART) as descriptor:
        found = description_of(descriptor)
    assert (found.started, found.ended) == (1763600000.123, 1763600900.456)
    assert (found.host, found.status, found.outcome) == ("node7", "crashed", "failed")
    assert found.config["parameters/layers"] == 3
    assert isinstance(found.config["parameters/layers"], int)


def test_settings_have_the_names_of_attributes_and_the_run_its_id_as_title() -> None:
    facts = [
        Fact("R", "a/b", "int", 1),
        Fact("R", "a", "float", float("nan")),
        Fact("R", "sys/id", "string", "R"),
    ]
    found = description_in(facts)
    assert found.config == {"a/b": 1, "a": "nan"}
    assert (found.title, found.status) == ("R", "")
    assert description_in([*facts, Fact("R", "sys/failed", "bool", False)]).status == "finished"


def test_of_too_many_attributes_those_of_neptune_are_among_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    data = PART.read_bytes()
    last = [fact.attribute for fact in facts_in(data)].index("parameters/lr")
    monkeypatch.setattr(parquet_child, "MAX_LABELS", last)
    assert {fact.attribute.partition("/")[0] for fact in facts_in(data)} == {"sys"}


def test_what_says_nothing_of_its_end_leaves_it_open() -> None:
    assert description_in([Fact("R", "lr", "float", 0.1)]) == Description("Neptune", {"lr": 0.1})


def test_of_several_runs_settings_are_told_apart() -> None:
    facts = [Fact(run, "lr", "float", value) for run, value in (("R1", 0.1), ("R2", 0.2))]
    assert description_in(facts) == Description("Neptune", {"R1/lr": 0.1, "R2/lr": 0.2})


@pytest.mark.slow
def test_one_child_answers_for_many_files_and_a_broken_one_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []

    class Child(parquet_reader._Child):
        def __init__(self) -> None:
            started.append(self)
            super().__init__()

    parquet_reader._end_idle()
    monkeypatch.setattr(parquet_reader, "_Child", Child)
    path = tmp_path
    for number in range(3):
        path = tmp_path / f"{number}_part_0.parquet"
        path.write_bytes(PART.read_bytes())
        with opened(path) as descriptor:
            assert description_of(descriptor).host == "node7"
    path.write_bytes(PART.read_bytes()[:-9])
    for _ in range(2):  # as it is kept, too
        with (
            opened(path) as descriptor,
            pytest.raises(UnreadableStoreError, match="cannot be read as Parquet"),
        ):
            NeptuneParts().describe(descriptor, "")
    assert len(started) == 1
    parquet_reader._idle[0]._process.kill()  # crashed, as far as the next one can tell
    with opened(PART) as descriptor, pytest.raises(NoAnswerError, match="crashed"):
        parquet_reader.answer(descriptor, b"f")
    with opened(PART) as descriptor:
        assert parquet_reader.answer(descriptor, b"f")
    assert len(started) == 2
    parquet_reader._end_idle()
    assert all(child._process.poll() is not None for child in started)
