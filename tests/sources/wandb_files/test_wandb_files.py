"""wandb's logs: one written by wandb, in parts and broken, and records that are made here."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from lavdlike.kinds.scalars import REWIND
from lavdlike.sources.wandb_files.wandb_files import WandbFile, WandbFiles
from lavdlike.sources.wandb_files.wandb_records import BLOCK_BYTES, HEADER, MAX_RECORD_BYTES
from tests.scripts import ROOT
from tests.sources.reading import Points, new_points, opened, wall_times
from tests.sources.wandb_files.records import chunks, field, history, log, summary, varint

CORPUS = ROOT / "tests" / "corpus" / "stores" / "wandb" / "run-owl.wandb"
NAME = "run-owl.wandb"


def reader() -> WandbFile:
    return WandbFiles().points(NAME, f"exp/{NAME}")


def points_of(path: Path, content: bytes) -> tuple[Points, list[tuple[str, str]]]:
    path.write_bytes(content)
    file = reader()
    found = new_points(file, path)
    return found, [(problem.position, problem.reason.partition(";")[0]) for problem in file.problems()]


def test_a_log_that_grows_byte_by_byte_gives_what_it_gives_at_once(tmp_path: Path) -> None:
    whole, problems = points_of(tmp_path / NAME, CORPUS.read_bytes())
    assert problems == []
    data = CORPUS.read_bytes()
    file, path = reader(), tmp_path / "grows"
    found: Points = {}
    for end in [*range(0, 8000, 37), *range(8000, len(data), 4111), len(data)]:
        path.write_bytes(data[:end])
        for label, points in new_points(file, path).items():
            found.setdefault(label, []).extend(points)
    assert {label: repr(points) for label, points in found.items()} == {
        label: repr(points) for label, points in whole.items()
    }
    assert file.problems() == []


def test_values_steps_and_times(tmp_path: Path) -> None:
    path = tmp_path / NAME
    records = [
        history(
            0,
            {
                "_step": "0",
                "_timestamp": "1.5e9",
                "_runtime": "0.1",
                "loss": "0.30000000000000004",
                "b": "true",
            },
        ),
        history(3, {"loss": "NaN", "n": "1152921504606846977", "a.b": '"0.5"', "c": "[1]", "d": "null"}),
        history(None, {"_step": "7", "loss": "-Infinity", "nested": {"x": "1e-3", "y": {"z": "-12"}}}),
        history(
            9, {"picture": {"_type": '"image-file"', "width": "64", "inner": {"size": "1"}}, "loss": "2"}
        ),
        history(10, {"picture": {"width": "64"}}),
    ]
    found, problems = points_of(path, log(*records))
    assert problems == []
    loss = found.pop("loss")
    assert [step for step, _ in loss] == [0, 3, 7, 9]
    assert (loss[0][1], math.isnan(loss[1][1]), loss[2][1]) == (0.1 + 0.2, True, -math.inf)
    assert found == {"n": [(3, 1152921504606846977)], "nested.x": [(7, 0.001)], "nested.y.z": [(7, -12)]}
    assert wall_times(path, NAME)["loss"][0] == 1.5e9


def test_names_of_one_key_and_of_any_letters(tmp_path: Path) -> None:
    item = field(1, b"loss") + field(16, b"1")
    odd = field(2, b"\xc2\x82\x01") + field(16, b"2")
    record = field(2, field(1, item) + field(1, odd) + field(2, b""))
    found, _ = points_of(tmp_path / NAME, log(record))
    assert found == {"loss": [(0, 1)], "\x82\x01": [(0, 2)]}


def test_measures_of_the_machine_are_counted(tmp_path: Path) -> None:
    def stats(seconds: int, value: bytes) -> bytes:
        item = field(1, b"gpu.0.temp") + field(16, value)
        return field(7, field(2, varint(1 << 3) + varint(seconds)) + field(3, item))

    found, _ = points_of(tmp_path / NAME, log(stats(5, b"60"), stats(9, b"61.5")))
    assert found == {"system/gpu.0.temp": [(0, 60), (1, 61.5)]}
    assert wall_times(tmp_path / NAME, NAME) == {"system/gpu.0.temp": [5.0, 9.0]}


def test_records_over_several_blocks_and_at_their_ends(tmp_path: Path) -> None:
    for size in (BLOCK_BYTES - 40, BLOCK_BYTES - 33, 5 * BLOCK_BYTES):
        filler = field(4, b"x" * size)
        found, problems = points_of(
            tmp_path / NAME, log(filler, *(history(step, {"loss": str(step)}) for step in range(1500)))
        )
        assert problems == []
        assert found == {"loss": [(step, step) for step in range(1500)]}


def broken_log() -> tuple[bytes, list[int]]:
    """Of a hundred records, each with its place."""
    content, places = HEADER, []
    for step in range(100):
        places.append(len(content))
        content += chunks(history(step, {"loss": str(step)}), len(content))
    return content, places


def test_a_record_that_does_not_fit_its_checksum_costs_itself(tmp_path: Path) -> None:
    content, places = broken_log()
    broken = bytearray(content)
    broken[places[50] + 20] ^= 1
    found, problems = points_of(tmp_path / NAME, bytes(broken))
    assert [step for step, _ in found["loss"]] == [*range(50), *range(51, 100)]
    assert problems == [(f"byte {places[50]}", "a record that does not fit its checksum")]


def test_a_length_that_is_none_costs_the_block(tmp_path: Path) -> None:
    content, places = broken_log()
    broken = bytearray(content)
    broken[places[50] + 4 : places[50] + 6] = b"\xff\xff"
    padding = bytes(BLOCK_BYTES - len(broken) % BLOCK_BYTES)
    later = chunks(history(200, {"loss": "5"}), 0)
    found, problems = points_of(tmp_path / NAME, bytes(broken) + padding + later)
    assert [step for step, _ in found["loss"]] == [*range(50), 200]
    assert problems == [(f"byte {places[50]}", "a record that does not fit its checksum")]


def test_zeros_at_the_end_wait_and_in_between_are_a_problem(tmp_path: Path) -> None:
    content, _ = broken_log()
    path = tmp_path / NAME
    path.write_bytes(content + bytes(5 * BLOCK_BYTES))
    file = reader()
    assert len(new_points(file, path)["loss"]) == 100
    assert file.problems() == []
    end = (len(content) + 6 * BLOCK_BYTES) // BLOCK_BYTES * BLOCK_BYTES
    with path.open("ab") as more:
        more.truncate(end)
        more.seek(end)
        more.write(chunks(history(200, {"loss": "5"}), end))
    assert new_points(file, path) == {"loss": [(200, 5)]}
    assert [(problem.position, "bytes are zero" in problem.reason) for problem in file.problems()] == [
        (f"byte {len(content)}", True)
    ]


@pytest.mark.slow
def test_hostile_lengths_are_not_read(tmp_path: Path) -> None:
    huge = varint(2 << 3 | 2) + varint(2**60) + b"x"
    content = log(b"x" * (MAX_RECORD_BYTES + 2 * BLOCK_BYTES))
    content += chunks(huge, len(content))
    content += chunks(history(1, {"loss": "1"}), len(content))
    found, problems = points_of(tmp_path / NAME, content)
    assert found == {"loss": [(1, 1)]}
    assert [reason.partition(":")[0] for _, reason in problems] == [
        "a record longer than 16 MiB, the most that is read of a record",
        "a record that cannot be read",
    ]


def test_steps_that_are_none_are_a_problem(tmp_path: Path) -> None:
    minus = field(
        2, field(1, field(2, b"loss") + field(16, b"1")) + field(2, varint(1 << 3) + varint(2**64 - 1))
    )
    _, problems = points_of(tmp_path / NAME, log(minus))
    assert [reason.partition(":")[0] for _, reason in problems] == ["1 values at steps that are none"]


@pytest.mark.parametrize("content", [b":W&B\xe1\xbe\x01rest", b"some text that is longer"])
def test_other_files_and_versions_are_said(tmp_path: Path, content: bytes) -> None:
    found, problems = points_of(tmp_path / NAME, content)
    assert (found, [place for place, _ in problems]) == ({}, ["byte 0"])


def test_a_log_that_is_written_anew_is_another_one(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(log(history(1, {"loss": "1"})))
    file = reader()
    new_points(file, path)
    path.write_bytes(log(history(1, {"loss": "2"})))
    with opened(path) as descriptor:
        assert not file.continues(descriptor)


def test_what_only_the_summary_has_is_a_point_where_it_was_said(tmp_path: Path) -> None:
    records = [
        summary({"best": "0.5"}),
        history(3, {"_timestamp": "1.5e9", "loss": "1"}),
        summary({"loss": "1", "best": "0.25", "text": '"x"', "_runtime": "2", "_wandb": {"runtime": "2"}}),
        history(4, {"loss": "2"}),
        summary({"loss": {"max": "2"}, "picture": {"_type": '"image-file"', "size": "3"}}),
    ]
    found, problems = points_of(tmp_path / NAME, log(*records))
    assert found == {
        "best": [(0, 0.5), (3, 0.25)],
        "loss": [(3, 1), (4, 2)],
        "loss.max": [(4, 2)],
    }
    assert problems == []
    assert wall_times(tmp_path / NAME, NAME)["best"][1] == 1.5e9


def test_what_wandb_makes_of_a_history_waits_for_it(tmp_path: Path) -> None:
    made = history(3, {"_step": "3", "loss": "1", "acc": {"max": "2"}})
    records = [b"\x1a" + made[1:], history(3, {"_step": "3", "loss": "1"})]
    found, _ = points_of(tmp_path / NAME, log(*records))
    assert found == {"loss": [(3, 1)], "acc.max": [(3, 2)]}


def test_a_history_counts_instead_of_a_summary(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(log(summary({"acc": "0"}), history(1, {"loss": "1"})))
    file = reader()
    assert new_points(file, path) == {"acc": [(0, 0)], "loss": [(1, 1)]}
    with path.open("ab") as more:
        for record in (history(2, {"acc": "0.5"}), summary({"acc": "0.75"})):
            more.write(chunks(record, more.tell()))
    assert new_points(file, path) == {REWIND: [(0, 0)], "acc": [(2, 0.5)]}
    assert points_of(tmp_path / "at-once", path.read_bytes())[0]["acc"] == [(2, 0.5)]


def test_a_picture_in_a_summary_leaves_the_history_as_it_is(tmp_path: Path) -> None:
    records = [
        history(1, {"loss": "1", "a": {"size": "1"}}),
        summary({"a": {"_type": '"image-file"', "size": "3"}}),
        history(2, {"loss": "2", "a": {"size": "1"}}),
        summary({"loss": "2"}),
    ]
    found, _ = points_of(tmp_path / NAME, log(*records))
    assert found == {"loss": [(1, 1), (2, 2)], "a.size": [(1, 1)]}


def test_what_is_said_of_a_record_may_stand_before_its_content(tmp_path: Path) -> None:
    about = varint(1 << 3) + varint(7) + field(200, field(1, b"run"))
    found, _ = points_of(tmp_path / NAME, log(about + history(1, {"loss": "1"})))
    assert found == {"loss": [(1, 1)]}
