"""Ends under limits: a server that may start no thread, a record that a full disk has cut."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from lavdlike.kinds import logs
from tests import scripts
from tests.running import Running
from tests.serving import wait_until

# Limits of processes do not hold root: then it is another user, with the right to read what root may.
_AS_USER = (
    *("setpriv", "--reuid=65533", "--clear-groups"),
    *("--inh-caps=+dac_override", "--ambient-caps=+dac_override"),
)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_server_that_may_start_no_thread_ends_when_it_is_told_to(tmp_path: Path, number: int) -> None:
    (tmp_path / "run").mkdir()
    wrapper = _AS_USER if os.geteuid() == 0 else ()
    server = Running(tmp_path, "--no-token", wrapper=wrapper)
    try:
        # Its user has at least this one. (The system asks for the same user, or for more rights than a container has.)
        subprocess.run([*wrapper, "prlimit", f"--pid={server.pid}", "--nproc=1:1"], check=True)
        os.kill(server.pid, number)
        wait_until(lambda: _has_ended(server.pid))
    finally:
        server.stop()


def _has_ended(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state == "Z"


@pytest.mark.parametrize("lacking_bytes", [20, 3, 1])
def test_a_record_that_a_full_disk_cut_is_completed_when_the_disk_is_free(
    tmp_path: Path, lacking_bytes: int
) -> None:
    messages = _messages_after_a_full_disk(tmp_path, lacking_bytes, ends_while_full=False)
    assert messages == ["warm", "accuracy 0.9375", "goes on"]


@pytest.mark.parametrize("lacking_bytes", [20, 3, 1])
def test_a_record_that_a_full_disk_cut_at_the_end_is_read_as_no_shorter_one(
    tmp_path: Path, lacking_bytes: int
) -> None:
    first, *pieces, last = _messages_after_a_full_disk(tmp_path, lacking_bytes, ends_while_full=True)
    assert (first, last) == ("warm", "goes on")
    for piece in pieces:
        assert piece == "accuracy 0.9375" or piece.endswith("(cut short)")


def _messages_after_a_full_disk(folder: Path, lacking_bytes: int, *, ends_while_full: bool) -> list[str]:
    """Of `events.log`, after a record of which so many bytes did not fit, its newline among them, and one more."""
    scripts.run(
        """
        import os, resource, signal, sys
        from pathlib import Path
        from lavdlike import Logger

        lacking_bytes, ends_while_full = int(sys.argv[1]), sys.argv[2] == "True"
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        logger = Logger("run", "log")
        logger.log("T", "warm")
        size = Path("log/run/events.log").stat().st_size
        record = size - len("warm") + len("accuracy 0.9375")
        limit = size + record - lacking_bytes
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        logger.log("T", "accuracy 0.9375")
        if ends_while_full:
            os._exit(0)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        logger.log("T", "goes on")
        logger.close()
        """,
        lacking_bytes,
        ends_while_full,
        cwd=folder,
    )
    if ends_while_full:
        scripts.run(
            """
            from lavdlike import Logger
            with Logger("run", "log") as logger:
                logger.log("T", "goes on")
            """,
            cwd=folder,
        )
    text = (folder / "log/run/events.log").read_text()
    return [logs.parse_line(line).message for line in text.splitlines()]
