from __future__ import annotations

import os
from pathlib import Path

import pytest

from lavdlike.disk.edit import LocalEditor
from lavdlike.edits.people_files import FilePlace, PeopleFiles, own_folder_of
from lavdlike.errors import EditError
from lavdlike.reading.listed_folder import ListedFolder
from lavdlike.reading.run_folders import Look, look_of
from tests.sources.mlflow.databases import mlflow_store


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "log" / "foreign").mkdir(parents=True)
    (tmp_path / "log" / "foreign" / "metrics.csv").write_text("step,loss\n1,2\n")
    return tmp_path / "log"


def people_of(log: Path) -> PeopleFiles:
    return PeopleFiles(LocalEditor(log), log.parent / "own")


def add_ours(log: Path, tags: str = "[]") -> None:
    (log / "ours").mkdir()
    (log / "ours" / "experiment.json").write_text(f'{{"tags": {tags}}}')


def test_what_is_said_of_a_foreign_experiment_is_in_the_file_of_the_root(log: Path) -> None:
    add_ours(log)
    people = people_of(log)
    assert people.place("ours", "marks.json") == FilePlace("ours/marks.json")
    assert people.place("foreign", "marks.json") == FilePlace("lavdlike.yaml", "foreign")


def test_in_a_root_with_an_experiment_of_ours_everything_is_in_the_root(log: Path) -> None:
    add_ours(log)
    assert people_of(log).store().look("foreign") is not None


def test_in_a_root_of_other_programs_it_is_in_the_users_folder(log: Path) -> None:
    people = people_of(log)
    assert people.store().look("foreign") is None
    assert not (log.parent / "own").exists()
    people.store(make=True)
    assert (log.parent / "own").stat().st_mode & 0o777 == 0o700
    add_ours(log)  # what was said stays where it is
    assert people_of(log).store().look("foreign") is None
    (log / "lavdlike.yaml").write_text("")  # a person wants it in the root
    assert people_of(log).store().look("foreign") is not None


def test_a_root_that_holds_ours_in_a_folder_is_not_foreign(log: Path) -> None:
    (log / "sweep" / "lr" / "a").mkdir(parents=True)
    assert people_of(log).store().look("foreign") is None
    (log / "sweep" / "lr" / "a" / "experiment.json").write_text("{}")
    assert people_of(log).store().look("foreign") is not None


def test_all_programs_look_where_the_first_edit_went(log: Path) -> None:
    first, other = people_of(log), people_of(log)
    other.store(make=True)
    add_ours(log)
    assert not first.is_foreign("ours")
    assert first.store().path == other.store().path == log.parent / "own"


def test_an_empty_root_is_ours_to_write(log: Path) -> None:
    (log / "foreign" / "metrics.csv").unlink()
    (log / "foreign").rmdir()
    (log / "a-file").write_text("x")
    assert people_of(log).store().look("a-file") is not None


def test_a_foreign_root_that_gets_an_experiment_of_ours_is_looked_at_again(log: Path) -> None:
    people = people_of(log)
    assert people.store().look("foreign") is None
    add_ours(log)
    os.utime(log, (1, 1))  # also if it happens within the clock's granularity
    assert people.store().look("foreign") is not None


@pytest.mark.parametrize("experiment", ["gone", "..", ".", "", "a/b", ".hidden", "%2e%2e", "a%2Fb", "a\0b"])
def test_what_is_no_experiment_is_refused(log: Path, experiment: str) -> None:
    with pytest.raises(EditError, match="no such experiment"):
        people_of(log).place(experiment, "marks.json")


def test_the_tags_of_the_script(log: Path) -> None:
    add_ours(log, '["a", "b"]')
    people = people_of(log)
    assert people.logged_tags("ours") == ["a", "b"]
    (log / "ours" / "experiment.json").write_text("{broken")
    assert people.logged_tags("ours") == []


def test_the_users_folder_is_in_the_configuration_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    first = own_folder_of(tmp_path / "a")
    assert first.parent == tmp_path / "lavdlike" / "roots"
    assert first != own_folder_of(tmp_path / "b")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert own_folder_of(tmp_path / "link") == first
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    assert own_folder_of(tmp_path / "a").parent == Path.home() / ".config" / "lavdlike" / "roots"


def test_what_is_said_of_a_run_in_a_file_of_many_is_not_in_that_file(log: Path) -> None:
    with mlflow_store(log / "mlflow.db") as store:
        store.run("ab12")
        store.tag("ab12", "team", "vision")
    add_ours(log)
    before = (log / "mlflow.db").read_bytes()
    people, run = people_of(log), "mlflow.db%2Fvision%2Fab12"
    assert people.place(run, "marks.json") == FilePlace("lavdlike.yaml", "mlflow.db/vision/ab12")
    assert people.logged_tags(run) == ["team=vision"]
    with pytest.raises(EditError, match="no such experiment"):
        people.place("mlflow.db%2Fvision%2Fother", "marks.json")
    assert (log / "mlflow.db").read_bytes() == before


def test_runs_in_a_file_are_not_looked_at_for_ours(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("", "foreign/"):
        with mlflow_store(log / folder / "mlflow.db") as store:
            for number in range(30):
                store.run(f"run{number}")
    looks: list[str] = []

    def counted(listed: ListedFolder, identity: tuple[int, int], depth: int) -> Look:
        looks.append(listed.name)
        return look_of(listed, identity, depth)

    monkeypatch.setattr("lavdlike.reading.discovery.look_of", counted)
    assert people_of(log).store().look("foreign") is None  # the user's own folder
    assert len(looks) < 10
