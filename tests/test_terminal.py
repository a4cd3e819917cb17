from __future__ import annotations

import io

import numpy as np
import pytest
from tqdm import tqdm

from lavdlike import terminal


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


def test_characters_that_the_terminal_has_not_are_escaped() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    terminal.print_line("größe 😀", stream)
    stream.flush()
    assert raw.getvalue() == b"gr\\xf6\\xdfe \\U0001f600\n"


def test_a_closed_or_broken_terminal_does_not_stop_the_script() -> None:
    class Broken(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(text)

    closed = io.StringIO()
    closed.close()
    terminal.print_line("x", closed)
    terminal.print_line("x", Broken())


def test_a_line_is_printed_above_a_progress_bar(capsys: pytest.CaptureFixture[str]) -> None:
    import sys

    with tqdm(total=3, file=sys.stderr) as bar:
        terminal.print_line("a line", sys.stdout)
        bar.update(3)
    captured = capsys.readouterr()
    assert captured.out == "a line\n"
    assert captured.err.count("0/3") >= 2  # the bar was cleared for the line and drawn anew below it
