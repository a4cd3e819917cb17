from __future__ import annotations

import errno
import json
import math
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lavdlike.disk import exchange, replacing
from lavdlike.disk.edit import LocalEditor
from lavdlike.disk.local import LocalRoot
from lavdlike.edit_messages import Trashed
from lavdlike.edits import idle, trash, trash_entries
from lavdlike.edits.trash import Thrown
from lavdlike.errors import ConflictError, EditError, NotServedError
from lavdlike.experiment import QUIET_AFTER_S
from lavdlike.layout import ExperimentName
from tests.edits.experiments import begin_to_run, content, identity, written

RUN = ExperimentName("run")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "log").mkdir()
    return tmp_path / "log"


def put(root: Path, name: str = "run", match: str | None = None) -> Trashed:
    seen = identity(root / name) if match is None else match
    return trash.put(LocalEditor(root), ExperimentName(name), seen, thrown(), count(root / name))


def put_files(root: Path, sizes: dict[str, int]) -> Trashed | None:
    return trash.put_files(LocalEditor(root), RUN, sizes, thrown(), what="texts")


def thrown() -> Thrown:
    now = time.time()
    return Thrown(trash_entries.new_id(now), now, "ann")


def count(folder: Path) -> tuple[int, int]:
    try:
        with LocalRoot(folder.parent).folder(folder.name) as opened:
            return trash.count(opened, until=math.inf)
    except (FileNotFoundError, NotServedError):
        return 0, 0


def listed(root: Path) -> list[Trashed]:
    return trash.listed(LocalEditor(root))


