from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike.reading.shown_root import shown_root_of


def make(root: Path, *paths: str) -> Path:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("{}")
    return root


def test_a_run_is_shown_alone_as_one_of_the_folder_above(tmp_path: Path) -> None:
    make(tmp_path, "run/metrics.jsonl", "run/config.json", "run/plots/x.png", "beside/experiment.json")
    shown = shown_root_of(tmp_path / "run")
    assert shown == (tmp_path, "run")
    assert shown.path == tmp_path / "run"
    (tmp_path / "link").symlink_to("run")
    assert shown_root_of(tmp_path / "link") == (tmp_path, "run")
    assert shown_root_of(tmp_path / "run" / "..") == (tmp_path / "run" / "..", "")


@pytest.mark.parametrize(
    "paths",
    [
        ("run/scalars.tsv", "run/deep/er/experiment.json"),
        ("run/notes.md", "run/0001/x.png"),
        ("run/config.json", "run/table.csv"),
    ],
)
def test_a_folder_of_runs_and_one_without_a_mark_are_roots(tmp_path: Path, paths: tuple[str, ...]) -> None:
    make(tmp_path, *paths)
    assert shown_root_of(tmp_path / "run") == (tmp_path / "run", "")


def test_what_is_not_there_or_hidden_is_a_root(tmp_path: Path) -> None:
    make(tmp_path, ".run/experiment.json")
    for name in ("missing", ".run"):
        assert shown_root_of(tmp_path / name) == (tmp_path / name, "")
