"""Does the page show what the original packages write, as they write it? Within seconds of their flush.

    .venv/bin/python -m tools.check_live [WRITER ...]

Each writer of `tools/live/writers.py` logs a value a turn, in an environment with its own package: they are made the
first time, under ~/.cache/lavdlike-live or $LAVDLIKE_LIVE_CACHE (some GB, torch above all), and kept. A server is there
before the first value, and a tab of a real Chromium with the page of charts. Printed is a table of the seconds from a
flush to the value in its chart, as the pointer finds it there. A writer fails whose appended values, all but the first,
take more than 2 s in the median, or one of whose values has not come after 30 s.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests import chromium
from tests.running import Running
from tools.dependencies import PROJECT
from tools.environments import InstallError, python_of
from tools.live.browser import Tab
from tools.live.writers import PRELUDE, WRITERS, Writer

TURNS = 6
MOST_S = 2.0
LIMIT_S = 30.0
_CACHE = Path(os.environ.get("LAVDLIKE_LIVE_CACHE", Path.home() / ".cache" / "lavdlike-live"))
# For a writer to be imported, and to flush.
_PATIENCE_S = 180.0


class WriterError(Exception):
    """A value has not come, or the writer has ended."""


def main() -> int:
    """Do what the module's docstring says; returns 1 if a writer fails, or does not run."""
    chosen = [writer for writer in WRITERS if writer.name in sys.argv[1:] or not sys.argv[1:]]
    if unknown := set(sys.argv[1:]) - {writer.name for writer in WRITERS}:
        print(f"check-live: no such writer: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    subprocess.run([sys.executable, str(PROJECT / "frontend" / "toolchain.py"), "build"], check=True)
    executable = chromium.find_or_install(lambda line: print(line, file=sys.stderr))
    print(
        "| writer | first value (s) | later ones, median (s) | slowest (s) |\n|---|---|---|---|", flush=True
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=chromium.ARGUMENTS)
        passed = [_is_soon_in(browser, writer) for writer in chosen]
        browser.close()
    return 0 if all(passed) else 1


def _is_soon_in(browser: Browser, writer: Writer) -> bool:
    """Print the writer's row; whether it has passed."""
    try:
        first, *later = measured(browser, writer, python_of(_CACHE, writer.environment, writer.packages))
    except (InstallError, WriterError) as error:
        print(f"| {writer.name} | FAILED: {error} |", flush=True)
        return False
    median = statistics.median(later)
    failed = "" if median <= MOST_S else f" FAILED: more than {MOST_S:g}"
    print(f"| {writer.name} | {first:.2f} | {median:.2f}{failed} | {max(later):.2f} |", flush=True)
    return not failed


def measured(browser: Browser, writer: Writer, python: Path) -> list[float]:
    """Seconds from each flush to the value in the page.

    Raises:
        WriterError: a value did not come, or the writer has ended.
    """
    with tempfile.TemporaryDirectory(prefix="lavdlike-live-") as made, contextlib.ExitStack() as stack:
        root = Path(made, "root")
        root.mkdir()
        server = Running(root, "--no-token")
        stack.callback(server.stop)
        tab = Tab(browser, server.url, writer.name)
        stack.callback(tab.close)
        process = stack.enter_context(_Started(writer, python, root / writer.name, Path(made, "home")))
        return [_delay(process, tab) for _ in range(TURNS)]


def _delay(process: _Started, tab: Tab) -> float:
    value, flushed = process.write_one()
    if not tab.wait_for(value, until=time.monotonic() + LIMIT_S):
        raise WriterError(f"{value!r} has not come after {LIMIT_S:g} s")
    return max(0.0, time.time() - flushed)


class _Started:
    """A writer's process; with its end, it is gone."""

    def __init__(self, writer: Writer, python: Path, folder: Path, home: Path) -> None:
        # No two writers have a value in common, and each is a double as it is written.
        first = 1 + WRITERS.index(writer)
        home.mkdir()
        script = home / "train.py"
        script.write_text(PRELUDE + writer.script)
        self._errors = home / "errors"
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [str(python), "-u", str(script), str(folder), str(first), str(TURNS)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=home,
                env={**os.environ, "HOME": str(home)},
            )

    def __enter__(self) -> _Started:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def write_one(self) -> tuple[float, float]:
        """The next value, and when it was flushed (Unix seconds).

        Raises:
            WriterError: it has ended; its last words.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        impatient = threading.Timer(_PATIENCE_S, self._process.kill)
        impatient.start()
        try:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write("\n")
                self._process.stdin.flush()
            for line in self._process.stdout:
                if line.startswith("WROTE "):
                    _, value, flushed = line.split()
                    return float(value), float(flushed)
        finally:
            impatient.cancel()
        words = self._errors.read_text(errors="replace").split("\n")
        raise WriterError(f"it has ended: {' '.join(words[-6:])[-500:]}")


if __name__ == "__main__":
    sys.exit(main())
