from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tqdm import tqdm

from lavdlike.server.sandbox.markdown_program import render
from lavdlike.writing import terminal
from tests import scripts
from tests.writing.killed_worker import KILLED_WORKER


def test_the_table_of_the_readme() -> None:
    header = ["Name", "Correct", "Total", "Accuracy"]
    rows: list[list[object]] = [
        ["Train", 978, 1000, 0.978],
        ["Validation", 90, 100, 0.9],
        ["Test", None, 50, None],
    ]
    assert terminal.table_lines(header, rows) == [
        "| Name       | Correct | Total | Accuracy |",
        "|------------|---------|-------|----------|",
        "| Train      | 978     | 1000  | 0.97800  |",
        "| Validation | 90      | 100   | 0.90000  |",
        "| Test       | -       | 50    | -        |",
    ]


def test_indent_placeholder_and_precision() -> None:
    lines = terminal.table_lines(["a"], [[0.126], [None]], indent="  ", placeholder="none", precision=2)
    assert lines == ["  | a    |", "  |------|", "  | 0.13 |", "  | none |"]


@pytest.mark.parametrize(
    ("field", "shown"),
    [(True, "True"), (np.float32(0.5), "0.50000"), (np.int64(3), "3"), ("x", "x"), (float("nan"), "nan")],
)
def test_fields_of_every_type_are_shown(field: object, shown: str) -> None:
    assert terminal.table_lines(["wide enough"], [[field]])[2] == f"| {shown:11} |"


def test_a_row_stays_one_row_and_its_columns_line_up() -> None:
    rows = [["a|b", 1], ["c\nd\te", 2], ["漢字", 3], ["e\u0301", 4], ["\x1b[31mred\x1b[0m", 5]]
    assert terminal.table_lines(["na|me", "n"], rows) == [
        r"| na\|me | n |",
        "|--------|---|",
        r"| a\|b   | 1 |",
        "| c d e  | 2 |",
        "| 漢字   | 3 |",
        "| e\u0301      | 4 |",
        "| \x1b[31mred\x1b[0m    | 5 |",
    ]


@pytest.mark.parametrize("field", ["a|b", r"a\|b", r"a\\|b", "|", r"C:\temp"])
def test_a_field_is_read_as_it_was_where_the_table_is_shown_as_markdown(field: str) -> None:
    shown = render("\n".join(terminal.table_lines(["head", "next"], [[field, "beside"]])))
    assert re.findall("<td>(.*)</td>", shown) == [field, "beside"]


@pytest.mark.parametrize("row", [[1], [1, 2, 3]])
def test_a_row_of_another_length_is_refused(row: list[int]) -> None:
    with pytest.raises(ValueError, match=r"rows\[1\] must have 2 fields as the header has"):
        terminal.table_lines(["a", "b"], [[1, 2], row])


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.9, "00:00:00"), (59.99, "00:00:59"), (90, "00:01:30"), (86_399, "23:59:59"), (176_400, "49:00:00")],
)
def test_durations_do_not_wrap(seconds: float, text: str) -> None:
    assert terminal.duration_text(seconds) == text


class _Raising(io.StringIO):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def write(self, _text: str) -> int:
        raise self._error

    def flush(self) -> None:
        raise self._error

    def isatty(self) -> bool:
        raise self._error


def _closed() -> io.StringIO:
    stream = io.StringIO()
    stream.close()
    return stream


BROKEN: dict[str, Any] = {
    "not there": None,
    "closed": _closed(),
    "its reader gone": _Raising(BrokenPipeError("gone")),
    "a terminal that hung up": _Raising(OSError(5, "Input/output error")),
    "interrupted by a signal handler": _Raising(RuntimeError("reentrant call inside <_io.BufferedWriter>")),
    "no stream": object(),
}


