"""What goes wrong with the machine: kills, no descriptors or watches left, a root that goes, a read that hangs."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from lavdlike.disk import local
from lavdlike.disk.root import OpenedFile
from lavdlike.server.app import create_app
from lavdlike.server.settings import Settings
from lavdlike.server.web import picture_responses
from lavdlike.server.web.access import AccessRules
from lavdlike.server.web.credentials import Credentials
from tests.limits import LIMIT_S
from tests.running import Running
from tests.scripts import ROOT
from tests.serving import served, wait_until

# In a user namespace of its own, a process may have as many watches as its owner says.
_WITHOUT_WATCHES = 'echo {} > /proc/sys/user/max_inotify_watches && exec "$0" "$@"'

# In a mount namespace of its own, a process may mount what only it sees.
_MOUNT = 'mount -t tmpfs tmpfs "{0}" && mkdir "{0}/{1}" && echo {1} > "{0}/{1}/text.txt"'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "log"
    for name in ("one", "two"):
        (root / name).mkdir(parents=True)
        (root / name / "text.txt").write_text(name)
    return root


@contextmanager
def running(root: Path, *wrapper: str) -> Iterator[tuple[Running, httpx.Client]]:
    server = Running(root, "--no-token", "--poll-interval=0.5", wrapper=wrapper)
    try:
        with httpx.Client(base_url=server.url, timeout=LIMIT_S, trust_env=False) as client:
            yield server, client
    finally:
        server.stop()


def names(client: httpx.Client) -> list[str]:
    return sorted(each["name"] for each in client.get("/api/root").json()["experiments"])


def health(client: httpx.Client) -> Any:
    return client.get("/api/root").json()["health"]


def test_nothing_logged_is_lost_when_loggers_and_server_are_killed() -> None:
    """Five rounds; `python -m tests.soak.faults` has 500."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak.faults", "--rounds=5", "--seed=7"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=55,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_server_without_descriptors_answers_again_when_some_are_free(root: Path) -> None:
    with running(root) as (server, client):
        client.get("/api/experiments/one").raise_for_status()
        _, most = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (server.descriptors(), most))
        refused = client.get("/api/files/one/text.txt")
        assert refused.status_code == 503
        assert "Traceback" not in refused.text
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (most, most))
        with httpx.Client(base_url=server.url, timeout=LIMIT_S, trust_env=False) as anew:
            assert anew.get("/api/files/one/text.txt").text == "one"
            assert names(anew) == ["one", "two"]


@pytest.mark.parametrize("watches", [0, 2])
def test_server_without_watches_says_so_and_polls(root: Path, watches: int) -> None:
    wrapper = ("unshare", "--user", "--map-root-user", "sh", "-c", _WITHOUT_WATCHES.format(watches))
    with running(root, *wrapper) as (_, client):
        client.get("/api/experiments/one").raise_for_status()
        (root / "three").mkdir()
        wait_until(lambda: "three" in names(client))
        (root / "one" / "later.txt").write_text("later")
        address = "/api/items/one/texts/global/later"
        wait_until(lambda: client.get(address).status_code == 200)
        wait_until(lambda: health(client)["reason"] != "")


def test_root_that_is_deleted_and_made_again_is_shown_again(root: Path) -> None:
    with running(root) as (_, client):
        assert names(client) == ["one", "two"]
        shutil.rmtree(root)
        wait_until(lambda: not health(client)["root_present"])
        assert names(client) == []
        (root / "new").mkdir(parents=True)
        (root / "new" / "text.txt").write_text("new")
        wait_until(lambda: names(client) == ["new"])
        assert client.get("/api/files/new/text.txt").text == "new"
        (root / "newer").mkdir()
        wait_until(lambda: names(client) == ["new", "newer"])


def test_root_that_is_unmounted_and_mounted_again_is_shown_again(root: Path) -> None:
    mount = _MOUNT.format(root, "mounted")
    wrapper = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", f'{mount} && exec "$0" "$@"')
    with running(root, *wrapper) as (server, client):

        def inside(command: str) -> None:
            enter = ["nsenter", f"--target={server.pid}", "--user", "--mount", "--preserve-credentials"]
            subprocess.run(
                [*enter, "sh", "-c", command], stdin=subprocess.DEVNULL, check=True, timeout=LIMIT_S, cwd="/"
            )

        assert names(client) == ["mounted"]
        assert client.get("/api/files/mounted/text.txt").text == "mounted\n"
        inside(f'umount --lazy "{root}"')
        wait_until(lambda: names(client) == ["one", "two"])
        assert client.get("/api/files/one/text.txt").text == "one"
        assert client.get("/api/files/mounted/text.txt").status_code == 404
        inside(_MOUNT.format(root, "again"))
        wait_until(lambda: names(client) == ["again"])
        assert client.get("/api/files/again/text.txt").text == "again\n"
        inside(f'mkdir "{root}/later"')
        wait_until(lambda: names(client) == ["again", "later"])


def test_reads_that_hang_leave_the_others_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on = threading.Event()
    hanging = threading.Semaphore(0)
    open_file = local.LocalRoot.file

    @contextmanager
    def hangs_for_one(self: local.LocalRoot, path: str) -> Iterator[OpenedFile]:
        if path.startswith("one/"):
            hanging.release()
            goes_on.wait()
        with open_file(self, path) as opened:
            yield opened

    monkeypatch.setattr(local.LocalRoot, "file", hangs_for_one)
    app = create_app(Settings(root), Credentials(b"k" * 32, None), AccessRules())
    with served(app) as server, ExitStack() as stack:
        stack.callback(goes_on.set)
        for _ in range(6):
            connection = stack.enter_context(server.raw())
            connection.sendall(b"GET /api/files/one/text.txt HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert hanging.acquire(timeout=LIMIT_S)
        with server.client() as client:
            assert client.get("/api/files/two/text.txt").text == "two"
            assert client.get("/api/experiments/two").status_code == 200
        threads = sum(thread.name == "lavdlike-read" for thread in threading.enumerate())
        assert threads <= 64 + (os.cpu_count() or 1)


@pytest.mark.slow
def test_pictures_whose_reading_hangs_are_given_up(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("RGB", (9, 9)).save(root / "one" / "picture.png")
    goes_on = threading.Event()
    open_file = local.LocalRoot.file

    @contextmanager
    def hangs_where_pictures_are_made(self: local.LocalRoot, path: str) -> Iterator[OpenedFile]:
        if threading.current_thread().name.startswith(("lavdlike-pictures", "lavdlike-heads")):
            goes_on.wait()
        with open_file(self, path) as opened:
            yield opened

    monkeypatch.setattr(local.LocalRoot, "file", hangs_where_pictures_are_made)
    monkeypatch.setattr(picture_responses, "_LIMIT_S", 0.1)
    app = create_app(Settings(root), Credentials(b"k" * 32, None), AccessRules())
    with served(app) as server, server.client() as client, ExitStack() as stack:
        stack.callback(goes_on.set)
        item = client.get("/api/items/one/images/global/picture").json()
        assert item["problem"]["reason"] == "not done within 0.1 s"
        refused = client.get("/api/pictures/one/global/picture?size=64")
        assert (refused.status_code, "does not answer" in refused.json()["error"]) == (503, True)
        assert client.get("/api/files/two/text.txt").text == "two"
