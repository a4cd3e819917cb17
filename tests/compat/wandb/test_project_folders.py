from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike import Logger
from lavdlike.compat.wandb.errors import UsageError
from lavdlike.compat.wandb.project_folders import RunPlace, known_config, place_of
from lavdlike.writing.experiment_folder import next_step
from lavdlike.writing.launched import LaunchedRun


def test_a_project_is_a_folder_and_a_run_an_experiment_in_it(tmp_path: Path) -> None:
    told = {"project": "vision/cats", "name": "a run", "dir": tmp_path}
    assert place_of(told, {}, None) == RunPlace(tmp_path / "vision%2Fcats", "a run", "new")
    assert place_of({}, {}, None) == RunPlace(Path("log/uncategorized").absolute(), None, "new")
    assert place_of(told, {"LAVDLIKE_LOG_DIR": "/logs"}, None).log_dir == Path("/logs/vision%2Fcats")


@pytest.mark.parametrize(
    ("resume", "expected"),
    [
        (None, (-1, False)),  # what was logged counts as replaced
        ("allow", (None, True)),
        (True, (None, True)),
        ("must", (None, True)),
    ],
)
def test_an_id_that_is_there_goes_on_or_begins_anew(
    tmp_path: Path, resume: object, expected: tuple[int | None, bool]
) -> None:
    Logger("x1", tmp_path / "p").close()
    place = place_of({"project": "p", "id": "x1", "resume": resume, "dir": tmp_path}, {}, None)
    assert (place.name, place.exists) == ("x1", "continue")
    assert (place.resume_from, place.is_old) == expected


def test_resume_is_refused_with_what_is_wrong(tmp_path: Path) -> None:
    Logger("x1", tmp_path / "p").close()
    told = {"project": "p", "dir": tmp_path}
    with pytest.raises(UsageError, match="there is no run with the id 'x2'"):
        place_of({**told, "id": "x2", "resume": "must"}, {}, None)
    with pytest.raises(UsageError, match="choose another id"):
        place_of({**told, "id": "x1", "resume": "never"}, {}, None)


def test_a_run_goes_on_from_a_step() -> None:
    place = place_of({"project": "p", "resume_from": "x1?_step=30"}, {}, None)
    assert (place.name, place.resume_from, place.is_old) == ("x1", 30, True)


def test_under_lavdlike_run_it_is_that_experiment(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    launched = LaunchedRun(tmp_path, "all", tmp_path / "notes")
    told = {"project": "p", "name": "r", "dir": "/elsewhere"}
    assert place_of(told, {}, launched) == RunPlace(tmp_path, "all")
    assert place_of({**told, "name": "s"}, {}, launched) == RunPlace(tmp_path / "all" / "p", "s")


def test_the_step_behind_the_last_one_and_settings_are_known(tmp_path: Path) -> None:
    with Logger("r", tmp_path, config={"lr": 1}) as logger:
        logger.log_scalar(1.0, "a", 41)
        logger.log_scalar(1.0, "a", 7)
    assert (next_step(tmp_path / "r"), known_config(tmp_path / "r")) == (42, {"lr": 1})
    assert (next_step(tmp_path / "none"), known_config(tmp_path / "none")) == (0, {})
