from __future__ import annotations

from pathlib import Path

from lavdlike import Logger
from lavdlike.disk.local import LocalRoot
from lavdlike.layout import ExperimentName
from lavdlike.reading.filter.matching import matching
from lavdlike.reading.filter.parser import parse
from lavdlike.reading.snapshot import summaries_of
from lavdlike.reading.stored_runs import StoredRun


def stored(root: Path, name: str) -> StoredRun:
    opened = LocalRoot(root)
    (row,) = summaries_of(opened, [ExperimentName(name)])
    return StoredRun(opened, row.summary)


def test_a_run_says_what_its_files_say(tmp_path: Path) -> None:
    with Logger("run", tmp_path, config={"optimizer": {"lr": 0.1}}, tags=["good"]) as logger:
        for step, value in enumerate([3.0, 1.0, 2.0]):
            logger.log_scalar(value, "val/loss", step)
    run = stored(tmp_path, "run")
    assert run.settings == {"optimizer.lr": 0.1}
    result = run.label("val/loss")
    assert result is not None
    assert (result.last, result.minimum, result.argmin, result.mean) == (2.0, 1.0, 1, 2.0)
    assert (run.value_at("val/loss", 0), run.value_at("val/loss", 9)) == (3.0, None)
    assert run.label("nothing") is None
    assert run.labels == ["val/loss"]
    assert matching(parse("optimizer.lr<1 min(val/loss)=1 tag=good status=finished"), [run]).runs == [run]


def test_points_that_were_replaced_after_a_resume_do_not_count(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        for step in range(10):
            logger.log_scalar(-float(step), "loss", step)
    with Logger("run", tmp_path, resume_from=4) as logger:
        logger.log_scalar(5.0, "loss", 5)
    result = stored(tmp_path, "run").label("loss")
    assert result is not None
    assert (result.minimum, result.argmin, result.last, result.points) == (-4.0, 4, 5.0, 6)


def test_what_another_program_wrote_is_asked_alike(tmp_path: Path) -> None:
    for step, value in ((1, 0.5), (2, 0.25)):
        (tmp_path / f"lavd/{step:04d}").mkdir(parents=True)
        (tmp_path / f"lavd/{step:04d}/loss.json").write_text(f'{{"scalars": {{"value": {value}}}}}')
    run = stored(tmp_path, "lavd")
    assert matching(parse("loss=0.25 -has(lr)"), [run]).runs == [run]
    assert matching(parse("has(lr)"), [run]).runs == []
