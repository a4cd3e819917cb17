"""Which files are parts of a run: by their names, and little of what they hold."""

from __future__ import annotations

from pathlib import Path

import polars as pl  # noqa: TID253 - only tests load this
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.sources.neptune.neptune_parts import NeptuneParts
from tests.scripts import ROOT
from tests.sources.reading import opened

PARTS = NeptuneParts()
ORIGINAL = min((ROOT / "tests/corpus/trackers/neptune").iterdir())


def may_be_part(path: Path) -> bool:
    with opened(path) as descriptor:
        return PARTS.may_be_part(descriptor)


@pytest.mark.parametrize(
    ("name", "run"),
    [
        ("RUN-1-549fcb30a0f06072_part_0.parquet", "RUN-1-549fcb30a0f06072"),
        ("a_part_1_part_12.parquet", "a_part_1"),
        ("RUN-1_part_01.parquet", ""),
        ("RUN-1_part_0.parquet.tmp", ""),
        ("_part_0.parquet", ""),
        ("part-00000.parquet", ""),
    ],
)
def test_a_part_is_called_by_run_and_number(name: str, run: str) -> None:
    assert PARTS.run_of(name) == run
    assert not run or name in {PARTS.file_of(run, number) for number in (0, 12)}


def test_members_stand_in_the_order_of_their_numbers() -> None:
    names = [PARTS.member_of(number) for number in (0, 2, 10, 9999)]
    assert names == sorted(names)
    assert all(map(PARTS.is_member, names))
    assert not PARTS.is_member("part_0.neptune")


def test_the_columns_tell_and_of_what_is_cut_nothing_can_be_told(tmp_path: Path) -> None:
    data = ORIGINAL.read_bytes()
    assert may_be_part(ORIGINAL)
    path = tmp_path / "x_part_0.parquet"
    for cut in (4, 100, len(data) - 1):
        path.write_bytes(data[:cut])
        assert may_be_part(path)
    path.write_bytes(data[:-8] + b"\xff\xff\xff\x7fPAR1")
    assert may_be_part(path)
    pl.DataFrame({"step": [1], "loss": [0.5]}).write_parquet(path)
    assert not may_be_part(path)
    path.write_bytes(b"")
    assert not may_be_part(path)


@given(place=st.integers(0, 6000), there=st.binary(max_size=64))
def test_whatever_stands_there_is_answered(
    place: int, there: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = ORIGINAL.read_bytes()
    path = tmp_path_factory.getbasetemp() / "fuzzed_part_0.parquet"
    path.write_bytes(data[:place] + there + data[place + len(there) :])
    assert may_be_part(path) in (True, False)
