"""Does what docs/deploy.md says work? Runs its blocks, and the steps of deploy/Dockerfile, with what this machine has.

    .venv/bin/python -m tools.check_deploy [PART ...]

Installs lavdlike into an empty environment by the steps of the Dockerfile, as an ordinary user. Then starts it by the
unit's command behind nginx and Caddy on loopback, and does what a browser does with each. Names, ports and paths of
the document are replaced by those of a temporary folder. What needs a program that is not here is left out, and said.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple

import httpx
from websockets.exceptions import WebSocketException

from tools.browse import LIMIT_S, Address, Way, browse, client
from tools.check_as_user import User, interpreter_for, ordinary_user
from tools.check_install import copy_tracked_files

PROJECT = Path(__file__).resolve().parent.parent
DOCUMENT = PROJECT / "docs" / "deploy.md"
DOCKERFILE = PROJECT / "deploy" / "Dockerfile"
HOST = "lab.example.org"
TOKEN = "Zk3vQ8n1hT6yWbR0cLxEu2aD"  # noqa: S105 - of the servers that are started here
IS_ROOT = os.geteuid() == 0
FAILURES = (AssertionError, OSError, httpx.HTTPError, WebSocketException, subprocess.SubprocessError)
_BLOCK = re.compile(r"^```\w+ ([^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class LeftOut(Exception):  # noqa: N818 - nothing is wrong
    """A part that cannot be done here; says why."""


def blocks() -> dict[str, str]:
    """The named blocks of the document."""
    return {found[1]: found[2] for found in _BLOCK.finditer(DOCUMENT.read_text("utf-8"))}


class Place(NamedTuple):
    """A temporary folder in which all takes place; `lavdlike` is the environment that the Dockerfile's steps made."""

    folder: Path
    environment: Path

    def root(self, name: str) -> Path:
        made = self.folder / name
        made.mkdir()
        return made

    def write(self, name: str, text: str, mode: int = 0o644) -> Path:
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return path


def main() -> int:
    """Do what the module's docstring says; returns 1 if a part failed."""
    asked = sys.argv[1:]
    failed = False
    with tempfile.TemporaryDirectory(prefix="lavdlike-deploy-") as made:
        Path(made).chmod(0o755)
        place = Place(Path(made), Path(made, "image", "opt", "lavdlike"))
        for name, part in {"docker": check_docker_steps, **PARTS}.items():
            if name != "docker" and asked and name not in asked:
                continue
            begun = time.monotonic()
            try:
                part(place)
                said = "ok"
            except LeftOut as reason:
                said = f"left out: {reason}"
            except FAILURES as error:
                said, failed = f"FAILED: {type(error).__name__}: {error}", True
            print(f"check-deploy: {name}: {said} ({time.monotonic() - begun:.0f} s)", flush=True)
    return int(failed)


# --- the image ----------------------------------------------------------------------------------------------


def check_docker_steps(place: Place) -> None:
    """What the Dockerfile runs to install, its start and its health check, as an ordinary user."""
    image = place.environment.parents[1]
    image.joinpath("opt").mkdir(parents=True)
    home = place.root("home")
    copy_tracked_files(image / "src")
    with ordinary_user() if IS_ROOT else nullcontext() as user:
        if user is not None:
            user.owns(image)
            user.owns(home)
        process = Process(user, {**os.environ, "HOME": str(home), "LAVDLIKE_TOKEN": TOKEN}, image / "src")
        steps, health, start = _dockerfile()
        (install,) = (step for step in steps if "pip install" in step)
        python = interpreter_for(user) if user else Path(sys.executable)
        moved = {"python3 -m venv": f"{python} -m venv", "/opt/lavdlike": str(place.environment)}
        failed = process.fails(["/bin/sh", "-c", _with(install, moved)])
        assert not failed, failed
        port = _free_port()
        moved = {"/opt/lavdlike": str(place.environment), "/logs": str(image / "src" / "example_logs")}
        moved |= {"0.0.0.0": "127.0.0.1", ":4343": f":{port}"}  # noqa: S104 - is replaced
        is_healthy = [_moved(part, moved) for part in health]
        assert process.fails(is_healthy)
        with process.running([*(_moved(part, moved) for part in start), f"--port={port}"]):
            _wait_until(lambda: not process.fails(is_healthy))
            _check_token(port)


