from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from watchdog.observers import inotify_c

from lavdlike.server.live.hints import Hint, Priority
from lavdlike.server.live.inotify import InotifyWatcher, half_of_limit
from tests.limits import LIMIT_S


class Watched:
    """A watcher, and what it has reported."""

    def __init__(self, root: Path, **options: Any) -> None:
        self.root = root
        self.hints: set[Hint] = set()
        self.lost = False
        self.notified = 0
        self._wake = threading.Event()
        self.watcher = InotifyWatcher(self._notify, **options)

    def _notify(self) -> None:
        self.notified += 1
        self._wake.set()

    def watch(self, folder: str, priority: Priority = (1, 0)) -> bool:
        fd = os.open(self.root / folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.watcher.watch(folder, fd, priority)
        finally:
            os.close(fd)
        return self.watcher.is_watched(folder)

    def wait_until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + LIMIT_S
        while not condition():
            assert time.monotonic() < deadline, f"reported: {self.hints}"
            self._wake.wait(0.05)
            self._wake.clear()
            taken = self.watcher.take()
            self.hints |= taken.hints
            self.lost |= taken.lost

    def wait_for(self, *hints: tuple[str, str | None]) -> None:
        self.wait_until(lambda: set(hints) <= self.hints)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "exp" / "0001").mkdir(parents=True)
    (tmp_path / "exp" / "a.txt").write_text("a")
    return tmp_path


@pytest.fixture
def watched(root: Path) -> Iterator[Watched]:
    watched = Watched(root)
    yield watched
    watched.watcher.close()


def test_every_kind_of_change_is_reported_where_it_happens(watched: Watched, root: Path) -> None:
    folder = root / "exp"
    assert watched.watch("exp")
    (folder / "new.txt").touch()
    watched.wait_for(("exp", "new.txt"))
    (folder / "a.txt").write_text("b")
    watched.wait_for(("exp", "a.txt"))
    (folder / "a.txt").rename(folder / "b.txt")
    watched.wait_for(("exp", "b.txt"))
    (folder / "0002").mkdir()
    watched.wait_for(("exp", "0002"))
    (folder / "0001").rename(root / "moved")
    watched.wait_for(("exp", "0001"))
    (folder / "c.txt").symlink_to("b.txt")
    watched.wait_for(("exp", "c.txt"))
    watched.hints.clear()
    (folder / "b.txt").unlink()
    watched.wait_for(("exp", "b.txt"))
    (folder / "new.txt").chmod(0o600)
    watched.wait_for(("exp", "new.txt"))


def test_a_hidden_name_is_not_reported_but_what_it_becomes_is(watched: Watched, root: Path) -> None:
    watched.watch("exp")
    (root / "exp" / ".tmp").write_text("new")
    (root / "exp" / ".tmp").rename(root / "exp" / "a.txt")
    watched.wait_for(("exp", "a.txt"))
    assert watched.hints == {Hint("exp", "a.txt")}


def test_reading_is_not_reported(watched: Watched, root: Path) -> None:
    watched.watch("exp")
    (root / "exp" / "a.txt").read_text()
    list((root / "exp").iterdir())
    (root / "exp" / "end.txt").touch()
    watched.wait_for(("exp", "end.txt"))
    assert watched.hints == {Hint("exp", "end.txt")}


def test_a_name_that_is_not_utf_8_is_reported(watched: Watched, root: Path) -> None:
    watched.watch("exp")
    (root / "exp" / "b\udcff").touch()
    watched.wait_for(("exp", "b\udcff"))


def test_a_write_through_a_mapping_is_reported(watched: Watched, root: Path) -> None:
    import mmap

    (root / "exp" / "map").write_bytes(bytes(100))
    watched.watch("exp")
    with (root / "exp" / "map").open("r+b") as file, mmap.mmap(file.fileno(), 100) as mapping:
        mapping[0] = 1
    watched.wait_for(("exp", "map"))


