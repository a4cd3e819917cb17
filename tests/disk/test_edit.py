from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lavdlike.disk import edit, exchange, replacing
from lavdlike.disk.edit import LocalEditor
from lavdlike.errors import ConflictError, EditError, LimitError
from lavdlike.match import match_of
from tests import scripts
from tests.limits import LIMIT_S

KEPT = ".lavdlike-history/states/kept"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    folder = tmp_path / "log"
    (folder / "run").mkdir(parents=True)
    (folder / "run" / "marks.json").write_text("old")
    (folder / ".lavdlike-history" / "states").mkdir(parents=True)
    return folder


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "marks.json").write_text("secret")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def replace(
    log: Path, content: bytes | None, seen: bytes | None = b"old", path: str = "run/marks.json"
) -> None:
    LocalEditor(log).replace(path, content, match_of(seen), keep_as=KEPT)


class TestReplacing:
    def test_a_file_is_replaced_and_the_old_one_itself_is_kept(self, log: Path) -> None:
        inode = (log / "run" / "marks.json").stat().st_ino
        replace(log, b"new")
        assert (log / "run" / "marks.json").read_bytes() == b"new"
        assert (log / KEPT).read_bytes() == b"old"
        assert (log / KEPT).stat().st_ino == inode
        assert names(log / "run") == ["marks.json"]

    def test_one_that_is_not_there_is_made(self, log: Path) -> None:
        replace(log, b"new", None, "run/my-notes.md")
        assert (log / "run" / "my-notes.md").read_bytes() == b"new"

    def test_no_content_removes_it(self, log: Path) -> None:
        replace(log, None)
        assert names(log / "run") == []
        assert (log / KEPT).read_bytes() == b"old"
        replace(log, None, None)

    @pytest.mark.parametrize(("seen", "content"), [(b"other", b"new"), (None, b"new"), (b"other", None)])
    def test_another_state_than_the_seen_one_stays(
        self, log: Path, seen: bytes | None, content: bytes | None
    ) -> None:
        with pytest.raises(ConflictError) as raised:
            replace(log, content, seen)
        assert raised.value.content == b"old"
        assert (log / "run" / "marks.json").read_bytes() == b"old"
        assert names(log / "run") == ["marks.json"]

    def test_mode_and_group_stay(self, log: Path) -> None:
        file = log / "run" / "marks.json"
        file.chmod(0o640)
        group = next((group for group in os.getgroups() if group != file.stat().st_gid), file.stat().st_gid)
        if os.geteuid() == 0:
            group = 12345
        os.chown(file, -1, group)
        replace(log, b"new")
        assert (stat.S_IMODE(file.stat().st_mode), file.stat().st_gid) == (0o640, group)

    def test_a_file_of_anybody_becomes_no_program_with_our_rights(self, log: Path) -> None:
        file = log / "run" / "marks.json"
        file.chmod(0o6755)
        LocalEditor(log).replace("run/marks.json", b"new", match_of(b"old"))
        assert stat.S_IMODE(file.stat().st_mode) == 0o755

    def test_in_a_folder_that_a_group_shares_new_files_are_the_groups(self, log: Path) -> None:
        (log / "run").chmod(0o2775)
        log.chmod(0o2775)
        (log / ".lavdlike-history").rename(log / "aside")
        before = os.umask(0o022)
        try:
            editor = LocalEditor(log)
            editor.make_folder(".lavdlike-history/states")
            editor.append(".lavdlike-history/edits.jsonl", b"line")
            replace(log, b"new", None, "run/my-notes.md")
        finally:
            os.umask(before)
        assert oct((log / "run" / "my-notes.md").stat().st_mode) == "0o100664"
        assert oct((log / ".lavdlike-history" / "states").stat().st_mode) == "0o42775"
        assert oct((log / ".lavdlike-history" / "edits.jsonl").stat().st_mode) == "0o100664"

    def test_no_folder_is_made_anew(self, log: Path) -> None:
        with pytest.raises(EditError, match="not there any more"):
            replace(log, b"new", None, "gone/marks.json")
        assert names(log) == [".lavdlike-history", "run"]

    def test_without_a_place_to_keep_it_the_old_one_is_removed(self, log: Path) -> None:
        LocalEditor(log).replace("run/marks.json", b"new", match_of(b"old"))
        assert names(log / "run") == ["marks.json"]

    def test_systems_that_cannot_exchange_names_replace_nevertheless(
        self, log: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(exchange, "_renameat2", lambda: None)
        replace(log, b"new")
        assert (log / KEPT).read_bytes() == b"old"
        replace(log, b"made", None, "run/my-notes.md")
        with pytest.raises(ConflictError):
            replace(log, b"made", None, "run/my-notes.md")
        assert {name: (log / "run" / name).read_text() for name in names(log / "run")} == {
            "marks.json": "new",
            "my-notes.md": "made",
        }


class TestAtTheLastMoment:
    """Another program saves between the look at a file and the exchange."""

    @pytest.fixture
    def at_last(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
        def happens(what: Callable[[], object]) -> None:
            written = replacing._written

            def and_then(*arguments: Any) -> Any:
                found = written(*arguments)
                what()
                return found

            monkeypatch.setattr(replacing, "_written", and_then)

        return happens

    def test_what_it_saved_stays_and_is_told(self, log: Path, at_last: Callable[..., None]) -> None:
        at_last(lambda: (log / "run" / "marks.json").write_text("vim"))
        with pytest.raises(ConflictError) as raised:
            replace(log, b"new")
        assert raised.value.content == b"vim"
        assert (log / "run" / "marks.json").read_bytes() == b"vim"
        assert names(log / "run") == ["marks.json"]

    def test_a_file_that_came_stays(self, log: Path, at_last: Callable[..., None]) -> None:
        at_last(lambda: (log / "run" / "my-notes.md").write_text("vim"))
        with pytest.raises(ConflictError):
            replace(log, b"new", None, "run/my-notes.md")
        assert (log / "run" / "my-notes.md").read_bytes() == b"vim"
        assert names(log / "run") == ["marks.json", "my-notes.md"]

    def test_a_link_that_came_stays_and_is_not_followed(
        self, log: Path, outside: Path, at_last: Callable[..., None]
    ) -> None:
        def link() -> None:
            (log / "run" / "marks.json").unlink()
            (log / "run" / "marks.json").symlink_to(outside / "marks.json")

        at_last(link)
        with pytest.raises(EditError, match="link"):
            replace(log, b"new")
        assert (log / "run" / "marks.json").is_symlink()
        assert (outside / "marks.json").read_text() == "secret"
        assert names(log / "run") == ["marks.json"]

    def test_a_removed_file_is_not_made_anew(self, log: Path, at_last: Callable[..., None]) -> None:
        at_last((log / "run" / "marks.json").unlink)
        with pytest.raises(ConflictError):
            replace(log, b"new")
        assert names(log / "run") == []


class TestNothingIsChangedThroughLinks:
    def test_of_files_and_folders(self, log: Path, outside: Path) -> None:
        (log / "linked").symlink_to(outside)
        (log / "run" / "my-notes.md").symlink_to(outside / "marks.json")
        for path in ("linked/marks.json", "run/my-notes.md"):
            with pytest.raises(EditError, match="link"):
                LocalEditor(log).replace(path, b"new", match_of(b"secret"))
            with pytest.raises(EditError, match="link"):
                LocalEditor(log).read(path)
            with pytest.raises(EditError, match="link"):
                LocalEditor(log).append(path, b"line")
        assert (outside / "marks.json").read_text() == "secret"
        assert names(outside) == ["marks.json"]

    def test_of_a_folder_that_is_flipped_with_a_link_meanwhile(self, log: Path, outside: Path) -> None:
        stop = threading.Event()

        def flip() -> None:
            (log / "link").symlink_to(outside)
            while not stop.is_set():
                (log / "run").rename(log / "folder")
                (log / "link").rename(log / "run")
                (log / "run").rename(log / "link")
                (log / "folder").rename(log / "run")

        thread = threading.Thread(target=flip)
        thread.start()
        try:
            done = 0
            seen = b"old"
            for number in range(3000):
                new = b"new %d" % number
                try:
                    LocalEditor(log).replace("run/marks.json", new, match_of(seen))
                except EditError:
                    continue
                seen = new
                done += 1
        finally:
            stop.set()
            thread.join(LIMIT_S)
        assert done > 0
        assert (log / "run" / "marks.json").read_bytes() == seen
        assert (names(outside), (outside / "marks.json").read_text()) == (["marks.json"], "secret")

    @pytest.mark.parametrize(
        "path",
        [
            "..",
            "../x",
            "run/../x",
            "/etc/passwd",
            "run//x",
            "run/.hidden",
            ".other/x",
            ".lavdlike.lock",
            "",
            "a\0b",
        ],
    )
    def test_nor_out_of_the_tree(self, log: Path, path: str) -> None:
        with pytest.raises(EditError, match="not part of the tree"):
            LocalEditor(log).replace(path, b"new", "")

    def test_nor_in_what_is_no_file(self, log: Path) -> None:
        os.mkfifo(log / "run" / "fifo")
        (log / "run" / "folder").mkdir()
        for name in ("fifo", "folder"):
            with pytest.raises(EditError, match="not a regular file"):
                LocalEditor(log).replace(f"run/{name}", b"new", "")


class TestDisksThatRefuse:
    @pytest.mark.parametrize(
        ("number", "reason"),
        [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "read-only"), (errno.EDQUOT, "the disk is full")],
    )
    def test_say_why_and_nothing_is_lost(
        self, log: Path, monkeypatch: pytest.MonkeyPatch, number: int, reason: str
    ) -> None:
        def refuse(descriptor: int, content: bytes) -> None:
            os.write(descriptor, content[:2])
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(replacing, "write_all", refuse)
        with pytest.raises(EditError, match=reason):
            replace(log, b"new content")
        assert {name: (log / "run" / name).read_text() for name in names(log / "run")} == {
            "marks.json": "old"
        }

    def test_a_file_that_grows_beyond_what_the_system_allows(self, log: Path) -> None:
        code = """
import resource, signal, sys
from pathlib import Path
from lavdlike.disk.edit import LocalEditor
from lavdlike.errors import EditError
from lavdlike.match import match_of
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    LocalEditor(Path(sys.argv[1])).replace("run/marks.json", bytes(2000), match_of(b"old"))
except EditError as error:
    print(error)
"""
        assert scripts.run(code, log, cwd=log).stdout == "run/marks.json: larger than the system allows\n"
        assert names(log / "run") == ["marks.json"]
        assert (log / "run" / "marks.json").read_text() == "old"

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_missing_permission_is_respected(self, log: Path) -> None:
        (log / "run" / "marks.json").chmod(0o444)
        with pytest.raises(EditError, match="no permission"):
            replace(log, b"new")
        (log / "run").chmod(0o555)
        try:
            with pytest.raises(EditError, match="no permission"):
                replace(log, b"new", None, "run/my-notes.md")
        finally:
            (log / "run").chmod(0o755)

    def test_a_file_too_large_to_edit_is_not_read(self, log: Path) -> None:
        with (log / "run" / "marks.json").open("wb") as file:
            file.truncate(replacing.MAX_BYTES + 1)
        with pytest.raises(LimitError, match="larger than 16 MiB"):
            LocalEditor(log).read("run/marks.json")


class TestReading:
    def test_hidden_files_of_ours_and_ends_of_files(self, log: Path) -> None:
        editor = LocalEditor(log)
        editor.append(".lavdlike-history/edits.jsonl", b"first")
        editor.append(".lavdlike-history/edits.jsonl", b"second")
        assert editor.read(".lavdlike-history/edits.jsonl") == b"first\nsecond\n"
        assert editor.read(".lavdlike-history/edits.jsonl", last_bytes=4) == b"ond\n"
        assert editor.read("gone/marks.json") is None
        assert editor.names("gone") == []
        assert editor.names("run") == ["marks.json"]

    def test_what_stands_there(self, log: Path) -> None:
        editor = LocalEditor(log)
        assert [found and found.type for found in map(editor.look, ("run", "run/marks.json", "gone/x"))] == [
            "folder",
            "file",
            None,
        ]

    def test_a_cut_line_is_ended_before_the_next(self, log: Path) -> None:
        (log / ".lavdlike-history" / "edits.jsonl").write_bytes(b"whole\ncu")
        LocalEditor(log).append(".lavdlike-history/edits.jsonl", b"next")
        assert (log / ".lavdlike-history" / "edits.jsonl").read_bytes() == b"whole\ncu\nnext\n"


class TestMoving:
    def test_a_folder_gets_another_path(self, log: Path) -> None:
        editor = LocalEditor(log)
        found = editor.look("run")
        assert found is not None
        editor.make_folder(".lavdlike-trash/id/content")
        editor.move("run", ".lavdlike-trash/id/content/run", identity=found.identity)
        assert names(log / ".lavdlike-trash" / "id" / "content" / "run") == ["marks.json"]
        editor.remove(".lavdlike-trash/id")
        assert names(log / ".lavdlike-trash") == []

    def test_never_over_something_and_never_another_one(self, log: Path) -> None:
        (log / "other").mkdir()
        with pytest.raises(EditError, match="there already"):
            LocalEditor(log).move("run", "other")
        with pytest.raises(ConflictError):
            LocalEditor(log).move("run", "new", identity="1-2")
        with pytest.raises(EditError, match="not there"):
            LocalEditor(log).move("gone", "new")
        assert names(log) == [".lavdlike-history", "other", "run"]

    def test_no_link_is_moved(self, log: Path, outside: Path) -> None:
        (log / "linked").symlink_to(outside)
        with pytest.raises(EditError, match="link"):
            LocalEditor(log).move("linked", "new")


class TestLock:
    def test_one_editor_at_a_time(self, log: Path) -> None:
        inside = 0
        most = []

        def work() -> None:
            nonlocal inside
            for _ in range(20):
                with LocalEditor(log).locked(".lavdlike-history/lock"):
                    inside += 1
                    most.append(inside)
                    time.sleep(0)
                    inside -= 1

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LIMIT_S)
        assert max(most) == 1
        assert len(most) == 80

    def test_is_not_waited_for_without_end(self, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(edit, "LOCK_WAIT_S", 0.02)
        with (
            LocalEditor(log).locked(".lavdlike-history/lock"),
            pytest.raises(EditError, match="another edit has not ended"),
            LocalEditor(log).locked(".lavdlike-history/lock"),
        ):
            pass

    @pytest.mark.parametrize("as_link", [True, False])
    def test_our_folder_that_is_something_else_is_said(self, log: Path, outside: Path, as_link: bool) -> None:  # noqa: FBT001
        (log / ".lavdlike-history").rename(log / "aside")
        if as_link:
            (log / ".lavdlike-history").symlink_to(outside)
        else:
            (log / ".lavdlike-history").write_text("a file")
        with (
            pytest.raises(EditError, match="a link, or no folder"),
            LocalEditor(log).locked(".lavdlike-history/lock"),
        ):
            pass
        assert names(outside) == ["marks.json"]


KILLED = """
import sys
from pathlib import Path
from lavdlike.disk.edit import LocalEditor
from lavdlike.match import match_of
editor = LocalEditor(Path(sys.argv[1]))
seen = editor.read("run/marks.json")
number = 0
print("ready", flush=True)
while True:
    number += 1
    new = b"%08d" % number * 20_000
    editor.replace("run/marks.json", new, match_of(seen), keep_as=".lavdlike-history/states/kept")
    seen = new
"""


def test_killed_at_any_moment_the_file_is_the_old_or_the_new_one(log: Path) -> None:
    for round_ in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, log],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(scripts.ROOT)},
        )
        assert process.stdout is not None
        with process, process.stdout:
            assert process.stdout.readline() == b"ready\n"
            before = (log / "run" / "marks.json").stat().st_ino
            until = time.monotonic() + LIMIT_S
            while (log / "run" / "marks.json").stat().st_ino == before and time.monotonic() < until:
                pass
            for _ in range(round_ * 300):  # another moment each time
                pass
            process.kill()
        content = (log / "run" / "marks.json").read_bytes()
        assert content == content[:8] * 20_000
        assert [name for name in names(log / "run") if not name.startswith(".")] == ["marks.json"]


