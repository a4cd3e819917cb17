"""What readers would refuse is refused when it is logged, and no file of ours is set aside for its size."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike import Logger, json_file
from lavdlike.kinds import figures, meshes, registry, tables
from lavdlike.kinds.kind import MAX_FILE_BYTES
from lavdlike.writing import presence
from tests.logged import files_of

BOX = {"xStart": 0, "yStart": 0, "xEnd": 1, "yEnd": 1, "className": "a", "probability": 1}
LIMITS: dict[str, tuple[Callable[[Logger], object], str]] = {
    "text": (lambda logger: logger.log_text("x" * 1000, "x"), "text is 1,001 bytes long"),
    "markdown": (lambda logger: logger.log_markdown("x" * 1000, "x"), "markdown is"),
    "html": (lambda logger: logger.log_html("x" * 1000, "x"), "html is"),
    "svg": (lambda logger: logger.log_svg("<svg" + "x" * 1000, "x"), "svg is"),
    "mesh": (lambda logger: logger.log_mesh(np.zeros((1000, 3)), "x"), "vertices is"),
    "embedding": (lambda logger: logger.log_embedding(np.zeros((1000, 3)), "x"), "vectors is"),
    "plot": (lambda logger: logger.log_plot({"data": [{"x": [0] * 1000}]}, "x"), "figure is"),
    "table's bytes": (lambda logger: logger.log_table([["x" * 1000]], "x"), "table has .* bytes"),
    "table's cells": (lambda logger: logger.log_table([[1]] * 200, "x"), "table has 201 cells"),
    "table's columns": (lambda logger: logger.log_table([[1] * 100], "x"), "table has 100 columns"),
    "boxes": (lambda logger: logger.log_image(np.zeros((4, 4)), "x", boxes=[BOX] * 20), "more than 100 keys"),
    "json": (
        lambda logger: logger.log_json("a", dict.fromkeys(map(str, range(200))), "x"),
        "more than 100 keys",
    ),
    "plot's keys": (
        lambda logger: logger.log_plot({"data": [{str(i): 1 for i in range(200)}]}, "x"),
        "100 keys",
    ),
    "expected": (lambda logger: logger.log_text("x" * 1000, "x", expected=""), "larger than"),
}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that are reached at once."""
    monkeypatch.setattr("lavdlike.kinds.kind.MAX_FILE_BYTES", 500)
    monkeypatch.setattr("lavdlike.kinds.html.MAX_BYTES", 500)
    monkeypatch.setattr(figures, "MAX_BYTES", 500)
    monkeypatch.setattr(meshes, "MAX_BYTES", 500)
    monkeypatch.setattr(tables, "MAX_BYTES", 500)
    monkeypatch.setattr(tables, "MAX_CELLS", 100)
    monkeypatch.setattr(tables, "MAX_COLUMNS", 50)
    monkeypatch.setattr(json_file, "MAX_BYTES", 1000)
    monkeypatch.setattr(json_file, "MAX_KEYS", 100)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("what", LIMITS)
def test_what_readers_refuse_is_refused_when_it_is_logged(what: str, tmp_path: Path) -> None:
    log, rule = LIMITS[what]
    with Logger("run", tmp_path) as logger:
        with pytest.raises(ValueError, match=rule):
            log(logger)
        logger.flush()
        assert files_of(logger.log_dir) == []


def test_the_limits_of_the_writer_are_those_of_the_readers() -> None:
    assert {registry.BY_NAME[name].max_bytes for name in ("texts", "markdown")} == {MAX_FILE_BYTES}


def test_a_file_that_would_grow_beyond_what_is_read_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_file, "MAX_KEYS", 100)
    with Logger("run", tmp_path, config={"lr": 0.1}, tags=["baseline"]) as logger:
        logger.log_config({f"a{index}": 1 for index in range(60)})
        logger.log_json("a", {f"a{index}": 1 for index in range(60)}, "x")
        more = {f"b{index}": 1 for index in range(60)}
        with pytest.raises(ValueError, match=r"would have more than 100 keys.*; it stays as it was"):
            logger.log_config(more)
        with pytest.raises(ValueError, match=r"would have more than 100 keys.*; it stays as it was"):
            logger.log_json("b", more, "x")
        before = (logger.log_dir / "x.json").read_text()
    assert files_of(tmp_path / "run") == ["x.json"]
    assert (tmp_path / "run/x.json").read_text() == before
    document = json.loads((tmp_path / "run/experiment.json").read_text())
    assert (document["config"]["lr"], document["tags"]) == (0.1, ["baseline"])
    assert document["sessions"][0]["outcome"] == "finished"


def test_a_file_beyond_what_is_read_is_not_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Logger("run", tmp_path, config={f"a{index}": 1 for index in range(60)}).close()
    monkeypatch.setattr(json_file, "MAX_KEYS", 50)
    Logger("run", tmp_path).close()
    document: dict[str, Any] = json.loads((tmp_path / "run/experiment.json").read_text())
    assert [session["outcome"] for session in document["sessions"]] == ["finished"] * 2
    assert len(document["config"]) == 60


def test_a_broken_file_is_set_aside_with_a_word_and_every_time_under_another_name(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Logger("run", tmp_path) as logger:
        for name in ("x.json.broken", "x.json.broken-2", "x.json.broken-3"):
            (logger.log_dir / "x.json").write_text(name)
            logger.log_json("a", {}, "x")
            assert (logger.log_dir / name).read_text() == name
            assert f"in {logger.log_dir}; it is kept as {name}" in caplog.text


def test_the_oldest_sessions_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "MAX_SESSIONS", 3)
    for _ in range(5):
        Logger("run", tmp_path).close()
    sessions = json.loads((tmp_path / "run/experiment.json").read_text())["sessions"]
    assert [session["outcome"] for session in sessions] == ["finished"] * 3
