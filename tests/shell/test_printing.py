from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from lavdlike import Logger
from lavdlike.disk.root import NO_PERMISSION
from lavdlike.layout import ExperimentName
from lavdlike.messages import Problem
from lavdlike.reading.summaries import ReadSummary, without_details
from lavdlike.shell import subcommands
from lavdlike.shell.output import Output
from lavdlike.shell.printing import print_summaries
from tests.shell.terminal import lines, objects


def test_show_tells_what_an_experiment_holds(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert subcommands.show(root / "run-10") == 0
    shown = "\n".join(lines(capsys))
    for expected in (
        r"name +run-10",
        r"status +finished",
        r"config lr +0\.1",
        r"SCALARS\n  label +points +step +last +min +max",
        r"  train/loss +20 +19 +0\.05 +0\.05 +1 +█.*▁",
        r"  broken +1 +3 +nan +- +-",
        r"TEXTS\n  greeting +step 1",
        r"IMAGES\n  bird +step 2",
        r"LOGS\n  events +global",
    ):
        assert re.search(expected, shown), expected
    assert "PROBLEMS" not in shown


def test_ls_and_show_say_what_people_said(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subcommands.ls([str(root)])
    assert lines(capsys)[0].split() == ["NAME", "STATUS", "CHANGED", "COMMIT", "TAGS"]
    (root / "run-10/marks.json").write_text('{"title": "Best\\u202e", "starred": true, "archived": true}')
    (root / "run-10/my-notes.md").write_text("It works.")
    subcommands.ls([str(root)])
    header, *rows = lines(capsys)
    assert header.split()[-3:] == ["TAGS", "TITLE", "MARKED"]
    (row,) = (row for row in rows if row.startswith("run-10"))
    assert row.endswith("good  Best\\u202e  starred, archived")
    subcommands.show(root / "run-10")
    shown = "\n".join(lines(capsys))
    for expected in (
        r"title +Best\\u202e",
        "marked +starred, archived",
        "notes +'lavdlike note' prints them",
    ):
        assert re.search(expected, shown), expected


def test_show_says_what_labels_are(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Logger("run-10", root) as logger:
        logger.define("train/*", goal="max", unit="nats", description="How far off\u202e it is.")
    (root / "lavdlike.yaml").write_text("labels:\n  '*/loss': {goal: min}\n")
    subcommands.show(root / "run-10")
    shown = "\n".join(lines(capsys))
    assert re.search(r"SCALARS\n  label +points +step +last +min +max +unit +better\n", shown)
    assert re.search(r"  train/loss +20 +19 +0\.05 +0\.05 +1 +nats +smaller +█.*▁", shown)
    subcommands.show(root / "run-10", "train/loss")
    assert "  How far off\\u202e it is." in lines(capsys)


def test_show_reads_what_lavd_wrote(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subcommands.show(root / "from lavd")
    assert re.search(r"accuracy +3 +10 +1 +0\.1 +1", "\n".join(lines(capsys)))


def test_an_experiment_that_cannot_be_read_has_the_reason_for_a_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    locked = ReadSummary(without_details(ExperimentName("locked")), (Problem("locked", NO_PERMISSION),))
    print_summaries([locked], Output(sys.stdout, as_json=False))
    assert lines(capsys)[1].split(maxsplit=1) == ["locked", NO_PERMISSION]


def test_show_as_json_is_one_object(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subcommands.show(root / "run-10", as_json=True)
    (document,) = objects(capsys)
    assert set(document) == {"experiment", "scalars", "labels", "problems"}
    scalars = document["scalars"]
    assert isinstance(scalars, list)
    assert [(entry["label"], entry["count"], entry["last_value"]) for entry in scalars] == [
        ("broken", 1, "nan"),
        ("train/loss", 20, 0.05),
    ]


def test_show_of_a_scalar_has_its_last_points(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subcommands.show(root / "run-10", "train/loss")
    shown = lines(capsys)
    assert [line.split()[0] for line in shown[-10:]] == [str(step) for step in range(10, 20)]
    assert shown[-1].endswith("0.05")
    subcommands.show(root / "run-10", "train/loss", as_json=True)
    assert [point["step"] for point in objects(capsys)] == list(range(20))


def test_show_of_a_text_has_its_content(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subcommands.show(root / "run-10", "greeting")
    shown = "\n".join(lines(capsys))
    assert "TEXTS, STEP 1" in shown
    assert "    hello\n    world" in shown
    assert "0001/greeting.json" in shown


def test_tail_as_json_has_the_fields_of_records(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/events.log").write_text("2026-01-01 00:00:00.000\tSTART\tit begins\nplain\n")
    subcommands.tail(tmp_path / "a", as_json=True)
    assert objects(capsys) == [
        {"message": "it begins", "time": "2026-01-01 00:00:00.000", "tag": "START"},
        {"message": "plain", "time": "", "tag": ""},
    ]


def test_names_that_terminals_would_obey_are_escaped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / os.fsdecode(b"a\x1b[31m\n\xff")).mkdir()
    subcommands.ls([str(tmp_path)])
    subcommands.ls([str(tmp_path)], as_json=True)
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert r"a\x1b[31m\n\xff" in printed.splitlines()[1]


def test_show_says_how_a_picture_outside_of_the_log_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_image("media://coco/1.jpg", "bird", 1, transform=[{"flip": "vertical"}])
    subcommands.show(tmp_path / "run", "bird")
    shown = capsys.readouterr().out
    assert "media://coco/1.jpg" in shown
    assert "start lavdlike with --media coco=FOLDER to say where" in shown
