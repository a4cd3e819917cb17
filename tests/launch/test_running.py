"""`lavdlike run` as it is started: what is kept of real programs, and what a person sees of them."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.limits import LIMIT_S
from tests.logged import points_of
from tests.scripts import ROOT


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "lavdlike", "run", "--name", "run", *arguments]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
        stdin=subprocess.DEVNULL,
    )


def sessions(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "log/run/experiment.json").read_text())["sessions"]
    return found


SCRIPT = """
import subprocess, sys
print("epoch=1 loss=0.5")
from tensorboardX import SummaryWriter
with SummaryWriter("runs/first") as writer:
    writer.add_scalar("acc", 0.75, 3)
child = "from tensorboardX import SummaryWriter as W; W('runs/second').add_scalar('acc', 0.25, 4)"
subprocess.run([sys.executable, "-c", child], check=True)
print("loss=0.1", file=sys.stderr)
raise ValueError("no luck" + sys.argv[1])
"""


@pytest.mark.slow
def test_a_script_and_its_children_are_one_experiment(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SCRIPT)
    done = run(tmp_path, "train.py", "!")
    folder = tmp_path / "log/run"
    assert done.returncode == 1
    assert done.stdout == "epoch=1 loss=0.5\n"
    assert done.stderr.splitlines()[-1] == "ValueError: no luck!"
    assert "/lavdlike/" not in done.stderr  # no line of ours in the traceback
    assert (folder / "stdout.log").read_text() == done.stdout
    assert (folder / "stderr.log").read_text() == done.stderr
    assert points_of(folder / "scalars.tsv") == [(1, "loss", 0.5), (3, "acc", 0.75)]
    assert points_of(folder / "second/scalars.tsv") == [(4, "acc", 0.25)]
    assert sessions(tmp_path)[0]["outcome"] == "ValueError: no luck!"
    assert "EXIT\tValueError: no luck!" in (folder / "events.log").read_text()
    assert "train.py '!'" in (folder / "summary.md").read_text()
    assert not (tmp_path / "runs").exists()


OWN_LOGGER = """
import subprocess, sys
from lavdlike import Logger
with Logger("mine", "elsewhere", config={"rate": 0.1}, exists="refuse") as logger:
    logger.log_scalar(0.5, "loss", 1)
    logger.println("once")
    Logger("second", "elsewhere").log_scalar(0.25, "loss", 2)
    child = "from lavdlike import Logger; Logger('mine', 'elsewhere').log_scalar(0.75, 'loss', 3)"
    subprocess.run([sys.executable, "-c", child], check=True)
    command = [sys.executable, "-m", "lavdlike", "convert", str(logger.log_dir / "second"), "converted"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
"""


@pytest.mark.slow
def test_a_script_with_a_logger_of_its_own_takes_part(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(OWN_LOGGER)
    done = run(tmp_path, "train.py")
    folder = tmp_path / "log/run"
    assert (done.returncode, done.stdout) == (0, "once\n"), done.stderr
    assert (folder / "stdout.log").read_text() == "once\n"
    assert (folder / "events.log").read_text().count("once") == 1
    assert points_of(folder / "scalars.tsv") == [(1, "loss", 0.5), (3, "loss", 0.75)]
    assert points_of(folder / "second/scalars.tsv") == [(2, "loss", 0.25)]
    assert json.loads((folder / "experiment.json").read_text())["config"] == {"rate": 0.1}
    assert not (tmp_path / "elsewhere").exists()
    assert (tmp_path / "converted").is_dir()


@pytest.mark.slow
def test_any_program_is_kept_with_its_exit_code(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        "--root",
        "log",
        "--tag",
        "quick",
        "--",
        "sh",
        "-c",
        "printf 'a 1%%\\ra 9%%\\nloss: 2'; exit 3",
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, "a 1%\na 9%\nloss: 2", "")  # `\r` as text
    assert (tmp_path / "log/run/stdout.log").read_text() == "a 9%\nloss: 2\n"
    assert points_of(tmp_path / "log/run/scalars.tsv") == [(0, "loss", 2)]
    assert sessions(tmp_path)[0]["outcome"] == "exit code 3"


@pytest.mark.slow
def test_a_signal_reaches_the_program_and_ends_us_as_it(tmp_path: Path) -> None:
    code = "import signal, sys, time\nprint('ready', flush=True)\ntime.sleep(60)"
    with subprocess.Popen(
        command("--", sys.executable, "-c", code), cwd=tmp_path, env=environment(), stdout=subprocess.PIPE
    ) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == b"ready\n"
        started.send_signal(signal.SIGTERM)
        assert started.wait(LIMIT_S) == -signal.SIGTERM
    assert sessions(tmp_path)[0]["outcome"] == "killed by SIGTERM"


@pytest.mark.slow
def test_a_daemon_that_keeps_the_stream_open_is_not_waited_for(tmp_path: Path) -> None:
    done = run(tmp_path, "--", "sh", "-c", "sleep 40 & echo $!")
    os.kill(int(done.stdout), signal.SIGKILL)
    assert done.returncode == 0
    assert sessions(tmp_path)[0]["outcome"] == "finished"


@pytest.mark.slow
def test_a_reader_that_leaves_ends_nothing(tmp_path: Path) -> None:
    code = "for n in range(20_000): print('line', n)"
    with subprocess.Popen(
        command("--", sys.executable, "-c", code), cwd=tmp_path, env=environment(), stdout=subprocess.PIPE
    ) as started:
        assert started.stdout is not None
        started.stdout.readline()
        started.stdout.close()
        assert started.wait(LIMIT_S) == 0
    assert (tmp_path / "log/run/stdout.log").read_text().splitlines()[-1] == "line 19999"


@pytest.mark.slow
def test_on_a_terminal_the_program_has_one_and_ctrl_c_reaches_it_once(tmp_path: Path) -> None:
    (tmp_path / "bar.py").write_text(
        "import os, signal, sys, time\n"
        "said = []\n"
        "signal.signal(signal.SIGINT, lambda *_: said.append(1))\n"
        "print('terminal', sys.stdout.isatty(), sys.stderr.isatty(), os.get_terminal_size().columns)\n"
        "sys.stderr.write('50%\\r100%\\n'); sys.stderr.flush()\n"
        "print('ready', flush=True)\n"
        "while not said: time.sleep(0.01)\n"
        "time.sleep(0.2)\n"
        "print('interrupted', len(said))\n"
    )
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(tmp_path)
        os.execvpe(sys.executable, command("bar.py"), {**environment(), "COLUMNS": ""})  # noqa: S606
    import fcntl
    import struct
    import termios

    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 77, 0, 0))
    seen = _read_until(terminal, b"ready")
    os.write(terminal, b"\x03")
    seen += _read_until(terminal, None)
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0
    assert b"terminal True True" in seen
    assert b"50%\r100%\r\n" in seen
    assert b"interrupted 1\r\n" in seen
    assert (tmp_path / "log/run/stderr.log").read_text() == "100%\n"
    assert seen.startswith(b"lavdlike run: ")


def _read_until(terminal: int, wanted: bytes | None) -> bytes:
    """What is shown, until the text or the end."""
    seen, end = b"", time.monotonic() + LIMIT_S
    while time.monotonic() < end and (wanted is None or wanted not in seen):
        if select.select([terminal], [], [], 1)[0]:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                return seen
            if not data:
                return seen
            seen += data
    assert wanted is None or wanted in seen, seen
    return seen


@pytest.mark.slow
def test_mistakes_write_nothing(tmp_path: Path) -> None:
    for arguments, reason in (
        (["none.py"], "there is no script 'none.py'"),
        (["--as", "nobody", "sh"], "nothing stands in for 'nobody'"),
        (["--name", "a/b", "sh"], "must be one folder's name"),
    ):
        done = run(tmp_path, *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert reason in done.stderr
    assert list(tmp_path.iterdir()) == []
