from __future__ import annotations

import os
import pty
import re
import select
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

import lavdlike
from lavdlike import cli
from tests.serving import TIMEOUT_S, wait_until

PROJECT = Path(__file__).resolve().parent.parent


@dataclass
class Started:
    """A server in a process of its own, and its first line."""

    process: subprocess.Popen[str]
    line: str

    @property
    def url(self) -> str:
        found = re.search(r"http://\S+/", self.line)
        assert found, self.line
        return found[0]

    def stop(self, *signals: int) -> tuple[int, str]:
        """Send signals; the exit code and what was written to standard error."""
        for number in signals or (signal.SIGINT,):
            self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=TIMEOUT_S)
        return self.process.returncode, errors


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A home of its own, no desktop, and this tree."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "HOME": str(tmp_path / "home"),
        "PYTHONPATH": os.pathsep.join([str(PROJECT), *sys.path]),
        "PYTHONWARNINGS": "error",
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "log" / "experiment" / "0001").mkdir(parents=True)
    return tmp_path / "log"


def run(environment: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lavdlike.server", *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


@contextmanager
def started(environment: dict[str, str], *arguments: str | Path) -> Iterator[Started]:
    process = subprocess.Popen(
        [sys.executable, "-m", "lavdlike.server", *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            yield Started(process, line)
        finally:
            process.kill()


def get(url: str, **headers: str) -> httpx.Response:
    return httpx.get(url, headers=headers, timeout=TIMEOUT_S, trust_env=False)


# --- what cannot be done ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing", "there is no folder"),
        ("file", "is a file; give the folder that holds the experiments"),
        ("file/inside", "is a file"),
        ("bad\n\x1b[31mname", r"there is no folder {}bad\n\x1b[31mname"),
    ],
)
def test_a_root_that_is_none_is_one_clear_line(
    tmp_path: Path, environment: dict[str, str], name: str, said: str
) -> None:
    (tmp_path / "file").touch()
    done = run(environment, tmp_path / name)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("lavdlike: ")
    assert done.stderr.count("\n") == 1
    assert said.format(f"{tmp_path}/") in done.stderr


def test_a_root_that_may_not_be_read_is_one_clear_line(root: Path) -> None:
    """In a child, as an ordinary user, to whom permissions apply."""
    script = """
import os, sys
from lavdlike import cli
cli.main(["/no/such/root"])  # imports what an ordinary user may not find
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
sys.exit(cli.main([sys.argv[1]]))
"""
    root.chmod(0)
    done = subprocess.run(
        [sys.executable, "-c", script, root], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    root.chmod(0o700)
    assert done.returncode == 2
    assert done.stderr.splitlines()[1:] == [f"lavdlike: cannot read {root}: Permission denied"]


def test_full_disks_are_said_in_one_line_each(root: Path, environment: dict[str, str]) -> None:
    """A limit of 0 bytes for every file, for want of a full disk."""
    script = """
import resource, sys
from lavdlike import cli
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
sys.exit(cli.main([sys.argv[1], "--port", "0"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, root],
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    key, link = done.stderr.splitlines()
    assert "sign-ins will not outlive this server" in key
    assert "no folder to keep the link in" in link


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "65536"],
        ["--port", "-1"],
        ["--port", "x"],
        ["--poll-interval", "0"],
        ["--poll-interval", "nan"],
        ["--base-url", "/a b"],
        ["--base-url", "/../x"],
        ["--allowed-host", "https://x"],
        ["--allowed-host", "*"],
        ["--allowed-origin", "lab.example.org"],
        ["--allowed-origin", "https://lab.example.org/path"],
        ["--allowed-origin", "null"],
        ["--watch", "sometimes"],
        ["--host", "no.such.host.invalid"],
        ["--host", "0.0.0.0", "--no-token"],  # noqa: S104
        ["--uds", "/no/such/folder/socket"],
        ["--unknown"],
        [],
    ],
)
def test_wrong_options_end_with_2_and_say_which(
    root: Path, arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(root.parent / "state"))
    try:
        code = cli.main([str(root), *arguments] if arguments else [])
    except SystemExit as ended:
        code = int(ended.code or 0)
    assert code == 2
    assert (arguments[0] if arguments else "ROOT") in capsys.readouterr().err


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    for option in ("-v", "--version"):
        with pytest.raises(SystemExit) as ended:
            cli.main([option])
        assert ended.value.code == 0
        assert capsys.readouterr().out == f"lavdlike {lavdlike.__version__}\n"


# --- serving ------------------------------------------------------------------------------------------------


def test_one_line_says_where_and_where_the_token_is(root: Path, environment: dict[str, str]) -> None:
    with started(environment, root, "--port", "0") as server:
        assert server.line.startswith(f"lavdlike shows {root} at http://localhost:")
        found = re.search(r"\(the link with its token is in (.+)\)", server.line)
        assert found
        link = Path(found[1]).read_text().strip()
        address, _, token = link.partition("#token=")
        assert address == server.url
        assert token not in server.line
        if (command_line := Path(f"/proc/{server.process.pid}/cmdline")).exists():
            assert token not in command_line.read_text()
            assert token not in command_line.with_name("environ").read_text()
        assert get(f"{address}api/session").json()["needs_token"]
        assert get(f"{address}api/nothing").status_code == 401
        assert get(f"{address}api/nothing", Authorization=f"Bearer {token}").status_code == 404
        assert get(f"{address}api/x?token={token}", Authorization="Bearer wrong").status_code == 401
        code, errors = server.stop()
    assert (code, errors) == (0, "")
    assert not Path(found[1]).exists()


def test_both_loopback_addresses_answer(root: Path, environment: dict[str, str]) -> None:
    with started(environment, root, "--port", "0") as server:
        port = httpx.URL(server.url).port
        answered = [get(f"http://{host}:{port}/api/session").status_code for host in _loopback_hosts()]
    assert set(answered) == {200}


def _loopback_hosts() -> list[str]:
    hosts = ["127.0.0.1", "localhost"]
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        hosts.append("[::1]")
    except OSError:
        pass  # this machine has no IPv6
    return hosts


def test_a_busy_port_is_said_and_the_next_one_taken(root: Path, environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with started(environment, root, "--port", str(port)) as server:
            taken = httpx.URL(server.url).port
            code, errors = server.stop()
    assert taken is not None
    assert taken > port
    assert (code, errors) == (0, f"lavdlike: port {port} is busy, so this is port {taken}\n")


def test_without_a_token_it_says_who_can_read(root: Path, environment: dict[str, str]) -> None:
    with started(environment, root, "--port", "0", "--no-token") as server:
        assert "#token" not in server.line
        assert "link" not in server.line
        assert not get(f"{server.url}api/session").json()["needs_token"]
        code, errors = server.stop()
    assert (code, errors.count("\n")) == (0, 1)
    assert "every user of this machine can read" in errors


def test_beyond_this_machine_it_warns_and_wants_the_token(root: Path, environment: dict[str, str]) -> None:
    with started(environment, root, "--port", "0", "--host", "0.0.0.0") as server:  # noqa: S104
        port = httpx.URL(server.url).port
        assert get(f"http://127.0.0.1:{port}/api/session").json()["needs_token"]
        _, errors = server.stop()
    assert "not encrypted" in errors
    assert "ssh -L" in errors


def test_a_unix_socket_serves_its_user_without_a_token(root: Path, environment: dict[str, str]) -> None:
    path = root.parent / "socket"
    with started(environment, root, "--uds", path) as server:
        assert f"at the socket {path}" in server.line
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(path))) as client:
            assert not client.get("http://localhost:8080/api/session").json()["needs_token"]
            assert client.get("http://evil.example/api/session").status_code == 403
        code, _ = server.stop(signal.SIGTERM)
    assert code == 0
    assert not path.exists()


def test_a_socket_of_its_own_choice_is_in_a_private_folder_and_says_how_to_reach_it(
    root: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    with started({**environment, "XDG_RUNTIME_DIR": str(runtime)}, root, "--uds", "auto") as server:
        (path,) = (runtime / "lavdlike").glob("*.sock")
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert server.process.stdout is not None
        hint = server.process.stdout.readline()
        assert f"'ssh -L 8080:{path} {socket.gethostname()}', then open http://localhost:8080/" in hint
        assert server.stop() == (0, "")
    assert not path.exists()


def test_options_of_a_proxy_reach_the_server(root: Path, environment: dict[str, str]) -> None:
    options = [
        "--base-url",
        "lavd/",
        "--allowed-host",
        "[2001:db8::1]",
        "--allowed-origin",
        "https://Lab.example.org",
    ]
    with started(environment, root, "--port", "0", *options) as server:
        assert server.url.endswith("/lavd/")
        assert get(f"{server.url}api/session", Host="[2001:db8::1]:80").status_code == 200
        at_proxy = {"Host": "lab.example.org", "Origin": "https://lab.example.org"}
        assert get(f"{server.url}api/session", **at_proxy).status_code == 200
        assert get(f"{server.url}api/session", Host="other.example.org").status_code == 403


@pytest.mark.parametrize("sign", ["experiment.json", "scalars.tsv", "command.json", "0001/"])
def test_a_root_that_is_an_experiment_is_said_and_its_parent_suggested(
    root: Path, environment: dict[str, str], sign: str
) -> None:
    experiment = root / "single"
    (experiment / sign).mkdir(parents=True)
    with started(environment, experiment, "--port", "0") as server:
        _, errors = server.stop()
    assert "looks like one experiment" in errors
    assert errors.endswith(f"Perhaps you mean: lavdlike {root}\n")


def test_experiments_with_numbers_for_names_are_no_steps(root: Path, environment: dict[str, str]) -> None:
    for name in ("1", "2", "10"):
        (root / name).mkdir()
    with started(environment, root, "--port", "0") as server:
        assert server.stop() == (0, "")


@pytest.mark.parametrize("signals", [[signal.SIGINT], [signal.SIGTERM], [signal.SIGINT] * 2, [signal.SIGHUP]])
def test_it_ends_cleanly_with_open_connections(
    root: Path, environment: dict[str, str], signals: list[signal.Signals]
) -> None:
    with started(environment, root, "--port", "0") as server:
        port = httpx.URL(server.url).port
        assert port is not None
        with socket.create_connection(("127.0.0.1", port)) as half, httpx.Client(trust_env=False) as kept:
            half.sendall(b"GET / HT")
            assert kept.get(f"{server.url}api/session").status_code == 200
            assert server.stop(*signals) == (0, "")


def test_what_clients_send_never_reaches_the_log_raw(root: Path, environment: dict[str, str]) -> None:
    with started(environment, root, "--port", "0", "--verbose") as server:
        port = httpx.URL(server.url).port
        assert port is not None
        for sent in (b"\x1b[31mnonsense\r\n\r\n", b"GET /\x1b[31m HTTP/1.1\r\n\r\n") * 20:
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(sent)
                connection.recv(100)
        _, errors = server.stop()
    assert "\x1b" not in errors
    assert 0 < errors.count("Invalid HTTP request received.") <= 10


# --- at a terminal ------------------------------------------------------------------------------------------


@contextmanager
def at_terminal(
    environment: dict[str, str], *arguments: str | Path, script: str = ""
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A server, or a script, whose input and output are a terminal."""
    controller, terminal = pty.openpty()
    started_as = ["-c", script] if script else ["-m", "lavdlike.server"]
    process = subprocess.Popen(
        [sys.executable, *started_as, *map(str, arguments)],
        env={**environment, "TERM": "xterm"},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    try:
        with process:
            try:
                yield process, controller
            finally:
                process.kill()
    finally:
        os.close(controller)


def read_terminal(controller: int, until: str) -> str:
    seen = ""
    while until not in seen:
        assert select.select([controller], [], [], TIMEOUT_S)[0], f"no {until!r} in {seen!r}"
        try:
            seen += os.read(controller, 65536).decode()
        except OSError:  # the other side is closed
            break
    return seen


def test_at_a_terminal_the_link_has_the_token_and_ctrl_c_ends(
    root: Path, environment: dict[str, str]
) -> None:
    with at_terminal(environment, root, "--port", "0") as (process, controller):
        shown = read_terminal(controller, "\n")
        found = re.search(r"http://localhost:(\d+)/#token=(\S+)\r\n", shown)
        assert found, shown
        url = f"http://localhost:{found[1]}/api/nothing"
        assert get(url, Authorization=f"Bearer {found[2]}").status_code == 404
        process.send_signal(signal.SIGINT)
        assert process.wait(TIMEOUT_S) == 0
        assert "Traceback" not in read_terminal(controller, "never")


def test_a_spinner_turns_while_something_takes_long_and_leaves_nothing(environment: dict[str, str]) -> None:
    script = """
import sys
from lavdlike import cli
cli.Patience.DELAY_S = 0.05
with cli.Patience("reading \\x1b[31m/log"):
    sys.stdin.readline()
print("done")
"""
    del environment["PYTHONWARNINGS"]  # halo calls Thread.setDaemon
    with at_terminal(environment, script=script) as (process, controller):
        read_terminal(controller, r"reading \x1b[31m/log")
        os.write(controller, b"\n")
        shown = read_terminal(controller, "done")
        assert process.wait(TIMEOUT_S) == 0
    assert "reading" not in shown.partition("done")[0].rpartition("\x1b[K")[2]  # its line was cleared


@pytest.mark.parametrize("remote", [False, True])
def test_a_browser_opens_a_private_file_and_only_at_a_desktop(
    root: Path, environment: dict[str, str], tmp_path: Path, *, remote: bool
) -> None:
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\ncp "${{1#file://}}" {opened}.part && mv {opened}.part {opened}\n')
    browser.chmod(0o700)
    desktop = {**environment, "DISPLAY": ":0", "BROWSER": str(browser)}
    if remote:
        desktop["SSH_CONNECTION"] = "192.0.2.1 1 192.0.2.2 22"
    with at_terminal(desktop, root, "--port", "0") as (process, controller):
        found = re.search(r"http://\S+", read_terminal(controller, "\n"))
        assert found
        if not remote:
            wait_until(opened.exists)
            assert found[0] in opened.read_text()
        process.send_signal(signal.SIGINT)
        assert process.wait(TIMEOUT_S) == 0
    assert opened.exists() != remote
