"""Items of event files are what TensorBoard's own readers say (tests/corpus/make_event_items.py), byte by byte."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike.disk.root import OpenedFile
from lavdlike.errors import LogFormatError
from lavdlike.kinds import registry
from lavdlike.layout import ExperimentName as Name
from lavdlike.messages import Item
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.reading.tree import Address
from lavdlike.sources.events import event_members
from lavdlike.sources.events.event_members import EventMembers
from lavdlike.sources.members import Member
from tests.scripts import ROOT
from tests.sources.events.event_bytes import VERSION, event, field, point, varint
from tests.sources.reading import NOTHING_BESIDE

CORPUS = ROOT / "tests" / "corpus" / "event_items"
EXPECTED: dict[str, dict[str, Any]] = json.loads((CORPUS / "expected.json").read_text())
NAME = "events.out.tfevents.1"
PNG = b"\x89PNG\r\n\x1a\n"


def items_of(run: str, root: Path = CORPUS) -> dict[tuple[str, str, int], Item]:
    """By kind, label and step."""
    snapshot = Snapshot(StoredRoot(root), Name(run))
    assert snapshot.problems() == []
    items = {(at.kind, at.label, at.step or 0): snapshot.read(at) for at in snapshot.tree.items()}
    return {at: item for at, item in items.items() if item is not None}


def content_of(run: str, kind: str, label: str, step: int, root: Path = CORPUS) -> bytes:
    snapshot = Snapshot(StoredRoot(root), Name(run))
    (path,) = snapshot.tree.files_of(Address(kind, label, step))
    with snapshot.file(path) as opened:
        return opened.read(2**20)


def labels_of(tag: str, count: int) -> list[str]:
    """What the items of a value are called."""
    return [tag] if count == 1 else [f"{tag}/{number}" for number in range(count)]


def by_step(run: str, what: str) -> list[tuple[str, int, Any]]:
    found = EXPECTED[run].get(what, {})
    return [(tag, int(step), said) for tag, of in found.items() for step, said in of.items()]


of_every_run = pytest.mark.parametrize("run", sorted(EXPECTED))


@of_every_run
def test_every_step_of_every_tag_is_an_item_and_nothing_else_is(run: str) -> None:
    expected = {
        (kind, label[:200], step)
        for kind, what in (("images", "pictures"), ("audio", "sounds"))
        for tag, step, said in by_step(run, what)
        for label in labels_of(tag, len(said))
    }
    for kind, what in (("markdown", "texts"), ("histograms", "histograms"), ("pr_curves", "pr_curves")):
        expected |= {(kind, tag, step) for tag, step, _ in by_step(run, what)}
    for name, step, parts in by_step(run, "meshes"):
        expected |= {("meshes", label, step) for label in labels_of(name, len(parts["1"]))}
    found = {(kind, label[:195], step) for kind, label, step in items_of(run)}
    assert found == {(kind, label[:195], step) for kind, label, step in expected}


@of_every_run
@pytest.mark.parametrize(("kind", "what"), [("images", "pictures"), ("audio", "sounds")])
def test_pictures_and_sounds_are_the_bytes_that_were_logged(run: str, kind: str, what: str) -> None:
    for tag, step, digests in by_step(run, what):
        for label, digest in zip(labels_of(tag, len(digests)), digests, strict=True):
            if len(label) <= 200:
                content = content_of(run, kind, label, step)
                assert hashlib.sha256(content).hexdigest() == digest, (label, step)


@of_every_run
def test_texts_are_what_was_logged(run: str) -> None:
    for tag, step, said in by_step(run, "texts"):
        text = content_of(run, "markdown", tag, step).decode()
        if isinstance(said, str):
            assert text == said
        elif isinstance(said[0], str):
            assert text.split("\n\n---\n\n") == said
        else:
            assert said == [["a", "b|c"], ["d", "e\nf"]]
            assert text == "|  |  |\n| --- | --- |\n| a | b\\|c |\n| d | e<br>f |\n"


@of_every_run
def test_histograms_have_tensorboards_edges_and_counts(run: str) -> None:
    items = items_of(run)
    for tag, step, rows in by_step(run, "histograms"):
        content = items["histograms", tag, step].content
        expected = np.array(rows, dtype="f4").reshape(-1, 3)
        assert np.array_equal(np.array(content.counts, dtype="f4"), expected[:, 2])
        edges = np.array(content.edges, dtype="f4")
        assert np.array_equal(edges[:-1], expected[:, 0])
        assert np.array_equal(edges[1:], expected[:, 1])


@of_every_run
def test_curves_have_tensorboards_thresholds_precision_and_recall(run: str) -> None:
    items = items_of(run)
    for tag, step, said in by_step(run, "pr_curves"):
        content = items["pr_curves", tag, step].content
        for name in ("thresholds", "precision", "recall"):
            assert getattr(content, name) == said[name]
        assert content.positives == said["true_positives"][0] + said["false_negatives"][0]
        assert content.negatives == said["false_positives"][0] + said["true_negatives"][0]


@of_every_run
def test_meshes_have_the_vertices_faces_and_colours_that_were_logged(run: str) -> None:
    for name, step, parts in by_step(run, "meshes"):
        for number, label in enumerate(labels_of(name, len(parts["1"]))):
            content = content_of(run, "meshes", label, step)
            vertices = np.array(parts["1"][number], "<f4")
            assert f"element vertex {len(vertices)}\n".encode() in content
            body = content.partition(b"end_header\n")[2]
            if "3" not in parts:
                assert body == vertices.tobytes()
                continue
            colours = np.array(parts["3"][number]).astype("u1")
            rows = np.concatenate([vertices.view("u1"), colours], axis=1)
            faces = np.array(parts["2"][number]).astype("<i4")
            corners = np.concatenate([np.full((len(faces), 1), 3, "u1"), faces.view("u1")], axis=1)
            assert body == rows.tobytes() + corners.tobytes()


def test_times_are_those_of_the_events() -> None:
    files = [item.files[0] for item in items_of("torch").values()]
    assert all(1_700_000_000 < file.modified < 1_700_000_100 for file in files)


def test_members_of_a_kind_without_a_suffix_say_which_they_are() -> None:
    kinds = {kind for kind, _, _ in items_of("torch")}
    assert kinds <= registry.BY_NAME.keys()
    assert "histograms" in kinds


# --- how they are found ------------------------------------------------------------------------------------------


def image(tag: str, content: bytes) -> bytes:
    return field(5, field(1, field(1, tag.encode()) + field(4, b"\x08\x01\x10\x01" + field(4, content))))


def found_in(path: Path) -> list[Member]:
    with path.open("rb") as file:
        return [
            member
            for some in EventMembers().file(NAME, NOTHING_BESIDE).find_new(file.fileno())
            for member in some
        ]


def bytes_of(path: Path, member: Member) -> bytes:
    with path.open("rb") as file:
        return EventMembers().content(file.fileno(), member, "shown", NOTHING_BESIDE)


def test_pictures_of_any_size_are_found_without_reading_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a block, several blocks, and many that lie in one."""
    contents = [PNG + os.urandom(size) for size in (2**17, 2**20, 10, 3 * 2**20, *[100] * 50)]
    path = tmp_path / NAME
    path.write_bytes(
        VERSION + b"".join(event(image("a", content), step=step) for step, content in enumerate(contents))
    )
    read_bytes = 0
    pread = os.pread

    def counted(descriptor: int, size_bytes: int, offset: int) -> bytes:
        nonlocal read_bytes
        data = pread(descriptor, size_bytes, offset)
        read_bytes += len(data)
        return data

    monkeypatch.setattr(os, "pread", counted)
    members = found_in(path)
    assert read_bytes < 2**20
    assert [member.path for member in members] == [f"{step:04}/a.png" for step in range(len(contents))]
    assert [bytes_of(path, member) for member in members] == contents