def at_the_move(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> None:
    """Do something between the last look at an experiment and its move."""
    original = LocalEditor.move

    def move(self: LocalEditor, source: str, target: str, *, identity: str = "") -> None:
        monkeypatch.setattr(LocalEditor, "move", original)
        do()
        original(self, source, target, identity=identity)

    monkeypatch.setattr(LocalEditor, "move", move)


def test_an_experiment_goes_to_the_trash_and_comes_back_as_it_was(root: Path) -> None:
    before, inode = content(written(root)), (root / "run").stat().st_ino
    put_away = put(root)
    assert not (root / "run").exists()
    assert (put_away.name, put_away.by, put_away.what) == ("run", "ann", "")
    assert put_away.files == len(before)
    assert put_away.size_bytes > 0
    assert re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{8}", put_away.id)
    assert listed(root) == [put_away]
    assert content(root / ".lavdlike-trash" / put_away.id / "content/run") == before
    assert trash.restore(LocalEditor(root), put_away.id) == put_away
    assert content(root / "run") == before
    assert (root / "run").stat().st_ino == inode
    assert listed(root) == []
    assert list((root / ".lavdlike-trash").iterdir()) == []


def test_the_newest_stands_first(root: Path) -> None:
    written(root, "a")
    written(root, "b")
    ids = [put(root, "a").id, put(root, "b").id]
    assert [trashed.id for trashed in listed(root)] == ids[::-1]


def test_one_that_runs_or_may_stays(root: Path) -> None:
    begin_to_run(written(root))
    with pytest.raises(EditError, match="run: it runs: wait for its end"):
        put(root)
    long_ago = time.time() - 2 * QUIET_AFTER_S
    os.utime(root / "run/experiment.json", (long_ago, long_ago))
    with pytest.raises(EditError, match="it may still run"):
        put(root)
    assert listed(root) == []
    assert not (root / ".lavdlike-trash").exists()


def test_one_that_never_said_that_it_ended_goes_after_a_day(root: Path) -> None:
    begin_to_run(written(root))
    long_ago = time.time() - idle.GIVEN_UP_AFTER_S - 60
    os.utime(root / "run/experiment.json", (long_ago, long_ago))
    assert put(root).name == "run"


def test_one_that_begins_to_run_at_the_last_moment_is_put_back(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(written(root))
    at_the_move(monkeypatch, lambda: begin_to_run(root / "run"))
    with pytest.raises(EditError, match="run: it runs"):
        put(root)
    assert content(root / "run").keys() == before.keys()
    assert listed(root) == []


def test_one_that_cannot_be_put_back_is_in_the_trash_and_it_is_said(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(written(root))
    checks = iter(["idle", "idle", "runs"])

    def check_idle(_: object, name: str, __: object) -> None:
        if next(checks) == "runs":
            (root / "run").mkdir()  # by whoever began to run
            raise EditError(name, "it runs")

    monkeypatch.setattr(idle, "check_idle", check_idle)
    with pytest.raises(
        EditError, match="it runs; since a new folder has its name by now, it is in the trash"
    ) as error:
        put(root)
    (trashed,) = listed(root)
    assert trashed.id in str(error.value)
    assert content(root / ".lavdlike-trash" / trashed.id / "content/run") == before


def test_another_folder_of_the_name_is_a_conflict(root: Path) -> None:
    written(root)
    seen = identity(root / "run")
    (root / "run").rename(root / "kept")
    written(root)
    with pytest.raises(ConflictError):
        put(root, match=seen)
    assert listed(root) == []


def test_a_folder_that_takes_its_place_at_the_last_moment_stays(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(root, "other")
    before = content(written(root))

    def flip() -> None:
        (root / "run").rename(root / "flipped")
        (root / "other").rename(root / "run")

    at_the_move(monkeypatch, flip)
    with pytest.raises(ConflictError):
        put(root)
    assert content(root / "flipped") == before
    assert (root / "run/experiment.json").exists()
    assert listed(root) == []


def test_a_link_and_what_is_not_there_stay(root: Path, tmp_path: Path) -> None:
    written(tmp_path, "outside")
    (root / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(EditError, match="it is a link"):
        put(root, "link")
    with pytest.raises(EditError, match="not there any more"):
        put(root, "gone", match="1-2")
    assert (tmp_path / "outside/experiment.json").exists()


def test_a_folder_of_another_program_stays(root: Path) -> None:
    (root / "tensorboard").mkdir()
    (root / "tensorboard/events.out.tfevents.1").write_text("")
    with pytest.raises(EditError, match="another program writes it"):
        put(root, "tensorboard")
    assert not (root / ".lavdlike-trash").exists()


def test_the_trash_of_mlflow_is_another_one(root: Path) -> None:
    (root / ".trash/run").mkdir(parents=True)
    (root / ".trash/run/meta.yaml").write_text("x")
    written(root)
    put(root)
    assert [trashed.name for trashed in listed(root)] == ["run"]
    trash.empty(LocalEditor(root), listed(root)[0].id)
    assert (root / ".trash/run/meta.yaml").exists()


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_else_has_the_name_of_the_trash_is_said(root: Path, tmp_path: Path, kind: str) -> None:
    before = content(written(root))
    (tmp_path / "elsewhere").mkdir()
    if kind == "file":
        (root / ".lavdlike-trash").write_text("mine")
    else:
        (root / ".lavdlike-trash").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EditError, match=f"it is a {kind}, and has to be a folder"):
        put(root)
    with pytest.raises(EditError, match=f"it is a {kind}"):
        listed(root)
    assert content(root / "run") == before
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_another_file_system_is_said_and_nothing_is_moved(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(written(root))

    original = exchange.rename_to_free

    def rename_to_free(source: str, target: str, *, source_folder: int, target_folder: int) -> None:
        if source_folder != target_folder:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        original(source, target, source_folder=source_folder, target_folder=target_folder)

    monkeypatch.setattr(exchange, "rename_to_free", rename_to_free)
    with pytest.raises(EditError, match="another disk"):
        put(root)
    assert content(root / "run") == before
    assert list((root / ".lavdlike-trash").iterdir()) == []


def test_what_the_disk_refuses_is_said_and_nothing_is_moved(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(written(root))

    def write_all(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(replacing, "write_all", write_all)
    with pytest.raises(EditError, match="the disk is full"):
        put(root)
    assert content(root / "run") == before
    assert list((root / ".lavdlike-trash").iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_what_may_not_be_changed_is_said(root: Path) -> None:
    before = content(written(root))
    root.chmod(0o555)
    try:
        with pytest.raises(EditError, match="no permission"):
            put(root)
    finally:
        root.chmod(0o755)
    assert content(root / "run") == before


def test_a_taken_name_is_not_restored_over(root: Path) -> None:
    before = content(written(root))
    trashed = put(root)
    (root / "run").mkdir()
    with pytest.raises(EditError, match="there is a run again: give that another name"):
        trash.restore(LocalEditor(root), trashed.id)
    assert listed(root) == [trashed]
    (root / "run").rmdir()
    trash.restore(LocalEditor(root), trashed.id)
    assert content(root / "run") == before


@pytest.mark.parametrize(
    "id_", ["", "..", "../run", "20260101-000000-00000000", "20260101-000000-00000000/.."]
)
def test_only_ids_of_the_trash_are_restored_or_removed(root: Path, id_: str) -> None:
    before = content(written(root))
    for action in (trash.restore, trash.empty):
        with pytest.raises(EditError, match="nothing in the trash has this id"):
            action(LocalEditor(root), id_)
    assert content(root / "run") == before


def test_emptying_removes_for_good_and_follows_no_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/kept.txt").write_text("kept")
    (written(root) / "link").symlink_to(tmp_path / "outside")
    written(root, "other")
    first, second = put(root), put(root, "other")
    assert trash.empty(LocalEditor(root), first.id) == first
    assert listed(root) == [second]
    assert (tmp_path / "outside/kept.txt").read_text() == "kept"
    assert [path.name for path in (root / ".lavdlike-trash").iterdir()] == [second.id]


def test_a_broken_note_hides_nothing(root: Path) -> None:
    written(root)
    trashed = put(root)
    note = root / ".lavdlike-trash" / trashed.id / "trashed.json"
    assert json.loads(note.read_text())["by"] == "ann"
    note.write_text("{")
    (found,) = listed(root)
    assert (found.id, found.name) == (trashed.id, "run")
    trash.restore(LocalEditor(root), trashed.id)
    assert (root / "run/experiment.json").exists()
    assert list((root / ".lavdlike-trash").iterdir()) == []


@pytest.mark.parametrize("kind", ["link", "file", "entry is a link"])
def test_what_is_no_entry_hides_no_other(root: Path, tmp_path: Path, kind: str) -> None:
    written(root)
    put(root)
    strange = root / ".lavdlike-trash" / "20200101-000000-00000000"
    if kind == "entry is a link":
        strange.symlink_to(tmp_path)
    else:
        strange.mkdir()
        (strange / "content").symlink_to(tmp_path) if kind == "link" else (strange / "content").touch()
        os.utime(strange, (0, 0))
    (entry,) = trash.listed(LocalEditor(root))
    assert trash.empty(LocalEditor(root), entry.id).name == "run"
    assert trash.listed(LocalEditor(root)) == []


def test_what_a_killed_process_left_is_not_listed_and_goes_in_time(root: Path) -> None:
    written(root)
    trashed = put(root)
    left = root / ".lavdlike-trash/20250101-000000-00000000"
    (left / "content").mkdir(parents=True)
    (left / "trashed.json").write_text("{}")
    assert listed(root) == [trashed]
    (root / ".lavdlike-trash/20250101-000000-00000001").mkdir()
    long_ago = time.time() - 86_400
    for name in ("20250101-000000-00000000", "20250101-000000-00000001"):
        os.utime(root / ".lavdlike-trash" / name, (long_ago, long_ago))
    trash.empty(LocalEditor(root), trashed.id)
    assert list((root / ".lavdlike-trash").iterdir()) == []


def test_files_go_and_come_back_where_they_were(root: Path) -> None:
    before = content(written(root))
    moved = put_files(root, {"0001/said.txt": 10, "0001/gone": 5})
    assert moved is not None
    assert (moved.files, moved.size_bytes, moved.what) == (1, 10, "texts")
    assert listed(root) == [moved]
    assert content(root / "run") == {path: data for path, data in before.items() if path != "0001/said.txt"}
    trash.restore(LocalEditor(root), moved.id)
    assert content(root / "run") == before
    assert list((root / ".lavdlike-trash").iterdir()) == []


def test_without_any_file_there_is_no_entry(root: Path) -> None:
    written(root)
    assert put_files(root, {"1/gone": 1}) is None
    assert list((root / ".lavdlike-trash").iterdir()) == []


def test_files_whose_place_is_taken_stay_in_the_trash(root: Path) -> None:
    written(root)
    (root / "run/0002").mkdir()
    (root / "run/0002/said.txt").write_text("{}")
    sizes = {"0001/said.txt": 1, "0002/said.txt": 1}
    moved = put_files(root, sizes)
    assert moved is not None
    (root / "run/0001/said.txt").write_text("new")
    with pytest.raises(EditError, match="1 of 2 files stay in the trash"):
        trash.restore(LocalEditor(root), moved.id)
    assert (root / "run/0001/said.txt").read_text() == "new"
    assert (root / "run/0002/said.txt").read_text() == "{}"
    (left,) = listed(root)
    assert left.files == 1


def test_files_without_their_experiment_stay_in_the_trash(root: Path) -> None:
    written(root)
    moved = put_files(root, {"0001/said.txt": 1})
    assert moved is not None
    (root / "run").rename(root / "renamed")
    with pytest.raises(EditError, match="no such experiment to put the files into"):
        trash.restore(LocalEditor(root), moved.id)
    assert listed(root) == [moved]
