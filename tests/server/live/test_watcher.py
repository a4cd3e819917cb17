from __future__ import annotations

import errno
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from lavdlike.server.live import hints, watcher
from lavdlike.server.live.hints import Hint, Hints, Pending
from lavdlike.server.live.watcher import NoWatcher, ObserverWatcher
from tests.limits import LIMIT_S


def nothing() -> None:
    pass


class TestChoice:
    def test_linux_has_inotify(self, tmp_path: Path, inotify: Any) -> None:
        chosen = watcher.choose("auto", tmp_path, nothing)
        assert isinstance(chosen, inotify.InotifyWatcher)
        chosen.close()

    def test_polling_can_be_asked_for(self, tmp_path: Path) -> None:
        chosen = watcher.choose("poll", tmp_path, nothing)
        assert isinstance(chosen, NoWatcher)
        assert (chosen.mode, chosen.reason) == ("poll", "asked for by --watch poll")

    @pytest.mark.parametrize(
        ("system", "mode", "reason"),
        [
            ("Darwin", "observer", ""),
            ("Linux", "poll", "this version of watchdog has no watches of single folders"),
        ],
    )
    def test_other_systems_have_the_observer_and_another_watchdog_means_polling(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, mode: str, reason: str
    ) -> None:
        monkeypatch.setattr("platform.system", lambda: system)
        monkeypatch.delitem(sys.modules, "lavdlike.server.live.inotify", raising=False)
        monkeypatch.delattr("lavdlike.server.live.inotify", raising=False)
        monkeypatch.setitem(sys.modules, "watchdog.observers.inotify_c", None)
        chosen = watcher.choose("auto", tmp_path, nothing)
        assert (chosen.mode, chosen.reason) == (mode, reason)

    def test_no_inotify_instance_left_means_polling(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inotify: Any
    ) -> None:
        def refuse(_notify: object) -> NoReturn:
            raise OSError(errno.EMFILE, "inotify instance limit reached")

        monkeypatch.setattr(inotify, "InotifyWatcher", refuse)
        chosen = watcher.choose("auto", tmp_path, nothing)
        assert isinstance(chosen, NoWatcher)
        assert "inotify instance limit reached" in chosen.reason


class TestNetworkFileSystems:
    @pytest.mark.parametrize(
        ("type_", "is_network"),
        [
            ("ext4", False),
            ("nfs4", True),
            ("fuse.sshfs", True),
            ("fuseblk", False),
            ("tmpfs", False),
            ("lustre", True),
        ],
    )
    def test_are_told_by_what_is_mounted(self, tmp_path: Path, type_: str, is_network: bool) -> None:  # noqa: FBT001
        mounts = tmp_path / "mountinfo"
        mounts.write_text(
            "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
            f"64 22 0:77 / /home/a\\040b rw,relatime shared:1 master:2 - {type_} server:/home rw\n"
        )
        found = hints.network_file_system(os.makedev(0, 77), mounts=mounts)
        assert found == (type_ if is_network else None)

    def test_what_is_not_known_is_taken_for_a_local_one(self, tmp_path: Path) -> None:
        assert hints.network_file_system(os.makedev(9, 9)) is None
        assert hints.network_file_system(os.makedev(9, 9), mounts=tmp_path / "missing") is None

    def test_this_machines_own_file_system_is_a_local_one(self, tmp_path: Path) -> None:
        assert hints.network_file_system(tmp_path.stat().st_dev) is None


def test_hints_are_handed_over_once() -> None:
    notified = []
    pending = Pending(lambda: notified.append(1))
    pending.add(Hint("a", "b"))
    pending.add(Hint("a", "b"))
    pending.add(Hint("a", None))
    pending.lose()
    assert notified == [1]
    assert pending.take() == Hints(frozenset({Hint("a", "b"), Hint("a", None)}), lost=True)
    assert pending.take() == Hints(frozenset(), lost=False)
    pending.lose()
    assert notified == [1, 1]


@pytest.mark.filterwarnings(
    "ignore:Callback with id:RuntimeWarning"
)  # watchdog's, for nested folders on Linux
class TestObserver:
    """Runs on Linux too, so that what other systems get is tested as well."""

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        (tmp_path / "exp" / "0001").mkdir(parents=True)
        return tmp_path

    @pytest.fixture
    def observer(self, root: Path) -> Iterator[ObserverWatcher]:
        self.wake = threading.Event()
        observer = ObserverWatcher(root, self.wake.set)
        self.watch_root(observer, root)
        yield observer
        observer.close()

    def watch_root(self, observer: ObserverWatcher, root: Path) -> None:
        fd = os.open(root, os.O_RDONLY)
        observer.watch("", fd, (0, 0))
        os.close(fd)

    def wait_for(self, observer: ObserverWatcher, *wanted: tuple[str, str]) -> None:
        found: set[Hint] = set()
        deadline = time.monotonic() + LIMIT_S
        while not set(wanted) <= found:
            assert time.monotonic() < deadline, f"reported: {found}"
            self.wake.wait(0.1)
            self.wake.clear()
            found |= observer.take().hints

    def test_reports_changes_anywhere_below(self, observer: ObserverWatcher, root: Path) -> None:
        assert observer.is_watched("exp/0001")
        (root / "exp" / "0001" / "a.txt").write_text("a")
        self.wait_for(observer, ("exp/0001", "a.txt"))
        (root / "exp" / "0001").rename(root / "exp" / "0002")
        self.wait_for(observer, ("exp", "0001"), ("exp", "0002"))
        shutil.rmtree(root / "exp")
        self.wait_for(observer, ("", "exp"))

    def test_does_not_report_hidden_names_and_what_is_read(
        self, observer: ObserverWatcher, root: Path
    ) -> None:
        (root / "exp" / ".hidden").touch()
        list((root / "exp").iterdir())
        (root / "exp" / "end").touch()
        found: set[Hint] = set()
        deadline = time.monotonic() + LIMIT_S
        while Hint("exp", "end") not in found and time.monotonic() < deadline:
            self.wake.wait(0.1)
            self.wake.clear()
            found |= observer.take().hints
        assert found <= {Hint("exp", "end"), Hint("", "exp")}

    def test_watches_a_root_that_was_made_again(self, observer: ObserverWatcher, root: Path) -> None:
        root.rename(root.with_name("old"))
        (root / "exp").mkdir(parents=True)
        self.watch_root(observer, root)
        (root / "exp" / "a.txt").touch()
        self.wait_for(observer, ("exp", "a.txt"))

    def test_does_not_claim_to_see_what_stands_behind_a_link(
        self, observer: ObserverWatcher, root: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        (root / "exp" / "link").symlink_to(tmp_path_factory.mktemp("elsewhere"))
        for folder in ("exp/0001", "exp/link"):
            fd = os.open(root / folder, os.O_RDONLY)
            observer.watch(folder, fd, (1, 0))
            os.close(fd)
        assert observer.unwatched(["exp/0001", "exp/link"]) == ["exp/link"]

    def test_watches_nothing_after_the_root_is_forgotten(self, observer: ObserverWatcher) -> None:
        observer.unwatch([""])
        assert not observer.is_watched("exp")
        assert observer.watched_count == 0

    def test_says_why_it_cannot_watch(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_args: object, **_options: object) -> NoReturn:
            raise OSError(errno.ENOSPC, "no watches left")

        observer = ObserverWatcher(root, nothing)
        monkeypatch.setattr("watchdog.observers.api.BaseObserver.schedule", refuse)
        self.watch_root(observer, root)
        assert not observer.is_watched("")
        assert "no watches left" in observer.reason