def test_a_folder_is_removed_as_an_empty_one_only_if_it_is(log: Path, outside: Path) -> None:
    root = LocalEditor(log)
    assert not root.remove_empty_folder("run")
    (log / "empty").mkdir()
    (log / "linked").symlink_to(outside)
    assert root.remove_empty_folder("empty")
    assert root.remove_empty_folder("empty")
    assert root.remove_empty_folder("empty/below")
    assert not root.remove_empty_folder("linked")
    assert names(log) == [".lavdlike-history", "linked", "run"]


def test_files_are_moved_where_nothing_stands(log: Path, outside: Path) -> None:
    root = LocalEditor(log)
    for name in ("a", "b", "c"):
        (log / "run" / name).write_text(name)
    (log / "other").mkdir()
    (log / "other" / "b").write_text("mine")
    assert list(root.move_files(["a", "gone", "b"], "run", "other")) == ["a"]
    assert (log / "other" / "b").read_text() == "mine"
    assert list(root.move_files(["c"], "run", ".lavdlike-trash/x/content")) == ["c"]
    assert names(log / ".lavdlike-trash" / "x" / "content") == ["c"]
    assert names(log / "run") == ["b", "marks.json"]
    (log / "linked").symlink_to(outside)
    for source, target in (("run", "linked"), ("linked", "run"), ("gone", "run")):
        with pytest.raises(EditError):
            list(root.move_files(["marks.json"], source, target))
    for name in ("../marks.json", ".hidden", "x/y/../z"):
        with pytest.raises(EditError, match="not part of the tree"):
            list(root.move_files([name], "run", "other"))
    assert (outside / "marks.json").read_text() == "secret"


def test_what_is_below_a_folder_is_told(log: Path, outside: Path) -> None:
    root = LocalEditor(log)
    assert [found.path for found in root.below("run")] == ["marks.json"]
    assert [found.path for found in root.below(".lavdlike-history")] == ["states"]
    assert list(root.below("gone")) == []
    (log / "linked").symlink_to(outside)
    with pytest.raises(EditError, match="link"):
        list(root.below("linked"))