def test_what_is_half_written_comes_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / NAME
    whole = VERSION + event(image("a", PNG + bytes(2**19)), step=1) + event(image("a", PNG + b"2"), step=2)
    file = EventMembers().file(NAME, NOTHING_BESIDE)
    told = []
    with path.open("w+b") as opened:
        for begin in range(0, len(whole), 10_000):
            opened.write(whole[begin : begin + 10_000])
            opened.flush()
            assert file.continues(opened.fileno())
            told += [member.path for some in file.find_new(opened.fileno()) for member in some]
    assert told == ["0001/a.png", "0002/a.png"]


def test_looking_may_stop_anywhere_and_go_on(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(
        VERSION + b"".join(event(image("a", PNG + bytes(10**5)), step=step) for step in range(20))
    )
    file, told, stops = EventMembers().file(NAME, NOTHING_BESIDE), [], 0
    with path.open("rb") as opened:
        while not file.is_unchanged(opened.fileno()) and stops < 100:
            for some in file.find_new(opened.fileno()):
                told += [member.path for member in some]
                stops += 1
                break
            else:
                break
    assert told == [f"{step:04}/a.png" for step in range(20)]
    assert stops > 3


@pytest.mark.parametrize("break_", [lambda data: data[:-3], lambda data: data[:40] + b"\xff" + data[41:]])
def test_broken_records_cost_themselves_alone(break_: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """A content that does not fit its checksum is found, and says so when it is shown."""
    first, second = event(image("a", PNG + b"1" * 99), step=1), event(image("a", PNG + b"2" * 99), step=2)
    path = tmp_path / NAME
    path.write_bytes(VERSION + break_(first) + point(1) + second)
    members = found_in(path)
    assert members[-1].path == "0002/a.png"
    assert bytes_of(path, members[-1]) == PNG + b"2" * 99
    for member in members[:-1]:
        with pytest.raises(LogFormatError):
            bytes_of(path, member)


def test_a_content_that_is_broken_is_named_with_its_place(tmp_path: Path) -> None:
    data = bytearray(VERSION + event(image("a", PNG + b"1" * 99), step=1))
    data[-10] ^= 1
    path = tmp_path / NAME
    path.write_bytes(data)
    with pytest.raises(LogFormatError, match=f"shown, byte {len(VERSION)}: .* does not fit its checksum"):
        bytes_of(path, found_in(path)[0])


def test_a_file_that_was_written_anew_does_not_give_other_bytes(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(VERSION + event(image("a", PNG), step=1))
    (member,) = found_in(path)
    path.write_bytes(VERSION + event(image("b" * 50, PNG + b"other"), step=1))
    with pytest.raises(LogFormatError, match="written anew"):
        bytes_of(path, member)


def test_steps_that_are_none_are_counted_and_said(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(VERSION + b"".join(event(image("a", PNG), step=step) for step in (-1, 2**53, 5)))
    file = EventMembers().file(NAME, NOTHING_BESIDE)
    with path.open("rb") as opened:
        assert [member.path for some in file.find_new(opened.fileno()) for member in some] == ["0005/a.png"]
    (problem,) = file.problems()
    assert problem.startswith("2 items at steps that are none, such as -1")


def test_more_items_than_are_kept_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_members, "MAX_MEMBERS", 3)
    path = tmp_path / NAME
    path.write_bytes(b"".join(event(image("a", PNG), step=step) for step in range(5)))
    file = EventMembers().file(NAME, NOTHING_BESIDE)
    with path.open("rb") as opened:
        assert sum(len(some) for some in file.find_new(opened.fileno())) == 3
    assert file.problems() == ["more than 3 items: the others are not shown"]


def test_records_of_more_than_is_read_are_said_when_they_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_members, "MAX_BYTES", 1000)
    path = tmp_path / NAME
    path.write_bytes(event(image("a", PNG + bytes(1000)), step=1))
    with pytest.raises(LogFormatError, match="the most that is read of one"):
        bytes_of(path, found_in(path)[0])


def tensor(tag: str, plugin: str, content: bytes) -> bytes:
    metadata = field(9, field(1, field(1, plugin.encode())))
    return field(5, field(1, field(1, tag.encode()) + field(8, content) + metadata))


@pytest.mark.parametrize(
    ("plugin", "content"),
    [
        (
            "histograms",
            b"\x08\x01" + field(2, field(2, b"\x08\x05") + field(2, b"\x08\x03")) + field(4, bytes(12)),
        ),
        ("histograms", b"\x08\x01" + field(2, field(2, b"\x08" + varint(2**40)))),
        ("histograms", b"\x08\x07" + field(8, b"text")),
        ("pr_curves", b"\x08\x01" + field(2, field(2, b"\x08\x02")) + field(4, bytes(8))),
        ("pr_curves", b"\x08\x01" + field(4, bytes(7))),
        (
            "histograms",
            b"\x08\x01"
            + field(2, field(2, varint(8) + varint(20_000)) + field(2, b"\x08\x03"))
            + field(4, bytes(240_000)),
        ),
        ("pr_curves", b"\x08\x03" + field(2, field(2, b"\x08\x06")) + field(7, bytes(3 * 2**20))),
    ],
)
def test_tensors_that_are_not_what_their_plugin_says_are_named(
    plugin: str, content: bytes, tmp_path: Path
) -> None:
    (tmp_path / "run").mkdir()
    path = tmp_path / "run" / NAME
    path.write_bytes(VERSION + event(tensor("a", plugin, content), step=1) + event(image("b", PNG), step=1))
    snapshot = Snapshot(StoredRoot(tmp_path), Name("run"))
    items = [snapshot.read(at) for at in snapshot.tree.items()]
    problems = [item.problem for item in items if item is not None and item.problem is not None]
    assert len(items) == 2
    assert [problem.path for problem in problems] == [f"run/{NAME}!/0001/a.json"]


def test_a_mesh_whose_parts_come_in_events_of_their_own_is_one(tmp_path: Path) -> None:
    """As TensorFlow 2 writes them; the corpus has both ways."""
    shutil.copytree(CORPUS / "tensorflow_2", tmp_path / "run")
    (item,) = [item for at, item in items_of("run", tmp_path).items() if at[0] == "meshes" and at[2] == 3]
    assert (item.content.vertices, item.content.faces) == (4, 1)


def test_numbers_alone_are_no_members(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(VERSION + b"".join(point(step) for step in range(1000)))
    assert found_in(path) == []


def test_an_opened_member_is_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / NAME).write_bytes(VERSION + event(image("a", PNG), step=1, wall_time=12.5))
    with StoredRoot(tmp_path).file(f"run/{NAME}!/0001/a.png") as opened:
        assert isinstance(opened, OpenedFile)
        assert os.fstat(opened.fd).st_size == opened.status.st_size == len(PNG)
        assert opened.status.st_mtime == 12.5
        assert os.pread(opened.fd, 100, 0) == PNG
