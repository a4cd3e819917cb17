"""Does the README's first command work on a machine that has Python and nothing else?

    python3 tools/check_install.py

Copies the files that git knows to an empty folder, installs from there into an empty environment with no Node on
PATH, starts the server on example_logs, and fetches the page and what it loads. Standard library only.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urljoin

PROJECT = Path(__file__).resolve().parent.parent
RUN = " && .venv/bin/lavdlike example_logs"
NODE = {"node", "nodejs", "npm", "npx", "corepack"}
START_LIMIT_S = 60
STOP_LIMIT_S = 10


def main() -> None:
    """Do what the module's docstring says; exits with 1 and a line about the first thing that is wrong."""
    install = _install_command((PROJECT / "README.md").read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="lavdlike-install-") as folder:
        clone = Path(folder, "clone")
        copy_tracked_files(clone)
        env = dict(os.environ, PATH=_path_without_node(Path(folder, "bin")))
        assert not shutil.which("node", path=env["PATH"])
        started = time.monotonic()
        if subprocess.run(["/bin/sh", "-c", install], cwd=clone, env=env, check=False).returncode:
            sys.exit(f"check-install: failed: {install}")
        print(f"check-install: installed in {time.monotonic() - started:.0f} s", flush=True)
        _check_server(clone, env)


def _install_command(readme: str) -> str:
    """The README's first command without its last part, which runs until it is stopped."""
    for line in readme.splitlines():
        if line.strip().endswith(RUN):
            return line.strip().removesuffix(RUN)
    sys.exit(f"check-install: README.md has no command that ends with{RUN!r}")


def copy_tracked_files(to: Path) -> None:
    """Copy what git knows, as it is in the working tree."""
    # Git refuses a folder of somebody else's, which a clone is where everything runs as root.
    git = ["git", "-c", f"safe.directory={PROJECT}"]
    listing = subprocess.run([*git, "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True).stdout
    for name in filter(None, os.fsdecode(listing).split("\0")):
        if (PROJECT / name).exists():  # a deletion that is not committed yet
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, to / name, follow_symlinks=False)


def _path_without_node(folder: Path) -> str:
    """A PATH with everything but Node, whose folder may hold all else, too (/usr/bin): links in its order."""
    folder.mkdir()
    for directory in os.get_exec_path():
        for program in Path(directory).glob("*") if directory else ():
            link = folder / program.name
            if program.name not in NODE and not link.is_symlink():
                link.symlink_to(program.absolute())
    return str(folder)


def _check_server(clone: Path, env: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [".venv/bin/lavdlike", "example_logs", "--no-browser", "--port", str(port)]
    started = time.monotonic()
    server = subprocess.Popen(command, cwd=clone, env=env, stdin=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}/"
        page = _fetch_when_up(address, server)
        print(f"check-install: first page after {time.monotonic() - started:.1f} s", flush=True)
        scripts = re.findall(r'<script[^>]* src="([^"]+)"', page)
        styles = re.findall(r'<link[^>]* href="([^"]+\.css)"', page)
        if not scripts or not styles:
            sys.exit(f"check-install: not the built page:\n{page}")
        for asset in scripts + styles:
            size_bytes = len(_fetch(urljoin(address, asset)))
            print(f"check-install: {asset}, {size_bytes} bytes", flush=True)
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            server.kill()
            sys.exit(f"check-install: the server still ran {STOP_LIMIT_S} s after Ctrl-C")


def _fetch_when_up(address: str, server: subprocess.Popen[bytes]) -> str:
    limit = time.monotonic() + START_LIMIT_S
    while time.monotonic() < limit:
        if server.poll() is not None:
            sys.exit(f"check-install: the server ended with exit code {server.returncode}")
        try:
            return _fetch(address).decode()
        except URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            time.sleep(0.05)
    sys.exit(f"check-install: nothing answered on {address} within {START_LIMIT_S} s")


def _fetch(address: str) -> bytes:
    with urllib.request.build_opener(_NO_PROXY).open(address, timeout=30) as answer:
        return bytes(answer.read())


# Loopback addresses must not go to a proxy that the environment names.
_NO_PROXY = urllib.request.ProxyHandler({})


if __name__ == "__main__":
    main()
