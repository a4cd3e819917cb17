"""The server serves however it was started, and knows what runs as far as the system lets it see."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from lavdlike import Logger
from tests import scripts
from tests.limits import LIMIT_S
from tests.serving import wait_until


@pytest.mark.parametrize("closed", [">&- 2>&-", "<&- >&- 2>&-"])
def test_a_server_without_standard_streams_serves(tmp_path: Path, closed: str) -> None:
    with Logger("run", tmp_path / "log") as logger:
        logger.log_text("text", "note")
    path = tmp_path / "socket"
    command = [sys.executable, "-m", "lavdlike", "log", f"--uds={path}", "--no-browser"]
    with subprocess.Popen(
        ["sh", "-c", f'exec env PYTHONPATH="$0" "$@" {closed}', str(scripts.ROOT), *command], cwd=tmp_path
    ) as process:
        try:
            wait_until(lambda: process.poll() is not None or _is_listened_to(path))
            assert process.poll() is None
            with httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), timeout=LIMIT_S) as client:
                assert client.get("http://localhost/api/files/run/note.txt").text == "text\n"
            process.terminate()
            assert process.wait(LIMIT_S) == 0
        finally:
            process.kill()


def _is_listened_to(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        return connection.connect_ex(str(path)) == 0


_HOLD = """
import sys
from lavdlike import Logger
logger = Logger("run", "log")
print("logs", flush=True)
sys.stdin.read()
"""
_LOOK = """
import sys
from pathlib import Path
from lavdlike.cli import main
assert sys.argv[1] == "seen" or not Path("/proc", sys.argv[2], "stat").exists()
sys.exit(main(["ls", "log", "--json"]))
"""


@contextmanager
def _logging(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process with an open Logger."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD],
        cwd=folder,
        env={"PYTHONPATH": str(scripts.ROOT), "PATH": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "logs\n"
            yield process
        finally:
            process.kill()


def test_an_experiment_whose_process_is_hidden_runs_while_its_heart_beats(tmp_path: Path) -> None:
    """In a mount namespace an empty folder covers what /proc says of the process, as hidepid hides those of others."""
    (tmp_path / "empty").mkdir()
    look = [sys.executable, "-c", _LOOK]
    with _logging(tmp_path) as process:
        pid = str(process.pid)
        hidden = 'mount --bind empty "/proc/$0" && exec env PYTHONPATH="$1" "${@:2}"'
        done = subprocess.run(
            [
                *("unshare", "--user", "--map-root-user", "--mount"),
                *("bash", "-c", hidden, pid, str(scripts.ROOT), *look, "hidden", pid),
            ],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert '"status": "running"' in done.stdout or '"status":"running"' in done.stdout


def test_an_experiment_whose_process_was_killed_has_crashed_at_once(tmp_path: Path) -> None:
    with _logging(tmp_path) as process:
        process.kill()
        process.wait(LIMIT_S)
    done = scripts.run(_LOOK, "seen", cwd=tmp_path)
    assert '"crashed"' in done.stdout
