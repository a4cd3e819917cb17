from __future__ import annotations

import os
from pathlib import Path

import pytest

from lavdlike.disk.local import LocalFolder, LocalRoot
from lavdlike.layout import ExperimentName as Name
from lavdlike.reading import discovery
from lavdlike.reading.discovery import (
    Asked,
    Listed,
    experiments_below,
    experiments_in,
    look_at_folders,
    ours_in_folders,
    types_at,
)
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


def test_the_experiments_in_an_opened_folder_are_found_whatever_its_name_is(root: Path) -> None:
    (root / "a" / "b" / "c").mkdir()
    (root / "a" / "b" / "c" / "experiment.json").touch()
    local = LocalRoot(root)
    with local.folder("a/b") as opened:
        (root / "a" / "b").rename(root / "a" / ".hidden")
        assert experiments_in(local, Name("a/b"), opened=opened) == {"a/b/c"}
        assert experiments_in(local, Name("a/b")) == set()
        assert experiments_in(local, Name("a/b"), opened=opened, budget_s=0) == set()


def test_what_is_listed_is_what_is_found(root: Path) -> None:
    (root / "multi" / "table").mkdir()
    (root / "multi" / "table" / "x.csv").touch()
    (root / "multi" / "other").mkdir()
    (root / "checkpoints" / "a").mkdir(parents=True)
    (root / "checkpoints" / "a" / "experiment.json").touch()
    every = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_dir()]
    found = set(names(root, "mlruns", "multi", "a", "checkpoints"))
    assert found >= {"mlruns/0/ab12", "multi/table", "a/b"}
    listed = Listed(LocalRoot(root))
    for name in every:
        if "/" in name and ".hydra" not in name:
            assert listed.has(Name(name), max_looks=100) == (name in found), name
            assert Listed(LocalRoot(root)).has(Name(name), max_looks=100) == (name in found), name
    assert not listed.has(Name("gone/away"), max_looks=100)


def test_one_with_a_mark_is_found_among_very_many_others(root: Path) -> None:
    for number in range(50):
        (root / "many" / f"folder {number}").mkdir(parents=True)
    (root / "many" / "folder 7" / "experiment.json").touch()
    (root / "many" / "folder 8" / "x.csv").touch()
    assert Listed(LocalRoot(root)).has(Name("many/folder 7"), max_looks=2)
    assert not Listed(LocalRoot(root)).has(Name("many/folder 8"), max_looks=2)
    assert Listed(LocalRoot(root)).has(Name("many/folder 8"), max_looks=60)


def test_whether_ours_lies_in_folders(root: Path) -> None:
    local = LocalRoot(root)
    assert not ours_in_folders(local, [Name("mlruns"), Name("multi"), Name("gone")], max_looks=100)
    assert ours_in_folders(local, [Name("mlruns"), Name("a")], max_looks=100)
    assert not ours_in_folders(local, [Name("mlruns"), Name("a")], max_looks=3)


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
