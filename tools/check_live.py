"""Does a page show what the original packages write, as they write it? Within seconds of their flush.

    .venv/bin/python -m tools.check_live [WRITER ...]

Each writer of `tools/live/writers.py` logs a value a turn, in an environment with its own package: they are made the
first time, under ~/.cache/lavdlike-live or $LAVDLIKE_LIVE_CACHE (some GB, torch above all), and kept. A server is there
before the first value, and a browser without a page, which hears of values over the feed as the page does. Printed are
the seconds from a flush to the value; a value that has not come after 30 s is a failure. How much is good is said
(2 s), and no failure: this machine may be busy.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.running import Running
from tools.live.browser import Browser
from tools.live.writers import PRELUDE, WRITERS, Writer

TURNS = 5
GOOD_S = 2.0
LIMIT_S = 30.0
# For a writer to be imported, and to flush.
_PATIENCE_S = 180.0


class WriterError(Exception):
    """A writer could not be installed, or has ended."""


def main() -> int:
    """Do what the module's docstring says; returns 1 if a value did not come, or a writer does not run."""
    chosen = [writer for writer in WRITERS if writer.name in sys.argv[1:] or not sys.argv[1:]]
    if unknown := set(sys.argv[1:]) - {writer.name for writer in WRITERS}:
        print(f"check-live: no such writer: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    failed = []
    for writer in chosen:
        try:
            delays = measured(writer, python_of(writer))
        except WriterError as error:
            failed.append(writer.name)
            print(f"{writer.name:24} FAILED  {error}", flush=True)
            continue
        first, rest = delays[0], sorted(delays[1:])
        says = "" if max(delays) <= GOOD_S else f"  more than {GOOD_S:g} s"
        print(
            f"{writer.name:24} first value {first:6.3f} s, later ones {rest[0]:.3f} to {rest[-1]:.3f} s{says}",
            flush=True,
        )
    return 1 if failed else 0


def python_of(writer: Writer) -> Path:
    """The Python of its environment, which is made if it is not there.

    Raises:
        WriterError: pip cannot install its packages; its last lines.
    """
    cache = Path(os.environ.get("LAVDLIKE_LIVE_CACHE", Path.home() / ".cache" / "lavdlike-live"))
    state = hashlib.sha256("\n".join((sys.version, *writer.packages)).encode()).hexdigest()[:12]
    environment = cache / f"{writer.environment}-{state}"
    python = environment / "bin" / "python"
    done = environment / "installed"
    if done.exists():
        return python
    shutil.rmtree(environment, ignore_errors=True)
    print(f"check-live: installing {' '.join(writer.packages)}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", *writer.packages]
    installed = subprocess.run(pip, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if installed.returncode:
        raise WriterError(f"cannot be installed: {' '.join(installed.stderr.split()[-40:])}")
    done.touch()
    return python


def measured(writer: Writer, python: Path) -> list[float]:
    """Seconds from each flush to the value.

    Raises:
        WriterError: a value did not come, or the writer has ended.
    """
    with tempfile.TemporaryDirectory(prefix="lavdlike-live-") as made, contextlib.ExitStack() as stack:
        root = Path(made, "root")
        root.mkdir()
        server = Running(root, "--no-token")
        stack.callback(server.stop)
        browser = Browser(server.url, writer.name)
        stack.callback(browser.close)
        process = stack.enter_context(_Started(writer, python, root / writer.name, Path(made, "home")))
        return [_delay(process, browser) for _ in range(TURNS)]


def _delay(process: _Started, browser: Browser) -> float:
    value, flushed = process.write_one()
    if not browser.wait_for(value, until=time.monotonic() + LIMIT_S):
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
