from __future__ import annotations

import os
from pathlib import Path

import pytest

from lavdlike.disk.local import LocalFolder, LocalRoot
from lavdlike.layout import ExperimentName as Name
from lavdlike.reading import discovery
from lavdlike.reading.discovery import Asked, experiments_below, experiments_in, look_at_folders, types_at
from tests.reading.test_run_folders import MLFLOW_EXPERIMENT, MLFLOW_RUN


@pytest.fixture
def root(tmp_path: Path) -> Path:
    run = tmp_path / "mlruns" / "0" / "ab12"
    (run / "metrics").mkdir(parents=True)
    (run / "metrics" / "loss").write_text("1 0.5 0\n")
    (run / "meta.yaml").write_bytes(MLFLOW_RUN)
    (run.parent / "meta.yaml").write_bytes(MLFLOW_EXPERIMENT)
    (tmp_path / "multi" / "0" / ".hydra").mkdir(parents=True)
    (tmp_path / "a" / "b" / "0001").mkdir(parents=True)
    (tmp_path / "a" / "b" / "experiment.json").touch()
    (tmp_path / "a" / "notes.md").touch()
    return tmp_path


def names(root: Path, *folders: str) -> list[str]:
    return list(experiments_below(LocalRoot(root), map(Name, folders)))


def test_experiments_are_found_by_what_their_files_say(root: Path) -> None:
    assert names(root, "mlruns", "multi", "a", "gone") == ["mlruns/0/ab12", "multi/0", "a", "a/b"]


def test_an_experiment_in_another_is_no_part_of_it(root: Path) -> None:
    (root / "a" / "b" / "c").mkdir()
    (root / "a" / "b" / "c" / "experiment.json").touch()
    opened = LocalRoot(root)
    assert experiments_in(opened, Name("a")) == {"a/b", "a/b/c"}
    assert experiments_in(opened, Name("a/b")) == {"a/b/c"}
    assert experiments_in(opened, Name("a/b/c")) == set()


def test_links_below_the_root_are_not_followed(root: Path) -> None:
    (root / "a" / "circle").symlink_to("..")
    (root / "a" / "latest").symlink_to("b")
    (root / "multi" / "out").symlink_to("/etc")
    assert names(root, "multi", "a") == ["multi/0", "a", "a/b"]
    paths = ["a/b", "a/latest", "a/notes.md", "a/gone", "gone/x"]
    assert types_at(LocalRoot(root), paths) == ["folder", "link", "file", None, None]


def test_a_folder_with_its_known_time_is_not_listed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.utime(root / "a", (1, 1))
    monkeypatch.setattr(
        discovery, "is_settled", lambda _: True
    )  # the change of its time is none of its names
    opened = LocalRoot(root)
    [seen] = look_at_folders(opened, [Asked("a")], None, budget_s=9)
    monkeypatch.delattr(LocalFolder, "entries")
    [again] = look_at_folders(opened, [Asked("a", seen.modified_ns)], None, budget_s=9)
    assert again.is_same


def test_time_over_leaves_folders_for_the_next_call(root: Path) -> None:
    asked = [Asked("a"), Asked("multi")]
    assert [seen.path for seen in look_at_folders(LocalRoot(root), asked, None, budget_s=0)] == ["a"]


def test_a_folder_is_watched_before_it_is_listed(root: Path) -> None:
    def watch(path: str, _descriptor: int) -> None:
        (root / path / "experiment.json").touch()

    [seen] = look_at_folders(LocalRoot(root), [Asked("multi")], watch, budget_s=9)
    assert seen.look is not None
    assert seen.look.is_run


def test_what_cannot_be_read_stays_what_it_was(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def entries(_self: LocalFolder) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(LocalFolder, "entries", entries)
    assert names(root, "mlruns") == ["mlruns"]


def test_only_a_marked_folder_may_be_an_experiment_in_a_folder(root: Path) -> None:
    opened = LocalRoot(root)
    assert discovery.is_marked(opened, Name("a/b"))
    assert not discovery.is_marked(opened, Name("a/b/0001"))
    assert not discovery.is_marked(opened, Name("a/gone"))
