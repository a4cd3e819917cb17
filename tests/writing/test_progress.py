from __future__ import annotations

import gc
import io
import os
from pathlib import Path
from typing import Any

import pytest

from lavdlike import Logger
from lavdlike.kinds import logs
from tests import scripts
from tests.writing.test_terminal import BROKEN


def _records(logger: Logger) -> list[str]:
    lines = [logs.parse_line(line) for line in (logger.log_dir / "events.log").read_text().splitlines()]
    return [f"{line.tag} {line.message}" for line in lines]


def _logger(tmp_path: Path) -> Logger:
    logger = Logger("run", tmp_path)
    logger.set_prefix("[1 / 3]")
    return logger


ONCE = ["PROGRESS_START [1 / 3] Train", "PROGRESS_END [1 / 3] Train - Duration: 00:00:00"]
SPUN = ["SPINNER_START [1 / 3] Load", "SPINNER_END [1 / 3] Load - Duration: 00:00:00"]


@pytest.mark.parametrize("disable", [False, True])
def test_an_iterated_bar_begins_and_ends_once(tmp_path: Path, disable: bool) -> None:  # noqa: FBT001
    with _logger(tmp_path) as logger:
        bar = logger.progress_bar("Train", range(3), disable=disable)
        assert list(bar) == [0, 1, 2]
        bar.close()
        assert _records(logger) == ONCE


def test_a_bar_as_context_manager_and_by_hand_begins_and_ends_once(tmp_path: Path) -> None:
    with _logger(tmp_path) as logger:
        with logger.progress_bar("Train", total=2) as bar:
            bar.update(2)
        assert _records(logger) == ONCE
        bar = logger.progress_bar("Train", total=2)
        bar.update()
        bar.close()
        assert _records(logger) == ONCE * 2


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_bar_ends_once_when_its_loop_is_left(tmp_path: Path, error: type[BaseException]) -> None:
    def train(bar: Any) -> None:
        for step in bar:
            if step == 1:
                raise error

    with _logger(tmp_path) as logger:
        with pytest.raises(error):
            train(logger.progress_bar("Train", range(3)))
        gc.collect()
        assert _records(logger) == ONCE
        with pytest.raises(error), logger.progress_bar("Train", total=3):
            raise error
        assert _records(logger) == ONCE * 2


def test_a_bar_that_is_forgotten_ends_when_it_is_collected(tmp_path: Path) -> None:
    with _logger(tmp_path) as logger:
        logger.progress_bar("Train", total=3)
        gc.collect()
        assert _records(logger) == ONCE


def test_a_bar_with_bad_arguments_begins_nothing(tmp_path: Path) -> None:
    with _logger(tmp_path) as logger:
        with pytest.raises(Exception, match="Unknown argument"):
            logger.progress_bar("Train", nonsense=1)
        gc.collect()
        assert not (logger.log_dir / "events.log").exists()


def test_name_prefix_and_description_are_shown(tmp_path: Path) -> None:
    shown = io.StringIO()
    with _logger(tmp_path) as logger:
        for options in ({}, {"prefix": False}, {"desc": "Other"}):
            with logger.progress_bar("Train", total=1, file=shown, **options) as bar:
                bar.update()
        assert [record.partition(" - ")[0] for record in _records(logger)] == [
            "PROGRESS_START [1 / 3] Train",
            "PROGRESS_END [1 / 3] Train",
            "PROGRESS_START Train",
            "PROGRESS_END Train",
            "PROGRESS_START [1 / 3] Train",
            "PROGRESS_END [1 / 3] Train",
        ]
    for text in ("[1 / 3] Train: 100%", "\rTrain: 100%", "[1 / 3] Other: 100%"):
        assert text in shown.getvalue()


@pytest.mark.parametrize("how", ["stop", "succeed", "fail", "warn", "info"])
def test_a_spinner_by_hand_begins_and_ends_once(tmp_path: Path, how: str) -> None:
    with _logger(tmp_path) as logger:
        spinner = logger.spinner("Load")
        spinner.start()
        spinner.start()
        getattr(spinner, how)()
        spinner.stop()
        assert _records(logger) == SPUN


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("stream", [_Terminal, io.StringIO])
def test_a_spinner_turns_on_terminals_only_and_is_logged_anywhere(
    tmp_path: Path, stream: type[io.StringIO]
) -> None:
    shown = stream()
    with _logger(tmp_path) as logger:
        with logger.spinner("Load", stream=shown):
            pass
        assert _records(logger) == SPUN
    assert ("[1 / 3] Load" in shown.getvalue()) == (stream is _Terminal)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_spinner_ends_once_on_errors_and_lets_them_through(
    tmp_path: Path, error: type[BaseException]
) -> None:
    with _logger(tmp_path) as logger:
        with pytest.raises(error), logger.spinner("Load", stream=_Terminal()):
            raise error
        assert _records(logger) == SPUN


