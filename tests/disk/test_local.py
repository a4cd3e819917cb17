from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lavdlike.disk.local import LocalRoot
from lavdlike.errors import LimitError, NotServedError
from tests.limits import LIMIT_S


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def log(tmp_path: Path) -> Path:
    folder = tmp_path / "log"
    (folder / "exp" / "0001").mkdir(parents=True)
    (folder / "exp" / "0001" / "a.txt").write_text("hello")
    return folder


def read(root: LocalRoot, path: str) -> bytes:
    with root.file(path) as opened:
        return opened.read(2**20)


def names(root: LocalRoot, path: str) -> list[str]:
    with root.folder(path) as folder:
        return sorted(entry.name for entry in folder.entries())


def test_a_file_of_the_tree_is_read(log: Path) -> None:
    assert read(LocalRoot(log), "exp/0001/a.txt") == b"hello"


def test_a_file_is_read_up_to_a_limit(log: Path) -> None:
    with LocalRoot(log).file("exp/0001/a.txt") as opened:
        assert opened.read(5) == b"hello"
    with LocalRoot(log).file("exp/0001/a.txt") as opened, pytest.raises(LimitError, match="larger than"):
        opened.read(4)


def test_the_root_itself_is_the_empty_path(log: Path) -> None:
    assert names(LocalRoot(log), "") == ["exp"]


@pytest.mark.parametrize(
    "path",
    [
        "..",
        "../outside/secret.txt",
        "exp/../../outside/secret.txt",
        "exp/./0001/a.txt",
        "exp//0001/a.txt",
        "/etc/passwd",
        "exp/0001/a.txt/",
        "exp/.hidden",
        "exp/.guild/attrs/env",
        "exp/.guild/tfevents/env",
        ".hidden/a.txt",
        "exp/\0",
        "exp/0001/missing.txt",
        "exp/" + "x" * 300,
        "exp/" + "x/" * 5000 + "x",
    ],
)
def test_what_is_not_a_path_of_the_tree_is_not_found(log: Path, outside: Path, path: str) -> None:  # noqa: ARG001
    (log / "exp" / ".hidden").write_text("hidden")
    (log / ".hidden").mkdir()
    (log / ".hidden" / "a.txt").write_text("hidden")
    for name in ("attrs", "tfevents"):
        (log / "exp" / ".guild" / name).mkdir(parents=True)
        (log / "exp" / ".guild" / name / "env").write_text("secret")
    with pytest.raises((FileNotFoundError, NotADirectoryError)):
        read(LocalRoot(log), path)


def test_of_a_folder_of_guild_event_files_are_part_of_the_tree(log: Path) -> None:
    (log / "exp" / ".guild").mkdir()
    (log / "exp" / ".guild" / "events.out.tfevents.1").write_text("events")
    assert read(LocalRoot(log), "exp/.guild/events.out.tfevents.1") == b"events"
    assert names(LocalRoot(log), "exp") == ["0001"]


def test_a_file_is_no_folder_and_a_folder_is_no_file(log: Path) -> None:
    with pytest.raises(NotADirectoryError):
        names(LocalRoot(log), "exp/0001/a.txt")
    with pytest.raises(NotADirectoryError):
        read(LocalRoot(log), "exp/0001/a.txt/b")
    with pytest.raises(NotServedError, match="not a regular file"):
        read(LocalRoot(log), "exp/0001")


@pytest.mark.parametrize("name", ["new\nline.txt", "\u202eabc.txt", "🦜.txt", "a b.txt", "n" * 255])
def test_strange_names_are_found(log: Path, name: str) -> None:
    (log / "exp" / name).write_text("strange")
    assert read(LocalRoot(log), f"exp/{name}") == b"strange"


def test_a_name_that_is_not_utf_8_is_found(log: Path) -> None:
    (log / "exp" / os.fsdecode(b"b\xff.txt")).write_text("bytes")
    assert names(LocalRoot(log), "exp") == ["0001", "b\udcff.txt"]
    assert read(LocalRoot(log), "exp/b\udcff.txt") == b"bytes"


