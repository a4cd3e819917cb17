from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.limits import LIMIT_S
from tests.scripts import ROOT
from tests.serving import wait_until

_SERVE = '"$0" -m lavdlike.server "$@"'
_STARTED_AS = {
    "all closed": f"exec {_SERVE} <&- >&- 2>&-",
    "output closed": f"exec {_SERVE} >&-",
    "error closed": f"exec {_SERVE} 2>&-",
    "output full": f"exec {_SERVE} >/dev/full",
    "error full": f"exec {_SERVE} 2>/dev/full",
    "output that nobody reads": f"{_SERVE} | true",
    "few characters": f"PYTHONIOENCODING=ascii exec {_SERVE}",
}


@pytest.mark.parametrize("command", _STARTED_AS.values(), ids=_STARTED_AS)
def test_a_server_serves_whatever_its_streams_are(tmp_path: Path, command: str) -> None:
    (tmp_path / "gr\u00f6\u00dfe" / "experiment").mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--no-token", "--no-browser", f"--port={port}", str(tmp_path / "gr\u00f6\u00dfe")]
    with subprocess.Popen(
        ["sh", "-c", command, sys.executable, *options],
        cwd=ROOT,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")},
        start_new_session=True,
    ) as process:
        try:
            wait_until(lambda: _answers(f"http://127.0.0.1:{port}/api/root"))
        finally:
            os.killpg(process.pid, 15)
            process.wait(LIMIT_S)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, timeout=LIMIT_S).status_code == 200
    except httpx.TransportError:
        return False


def test_what_cannot_be_written_leaves_nothing_for_the_end() -> None:
    script = """
import sys
from lavdlike.server.host.standard_streams import open_standard_streams
from lavdlike.shell.output import say
open_standard_streams()
say("x" * 100_000, sys.stdout)
say("again", sys.stdout)
"""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", script],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            timeout=LIMIT_S,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_closed_streams_leave_their_numbers_to_nothing_else() -> None:
    script = """
import os, sys
from lavdlike.server.host.standard_streams import open_standard_streams
open_standard_streams()
os._exit(sum(os.path.samefile(f"/dev/fd/{number}", os.devnull) for number in range(3)))
"""
    command = f"exec '{sys.executable}' -c '{script}' <&- >&- 2>&-"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, timeout=LIMIT_S, check=False)
    assert done.returncode == 3
