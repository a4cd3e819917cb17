"""`progress.json` as loops of every kind leave it."""

from __future__ import annotations

import gc
import io
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from tqdm import tqdm

from lavdlike import Logger, progress_file
from lavdlike.messages import Progress
from lavdlike.writing.progress_report import Counts, ProgressReport
from tests.limits import LIMIT_S


def _read(folder: Path, name: str = "progress.json") -> list[Progress]:
    return progress_file.read((folder / name).read_bytes(), name)


def _states(folder: Path) -> dict[str, tuple[float, float | None, bool]]:
    return {bar.name: (bar.done, bar.total, bar.ended) for bar in _read(folder)}


@pytest.mark.parametrize("disable", [False, True])
def test_a_bar_that_is_iterated_over_leaves_its_counts(tmp_path: Path, disable: bool) -> None:  # noqa: FBT001
    with Logger("run", tmp_path) as logger:
        assert sum(logger.progress_bar("Train", range(5), disable=disable)) == 10
        for _ in logger.progress_bar("Empty", [], disable=disable):
            raise AssertionError
    assert _states(tmp_path / "run") == {"Train": (5, 5, True), "Empty": (0, 0, True)}


@pytest.mark.parametrize("disable", [False, True])
def test_a_bar_that_is_updated_by_hand_counts_on(tmp_path: Path, disable: bool) -> None:  # noqa: FBT001
    with (
        Logger("run", tmp_path) as logger,
        logger.progress_bar("Train", total=10, initial=2, unit="batch", disable=disable) as bar,
    ):
        bar.update(3)
        bar.update()
    (found,) = _read(tmp_path / "run")
    assert (found.done, found.total, found.ended) == (6, 10, True)
    assert found.unit == ("batch" if not disable else found.unit)


@pytest.mark.slow
def test_a_loop_that_goes_on_is_seen_while_it_does(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger, logger.progress_bar("Train", total=100, disable=True) as bar:
        bar.update(40)
        file = tmp_path / "run/progress.json"
        until = time.monotonic() + LIMIT_S
        while not file.exists() or _states(tmp_path / "run")["Train"] != (40, 100, False):
            assert time.monotonic() < until
            time.sleep(0.02)


def test_what_other_libraries_count_is_told(tmp_path: Path) -> None:
    with Logger("run", tmp_path, writer="rank0") as logger:
        with (
            tqdm(total=7, desc="Loading", file=io.StringIO()) as bar,
            tqdm(total=7, disable=True) as disabled,
        ):
            logger.follow_progress(bar)
            logger.follow_progress(disabled, "Disabled")
            bar.update(4)
            logger.log_progress(1, 3, "Epochs", unit="epochs")
            logger.log_progress(3, 3, "Epochs", unit="epochs")
            logger.log_progress(12, name="Streamed")
        logger.close()
        found = {
            each.name: (each.done, each.total) for each in _read(tmp_path / "run", "progress.rank0.json")
        }
    assert found == {"Loading": (4, 7), "Disabled": (0, 7), "Epochs": (3, 3), "Streamed": (12, None)}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("many",), "done must be"),
        ((1, "many"), "total must be"),
        ((1, 2, 3), "name must be"),
    ],
)
def test_what_is_no_progress_is_refused(tmp_path: Path, arguments: Any, said: str) -> None:
    with Logger("run", tmp_path) as logger, pytest.raises(ValueError, match=said):
        logger.log_progress(*arguments)
    with Logger("run", tmp_path) as logger, pytest.raises(ValueError, match="attributes n and total"):
        logger.follow_progress(range(3))


def test_numbers_that_no_file_can_hold_are_none(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_progress(float("nan"), float("inf"), "odd")
        logger.log_progress(True, 2, "flag")
    assert _states(tmp_path / "run") == {"odd": (0, None, True), "flag": (1, 2, True)}


def test_a_bar_whose_counts_fail_keeps_what_was_last_known(tmp_path: Path) -> None:
    class Odd:
        total = 3

        @property
        def n(self) -> int:
            raise RuntimeError("closed")

    with Logger("run", tmp_path) as logger:
        odd = Odd.__new__(Odd)
        ProgressReport.follow(logger._active.progress, "odd", odd, lambda bar: Counts(bar.n, 3))  # type: ignore[union-attr]
        logger.close()
    assert _states(tmp_path / "run") == {"odd": (0, None, True)}


def test_a_bar_that_is_forgotten_has_ended(tmp_path: Path) -> None:
    report = ProgressReport(tmp_path / "progress.json")
    bar = tqdm(total=3, disable=True)
    report.follow("Train", bar, lambda found: Counts(found.n, found.total))
    del bar
    gc.collect()
    report.close()
    assert _states(tmp_path) == {"Train": (0, None, True)}


def test_a_name_that_begins_again_takes_the_place_of_its_last_loop(tmp_path: Path) -> None:
    report = ProgressReport(tmp_path / "progress.json")
    report.say("Epochs", Counts(1, 30))
    for epoch in range(30):
        report.say(f"Batches {epoch}", Counts(5, 5))
        report.say("Validation", Counts(2, 2))
    report.close()
    found = _read(tmp_path)
    assert len(found) <= progress_file.MAX_BARS
    assert found[0].name == "Epochs"
    assert sum(bar.name == "Validation" for bar in found) == 1


def test_loops_of_ten_thousand_rounds_are_a_file_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    monkeypatch.setattr(
        "lavdlike.writing.progress_report.replace_bytes", lambda path, _: written.append(path)
    )
    began = time.monotonic()
    with Logger("run", tmp_path) as logger:
        for _ in range(200):
            for _ in logger.progress_bar("Batches", range(50), disable=True):
                pass
        took_s = time.monotonic() - began
    assert 0 < len(written) <= took_s + 2


def test_two_processes_do_not_take_turns_with_one_file(tmp_path: Path) -> None:
    ours, others = (ProgressReport(tmp_path / "progress.json") for _ in range(2))
    ours.say("ours", Counts(1, 2))
    ours.close()
    others.say("others", Counts(1, 2))
    others.close()
    assert _states(tmp_path) == {"ours": (1, 2, True)}
    os.utime(tmp_path / "progress.json", (0, 0))  # it has been gone for long
    others.say("others", Counts(1, 2))
    others.close()
    assert list(_states(tmp_path)) == ["others"]


def test_somebody_elses_file_of_that_name_stays(tmp_path: Path) -> None:
    file = tmp_path / "progress.json"
    file.write_text(json.dumps({"epoch": 3}))
    os.utime(file, (0, 0))
    report = ProgressReport(file)
    report.say("Train", Counts(1, 2))
    report.close()
    assert json.loads(file.read_text()) == {"epoch": 3}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_reports_its_own_loops_only(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        bar = logger.progress_bar("Parent", total=2, disable=True)
        child = os.fork()
        if child == 0:
            bar.close()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert bar._report is not None
        assert not bar._report._loops["Parent"].is_ended
        bar.close()


def test_the_rate_is_that_of_the_last_minute() -> None:
    from lavdlike.writing.progress_report import _Loop

    loop = _Loop("Train", lambda: None, 0.0)
    state = None
    for second in range(300):
        loop.told = Counts(second if second < 200 else 200 + 10 * (second - 200), 10_000)
        state = loop.look(float(second))
    assert state is not None
    assert state.rate == pytest.approx(10)
    loop.told = Counts(5, 10_000)  # it begins anew
    assert loop.look(301.0).rate is None