@pytest.mark.parametrize("how", sorted(BROKEN))
def test_whatever_the_terminal_is_nothing_raises(how: str) -> None:
    terminal.print_line("x", BROKEN[how])
    output = terminal.Output(BROKEN[how])
    output.write("x")
    output.flush()
    assert output.isatty() is False
    assert output == terminal.Output(BROKEN[how])


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_characters_that_the_terminal_has_not_are_escaped(encoding: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    terminal.print_line("größe 😀", stream)
    stream.flush()
    assert raw.getvalue() == "größe 😀\n".encode(encoding, "backslashreplace")
    assert terminal.Output(stream).can_show("😀") is (encoding == "utf-8")


@pytest.mark.parametrize(
    ("message", "args", "kwargs", "text"),
    [
        ("{}: {value:.2f}", ("loss",), {"value": 0.25}, "loss: 0.25"),
        ("braces { } without arguments", (), {}, "braces { } without arguments"),
        ("accuracy", (0.93,), {}, "accuracy 0.93"),
        ("accuracy", (), {"test": 0.93}, "accuracy test=0.93"),
        ("{} of", (1, 2), {}, "1 of 2"),
        ("{1} {0}", ("a", "b", "c"), {}, "b a c"),
        ("{0[key]} {1.real}", ({"key": 1}, 2), {}, "1 2"),
        ("{{}} {}", (1,), {}, "{} 1"),
        ("{:>{width}}", ("a",), {"width": 3}, "  a"),
        ("{} {}", (1,), {}, "{} {} 1"),
        ("{name}", (), {"other": 1}, "{name} other=1"),
        ("{:d}", (0.5,), {}, "{:d} 0.5"),
        ("{", (1,), {}, "{ 1"),
        (3, (4,), {}, "3 4"),
    ],
)
def test_every_argument_is_in_the_line(
    message: object, args: tuple[object, ...], kwargs: dict[str, object], text: str
) -> None:
    assert terminal.formatted(message, args, kwargs) == text


def test_without_standard_streams_lines_are_logged_all_the_same(tmp_path: Path) -> None:
    script = """
        import sys
        from lavdlike import Logger
        assert sys.stdout is None
        with Logger("run", sys.argv[1]) as logger:
            logger.println("a")
            logger.eprintln("b")
            logger.print_table(["c"], [[1]])
            for _ in logger.progress_bar("Train", range(2)):
                pass
            with logger.spinner("Load"):
                pass
            logger.println("above nothing")
        """
    scripts.run(script, tmp_path, cwd=tmp_path, closed=True)
    assert (tmp_path / "run/stdout.log").read_text().splitlines()[-1] == "above nothing"
    assert (tmp_path / "run/stderr.log").read_text() == "b\n"
    tags = [line.split("\t")[1] for line in (tmp_path / "run/events.log").read_text().splitlines()]
    assert [tag for tag in tags if tag.endswith(("START", "END"))] == [
        *("PROGRESS_START", "PROGRESS_END", "SPINNER_START", "SPINNER_END")
    ]


@pytest.mark.parametrize("lines", [1, 20_000])
def test_a_pager_that_closes_neither_stops_the_script_nor_makes_it_fail(tmp_path: Path, lines: int) -> None:
    code = (
        "import sys\nfrom lavdlike import Logger\n"
        f"with Logger('run', sys.argv[1]) as logger:\n    for line in range({lines}): logger.println('x' * 80)\n"
        "    for _ in logger.progress_bar('Train', range(2)): logger.eprintln('y')\n"
    )
    reader, writer = os.pipe()
    os.close(reader)
    environment = {**os.environ, "PYTHONPATH": str(scripts.ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        stdout=writer,
        stderr=writer,
        env=environment,
        timeout=50,
        check=False,
    )
    os.close(writer)
    assert done.returncode == 0
    assert len((tmp_path / "run/stdout.log").read_text().splitlines()) == lines
    session = json.loads((tmp_path / "run/experiment.json").read_text())["sessions"][0]
    assert session["outcome"] == "finished"


def test_a_signal_handler_may_print_while_its_thread_prints(tmp_path: Path) -> None:
    done = scripts.run(
        """
        import os, signal, sys, threading
        from lavdlike import Logger
        reader, writer = os.pipe()
        shown = sys.stdout
        def slowly():
            while os.read(reader, 512):
                pass
        threading.Thread(target=slowly, daemon=True).start()
        sys.stdout = os.fdopen(writer, "w", buffering=1)
        logger = Logger("run", sys.argv[1])
        calls = []
        def report(*_):
            calls.append(1)
            logger.println("preempted")
        signal.signal(signal.SIGALRM, report)
        signal.setitimer(signal.ITIMER_REAL, 0.01, 0.0037)
        lines = 0
        while len(calls) < 300:
            logger.println("x" * 3000)
            lines += 1
        signal.setitimer(signal.ITIMER_REAL, 0)
        print(lines, len(calls), file=shown, flush=True)
        """,
        tmp_path,
        cwd=tmp_path,
    )
    lines, calls = map(int, done.stdout.split())
    logged = (tmp_path / "run/stdout.log").read_text().splitlines()
    assert logged.count("x" * 3000) == lines
    assert logged.count("preempted") == calls


def test_a_killed_worker_that_was_printing_does_not_hold_up_its_parent(tmp_path: Path) -> None:
    go_on = """
for line in range(100):
    logger.println(line)
list(logger.progress_bar("Go on", range(2)))
logger.close()
"""
    done = scripts.run(KILLED_WORKER + go_on, cwd=tmp_path)
    assert done.stdout.split() == list(map(str, range(100)))
    assert "Go on: 100%" in done.stderr


def test_a_line_is_printed_above_a_progress_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with tqdm(total=3, file=sys.stderr) as bar:
        terminal.print_line("a line", sys.stdout)
        bar.update(3)
    captured = capsys.readouterr()
    assert captured.out == "a line\n"
    assert captured.err.count("0/3") >= 2  # the bar was cleared for the line and drawn anew below it
