"""Charts that a script lays out by TensorBoard's calls, in the row of its experiment."""

from __future__ import annotations

from pathlib import Path

from lavdlike.compat.tensorboard import SummaryWriter
from lavdlike.disk.local import LocalRoot
from lavdlike.layout import ExperimentName
from lavdlike.messages import SuggestedChart
from lavdlike.reading.summaries import ReadSummary, read_summaries


def _row(root: Path) -> ReadSummary:
    [row] = read_summaries(LocalRoot(root), [ExperimentName("run")], lambda *_: None, budget_s=60)
    assert row is not None
    return row


def test_they_are_suggested(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "run") as writer:
        writer.add_scalar("loss/a", 1.0, 0)
        assert _row(tmp_path).summary.charts == []
        writer.add_custom_scalars({"Losses": {"both": ["Multiline", ["loss/a", "loss/b"]]}})
    assert _row(tmp_path).summary.charts == [SuggestedChart("both", "Losses", ["loss/a", "loss/b"])]
    assert _row(tmp_path).problems == ()


def test_a_file_that_cannot_be_read_is_a_problem_of_a_row_that_is_shown(tmp_path: Path) -> None:
    SummaryWriter(tmp_path / "run").close()
    (tmp_path / "run/custom_scalars.json").write_text("{")
    row = _row(tmp_path)
    assert row.summary.charts == []
    assert [problem.path for problem in row.problems] == ["run/custom_scalars.json"]
