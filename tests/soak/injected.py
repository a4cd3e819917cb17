"""System calls of logger and server fail at random; what was logged is in the files, and the server shows it.

    python -m tests.soak.injected [--rounds 40] [--seed 1]

Needs strace. Each round: every few writes, syncs, opens or renames of a logger's files fail, with an error that passes
(a full disk, a network file system that was away); at its end everything is written. Then, for two seconds, every few
opens, reads, looks at folders or watches of the server fail while a browser follows and another logger writes; when
it is over, the server's answers are what was logged.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import httpx

from lavdlike import Logger
from tests.running import Running
from tests.scripts import ROOT
from tests.soak.series import exact_series

STEPS = 300
TEXT_EVERY = 30
FAULTS_FOR_S = 2.0
TIMEOUT_S = 75.0
# System calls that fail together, and how. `%file`-like classes would reach Python's own imports as well.
OF_LOGGER = [
    ("write,pwrite64", "ENOSPC"),
    ("write,pwrite64", "EIO"),
    ("openat", "EMFILE"),
    ("rename,renameat2", "EIO"),
]
OF_SERVER = [
    ("openat", "EIO"),
    ("openat", "EMFILE"),
    ("read,pread64", "EIO"),
    ("getdents64", "ESTALE"),
    ("newfstatat,statx,fstat", "EIO"),
    ("inotify_add_watch", "ENOSPC"),
]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=40)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    if shutil.which("strace") is None:
        sys.exit("strace is not installed")
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory(prefix="lavdlike-injected-") as folder:
        root = Path(folder, "log")
        root.mkdir()
        running = Running(root, "--no-token", log=root.with_name("server.log"))
        try:
            # First without faults: a module whose import has failed half way stays so in a process of Python.
            log(root, "first")
            _check(running, "first")
            for number in range(given.rounds):
                logger, server = chance.choice(OF_LOGGER), chance.choice(OF_SERVER)
                every = chance.randint(2, 9)
                _log_with_faults(root, f"run-{number}", *logger, every)
                _serve_with_faults(running, f"other-{number}", *server, every)
                for name in (f"run-{number}", f"other-{number}"):
                    _check(running, name)
                print(f"{number + 1}: logger {logger}, server {server}, every {every}: as logged", flush=True)
        finally:
            running.stop()
        traces = root.with_name("server.log").read_text().count("Traceback")
        print(f"{given.rounds} rounds; {traces} tracebacks in the server's log")


def _log_with_faults(root: Path, name: str, calls: str, error: str, every: int) -> None:
    """In a process of its own. Only files of the experiment are concerned."""
    files = [
        root / name / "scalars.tsv",
        *(root / name / f"{step:04}" / "text.txt" for step in range(0, STEPS, TEXT_EVERY)),
    ]
    subprocess.run(
        [
            *("strace", "-f", "-qq", "-o", os.devnull),
            *(f"--trace-path={file}" for file in files),
            *("-e", f"trace={calls}", "-e", f"inject={calls}:error={error}:when={every}+{every}"),
            *(sys.executable, "-m", "tests.soak.injected_logger", str(root), name),
        ],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=TIMEOUT_S,
    )


def _serve_with_faults(running: Running, name: str, calls: str, error: str, every: int) -> None:
    strace = subprocess.Popen(
        [
            *("strace", "-f", "-qq", "-o", os.devnull, "-p", str(running.pid)),
            *("-e", f"trace={calls}", "-e", f"inject={calls}:error={error}:when={every}+{every}"),
        ],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + FAULTS_FOR_S
        log(running.root, name)
        with httpx.Client(base_url=running.url, timeout=TIMEOUT_S, trust_env=False) as client:
            while time.monotonic() < until:
                with suppress(httpx.HTTPError):  # a socket is a file, too
                    client.get("/api/root")
                    client.post("/api/catalogues", json={"experiments": [name]})
    finally:
        strace.send_signal(signal.SIGINT)  # it lets go of the process
        strace.wait(TIMEOUT_S)


def _check(running: Running, name: str) -> None:
    """Wait until the server shows what was logged: it may have to look again first."""
    until = time.monotonic() + TIMEOUT_S
    with httpx.Client(base_url=running.url, timeout=TIMEOUT_S, trust_env=False) as client:
        while (found := _found(client, name)) != _wanted() and time.monotonic() < until:
            time.sleep(0.1)
        problems = client.get("/api/problems").json()["problems"]
    assert found == _wanted(), f"{name}: {len(found[0])} values, {found[1]} texts, problems {problems}"


def _found(client: httpx.Client, name: str) -> tuple[list[tuple[float, float]], int]:
    with suppress(httpx.HTTPError, KeyError):
        series = exact_series(client, name, ["loss"])
        points = list(zip(series[0].steps.tolist(), series[0].values.tolist(), strict=True)) if series else []
        addresses = [
            {"experiment": name, "kind": "texts", "label": "text", "step": step}
            for step in range(0, STEPS, TEXT_EVERY)
        ]
        items = client.post("/api/items", json={"items": addresses}).json()["items"]
        texts = [item["content"]["actual"] for item in items if item and item["content"]]
        return points, texts.count("a text\n")
    return [], 0


def _wanted() -> tuple[list[tuple[float, float]], int]:
    return [(float(step), 1 / (step + 1)) for step in range(STEPS)], len(range(0, STEPS, TEXT_EVERY))


def log(root: Path, name: str) -> None:
    with Logger(name, root) as logger:
        for step in range(STEPS):
            if step % TEXT_EVERY == 0:
                logger.log_text("a text", "text", step)
            logger.log_scalar(1 / (step + 1), "loss", step)
            time.sleep(0.001)


if __name__ == "__main__":
    main()
