"""`lavdlike push` and `lavdlike pull`."""

from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike import Logger
from lavdlike.cli import main
from lavdlike.disk.stores import opened_stores
from lavdlike.mirror import spool
from lavdlike.shell import pushing
from tests.mirror.stores import FaultyStore, tree_in


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FaultyStore:
    store = FaultyStore()
    for module in (opened_stores, pushing):
        monkeypatch.setattr(module, "open_store", lambda *_, **__: store)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv(spool.FOLDER_VARIABLE, str(tmp_path / "spool"))
    return store


def test_a_folder_is_pushed_and_pulled(
    store: FaultyStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Logger("run", tmp_path / "log").close()
    assert main(["push", str(tmp_path / "log"), "memory://faulty"]) == 0
    assert "1 file (" in capsys.readouterr().out
    assert main(["pull", str(tmp_path / "copy"), "memory://faulty", "--json"]) == 0
    assert '"files":1' in capsys.readouterr().out
    assert (tmp_path / "copy/run/experiment.json").read_bytes() == tree_in(store)["run/experiment.json"]


def test_what_is_left_of_a_spool_needs_no_address(
    store: FaultyStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = spool.spool_of("memory://faulty/logs")
    spool.mark(folder, "memory://faulty/logs")
    (folder / "run").mkdir()
    (folder / "run/events.log").write_bytes(b"a killed script's last line")
    assert main(["push", str(folder)]) == 0
    assert "all of" in capsys.readouterr().out
    assert tree_in(store) == {"run/events.log": b"a killed script's last line"}
    assert main(["push", str(tmp_path)]) == 2
    assert "say where to" in capsys.readouterr().err