def _check_token(port: int) -> None:
    """A server at this port of the examples opens to the token alone."""
    with client(Address(f"http://localhost:{port}", "", port)) as browser:
        assert browser.get("/api/root").status_code == 401
        browser.headers["Authorization"] = f"Bearer {TOKEN}"
        assert len(browser.get("/api/root").raise_for_status().json()["experiments"]) >= 3


def _dockerfile() -> tuple[list[str], list[str], list[str]]:
    """The commands of RUN, that of HEALTHCHECK, and that of ENTRYPOINT."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if line and not line.startswith("#")]
    runs = [line.removeprefix("RUN ") for line in lines if line.startswith("RUN ")]
    (health,) = (line.partition("CMD ")[2] for line in lines if line.startswith("HEALTHCHECK "))
    (start,) = (line.removeprefix("ENTRYPOINT ") for line in lines if line.startswith("ENTRYPOINT "))
    assert next(line for line in reversed(lines) if line.startswith("USER ")) == "USER lavdlike"
    return runs, json.loads(health), json.loads(start)


# --- the server, by the unit's command ----------------------------------------------------------------------


@contextmanager
def _serving(place: Place, name: str, port: int, replaced: Mapping[str, str] | None = None) -> Iterator[Path]:
    """Lavdlike by the unit's command, with some of its options replaced; the root that it shows."""
    root = place.root(f"{name}-logs")
    token = place.write(f"{name}-token", TOKEN + "\n", 0o600)
    command = next(
        line for line in blocks()["lavdlike.service"].splitlines() if line.startswith("ExecStart=")
    )
    command = _with(command.removeprefix("ExecStart="), replaced or {})
    moved = {
        "/opt/lavdlike": str(place.environment),
        "/srv/experiments": str(root),
        "/run/lavdlike": str(place.folder),
        "/etc/lavdlike/token": str(token),
        f"https://{HOST}": f"https://{HOST}:{port}",
        "--uds-group www-data": f"--uds-group {_proxy_group()}",
    }
    environment = {**os.environ, "XDG_STATE_HOME": str(place.folder), "XDG_CONFIG_HOME": str(place.folder)}
    with _running(shlex.split(_moved(command, moved)), environment) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        assert line.startswith("lavdlike shows "), line
        yield root


def _proxy_group() -> str:
    """The group of the proxy's processes: of the system's where root starts it, else of this user."""
    return "www-data" if IS_ROOT else str(os.getegid())


def _certificate(place: Place) -> tuple[Path, Path]:
    """A certificate of the document's host that is its own authority, and its key."""
    certificate, key = place.folder / "host.pem", place.folder / "host.key"
    if not certificate.exists():
        request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
        _do([*request, *names, "-keyout", str(key), "-out", str(certificate)])
    return certificate, key


# --- proxies ------------------------------------------------------------------------------------------------


def check_nginx_socket(place: Place) -> None:
    """Nginx with TLS and a prefix in front of the socket; also what happens under another origin."""
    port = _free_port()
    with _serving(place, "nginx-socket", port) as root, _nginx(place, "nginx-socket", port):
        address = Address(f"https://{HOST}:{port}", "/lavdlike", port, _certificate(place)[0])
        browse(address, Way(TOKEN), root)
        with client(address) as browser:
            answer = browser.get(f"https://127.0.0.1:{port}/lavdlike")
            assert answer.headers["Location"].endswith(f"{HOST}:{port}/lavdlike/"), answer.headers
            for origin in (f"https://{HOST}", f"https://{HOST}:1", "https://other.example.org"):
                wrong = browser.get("/api/session", headers={"Origin": origin})
                assert wrong.status_code == 403, (origin, wrong.status_code)


def check_nginx_port(place: Place) -> None:
    """Nginx in front of a port."""
    port, behind = _free_port(), _free_port()
    options = {"--uds /run/lavdlike/lavdlike.sock --uds-group www-data": f"--port {behind}"}
    replaced = {"http://unix:/run/lavdlike/lavdlike.sock": f"http://127.0.0.1:{behind}"}
    with _serving(place, "nginx-port", port, options) as root, _nginx(place, "nginx-port", port, replaced):
        browse(Address(f"https://{HOST}:{port}", "/lavdlike", port, _certificate(place)[0]), Way(TOKEN), root)