class TestLinks:
    def test_within_the_tree_are_followed(self, log: Path) -> None:
        (log / "exp" / "to-file.txt").symlink_to("0001/a.txt")
        (log / "exp" / "to-folder").symlink_to("0001")
        (log / "exp" / "absolute.txt").symlink_to(log / "exp" / "0001" / "a.txt")
        (log / "exp" / "0001" / "up-and-down.txt").symlink_to("../../exp/0001/../to-file.txt")
        (log / "linked-experiment").symlink_to("exp")
        root = LocalRoot(log)
        assert read(root, "exp/to-file.txt") == b"hello"
        assert read(root, "exp/to-folder/a.txt") == b"hello"
        assert read(root, "exp/absolute.txt") == b"hello"
        assert read(root, "exp/0001/up-and-down.txt") == b"hello"
        assert read(root, "linked-experiment/to-folder/a.txt") == b"hello"
        assert names(root, "exp/to-folder") == ["a.txt", "up-and-down.txt"]

    def test_that_go_up_leave_the_folder_they_lead_to_and_not_the_one_they_stand_in(self, log: Path) -> None:
        (log / "other" / "deep").mkdir(parents=True)
        (log / "other" / "b.txt").write_text("other")
        (log / "exp" / "b.txt").write_text("not this one")
        (log / "exp" / "deep").symlink_to("../other/deep")
        (log / "exp" / "b-of-other.txt").symlink_to("deep/../b.txt")
        assert read(LocalRoot(log), "exp/b-of-other.txt") == b"other"

    @pytest.mark.parametrize(
        "target",
        [
            "../../outside/secret.txt",
            "{outside}/secret.txt",
            "/proc/self/environ",
            "0001/../../../outside/secret.txt",
            "../.git/config",
            ".hidden",
            "{log}/../outside/secret.txt",
            "{log}-twin/secret.txt",
        ],
    )
    def test_out_of_the_tree_are_not_followed(self, log: Path, outside: Path, target: str) -> None:
        (log / "exp" / ".hidden").write_text("hidden")
        (log / ".git").mkdir()
        (log / ".git" / "config").write_text("hidden")
        twin = log.with_name("log-twin")
        twin.mkdir()
        (twin / "secret.txt").write_text("secret")
        link = log / "exp" / "link.txt"
        link.symlink_to(target.format(outside=outside, log=log))
        assert link.read_bytes()
        with pytest.raises(NotServedError, match=r"link, not followed \(--follow-links\)"):
            read(LocalRoot(log), "exp/link.txt")

    def test_to_folders_out_of_the_tree_are_not_followed(self, log: Path, outside: Path) -> None:
        (log / "exp" / "link").symlink_to(outside)
        (log / "linked").symlink_to(outside)
        for path in ("exp/link/secret.txt", "linked/secret.txt"):
            with pytest.raises(NotServedError, match="not followed"):
                read(LocalRoot(log), path)
        with pytest.raises(NotServedError, match="not followed"):
            names(LocalRoot(log), "linked")

    def test_out_of_the_tree_are_followed_if_that_was_asked_for(self, log: Path, outside: Path) -> None:
        (log / "exp" / "link").symlink_to(outside)
        (log / "exp" / "link.txt").symlink_to(outside / "secret.txt")
        root = LocalRoot(log, follow_links=True)
        assert read(root, "exp/link/secret.txt") == b"secret"
        assert read(root, "exp/link.txt") == b"secret"
        assert read(root, "exp/0001/a.txt") == b"hello"

    @pytest.mark.parametrize("follow_links", [False, True])
    def test_to_nothing_lead_nowhere(self, log: Path, follow_links: bool) -> None:  # noqa: FBT001
        (log / "exp" / "link.txt").symlink_to("gone.txt")
        with pytest.raises(FileNotFoundError):
            read(LocalRoot(log, follow_links=follow_links), "exp/link.txt")

    def test_that_lead_in_a_circle_end(self, log: Path) -> None:
        (log / "exp" / "a").symlink_to("b")
        (log / "exp" / "b").symlink_to("a")
        (log / "exp" / "self").symlink_to("self")
        for path in ("exp/a", "exp/b/x", "exp/self"):
            with pytest.raises(NotServedError, match="circle"):
                read(LocalRoot(log), path)

    def test_that_cost_much_are_given_up(self, log: Path) -> None:
        folder = log / "exp"
        previous = "0001"
        for depth in range(12):  # each passes the one before it ten times
            (folder / f"link{depth}").symlink_to("/".join([f"{previous}/.."] * 10 + [previous]))
            previous = f"link{depth}"
        with pytest.raises(NotServedError, match=r"circle|too many"):
            read(LocalRoot(log), f"exp/{previous}/a.txt")

    def test_as_the_root_are_followed(self, log: Path, tmp_path: Path) -> None:
        (tmp_path / "shortcut").symlink_to(log)
        (log / "exp" / "absolute.txt").symlink_to(log / "exp" / "0001" / "a.txt")
        assert read(LocalRoot(tmp_path / "shortcut"), "exp/absolute.txt") == b"hello"


def test_a_root_that_was_made_again_is_read_again(log: Path) -> None:
    root = LocalRoot(log)
    assert names(root, "") == ["exp"]
    log.rename(log.with_name("moved"))
    with pytest.raises(FileNotFoundError):
        names(root, "")
    log.mkdir()
    (log / "other").mkdir()
    assert names(root, "") == ["other"]


