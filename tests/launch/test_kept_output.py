"""What a program prints, as an experiment keeps it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike import Logger
from lavdlike.launch.kept_output import KeptOutput
from lavdlike.launch.printed_scalars import PrintedScalars
from tests.logged import points_of


def test_lines_and_numbers_are_kept(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        output = KeptOutput(logger, PrintedScalars(), lambda: False)
        output.keep("stdout", b"loss=0.5\nlos")
        output.keep("stderr", b"wrong\n")
        output.keep("stdout", b"s=0.25")
        output.finish()
    folder = tmp_path / "run"
    assert (folder / "stdout.log").read_text() == "loss=0.5\nloss=0.25\n"
    assert (folder / "stderr.log").read_text() == "wrong\n"
    assert list(output.last_errors) == ["wrong"]
    assert points_of(folder / "scalars.tsv") == [(0, "loss", 0.5), (1, "loss", 0.25)]


def test_no_numbers_are_taken_from_what_a_program_prints_that_logs_itself(tmp_path: Path) -> None:
    logs_itself: list[bool] = []
    with Logger("run", tmp_path) as logger:
        output = KeptOutput(logger, PrintedScalars(), lambda: bool(logs_itself))
        output.keep("stdout", b"loss=0.5\n")
        logs_itself.append(True)
        output.keep("stdout", b"loss=0.25\n")
        KeptOutput(logger, None, lambda: False).keep("stdout", b"loss=2\n")
    assert points_of(tmp_path / "run/scalars.tsv") == [(0, "loss", 0.5)]


def test_what_goes_wrong_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    logger = Logger("run", tmp_path, disabled=True)
    output = KeptOutput(logger, None, lambda: False)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    logger.log_output = fail  # type: ignore[method-assign]
    output.keep("stdout", b"1\n")
    output.keep("stdout", b"2\n")
    assert [record.message for record in caplog.records] == [
        "cannot keep what the program prints (said once)"
    ]
