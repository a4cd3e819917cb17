from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lavdlike.server.host import private_files, user_files
from lavdlike.server.host.user_files import link_files, runtime_folder, signing_key

NOBODY = 65534


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def key_file(tmp_path: Path) -> Path:
    (path,) = (tmp_path / "state/lavdlike/keys").iterdir()
    return path


def test_the_key_stays_the_same_for_a_root_and_is_another_for_another(tmp_path: Path) -> None:
    key, fault = signing_key(tmp_path / "root")
    assert (len(key), fault) == (32, "")
    assert signing_key(tmp_path / "x" / ".." / "root") == (key, "")
    assert signing_key(tmp_path / "other")[0] != key


def test_a_key_that_is_renewed_is_another_one_that_stays(tmp_path: Path) -> None:
    key, _ = signing_key(tmp_path)
    renewed, fault = signing_key(tmp_path, renew=True)
    assert (renewed != key, fault) == (True, "")
    assert signing_key(tmp_path) == (renewed, "")


def test_nobody_else_can_read_the_key(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        signing_key(tmp_path)
    finally:
        os.umask(previous)
    assert mode(key_file(tmp_path)) == 0o600
    assert mode(key_file(tmp_path).parent) == 0o700


@pytest.mark.parametrize("spoil", ["readable", "short", "long", "folder-of-it"])
def test_a_key_that_others_may_know_or_that_is_damaged_is_replaced(tmp_path: Path, spoil: str) -> None:
    key, _ = signing_key(tmp_path)
    path = key_file(tmp_path)
    if spoil == "readable":
        path.chmod(0o640)
    elif spoil == "short":
        path.write_bytes(key[:5])
    elif spoil == "long":
        path.write_bytes(key + b"x")
    else:
        path.unlink()
    new, fault = signing_key(tmp_path)
    assert (new != key, len(new), fault) == (True, 32, "")
    assert signing_key(tmp_path) == (new, "")


def test_a_link_in_the_place_of_the_key_is_not_followed(tmp_path: Path) -> None:
    signing_key(tmp_path)
    path = key_file(tmp_path)
    target = tmp_path / "target"
    path.rename(target)
    path.symlink_to(target)
    key, fault = signing_key(tmp_path)
    assert len(key) == 32
    assert key != target.read_bytes()
    assert fault


def test_a_fifo_in_the_place_of_the_key_does_not_wait(tmp_path: Path) -> None:
    signing_key(tmp_path)
    path = key_file(tmp_path)
    path.unlink()
    os.mkfifo(path, 0o600)
    assert len(signing_key(tmp_path)[0]) == 32


def test_without_a_place_for_the_key_the_server_still_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    key, fault = signing_key(tmp_path)
    assert len(key) == 32
    assert str(tmp_path / "file") in fault


def test_a_user_without_a_writable_home_gets_a_key_for_this_start_and_a_temporary_folder(
    tmp_path: Path,
) -> None:
    """In a child, as an ordinary user, to whom permissions apply."""
    script = f"""
import os
from pathlib import Path
from lavdlike.server.host.user_files import runtime_folder, signing_key
if os.geteuid() == 0:
    os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})
key, fault = signing_key(Path("/"))
assert len(key) == 32 and "denied" in fault, fault
with runtime_folder() as folder:
    assert folder.stat().st_mode & 0o777 == 0o700 and folder.stat().st_uid == os.geteuid()
    print(folder)
assert not folder.exists()
"""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    environment = {"HOME": str(closed), "PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not done.stdout.startswith(str(closed))


def test_the_link_is_readable_by_its_user_alone_and_gone_afterwards(tmp_path: Path) -> None:
    link = "http://localhost:1/#token=a&b"
    with link_files(tmp_path, [link, "http://localhost:1/#token=r"], "name") as files:
        assert files.text.read_text() == link + "\nhttp://localhost:1/#token=r\n"
        assert 'content="0; url=http://localhost:1/#token=a&amp;b"' in files.page.read_text()
        assert {mode(path) for path in files} == {0o600}
        assert sorted(tmp_path.iterdir()) == sorted(files)
    assert not list(tmp_path.iterdir())


def test_a_link_that_somebody_placed_is_replaced_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("mine")
    (tmp_path / "name.link").symlink_to(target)
    with link_files(tmp_path, ["http://x/"], "name") as files:
        assert not files.text.is_symlink()
    assert target.read_text() == "mine"


def test_the_runtime_folder_is_that_of_the_session_or_beside_the_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with runtime_folder() as folder:
        assert (folder, mode(folder)) == (tmp_path / "run/lavdlike", 0o700)
    folder.chmod(0o755)  # others can look inside
    with runtime_folder() as folder:
        assert (folder, mode(folder)) == (tmp_path / "state/lavdlike/run", 0o700)
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    with runtime_folder() as folder:
        assert folder == tmp_path / "state/lavdlike/run"


def test_a_runtime_folder_on_a_full_disk_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = private_files.write_private

    def write_unless_full(path: Path, content: bytes) -> None:
        if path.is_relative_to(tmp_path / "run"):
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, content)

    monkeypatch.setattr(user_files, "write_private", write_unless_full)
    with runtime_folder() as folder:
        assert folder == tmp_path / "state/lavdlike/run"
    assert not list(folder.iterdir())