def test_many_changes_are_one_notification_until_they_are_taken(watched: Watched, root: Path) -> None:
    watched.watch("exp")
    for number in range(100):
        (root / "exp" / f"{number}.txt").touch()
    deadline = time.monotonic() + LIMIT_S
    hints: set[Hint] = set()
    while len(hints) < 100 and time.monotonic() < deadline:
        time.sleep(0.05)
        assert watched.notified <= 1
        hints |= watched.watcher.take().hints
        watched.notified = 0
    assert len(hints) == 100


def test_what_is_watched_is_the_opened_folder_and_not_the_one_that_takes_its_path(
    watched: Watched, root: Path
) -> None:
    fd = os.open(root / "exp", os.O_RDONLY)
    (root / "exp").rename(root / "old")
    (root / "exp").mkdir()
    watched.watcher.watch("exp", fd, (1, 0))
    os.close(fd)
    (root / "exp" / "unseen.txt").touch()
    (root / "old" / "seen.txt").touch()
    watched.wait_for(("exp", "seen.txt"))
    assert Hint("exp", "unseen.txt") not in watched.hints


def test_a_deleted_folder_is_reported_and_no_longer_watched(watched: Watched, root: Path) -> None:
    watched.watch("exp")
    shutil.rmtree(root / "exp")
    watched.wait_for(("exp", None))
    watched.wait_until(lambda: not watched.watcher.is_watched("exp"))
    assert watched.watcher.watched_count == 0


@pytest.mark.slow
def test_a_folder_that_was_made_again_is_watched_again(watched: Watched, root: Path) -> None:
    watched.watch("exp")
    for number in range(20):
        shutil.rmtree(root / "exp")
        (root / "exp").mkdir()  # often with the inode of the one before
        watched.watch("exp")
        (root / "exp" / f"{number}.txt").touch()
        # That the old one went may be noticed after the new one was watched: then a look is asked for, or nothing.
        told = {("exp", None), ("exp", f"{number}.txt")}
        watched.wait_until(lambda told=told: bool(told & watched.hints))  # type: ignore[misc]
        watched.watch("exp")
        (root / "exp" / f"{number} again.txt").touch()
        watched.wait_for(("exp", f"{number} again.txt"))
        watched.hints.clear()


def test_another_folder_at_the_same_path_takes_over_the_watch(watched: Watched, root: Path) -> None:
    watched.watch("exp")
    (root / "exp").rename(root / "old")
    (root / "exp").mkdir()
    watched.watch("exp")
    (root / "exp" / "seen.txt").touch()
    watched.wait_for(("exp", "seen.txt"))
    assert watched.watcher.watched_count == 1


def test_one_folder_under_two_paths_is_reported_under_both(watched: Watched, root: Path) -> None:
    (root / "link").symlink_to("exp")
    watched.watch("exp")
    watched.watch("link")
    (root / "exp" / "b.txt").touch()
    watched.wait_for(("exp", "b.txt"), ("link", "b.txt"))
    watched.watcher.unwatch(["exp"])
    watched.hints.clear()
    (root / "exp" / "c.txt").touch()
    watched.wait_for(("link", "c.txt"))
    assert Hint("exp", "c.txt") not in watched.hints


def test_nothing_is_reported_of_what_is_no_longer_watched(watched: Watched, root: Path) -> None:
    watched.watch("exp")
    watched.watch("exp/0001")
    watched.watcher.unwatch(["exp", "unknown"])
    (root / "exp" / "unseen.txt").touch()
    (root / "exp" / "0001" / "seen.txt").touch()
    watched.wait_for(("exp/0001", "seen.txt"))
    assert watched.hints == {Hint("exp/0001", "seen.txt")}


def system_watches() -> int:
    """How many the system has for this process."""
    infos = (path.read_text() for path in Path("/proc/self/fdinfo").iterdir() if path.exists())
    return sum(info.count("inotify wd:") for info in infos)


