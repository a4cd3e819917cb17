"""Scripts of several users of one machine, for what rights decide. Only root can become them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import pytest

from tests.limits import LIMIT_S
from tests.scripts import ROOT

needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can run scripts as two other users"
)

# The libraries may lie where only root reads: what the script needs of them is loaded before it is another user's.
_BECOME = """
import heapq, os, sys, tempfile
from lavdlike import Logger
with tempfile.TemporaryDirectory() as folder, Logger("run", folder) as logger:
    logger.log_scalar(1, "a", 1)
    logger.log_text("a", "a", 1, expected="b")
    logger.println("a")
sys.stdout.flush()
os.setgroups([int(sys.argv[2])])
os.setresgid(int(sys.argv[1]), int(sys.argv[1]), int(sys.argv[1]))
os.setresuid(int(sys.argv[1]), int(sys.argv[1]), int(sys.argv[1]))
os.umask(int(sys.argv[3], 8))
root = sys.argv[4]
def wait():
    print("ready", flush=True)
    sys.stdin.readline()
"""

GROUP = 61000


class User(NamedTuple):
    """A number without an account, and the rights that new files lack; it is in `GROUP`."""

    number: int
    umask: str = "022"

    @contextmanager
    def running(self, code: str, root: Path) -> Iterator[Running]:
        """A script of the user that goes on while the body runs; `root` is the folder, `wait()` waits to be told."""
        program = _BECOME + textwrap.dedent(code)
        arguments = [str(self.number), str(GROUP), self.umask, str(root)]
        with (
            tempfile.TemporaryFile("w+") as said,
            subprocess.Popen(
                [sys.executable, "-c", program, *arguments],
                cwd="/",
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
            ) as process,
        ):
            script = Running(process, said)
            try:
                yield script
                script.end()
            finally:
                process.kill()

    def run(self, code: str, root: Path) -> str:
        """What a script of the user says on standard error, which ends well."""
        with self.running(code, root) as script:
            return script.end()


class Running(NamedTuple):
    process: subprocess.Popen[str]
    said: IO[str]

    def until_ready(self) -> None:
        """Wait until the script waits."""
        assert self.process.stdout is not None
        line = "?"
        while line not in ("ready\n", ""):
            line = self.process.stdout.readline()
        assert line, self._all_said()

    def go_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> str:
        """Let the script go on to its end; what it said on standard error."""
        if self.process.returncode is None:
            self.process.communicate("\n" * 9, timeout=LIMIT_S)
        assert self.process.returncode == 0, self._all_said()
        return self._all_said()

    def _all_said(self) -> str:
        self.said.seek(0)
        return self.said.read()


@pytest.fixture
def shared_root() -> Iterator[Path]:
    """A folder that users can reach, which they cannot in that of pytest. Its group is `GROUP`."""
    with tempfile.TemporaryDirectory(prefix="lavdlike-shared-") as made:
        root = Path(made)
        os.chown(root, 0, GROUP)
        root.chmod(0o2775)
        yield root
