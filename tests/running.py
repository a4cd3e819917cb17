"""`lavdlike` processes for tests, as a person starts them, and what the system says of them."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

from tests import warm_servers
from tests.limits import LIMIT_S
from tests.scripts import ROOT


class Running:
    """A `lavdlike` process that shows `root`; it can be stopped and started at the same port.

    `program`: the module to run. `log`: where standard error goes; nowhere by default.
    `wrapper`: a command that executes the one given behind it, in its own process.
    `warm`: not from nothing, but forked from a process that has imported what it needs, where the system can.
    """

    def __init__(
        self,
        root: Path,
        *options: str,
        program: str = "lavdlike.server",
        log: Path | None = None,
        wrapper: tuple[str, ...] = (),
        warm: bool = False,
    ) -> None:
        self.root = root
        self._options = options
        self._program = program
        self._log = log
        self._wrapper = wrapper
        self._port = 0
        self._warm = warm and sys.platform == "linux"
        self._process: subprocess.Popen[str] | warm_servers.Forked | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    @property
    def port(self) -> int:
        return self._port

    @property
    def stream_url(self) -> str:
        return f"ws://127.0.0.1:{self._port}/api/feed"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it; again at the same port, for which it waits if somebody has taken it meanwhile."""
        port = self._port
        deadline = time.monotonic() + LIMIT_S
        self._start_once()
        while port not in (0, self._port):  # it has taken the next free one
            assert time.monotonic() < deadline, f"the port {port} is not free"
            self.stop()
            self._port = port
            self._start_once()

    def _start_once(self) -> None:
        arguments = [str(self.root), f"--port={self._port}", "--no-browser", *self._options]
        self._process = warm_servers.start(*arguments) if self._warm else self._from_nothing(arguments)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = re.search(r"http://[^/]+:(\d+)/(?:.* is in (.+)\))?", line)
        assert found, f"the server did not say where it is: {line!r}"
        self._port = int(found[1])
        links = Path(found[2]).read_text().splitlines() if found[2] else [self.url]
        self.link, self.readers_link = links[0], links[-1]

    def _from_nothing(self, arguments: list[str]) -> subprocess.Popen[str]:
        with Path(self._log or os.devnull).open("a") as errors:
            return subprocess.Popen(
                [*self._wrapper, sys.executable, "-m", self._program, *arguments],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def stop(self) -> None:
        """Kill it."""
        if self._process is None:
            return
        self._process.kill()
        self._process.communicate()
        self._process = None

    def rss_bytes(self) -> int:
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize()

    def descriptors(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def cpu_s(self) -> float:
        """User and system time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