@pytest.mark.slow
def test_thousands_of_watches_are_taken_away_without_losing_an_event(watched: Watched, root: Path) -> None:
    names = [f"exp/{number}" for number in range(3000)]
    watched.watch("exp")
    for name in names:
        (root / name).mkdir()
        watched.watch(name)
    assert system_watches() == 3001
    watched.watcher.unwatch(names)
    assert watched.watcher.watched_count == 1
    (root / names[-1] / "unseen.txt").touch()
    watched.watch(names[-2])
    (root / names[-2] / "seen.txt").touch()
    watched.wait_for((names[-2], "seen.txt"))
    watched.wait_until(lambda: system_watches() == 2)
    assert not watched.lost
    assert Hint(names[-1], "unseen.txt") not in watched.hints
    assert watched.watch(names[0])
    (root / names[0] / "again.txt").touch()
    watched.wait_for((names[0], "again.txt"))


class TestTooFewWatches:
    @pytest.fixture
    def many(self, root: Path) -> Path:
        for number in range(10):
            (root / str(number)).mkdir()
        return root

    def test_the_most_important_folders_get_them(self, many: Path) -> None:
        watched = Watched(many, max_watches=3)
        for number in range(10):
            watched.watch(str(number), (2, -number))  # later ones are more important
        assert [number for number in range(10) if watched.watcher.is_watched(str(number))] == [7, 8, 9]
        assert not watched.watch("exp", (3, 0))
        assert watched.watch("exp", (1, 0))
        assert not watched.watcher.is_watched("7")
        (many / "7" / "unseen.txt").touch()
        (many / "exp" / "seen.txt").touch()
        watched.wait_for(("exp", "seen.txt"))
        assert watched.hints == {Hint("exp", "seen.txt")}
        watched.watcher.close()

    def test_importance_is_never_lost_by_being_asked_for_again(self, many: Path) -> None:
        watched = Watched(many, max_watches=1)
        watched.watch("1", (1, 0))
        watched.watch("1", (3, 0))
        assert not watched.watch("2", (2, 0))
        watched.watcher.close()

    def test_what_is_ranked_lower_makes_room_at_once(self, many: Path) -> None:
        watched = Watched(many, max_watches=2)
        assert watched.watch("1", (2, -9))
        assert watched.watch("2", (2, -8))
        assert not watched.watch("3", (2, -1))
        watched.watcher.rank({"2": (4, -8), "unknown": (1, 0)})
        assert watched.watch("3", (2, -1))
        assert [name for name in "123" if watched.watcher.is_watched(name)] == ["1", "3"]
        watched.watcher.close()

    def test_a_freed_watch_is_used_again(self, many: Path) -> None:
        watched = Watched(many, max_watches=1)
        assert watched.watch("1")
        assert not watched.watch("2")
        watched.watcher.unwatch(["1"])
        assert watched.watch("2")
        watched.watcher.close()

    def test_it_is_said_as_long_as_it_is_so(self, many: Path) -> None:
        watched = Watched(many, max_watches=1)
        watched.watch("1")
        assert watched.watcher.reason == ""
        watched.watch("2")
        assert "no more than 1 folders" in watched.watcher.reason
        assert watched.watcher.unwatched(["1", "2"]) == ["2"]
        watched.watcher.unwatch(["1"])
        assert watched.watcher.reason == ""
        watched.watcher.close()

    def test_half_of_what_the_system_allows_is_taken(self, tmp_path: Path) -> None:
        (tmp_path / "max_user_watches").write_text("192537\n")
        assert half_of_limit(tmp_path / "max_user_watches") == 96268
        assert half_of_limit(tmp_path / "missing") == 4096

    def test_a_system_that_refuses_is_not_asked_for_more_and_says_so(
        self, many: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        watched = Watched(many)
        add = inotify_c.InotifyFD.add_callback
        asked = 0

        def refuse(self: Any, *args: Any) -> Any:
            nonlocal asked
            asked += 1
            if watched.watcher.watched_count >= 3:
                raise OSError(errno.ENOSPC, "inotify watch limit reached")
            return add(self, *args)

        monkeypatch.setattr(inotify_c.InotifyFD, "add_callback", refuse)
        for number in range(10):
            watched.watch(str(number), (2, number))
        assert [number for number in range(10) if watched.watcher.is_watched(str(number))] == [0, 1, 2]
        assert asked == 4
        assert "fs.inotify.max_user_watches" in watched.watcher.reason
        assert watched.watch("exp", (1, 0))  # in the place of another one
        assert not watched.watcher.is_watched("2")
        watched.watcher.close()

    def test_the_limit_of_the_system_itself(self, many: Path) -> None:
        """In a user namespace of its own with room for four, where that is allowed."""
        program = """
            import sys, time
            from pathlib import Path
            from tests.limits import LIMIT_S
            from tests.server.live.test_inotify import Watched
            watched = Watched(Path(sys.argv[1]))
            deadline = time.monotonic() + LIMIT_S
            while [n for n in range(10) if watched.watcher.is_watched(str(n))] != [6, 7, 8, 9]:
                assert time.monotonic() < deadline
                for number in range(10):  # what was taken away is free a little later
                    watched.watch(str(number), (2, -number))
            print(watched.watcher.reason)
            watched.watcher.close()
        """
        command = 'echo 4 > /proc/sys/user/max_inotify_watches || exit 77; exec "$@"'
        python = [sys.executable, "-c", textwrap.dedent(program), str(many)]
        done = subprocess.run(
            ["unshare", "--user", "--map-root-user", "sh", "-c", command, "sh", *python],
            capture_output=True,
            text=True,
            timeout=LIMIT_S + 20,
            check=False,
            cwd=Path(__file__).parents[3],
        )
        if done.returncode == 77 or done.stderr.startswith("unshare"):
            return  # not allowed here: the test before this one stands in for it
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("the system allows no more than 4 watches"), done.stdout


def test_lost_events_are_told_of(watched: Watched, root: Path) -> None:
    """The queue's limit is the machine's, so the kernel's word for it is put in its place."""
    watched.watch("exp")
    watched.watch("exp/0001")
    overflow = inotify_c.InotifyEvent(
        inotify_c.WatchDescriptor(-1), inotify_c.InotifyConstants.IN_Q_OVERFLOW, 0, b""
    )
    watched.watcher._reader.handle_event(overflow)
    watched.wait_until(lambda: watched.lost)
    (root / "exp" / "after.txt").touch()
    watched.wait_for(("exp", "after.txt"))


def test_a_reader_that_has_ended_is_said_to_have(watched: Watched) -> None:
    watched.watch("exp")
    assert (watched.watcher.mode, watched.watcher.reason) == ("inotify", "")
    watched.watcher._reader.stop()
    watched.watcher._reader.join(LIMIT_S)
    assert watched.watcher.mode == "poll"
    assert "has ended" in watched.watcher.reason
    assert not watched.watcher.is_watched("exp")


def open_files() -> set[object]:
    """Of this process: number and what is open."""
    found: set[object] = set()
    for path in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the listing's own
            found.add((path.name, path.readlink()))
    return found


def test_closing_leaves_no_descriptor_and_no_thread(root: Path) -> None:
    before = open_files() | set(threading.enumerate())  # those of earlier tests may end meanwhile
    watched = Watched(root)
    watched.watch("exp")
    files, threads = open_files() - before, set(threading.enumerate()) - before
    assert (len(threads), len(files)) == (1, 3)
    watched.watcher.close()
    assert not open_files() & files
    assert not set(threading.enumerate()) & threads


def test_no_file_of_a_burst_of_new_nested_folders_is_missed(watched: Watched, root: Path) -> None:
    """Watch, then read: each file is either reported or was there already."""
    count = 200

    def write() -> None:
        for step in range(count):
            folder = root / "exp" / f"s{step}" / "nested"
            folder.mkdir(parents=True)
            for name in "abc":
                (folder / name).touch()

    found: set[str] = set()

    def look(path: str) -> None:
        if not watched.watch(path):
            return
        for entry in os.scandir(root / path):
            if entry.is_dir():
                look(f"{path}/{entry.name}")
            else:
                found.add(f"{path}/{entry.name}")

    look("exp")
    writer = threading.Thread(target=write)
    writer.start()

    def all_found() -> bool:
        for folder, name in list(watched.hints):
            path = f"{folder}/{name}"
            if (root / path).is_dir():
                look(path)
            else:
                found.add(path)
        watched.hints.clear()
        return len([path for path in found if "/nested/" in path]) == 3 * count

    watched.wait_until(all_found)
    writer.join()
