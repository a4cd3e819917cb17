from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from lavdlike import Logger, layout, progress_file
from lavdlike.disk.local import LocalRoot
from lavdlike.messages import Progress
from lavdlike.reading.summaries import ReadSummary, read_summaries


def _row(root: Path) -> ReadSummary:
    name = layout.ExperimentName("run")
    (row,) = read_summaries(LocalRoot(root), [name], lambda *_: None, budget_s=1.0)
    assert row is not None
    return row


def _aged(folder: Path, seconds: float) -> None:
    """As if everything but the heartbeat had been written so long ago."""
    for file in folder.iterdir():
        if file.name != "experiment.json":
            os.utime(file, (time.time() - seconds,) * 2)
    os.utime(folder, (time.time() - seconds,) * 2)


def _log_every(logger: Logger, pause_s: float, count: int = 30) -> None:
    end = time.time() - 1
    lines = [f"{i}\t{end - (count - i) * pause_s:.3f}\tloss\t0.5\n" for i in range(count)]
    (logger.log_dir / "scalars.tsv").write_text("step\twall_time\tlabel\tvalue\n" + "".join(lines))


@pytest.mark.parametrize(("silent_s", "status"), [(90.0, "running"), (250.0, "stalled")])
def test_a_script_that_lives_but_writes_nothing_any_more_has_stalled(
    tmp_path: Path, silent_s: float, status: str
) -> None:
    with Logger("run", tmp_path) as logger:
        _log_every(logger, 20.0)
        _aged(logger.log_dir, silent_s)
        assert _row(tmp_path).summary.status == status
    assert _row(tmp_path).summary.status == "finished"


def test_a_loop_that_gets_on_keeps_a_silent_script_running(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        _log_every(logger, 20.0)
        bar = Progress("Validation", 10.0, time.time() - 300, time.time() - 1)
        (logger.log_dir / "progress.json").write_bytes(progress_file.dump([bar], ""))
        _aged(logger.log_dir, 250.0)
        assert _row(tmp_path).summary.status == "running"


def test_the_progress_of_all_writers_is_in_the_row(tmp_path: Path) -> None:
    for rank in range(2):
        with Logger("run", tmp_path, writer=f"rank{rank}") as logger:
            logger.log_progress(rank, 5, f"Rank {rank}")
    summary, problems = _row(tmp_path)
    assert [(bar.name, bar.done) for bar in summary.progress] == [("Rank 0", 0), ("Rank 1", 1)]
    assert problems == ()


def test_files_of_such_a_name_that_say_something_else_are_no_progress(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "progress.json").write_text('{"epoch": 3}')
    (folder / "progress.csv").write_text("epoch\n3\n")
    (folder / "progress.broken.json").write_text('{"progress": [{"name": 3}]}')
    (folder / "progress.huge.json").write_bytes(b" " * 70_000)
    (folder / "progress.link.json").symlink_to("progress.json")
    summary, problems = _row(tmp_path)
    assert summary.progress == []
    assert [problem.path for problem in problems] == ["run/progress.broken.json", "run/progress.huge.json"]
