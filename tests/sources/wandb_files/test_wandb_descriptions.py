"""What wandb's logs say of their run: by wandb itself (`test_corpora`), and record by record."""

from __future__ import annotations

import os
import tempfile

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.messages import LabelDefinition
from lavdlike.sources.descriptions.description import Description
from lavdlike.sources.wandb_files.wandb_descriptions import BEGIN_BYTES, LogDescription
from lavdlike.sources.wandb_files.wandb_records import BLOCK_BYTES
from tests.scripts import ROOT
from tests.sources.wandb_files.records import field, log, varint

LOG = (ROOT / "tests" / "corpus" / "stores" / "wandb" / "run-owl.wandb").read_bytes()


def description_of(content: bytes) -> Description:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        return LogDescription().read(file.fileno())


def item(value: str, *names: str, tag: int = 2) -> bytes:
    return b"".join(field(tag, name.encode()) for name in names) + field(16, value.encode())


def run(*, config: bytes = b"", tags: tuple[str, ...] = (), started: int = 1_700_000_000) -> bytes:
    said = (
        field(4, config)
        + field(8, b"owl")
        + field(13, b"here")
        + b"".join(field(10, tag.encode()) for tag in tags)
    )
    return field(
        17, said + field(17, varint(1 << 3) + varint(started) + varint(2 << 3) + varint(500_000_000))
    )


def exit_record(code: int, runtime_s: int = 60) -> bytes:
    return field(18, (varint(1 << 3) + varint(code) if code else b"") + varint(2 << 3) + varint(runtime_s))


def metric(name: str, *, glob: bool = False, x: str = "", goal: int = 0) -> bytes:
    said = field(2 if glob else 1, name.encode()) + (field(4, x.encode()) if x else b"")
    return field(12, said + (varint(8 << 3) + varint(goal) if goal else b""))


@pytest.mark.parametrize(
    ("end", "status", "ended", "outcome"),
    [
        ((), "running", None, ""),
        ((exit_record(0),), "finished", 1_700_000_060.5, "finished"),
        ((exit_record(1),), "crashed", 1_700_000_060.5, "exit code 1"),
    ],
)
def test_status_and_times(end: tuple[bytes, ...], status: str, ended: float | None, outcome: str) -> None:
    said = description_of(log(run(tags=("a", "b")), *end))
    assert (said.source, said.title, said.host, said.tags) == ("wandb", "owl", "here", ("a", "b"))
    assert (said.started, said.status, said.ended, said.outcome) == (1_700_000_000.5, status, ended, outcome)


def test_settings_come_later_and_go() -> None:
    first = (
        field(1, item("0.1", "lr", tag=1))
        + field(1, item('{"width": 8}', "net"))
        + field(1, item("{}", "_wandb"))
    )
    later = field(
        5, field(1, item("16", "net", "width")) + field(1, item("NaN", "x")) + field(1, item("{", "bad"))
    )
    gone = field(5, field(2, item("", "lr")))
    assert description_of(log(run(config=first))).config == {"lr": 0.1, "net": {"width": 8}}
    assert description_of(log(run(config=first), later, gone)).config == {"net": {"width": 16}, "x": "nan"}


def test_the_end_of_a_long_log_is_found() -> None:
    middle = field(4, b"x" * (BEGIN_BYTES + 10 * BLOCK_BYTES))
    said = description_of(log(run(), middle, field(5, field(1, item("5", "added"))), exit_record(0)))
    assert (said.status, said.config) == ("finished", {"added": 5})


@pytest.mark.parametrize("size", [1000, BEGIN_BYTES - 1000, BEGIN_BYTES + 7 * BLOCK_BYTES])
def test_a_log_that_grows_is_read_on_and_one_that_is_written_anew_from_its_begin(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = log(run(), field(4, b"x" * size), field(5, field(1, item("5", "added"))), exit_record(0))
    read: list[int] = []
    pread = os.pread

    def counted(descriptor: int, count: int, place: int) -> bytes:
        read.append(count)
        return pread(descriptor, count, place)

    description = LogDescription()
    with tempfile.TemporaryFile() as file:
        for begin, end in ((0, 5), (5, 200), (200, len(whole) - 20), (len(whole) - 20, len(whole))):
            assert description.read(file.fileno()).status in ("", "running")
            file.write(whole[begin:end])
            file.flush()
        monkeypatch.setattr(os, "pread", counted)
        said = description.read(file.fileno())
        assert (said.status, said.config, said.title) == ("finished", {"added": 5}, "owl")
        assert sum(read) < 1000
        monkeypatch.undo()
        file.seek(0)
        file.truncate()
        file.write(log(run(config=field(1, item("0.1", "lr")))))
        file.flush()
        assert description.read(file.fileno()).config == {"lr": 0.1}
        assert description.read(file.fileno()).status == "running"


def test_what_is_defined_of_labels() -> None:
    records = (
        metric("val/*", glob=True, x="epoch"),
        metric("val/acc", x="epoch", goal=2),
        metric("loss", goal=1),
    )
    plain = metric("epoch"), metric("other", x="_step")
    assert description_of(log(*records, *plain)).labels == (
        LabelDefinition("val/acc", goal="max", x="epoch"),
        LabelDefinition("loss", goal="min"),
        LabelDefinition("val/*", x="epoch"),
    )


@given(
    place=st.floats(0, 1),
    added=st.binary(max_size=8) | st.just(bytes(40)) | st.just(b"\xff" * 20),
    cut=st.integers(0, 60),
)
def test_mutated_logs_are_described_as_far_as_they_go(*, place: float, added: bytes, cut: int) -> None:
    at = int(place * len(LOG))
    msgspec.json.encode(description_of(LOG[:at] + added + LOG[at + cut :]))


def test_other_files_and_broken_records_say_nothing() -> None:
    assert description_of(b"text").source == "wandb"
    assert description_of(b"text").status == ""
    assert description_of(log(field(17, b"\xff\xff"), run())).title == "owl"
