from __future__ import annotations

import errno
import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from lavdlike.kinds.scalars import HEADER
from lavdlike.shell.output import say
from tests.limits import LIMIT_S
from tests.scripts import ROOT
from tests.shell.terminal import IMPORTS, running


def test_a_reader_that_leaves_ends_the_command_quietly(tmp_path: Path) -> None:
    path = tmp_path / "a/stdout.log"
    path.parent.mkdir()
    path.write_text("line\n" * 200_000)
    with running(f"shell.tail(Path({str(path.parent)!r}), lines=10000, follow=True)") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        with path.open("a") as file:
            file.write("more\n" * 100_000)
        assert process.wait(timeout=LIMIT_S) == 141
        assert process.stderr.read() == ""
        process.stdout = None


def test_a_disk_that_is_full_is_one_line_and_an_exit_code(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    done = _run(tmp_path, 'exec "$@" > /dev/full')
    assert (done.returncode, done.stderr) == (1, f"lavdlike: cannot write: {os.strerror(errno.ENOSPC)}\n")


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_obstacle(tmp_path: Path, closed: str) -> None:
    (tmp_path / "a").mkdir()
    done = _run(tmp_path, f'exec "$@" {closed}')
    assert (done.returncode, done.stderr) == (0, "")
    assert ("NAME" in done.stdout) == (closed == "2>&-")
    (tmp_path / "a/bad.json").write_text("{")
    assert _run(tmp_path, f'exec "$@" {closed}', "--problems").returncode == 1


def test_files_never_take_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        """
        import sys
        from pathlib import Path
        from lavdlike.shell.output import open_missing_streams
        open_missing_streams()
        print("nowhere", file=sys.stdout)
        print("nowhere", file=sys.stderr)
        with open(sys.argv[1]) as file:
            Path(sys.argv[2]).write_text(str(file.fileno() > 2))
        """.replace("        ", "")
    )
    found = tmp_path / "found"
    command = [sys.executable, str(tmp_path / "program.py"), __file__, str(found)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    closed = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "-", *command]
    subprocess.run(closed, env=environment, timeout=LIMIT_S, check=True)
    assert found.read_text() == "True"


def test_a_terminal_that_is_gone_ends_the_command_quietly(tmp_path: Path) -> None:
    path = tmp_path / "a/stdout.log"
    path.parent.mkdir()
    path.write_text("one\n")
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "lavdlike", "tail", str(path.parent), "-f"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=terminal, stderr=subprocess.PIPE, text=True)
    os.close(terminal)
    with process:
        try:
            assert os.read(controller, 100) == b"one\r\n"
            os.close(controller)
            with path.open("a") as file:
                file.write("two\n")
            _, errors = process.communicate(timeout=LIMIT_S)
        finally:
            process.kill()
    assert process.returncode == 1
    assert errors == f"lavdlike: cannot write: {os.strerror(errno.EIO)}\n"


@pytest.mark.parametrize("error", [BrokenPipeError(errno.EPIPE, "gone"), ValueError("closed")])
def test_what_is_said_to_a_person_stops_nothing(error: Exception) -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:  # noqa: ARG002
            raise error

    say("line", Gone())


def test_what_is_said_has_escapes_for_what_the_encoding_lacks() -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="ascii")
    say("größe 温度", stream)
    assert written.getvalue() == rb"gr\xf6\xdfe \u6e29\u5ea6" + b"\n"


def _run(root: Path, shell: str, *options: str) -> subprocess.CompletedProcess[str]:
    """`lavdlike ls`, started by a line of the shell."""
    command = [sys.executable, "-m", "lavdlike", "ls", str(root), *options]
    return subprocess.run(
        ["sh", "-c", shell, "-", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def test_an_encoding_without_the_characters_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "größe/scalars.tsv"
    path.parent.mkdir()
    path.write_text(HEADER + "1\t10.000\t温度\t0.5\n2\t10.000\t温度\t1.5\n")
    done = subprocess.run(
        [sys.executable, "-c", f"{IMPORTS}; shell.show(Path({str(path.parent)!r}))"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"},
        cwd=Path(__file__).parents[2],
        check=True,
    )
    assert rb"gr\xf6\xdfe" in done.stdout
    assert rb"\u6e29\u5ea6" in done.stdout
    assert done.stdout.isascii()