def check_nginx_users(place: Place) -> None:
    """Nginx asks for a name and a password, and lavdlike takes the name."""
    port = _free_port()
    password = _do(["openssl", "passwd", "-apr1", "secret"]).strip()
    htpasswd = place.write("htpasswd", f"alice:{password}\n")
    signed_in = _with(blocks()["signed-in.conf"], {"/etc/nginx/lavdlike.htpasswd": str(htpasswd)})
    replaced = {"        proxy_buffering off;\n": f"        proxy_buffering off;\n{signed_in}"}
    options = {"--token-file /etc/lavdlike/token": "--proxy-user-header X-Remote-User"}
    with _serving(place, "nginx-users", port, options) as root, _nginx(place, "nginx-users", port, replaced):
        address = Address(f"https://{HOST}:{port}", "/lavdlike", port, _certificate(place)[0])
        browse(address, Way(basic=("alice", "secret")), root)
        with client(address) as stranger:
            assert stranger.get("/api/root", headers={"X-Remote-User": "alice"}).status_code == 401


@contextmanager
def _nginx(place: Place, name: str, port: int, replaced: Mapping[str, str] | None = None) -> Iterator[None]:
    """Nginx with the document's block, in which `replaced` is replaced first."""
    if not shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"):
        raise LeftOut("there is no nginx")
    certificate, key = _certificate(place)
    block = _with(blocks()["lavdlike.conf"], replaced or {})
    moved = {
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        f"/etc/ssl/certs/{HOST}.pem": str(certificate),
        f"/etc/ssl/private/{HOST}.key": str(key),
        "/run/lavdlike": str(place.folder),
    }
    folder = place.root(f"{name}-conf")
    kept = "".join(
        f"{use}_temp_path {folder};\n" for use in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"pid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{kept}"
    whole += _moved(block, moved) + "}\n"
    configuration = place.write(f"{name}.conf", ("user www-data;\n" if IS_ROOT else "") + whole)
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or ""
    with _running([program, "-c", str(configuration), "-g", "daemon off;"], os.environ):
        _wait_until(lambda: _answers(port))
        yield


def check_caddy_socket(place: Place) -> None:
    """Caddy with TLS and a prefix in front of the socket."""
    port = _free_port()
    with _serving(place, "caddy-socket", port) as root, _caddy(place, "caddy-socket", port):
        address = Address(f"https://{HOST}:{port}", "/lavdlike", port, _certificate(place)[0])
        browse(address, Way(TOKEN), root)
        with client(address) as browser:
            answer = browser.get(f"https://127.0.0.1:{port}/lavdlike")
            assert answer.headers["Location"] == "/lavdlike/", answer.headers


def check_caddy_port(place: Place) -> None:
    """Caddy in front of a port."""
    port, behind = _free_port(), _free_port()
    options = {"--uds /run/lavdlike/lavdlike.sock --uds-group www-data": f"--port {behind}"}
    replaced = {"unix//run/lavdlike/lavdlike.sock": f"127.0.0.1:{behind}"}
    with _serving(place, "caddy-port", port, options) as root, _caddy(place, "caddy-port", port, replaced):
        browse(Address(f"https://{HOST}:{port}", "/lavdlike", port, _certificate(place)[0]), Way(TOKEN), root)


@contextmanager
def _caddy(place: Place, name: str, port: int, replaced: Mapping[str, str] | None = None) -> Iterator[None]:
    if not shutil.which("caddy"):
        raise LeftOut("there is no caddy")
    certificate, key = _certificate(place)
    block = _with(blocks()["Caddyfile"], replaced or {})
    moved = {
        f"{HOST} {{": f"https://{HOST}:{port} {{\n    bind 127.0.0.1\n    tls {certificate} {key}",
        "/run/lavdlike": str(place.folder),
    }
    whole = (
        "{\n    admin off\n    auto_https disable_redirects\n    log {\n        level ERROR\n    }\n}\n"
        + _moved(block, moved)
    )
    configuration = place.write(f"{name}.Caddyfile", whole)
    kept = {"XDG_DATA_HOME": str(place.folder), "XDG_CONFIG_HOME": str(place.folder)}
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(configuration)]
    with _running(command, {**os.environ, **kept}):
        _wait_until(lambda: _answers(port))
        yield


# --- units, jobs, folders -----------------------------------------------------------------------------------


