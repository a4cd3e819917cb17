from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import msgspec

from lavdlike import root_settings
from lavdlike.disk.local import LocalRoot
from lavdlike.layout import ExperimentName as Name
from lavdlike.match import match_of
from lavdlike.messages import ExperimentSummary, LabelDefinition
from lavdlike.reading.summaries import (
    ReadSummary,
    config_of,
    read_summaries,
    with_root_file,
    without_details,
)


def nobody(_name: str, _descriptor: int, _changed: float) -> None:
    pass


def read(root: Path, name: str = "exp") -> ReadSummary | None:
    [row] = read_summaries(LocalRoot(root), [Name(name)], nobody, budget_s=60)
    return row


def write(root: Path, **content: Any) -> Path:
    (root / "exp").mkdir(exist_ok=True)
    (root / "exp" / "experiment.json").write_text(json.dumps(content))
    return root


def test_a_folder_of_any_program_is_an_experiment(tmp_path: Path) -> None:
    (tmp_path / "exp").mkdir()
    row = read(tmp_path)
    status = (tmp_path / "exp").stat()
    identity = f"{status.st_dev:x}-{status.st_ino:x}"
    assert row is not None
    assert row.summary == ExperimentSummary(
        "exp", "exp", status.st_mtime, details=True, identity=identity, is_foreign=True
    )
    assert row.problems == ()


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


def test_what_the_script_said_of_labels_is_in_the_row(tmp_path: Path) -> None:
    row = read(write(tmp_path, labels=[{"pattern": "*/loss", "goal": "min"}]))
    assert row is not None
    assert row.summary.labels == [LabelDefinition("*/loss", goal="min")]


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
    assert [(problem.path, problem.position) for problem in row.problems] == [
        ("exp/experiment.json", ".tags")
    ]
    assert row.summary.name == "exp"


def test_a_row_has_the_configuration_of_a_large_experiment_json(tmp_path: Path) -> None:
    config = {"rate": 0.1, "vocabulary": ["word"] * 200_000}
    write(tmp_path, config=config, tags=["a"])
    row = read(tmp_path)
    assert row is not None
    assert row.problems == ()
    assert (row.summary.tags, config_of(row.summary)) == (["a"], config)
    assert msgspec.json.decode(msgspec.json.encode(row.summary))["config"] == config
    write(tmp_path, config={"vocabulary": "x" * 4 * 2**20})
    row = read(tmp_path)
    assert row is not None
    (problem,) = row.problems
    assert "4 MiB" in problem.reason


def test_an_experiment_that_is_gone_has_no_row(tmp_path: Path) -> None:
    assert read(tmp_path, "gone") is None


def test_a_link_out_of_the_root_is_a_row_with_a_problem(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "exp").symlink_to("/etc")
    row = read(tmp_path / "root")
    assert row is not None
    assert "not followed" in row.problems[0].reason


def test_time_over_leaves_rows_for_the_next_call(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).mkdir()
    assert len(read_summaries(LocalRoot(tmp_path), map(Name, "abc"), nobody, budget_s=-1)) == 1


def test_a_name_that_is_not_utf_8_is_shown(tmp_path: Path) -> None:  # noqa: ARG001
    row = without_details(Name("a\udcff"))
    assert (row.id, row.name, row.details) == ("a%FF", "a\\xff", False)


def test_what_people_said_is_in_the_row(tmp_path: Path) -> None:
    write(tmp_path, tags=["a", "b"])
    (tmp_path / "exp" / "marks.json").write_text(
        '{"title": "Best", "tagsAdded": ["c"], "tagsRemoved": ["a"], "starred": true, "archived": true}'
    )
    (tmp_path / "exp" / "my-notes.md").write_text("# why")
    row = read(tmp_path)
    assert row is not None
    summary = row.summary
    assert (summary.title, summary.starred, summary.archived) == ("Best", True, True)
    assert summary.tags == ["b", "c"]
    assert summary.marks
    assert summary.notes
    assert summary.annotations == ""
    assert not summary.is_foreign


def test_broken_marks_are_a_problem_of_a_row_that_is_shown(tmp_path: Path) -> None:
    write(tmp_path, tags=["a"])
    (tmp_path / "exp" / "marks.json").write_text("{")
    row = read(tmp_path)
    assert row is not None
    assert row.summary.tags == ["a"]
    assert [problem.path for problem in row.problems] == ["exp/marks.json"]


def test_a_tag_does_not_make_a_dead_script_alive(tmp_path: Path) -> None:
    write(tmp_path, sessions=[{"started": 1.0, "host": "another node", "pid": 7}])
    past = time.time() - 1000
    os.utime(tmp_path / "exp" / "experiment.json", (past, past))
    (tmp_path / "exp" / "marks.json").write_text('{"tagsAdded": ["dead"]}')
    row = read(tmp_path)
    assert row is not None
    assert (row.summary.status, row.summary.tags) == ("quiet", ["dead"])


YAML = b"""
experiments:
  exp: {title: Theirs, tagsAdded: [good], starred: true, notes: why}
  other: {title: no}
"""


def test_of_a_foreign_experiment_the_root_file_says_it(tmp_path: Path) -> None:
    (tmp_path / "exp").mkdir()
    row = read(tmp_path)
    assert row is not None
    root_file = root_settings.read(YAML, "lavdlike.yaml")
    told = with_root_file(row.summary, root_file)
    assert (told.title, told.tags, told.starred, told.archived) == ("Theirs", ["good"], True, False)
    assert (told.marks, told.notes, told.annotations) == (match_of(YAML), match_of(YAML), "")
    nothing = with_root_file(row.summary, root_settings.read(None, "lavdlike.yaml"))
    assert nothing == row.summary


def test_of_an_experiment_of_ours_the_root_file_says_nothing(tmp_path: Path) -> None:
    row = read(write(tmp_path, tags=["a"]))
    assert row is not None
    assert with_root_file(row.summary, root_settings.read(YAML, "lavdlike.yaml")) == row.summary