def test_a_spinner_as_decorator_is_logged_at_each_call(tmp_path: Path) -> None:
    with _logger(tmp_path) as logger:
        load = logger.spinner("Load")(lambda value: value + 1)
        assert (load(1), load(2)) == (2, 3)
        assert _records(logger) == SPUN * 2


def test_a_forked_child_does_not_end_its_parents_bar(tmp_path: Path) -> None:
    scripts.run(
        """
        import os, sys
        from lavdlike import Logger

        logger = Logger("run", sys.argv[1])
        bar = logger.progress_bar("Train", range(3))
        for step in bar:
            pid = os.fork()
            if pid == 0:
                bar.close()
                sys.exit(0)
            assert os.waitpid(pid, 0)[1] == 0
        logger.close()
        """,
        tmp_path,
        cwd=tmp_path,
    )
    tags = [line.split("\t")[1] for line in (tmp_path / "run" / "events.log").read_text().splitlines()]
    assert tags == ["PROGRESS_START", "PROGRESS_END"]


def test_ctrl_c_ends_bar_and_session_once(tmp_path: Path) -> None:
    scripts.run(
        """
        import os, signal, sys
        from lavdlike import Logger

        logger = Logger("run", sys.argv[1])
        try:
            for step in logger.progress_bar("Train", range(3)):
                os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt:
            pass
        """,
        tmp_path,
        cwd=tmp_path,
    )
    tags = [line.split("\t")[1] for line in (tmp_path / "run" / "events.log").read_text().splitlines()]
    assert tags == ["PROGRESS_START", "PROGRESS_END"]


def test_a_disabled_bar_iterates_and_a_disabled_spinner_passes_errors_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    logger = Logger("run", tmp_path, disabled=True)
    assert list(logger.progress_bar("Train", [1, 2])) == [1, 2]
    with logger.progress_bar("Train", total=1) as bar:
        bar.update()
        bar.set_postfix(loss=1)
    with logger.spinner("Load") as spinner:
        spinner.text = "Loading"
        spinner.succeed("Loaded")
    with pytest.raises(ValueError, match="inside"), logger.spinner("Load"):
        raise ValueError("inside")
    with pytest.raises(ValueError, match="inside"), logger.progress_bar("Train", total=1):
        raise ValueError("inside")
    assert capfd.readouterr() == ("", "")
    assert os.listdir(tmp_path) == []  # noqa: PTH208


def test_a_spinner_is_one_of_letters_where_the_terminal_has_no_others(tmp_path: Path) -> None:
    class Latin(_Terminal):
        encoding = "latin-1"

        def write(self, text: str) -> int:
            text.encode("latin-1")
            return super().write(text)

    terminal = Latin()
    with _logger(tmp_path) as logger:
        with logger.spinner("Load", stream=terminal, interval=1) as spinner:
            assert spinner.spinner["frames"] == ["-", "\\", "|", "/"]
            spinner.succeed("größe ✔")
        assert _records(logger) == SPUN
    assert "größe \\u2714" in terminal.getvalue()


@pytest.mark.parametrize("stream", [None, *BROKEN.values()], ids=["usual", *BROKEN])
def test_bars_and_spinners_are_logged_whatever_the_terminal_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: Any
) -> None:
    with _logger(tmp_path) as logger:
        assert list(logger.progress_bar("Train", range(3), file=stream)) == [0, 1, 2]
        with logger.spinner("Load", stream=stream):
            pass
        monkeypatch.setattr("sys.stderr", stream)
        monkeypatch.setattr("sys.stdout", stream)
        assert list(logger.progress_bar("Train", range(3))) == [0, 1, 2]
        with logger.spinner("Load"):
            pass
        assert _records(logger) == [*ONCE, *SPUN] * 2
