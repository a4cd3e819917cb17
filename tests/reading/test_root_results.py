from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike import Logger
from lavdlike.disk.local import LocalRoot
from lavdlike.layout import ExperimentName
from lavdlike.reading import kept_results
from lavdlike.reading.root_results import RootResults

RUN = ExperimentName("run")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalRoot:
    monkeypatch.setattr(kept_results, "is_settled", lambda _status: True)
    log = tmp_path / "log"
    with Logger("run", log) as logger:
        for step, value in enumerate([3.0, 1.0, 2.0]):
            logger.log_scalar(value, "loss", step)
    return LocalRoot(log)


def test_one_command_keeps_what_the_next_one_asks(
    root: LocalRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = RootResults(root, tmp_path / "kept", [("loss", 1)])
    said = results.of(RUN, ("loss", None))
    assert said.label("loss") is not None
    assert said.at == {("loss", 1): 1.0}
    results.save()
    monkeypatch.setattr(kept_results, "read_results", None)  # nothing is read any more
    results = RootResults(root, tmp_path / "kept")
    assert results.of(RUN, ("loss", None)).label("loss") == said.label("loss")
    assert results.of(RUN, ("nothing", None)).label("nothing") is None
    assert results.of(RUN, ("loss", 1)).at[("loss", 1)] == 1.0


def test_a_step_that_nobody_has_asked_for_is_read(root: LocalRoot, tmp_path: Path) -> None:
    results = RootResults(root, tmp_path / "kept")
    assert ("loss", 2) not in results.of(RUN, ("loss", None)).at
    assert results.of(RUN, ("loss", 2)).at[("loss", 2)] == 2.0
    assert results.of(RUN, ("loss", 9)).at == {("loss", 9): None, ("loss", 2): 2.0}


def test_without_a_question_no_file_is_touched(root: LocalRoot, tmp_path: Path) -> None:
    RootResults(root, tmp_path / "kept").save()
    assert not (tmp_path / "kept").exists()
