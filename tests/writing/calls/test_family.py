"""Where files belong: what is written under a name and step is read back under just these."""

from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike import Logger
from lavdlike.kinds import places


@pytest.mark.parametrize(
    ("name", "step", "extension"),
    [
        ("a", None, ".txt"),
        ("a/b", 7, ".png"),
        ("a.b", 7, ".json"),
        ("7/a", 7, ".md"),
        ("a/7/b", None, ".md"),
        ("scalars", 1, ".tsv"),
        ("größe 漢", 2**53 - 1, ".npy"),
    ],
)
def test_a_path_is_read_back_under_its_name_and_step(
    tmp_path: Path, name: str, step: int | None, extension: str
) -> None:
    logger = Logger("run", tmp_path, disabled=True)
    path = logger._checked_path(name, step, extension)
    assert path == logger.get_file_path(name, step, extension)
    found = places.place_in_experiment("run", path.relative_to(logger.log_dir).as_posix())
    assert found == places.Place("run", step, name, extension)


@pytest.mark.parametrize(
    ("name", "step", "extension"),
    [
        ("7/a", None, ".md"),
        ("scalars", None, ".tsv"),
        ("a", None, ".tar.gz"),
        ("a", None, "txt"),
        ("a", None, ".x/../../y"),
        ("a.mask", 1, ".png"),
        ("a.plotly", 1, ".json"),
        (".a", 1, ".txt"),
    ],
)
def test_a_path_that_would_be_read_under_another_name_is_refused(
    tmp_path: Path, name: str, step: int | None, extension: str
) -> None:
    with pytest.raises(ValueError, match=r"^(name|extension)"):
        Logger("run", tmp_path, disabled=True)._checked_path(name, step, extension)


def test_the_start_is_local_time_to_the_second(tmp_path: Path) -> None:
    logger = Logger("run", tmp_path, disabled=True)
    assert logger.get_start_time() == f"{logger._started:%Y-%m-%d %H:%M:%S}"