def check_unit(place: Place) -> None:
    """Systemd takes the unit."""
    if not shutil.which("systemd-analyze"):
        raise LeftOut("there is no systemd-analyze")
    unit = _with(blocks()["lavdlike.service"], {"/opt/lavdlike": str(place.environment)})
    folder = place.root("unit")
    (folder / "lavdlike.service").write_text(unit)
    said = _do(["systemd-analyze", "verify", "--man=no", str(folder / "lavdlike.service")])
    ours = [line for line in said.splitlines() if "lavdlike.service" in line]
    assert ours == [], ours


def check_slurm(place: Place) -> None:
    """The job's script, as SLURM would start it."""
    home = place.root("slurm")
    (home / "experiments").mkdir()
    (home / "lavdlike").symlink_to(place.environment)
    script = place.write("job", blocks()["lavdlike.sbatch"], 0o755)
    environment = {**os.environ, "HOME": str(home), "TMPDIR": str(home), "SLURM_JOB_ID": "1"}
    with _running([str(script)], environment) as job:
        assert job.stdout is not None
        line = job.stdout.readline()
        found = re.search(r"-L 8080:(\S+)", line)
        assert found, line
        path = Path(found[1])
        _wait_until(path.exists)
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), timeout=LIMIT_S) as browser:
            assert (
                browser.get("http://localhost:8080/api/root").raise_for_status().json()["experiments"] == []
            )


def check_used_folder(place: Place) -> None:
    """The commands that give a folder in use to a group."""
    root = place.root("used")
    (root / "run").mkdir(mode=0o755)
    (root / "run" / "scalars.tsv").touch(mode=0o644)
    group = str(os.getegid())
    moved = {"sudo ": "", "/srv/experiments": str(root), "chgrp -R lab": f"chgrp -R {group}"}
    _do(["/bin/sh", "-ec", _with(blocks()["used folder"], moved)])
    found = [stat.S_IMODE(path.stat().st_mode) for path in (root, root / "run", root / "run" / "scalars.tsv")]
    assert found == [0o2775, 0o2775, 0o664], list(map(oct, found))


PARTS: dict[str, Callable[[Place], None]] = {
    "nginx at a socket": check_nginx_socket,
    "nginx at a port": check_nginx_port,
    "nginx with users": check_nginx_users,
    "caddy at a socket": check_caddy_socket,
    "caddy at a port": check_caddy_port,
    "systemd unit": check_unit,
    "slurm job": check_slurm,
    "used folder": check_used_folder,
}


# --- processes ----------------------------------------------------------------------------------------------


def _with(text: str, replaced: Mapping[str, str]) -> str:
    """The text with each of these replaced, which all have to be in it."""
    for before in replaced:
        assert before in text, f"{DOCUMENT.name} lacks {before!r}"
    return _moved(text, replaced)


def _moved(text: str, replaced: Mapping[str, str]) -> str:
    """The text with those of these replaced that are in it."""
    for before, after in replaced.items():
        text = text.replace(before, after)
    return text


class Process(NamedTuple):
    """How commands are run. `user` None: as this one."""

    user: User | None
    environment: Mapping[str, str]
    folder: Path | None = None

    def fails(self, command: Sequence[str]) -> str:
        """What a command says if it fails, "" if it does not."""
        with self.running(command, subprocess.STDOUT) as process:
            said, _ = process.communicate()
        return "" if process.returncode == 0 else f"exit code {process.returncode}: {said[-2000:]}"

    @contextmanager
    def running(self, command: Sequence[str], errors: int | None = None) -> Iterator[subprocess.Popen[str]]:
        """A command that is ended with the body."""
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment,
            user=self.user.uid if self.user else None,
            group=self.user.gid if self.user else None,
            extra_groups=() if self.user else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.communicate(timeout=LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()


def _running(
    command: Sequence[str], environment: Mapping[str, str]
) -> AbstractContextManager[subprocess.Popen[str]]:
    return Process(None, environment).running(command)


def _do(command: Sequence[str]) -> str:
    """What a command says, which must end well."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{shlex.join(command)}: {done.stderr}"
    return done.stdout + done.stderr


def _wait_until(is_so: Callable[[], bool]) -> None:
    give_up = time.monotonic() + LIMIT_S
    while not is_so():
        assert time.monotonic() < give_up, "it did not come up"
        time.sleep(0.1)


def _answers(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
