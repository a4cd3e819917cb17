from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from lavdlike.server.files import Root
from lavdlike.server.messages import ExperimentSummary
from lavdlike.server.summaries import ReadSummary, read_summaries, without_details


def nobody(_name: str, _descriptor: int, _changed: float) -> None:
    pass


def read(root: Path, name: str = "exp") -> ReadSummary | None:
    [row] = read_summaries(Root(root), [name], nobody, budget_s=60)
    return row


def write(root: Path, **content: Any) -> Path:
    (root / "exp").mkdir(exist_ok=True)
    (root / "exp" / "experiment.json").write_text(json.dumps(content))
    return root


def test_a_folder_of_any_program_is_an_experiment(tmp_path: Path) -> None:
    (tmp_path / "exp").mkdir()
    row = read(tmp_path)
    assert row == (ExperimentSummary("exp", "exp", (tmp_path / "exp").stat().st_mtime, details=True), None)


def test_details_come_from_experiment_json(tmp_path: Path) -> None:
    session = {"started": 1.5, "ended": 2.5, "outcome": "finished", "host": "node", "pid": 7}
    write(tmp_path, created=1.0, tags=["a"], config={"lr": 0.1}, git={"commit": "abc"}, sessions=[session])
    row = read(tmp_path)
    assert row is not None
    summary = row.summary
    assert (summary.created, summary.tags, summary.config, summary.git_commit) == (
        1.0,
        ["a"],
        {"lr": 0.1},
        "abc",
    )
    assert summary.status == "finished"
    [shown] = summary.sessions
    assert (shown.started, shown.ended, shown.outcome, shown.host, shown.pid) == (
        1.5,
        2.5,
        "finished",
        "node",
        7,
    )


def test_an_experiment_is_running_until_nothing_is_heard_of_it(tmp_path: Path) -> None:
    write(tmp_path, sessions=[{"started": 1.0, "host": "another node", "pid": 7}])
    row = read(tmp_path)
    assert row is not None
    assert row.summary.status == "running"
    past = time.time() - 1000
    os.utime(tmp_path / "exp" / "experiment.json", (past, past))
    row = read(tmp_path)
    assert row is not None
    assert row.summary.status == "quiet"


def test_it_changed_when_its_newest_file_did(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "exp" / "scalars.tsv").touch()
    os.utime(tmp_path / "exp" / "scalars.tsv", (2e9, 2e9))
    row = read(tmp_path)
    assert row is not None
    assert row.summary.changed == 2e9


def test_a_broken_experiment_json_is_a_problem_of_a_row_that_is_shown(tmp_path: Path) -> None:
    (tmp_path / "exp").mkdir()
    (tmp_path / "exp" / "experiment.json").write_text('{"tags": 5}')
    row = read(tmp_path)
    assert row is not None
    assert row.problem is not None
    assert (row.problem.path, row.problem.position) == ("exp/experiment.json", ".tags")
    assert row.summary.name == "exp"


def test_an_experiment_that_is_gone_has_no_row(tmp_path: Path) -> None:
    assert read(tmp_path, "gone") is None


def test_a_link_out_of_the_root_is_a_row_with_a_problem(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "exp").symlink_to("/etc")
    row = read(tmp_path / "root")
    assert row is not None
    assert row.problem is not None
    assert "not followed" in row.problem.reason


def test_time_over_leaves_rows_for_the_next_call(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).mkdir()
    assert len(read_summaries(Root(tmp_path), "abc", nobody, budget_s=-1)) == 1


def test_a_name_that_is_not_utf_8_is_shown(tmp_path: Path) -> None:  # noqa: ARG001
    row = without_details("a\udcff")
    assert (row.id, row.name, row.details) == ("a%FF", "a\\xff", False)
