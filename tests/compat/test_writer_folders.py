"""The experiment that a writer's folder is."""

from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike.compat.writer_folders import place_in_run, place_of
from lavdlike.writing.launched import LaunchedRun, Place


@pytest.mark.parametrize(
    ("folder", "place"),
    [
        ("/a/b", Place(Path("/a"), "b")),
        ("/a/b/../c/", Place(Path("/a"), "c")),
        ("/a/.b", Place(Path("/a"), "%2Eb")),
        ("~/b", None),
    ],
)
def test_its_parent_is_the_root(
    folder: str, place: Place | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert place_of(folder) == (
        place or Place(tmp_path / "~", "b")
    )  # as the original, which makes a folder `~`


def test_the_working_directory_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert place_of(".") == Place(tmp_path.parent, tmp_path.name)


def test_names_in_a_run_are_told_from_the_first_folder(tmp_path: Path) -> None:
    run = LaunchedRun(tmp_path / "log", "run", tmp_path)
    found = [
        place_in_run(run, folder, is_default=False)
        for folder in ("/w/runs/a", "/w/runs/a", "/w/runs/b/c", "/w/runs/a/d", "/x/y", "/w/runs/3")
    ]
    inside = tmp_path / "log/run"
    assert found == [
        Place(tmp_path / "log", "run"),
        Place(tmp_path / "log", "run"),
        Place(inside / "b", "c"),
        Place(inside, "d"),
        Place(inside, "y"),
        Place(inside, "run-3"),
    ]
