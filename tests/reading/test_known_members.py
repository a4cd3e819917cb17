"""What lies in files: told once, kept within a budget, told anew where a file was written anew."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

from lavdlike.disk.root import OpenedFile, etag_of
from lavdlike.layout import ExperimentName as Name
from lavdlike.reading import known_members
from lavdlike.reading.known_members import KnownMembers, Told
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.reading.tree import Address, Seen
from tests.sources.events.event_bytes import VERSION, event
from tests.sources.events.test_event_members import PNG, image
from tests.sources.reading import NOTHING_BESIDE

NAME = "events.out.tfevents.1"


def pictures(*steps: int, content: bytes = PNG) -> bytes:
    return b"".join(event(image("a", content), step=step) for step in steps)


def told(members: KnownMembers, path: Path, seen: Seen | None = None, *, until: float = math.inf) -> Told:
    with path.open("rb") as file:
        opened = OpenedFile(file.fileno(), path.name, os.fstat(file.fileno()))
        return members.tell(opened, seen, NOTHING_BESIDE, until=until)


def paths(told: Told) -> list[str]:
    return [member.path for member in told.members]


def test_each_member_is_told_once(tmp_path: Path) -> None:
    path, members = tmp_path / NAME, KnownMembers()
    path.write_bytes(VERSION + pictures(1, 2))
    first = told(members, path)
    assert paths(first) == ["0001/a.png", "0002/a.png"]
    assert first.is_all
    with path.open("ab") as file:
        file.write(pictures(3))
    second = told(members, path, first.seen)
    assert (paths(second), second.is_anew) == (["0003/a.png"], False)
    assert paths(told(members, path, second.seen)) == []
    assert len(told(members, path).members) == 3, "somebody else is told of all"


def test_a_file_that_was_written_anew_is_told_anew(tmp_path: Path) -> None:
    path, members = tmp_path / NAME, KnownMembers()
    path.write_bytes(VERSION + pictures(1, 2))
    seen = told(members, path).seen
    path.write_bytes(VERSION + pictures(7))
    again = told(members, path, seen)
    assert (paths(again), again.is_anew) == (["0007/a.png"], True)


def test_very_many_are_told_some_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_members, "_MAX_TOLD", 2)
    path, members = tmp_path / NAME, KnownMembers()
    path.write_bytes(VERSION + pictures(1, 2, 3))
    first = told(members, path)
    assert (len(first.members), first.is_all) == (2, False)
    second = told(members, path, first.seen)
    assert (len(second.members), second.is_all) == (1, True)


def test_a_look_ends_after_its_time_and_goes_on_there(tmp_path: Path) -> None:
    path, members = tmp_path / NAME, KnownMembers()
    path.write_bytes(VERSION + pictures(*range(10), content=PNG + bytes(2**17)))
    looks = [told(members, path, until=0)]
    while not looks[-1].is_all:
        looks.append(told(members, path, looks[-1].seen, until=0))
    assert len(looks) > 2
    assert [name for look in looks for name in paths(look)] == [f"{step:04}/a.png" for step in range(10)]


@pytest.mark.parametrize(("limit", "count"), [("_MAX_KEPT", 3), ("_MAX_FILES", 1)])
def test_what_is_not_asked_for_is_forgotten_beyond_the_budget(
    limit: str, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_members, limit, count)
    first, second, members = tmp_path / f"{NAME}1", tmp_path / f"{NAME}2", KnownMembers()
    for path in (first, second):
        path.write_bytes(VERSION + pictures(1, 2))
    seen = told(members, first).seen
    told(members, second)
    again = told(members, first, seen)
    assert (len(again.members), again.is_anew) == (2, True)


def root_with(tmp_path: Path, content: bytes) -> StoredRoot:
    (tmp_path / "run").mkdir(exist_ok=True)
    (tmp_path / "run" / NAME).write_bytes(content)
    return StoredRoot(tmp_path)


def test_a_member_is_opened_by_its_path_before_anybody_listed_it(tmp_path: Path) -> None:
    root = root_with(tmp_path, VERSION + pictures(1, 2))
    with root.file(f"run/{NAME}!/0002/a.png") as opened:
        assert opened.read(100) == PNG


@pytest.mark.parametrize(
    "path", ["0003/a.png", "0001", "", "../events", "0001/../0001/a.png", "0001/a.png/b", "\0"]
)
def test_other_paths_are_not_there(path: str, tmp_path: Path) -> None:
    root = root_with(tmp_path, VERSION + pictures(1))
    with pytest.raises((FileNotFoundError, NotADirectoryError)), root.file(f"run/{NAME}!/{path}"):
        pass


def test_a_folder_of_that_name_on_the_disk_comes_first(tmp_path: Path) -> None:
    root = root_with(tmp_path, VERSION + pictures(1))
    (tmp_path / "run" / f"{NAME}!" / "0001").mkdir(parents=True)
    (tmp_path / "run" / f"{NAME}!" / "0001" / "a.png").write_bytes(b"of the disk")
    with root.file(f"run/{NAME}!/0001/a.png") as opened:
        assert opened.read(100) == b"of the disk"


def test_the_tag_of_a_member_stays_while_its_file_grows_and_is_another_for_another_content(
    tmp_path: Path,
) -> None:
    root = root_with(tmp_path, VERSION + pictures(1))
    path = f"run/{NAME}!/0001/a.png"

    def tag() -> str:
        with root.file(path) as opened:
            return etag_of(opened.status)

    first = tag()
    with (tmp_path / "run" / NAME).open("ab") as file:
        file.write(pictures(2))
    assert tag() == first
    assert not first.startswith("W/"), "it cannot change without showing it"
    with (tmp_path / "run" / NAME).open("ab") as file:
        file.write(pictures(1, content=PNG + b"later"))
    snapshot = Snapshot(root, Name("run"))
    assert snapshot.tree.files_of(Address("images", "a", 1)) == [f"{NAME}!/0001/a.png"]
    assert tag() != first
    with root.file(path) as opened:
        assert opened.read(100) == PNG + b"later"


def test_what_lies_in_a_file_is_a_folder_like_one_of_the_disk(tmp_path: Path) -> None:
    deep = event(image("deep/er", PNG), step=2)
    root = root_with(tmp_path, VERSION + pictures(1) + deep)
    with root.folder("run") as run:
        assert [entry.name for entry in run.entries()] == [NAME], "it is in no list"
    with root.folder(f"run/{NAME}!") as inside:
        assert sorted(entry[:2] for entry in inside.entries()) == [("0001", "folder"), ("0002", "folder")]
        assert inside.status_of("0002/deep").st_ino != inside.status().st_ino
        assert inside.status_of("0001/a.png").st_size == len(PNG)
        with inside.folder("0002") as step, step.folder("deep") as deep_:
            assert [entry[:2] for entry in deep_.entries()] == [("er.png", "file")]
            with deep_.file("er.png", "shown") as opened:
                assert opened.read(100) == PNG
    for path in ("0003", "0001/a.png"):
        with pytest.raises(FileNotFoundError), root.folder(f"run/{NAME}!/{path}"):
            pass
