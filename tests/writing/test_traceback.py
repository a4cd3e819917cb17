"""The traceback of what ended a script is in its log, where a person and the page find it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike import Logger
from lavdlike.kinds import logs
from tests import scripts


def _tracebacks(folder: Path) -> list[str]:
    lines = [logs.parse_line(line) for line in (folder / "events.log").read_text().splitlines()]
    return [line.message for line in lines if line.tag == "TRACEBACK"]


def test_an_error_in_the_block_of_a_logger_leaves_its_traceback(tmp_path: Path) -> None:
    def train() -> None:
        raise RuntimeError("CUDA\tout of memory")

    with pytest.raises(RuntimeError), Logger("run", tmp_path):
        train()
    (found,) = _tracebacks(tmp_path / "run")
    assert found.startswith("Traceback (most recent call last):\n")
    assert "in train\n" in found
    assert found.endswith("RuntimeError: CUDA\tout of memory")


def test_an_error_that_ends_a_script_leaves_its_traceback(tmp_path: Path) -> None:
    script = """
        import sys
        from lavdlike import Logger
        logger = Logger("run")
        sys.last_value = IndexError("list index out of range")  # as the interpreter leaves it to what runs at exit
    """
    scripts.run(script, cwd=tmp_path)
    (found,) = _tracebacks(tmp_path / "log" / "run")
    assert found.endswith("IndexError: list index out of range")


@pytest.mark.parametrize("end", [SystemExit(3), None])
def test_a_script_that_ends_by_itself_leaves_none(tmp_path: Path, end: SystemExit | None) -> None:
    try:
        with Logger("run", tmp_path) as logger:
            logger.log("START", "x")
            if end is not None:
                raise end
    except SystemExit:
        pass
    assert _tracebacks(tmp_path / "run") == []


def test_a_traceback_without_end_keeps_its_end(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the end"), Logger("run", tmp_path):
        raise ValueError("x" * 100_000 + "the end")
    (found,) = _tracebacks(tmp_path / "run")
    assert len(found) < 21_000
    assert found.endswith("the end")


def test_an_error_whose_text_fails_is_no_second_error(tmp_path: Path) -> None:
    class OddError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    with pytest.raises(OddError), Logger("run", tmp_path):
        raise OddError
    assert len(_tracebacks(tmp_path / "run")) == 1
