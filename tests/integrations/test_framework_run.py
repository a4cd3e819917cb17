"""Whose Logger it is, when it begins and how it ends."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from lavdlike import Logger
from lavdlike.integrations.framework_run import FrameworkRun, outcome_of
from tests.logged import files_of, points_of


def _run(root: Path, name: str | None = "run", **given: Any) -> FrameworkRun:
    logger, writer = given.pop("logger", None), given.pop("writer", None)
    return FrameworkRun(name, root, logger=logger, writer=writer, options=given)


def _sessions(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "experiment.json").read_text())["sessions"]
    return found


def test_it_begins_when_something_is_reported_and_says_how_it_ended(tmp_path: Path) -> None:
    run = _run(tmp_path, tags=["a"])
    assert not run.has_begun
    assert list(tmp_path.iterdir()) == []
    assert (run.name, run.folder) == ("run", tmp_path / "run")
    run.report({"loss": 0.5, "note": "fine"}, 3)
    run.configure({"rate": 0.1})
    run.end("out of memory")
    assert points_of(tmp_path / "run/scalars.tsv") == [(3, "loss", 0.5)]
    assert (tmp_path / "run/0003/note.txt").exists()
    document = json.loads((tmp_path / "run/experiment.json").read_text())
    assert (document["config"], document["tags"]) == ({"rate": 0.1}, ["a"])
    assert [session["outcome"] for session in document["sessions"]] == ["out of memory"]


def test_one_that_goes_on_says_from_where(tmp_path: Path) -> None:
    for resume_from in (None, 7):
        run = _run(tmp_path)
        run.begin(resume_from=resume_from)
        run.end()
    assert [session.get("resumedFrom") for session in _sessions(tmp_path / "run")] == [None, 7]


def test_the_first_rank_alone_writes(tmp_path: Path) -> None:
    run = _run(tmp_path)
    assert run.begin(rank=1).disabled
    run.report({"loss": 1.0}, 0)
    run.configure({"rate": 0.1})
    run.end()
    assert list(tmp_path.iterdir()) == []


def test_each_rank_writes_files_of_its_own_if_it_is_told_to(tmp_path: Path) -> None:
    for rank in (0, 1):
        run = _run(tmp_path, writer="rank")
        run.begin(rank=rank)
        run.report({"loss": rank}, 0)
        run.end()
    assert files_of(tmp_path / "run") == ["scalars.rank0.tsv", "scalars.rank1.tsv"]
    assert [session["writer"] for session in _sessions(tmp_path / "run")] == ["rank0", "rank1"]


def test_a_logger_of_the_script_stays_open(tmp_path: Path) -> None:
    with Logger("mine", tmp_path) as logger:
        run = _run(tmp_path, None, logger=logger)
        assert run.name == "mine"
        run.report({"loss": 1.0}, None)
        run.end()
        assert "ended" not in _sessions(tmp_path / "mine")[0]
    assert points_of(tmp_path / "mine/scalars.tsv") == [(0, "loss", 1.0)]


def test_without_a_name_it_is_the_time(tmp_path: Path) -> None:
    run = _run(tmp_path, None)
    assert run.name == run.logger.name
    assert (tmp_path / run.name).is_dir()
    assert _run(tmp_path, "run", exists="new").name == "run"
    assert _run(tmp_path, "run", exists="new").name == "run-2"


def test_what_is_no_number_is_named_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    run = _run(tmp_path)
    with caplog.at_level(logging.WARNING, "lavdlike"):
        for step in (0, 1):
            run.report({"matrix": [[1, 2]]}, step)
    run.end()
    assert [record.getMessage() for record in caplog.records] == [
        "'matrix' is list, which is no number: log it by a method of the Logger"
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "a/b"}, "must be one folder's name"),
        ({"name": 3}, "name must be a string"),
        ({"logger": 3}, r"logger must be a lavdlike\.Logger, not int"),
        ({"writer": "rank", "name": None}, "writer= needs a name"),
        ({"exists": "perhaps"}, "exists must be one of"),
    ],
)
def test_what_a_logger_would_refuse_is_refused_at_once(
    given: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=said):
        _run(tmp_path, **given)
    assert list(tmp_path.iterdir()) == []


def test_a_logger_or_what_one_is_made_of(tmp_path: Path) -> None:
    with Logger("mine", tmp_path) as logger, pytest.raises(ValueError, match="not both"):
        _run(tmp_path, "run", logger=logger)


def test_an_outcome_is_one_line_of_the_error() -> None:
    assert outcome_of(ValueError()) == "ValueError"
    assert outcome_of(ValueError("bad")) == "ValueError: bad"