class TestSpecialFiles:
    """Whatever stands there, nothing waits and nothing but regular files is opened."""

    @pytest.fixture
    def in_time(self) -> Iterator[None]:
        timer = threading.Timer(20, os._exit, [1])  # an open that blocks cannot be interrupted otherwise
        timer.start()
        yield
        timer.cancel()

    @pytest.mark.usefixtures("in_time")
    def test_a_fifo_is_not_opened_and_its_writer_not_woken(self, log: Path) -> None:
        fifo = log / "exp" / "fifo.txt"
        os.mkfifo(fifo)
        with pytest.raises(NotServedError, match="not a regular file"):
            read(LocalRoot(log), "exp/fifo.txt")
        with pytest.raises(OSError, match="No such device or address"):  # nobody has it open for reading
            os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)

    @pytest.mark.usefixtures("in_time")
    def test_a_fifo_behind_a_link_is_not_opened(self, log: Path) -> None:
        os.mkfifo(log / "exp" / "fifo")
        (log / "exp" / "link.txt").symlink_to("fifo")
        for follow_links in (False, True):
            with pytest.raises(NotServedError, match="not a regular file"):
                read(LocalRoot(log, follow_links=follow_links), "exp/link.txt")

    @pytest.mark.usefixtures("in_time")
    def test_a_fifo_that_takes_the_place_of_a_listed_file_is_not_waited_for(self, log: Path) -> None:
        os.mkfifo(log / "exp" / "fifo.json")
        with (
            LocalRoot(log).folder("exp") as folder,
            pytest.raises(NotServedError),
            folder.file("fifo.json", "x"),
        ):
            pass

    def test_a_socket_is_not_opened(self, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(log / "exp")  # socket paths are short
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("socket.txt")
            with pytest.raises(NotServedError, match="not a regular file"):
                read(LocalRoot(log), "exp/socket.txt")
            with LocalRoot(log).folder("exp") as folder, pytest.raises(FileNotFoundError):
                folder.file("socket.txt", "x").__enter__()

    def test_a_device_is_not_opened(self, log: Path) -> None:
        (log / "exp" / "zero").symlink_to("/dev/zero")
        with pytest.raises(NotServedError, match="not a regular file"):
            read(LocalRoot(log, follow_links=True), "exp/zero")

    def test_a_link_that_takes_the_place_of_a_listed_file_is_not_followed(
        self, log: Path, outside: Path
    ) -> None:
        (log / "exp" / "link.json").symlink_to(outside / "secret.txt")
        with LocalRoot(log).folder("exp") as folder, pytest.raises(FileNotFoundError):
            folder.file("link.json", "x").__enter__()

    def test_listing_says_what_each_is(self, log: Path) -> None:
        path = log / "exp"
        os.mkfifo(path / "fifo")
        (path / "link").symlink_to("0001")
        (path / "file").touch()
        (path / ".hidden").touch()
        with LocalRoot(log).folder("exp") as folder:
            found = {entry.name: entry for entry in folder.entries()}
        assert {name: entry.type for name, entry in found.items()} == {
            "0001": "folder",
            "fifo": "other",
            "link": "link",
            "file": "file",
        }
        assert found["file"].inode == (path / "file").stat().st_ino


def test_listing_asks_for_the_status_of_no_file(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(100):
        (log / "exp" / f"{number}.txt").touch()
    asked = []
    monkeypatch.setattr(os, "stat", lambda *args, **_: asked.append(args))
    with LocalRoot(log).folder("exp") as folder:
        assert len(list(folder.entries())) == 101
    assert asked == []


def test_what_may_not_be_read_is_said_to_be_so(log: Path) -> None:
    """In a child without privileges, so that it also tells something when run as root."""
    (log / "exp" / "secret.txt").write_text("secret")
    (log / "exp" / "secret.txt").chmod(0)
    (log / "exp" / "locked").mkdir()
    (log / "exp" / "locked").chmod(0)
    program = """
        import os, sys
        from pathlib import Path
        from lavdlike.errors import NotServedError
        from lavdlike.disk.local import LocalRoot
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        root = LocalRoot(Path(sys.argv[1]))
        for context in (root.file("exp/secret.txt"), root.folder("exp/locked"), root.file("exp/locked/a")):
            try:
                with context:
                    print("opened")
            except NotServedError as error:
                print(error.reason)
    """
    for folder in (log, *log.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    try:
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program), str(log)],
            capture_output=True,
            text=True,
            check=True,
            timeout=LIMIT_S,
        )
    finally:
        (log / "exp" / "locked").chmod(0o700)
    assert done.stdout.splitlines() == ["no permission to read it"] * 3


def test_of_a_root_with_one_folder_the_others_are_not_there(log: Path) -> None:
    (log / "beside").mkdir()
    (log / "beside" / "b.txt").write_text("not shown")
    (log / "exp" / "inside.txt").symlink_to("0001/a.txt")
    (log / "exp" / "absolute.txt").symlink_to(log / "exp" / "0001" / "a.txt")
    for name, target in (("up", "../beside"), ("absolute", log / "beside")):
        (log / "exp" / name).symlink_to(target)
    root = LocalRoot(log, only="exp")
    assert names(root, "") == ["exp"]
    for path in ("exp/0001/a.txt", "exp/inside.txt", "exp/absolute.txt"):
        assert read(root, path) == b"hello"
    with pytest.raises(FileNotFoundError):
        read(root, "beside/b.txt")
    for path in ("exp/up/b.txt", "exp/absolute/b.txt"):
        with pytest.raises(NotServedError, match="link, not followed"):
            read(root, path)
    with root.folder("") as opened:
        for ask in (opened.status_of, lambda name: opened.folder(name).__enter__()):
            with pytest.raises(FileNotFoundError):
                ask("beside")
        assert opened.status_of("exp")
    assert names(LocalRoot(log, only="gone"), "") == []
