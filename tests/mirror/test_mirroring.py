"""A spool and its store: what is written here is there, whoever uploads and whatever the network does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lavdlike import Logger
from lavdlike.compat.writer_folders import place_of
from lavdlike.disk import changes
from lavdlike.disk.stores import opened_stores
from lavdlike.errors import WriteError
from lavdlike.mirror import mirroring, spool
from lavdlike.mirror.mirroring import Mirror
from lavdlike.mirror.tree_scan import files_of
from lavdlike.mirror.waiting import MirrorLimits
from tests.mirror.stores import FaultyStore, tree_in
from tests.serving import wait_until

ADDRESS = "memory://faulty/logs"
QUICK = MirrorLimits(
    tick_s=0.01,
    part_s=0.05,
    scan_s=0.05,
    settled_s=0.0,
    longest_pause_s=0.05,
    urgent_pause_s=0.02,
    flush_s=0.3,
)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FaultyStore:
    """What `ADDRESS` leads to."""
    store = FaultyStore()
    monkeypatch.setenv(spool.FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setattr(opened_stores, "open_store", lambda _, **__: store)
    monkeypatch.setattr(mirroring, "_mirrors", {})
    monkeypatch.setattr(changes, "_listeners", [])
    monkeypatch.setattr(mirroring, "LIMITS", QUICK)
    return store


def tree_of(folder: Path) -> dict[str, bytes]:
    return {file.path: (folder / file.path).read_bytes() for file in files_of(folder)}


def test_a_logger_with_an_address_has_all_in_the_store_when_flush_returns(store: FaultyStore) -> None:
    logger = Logger("run", ADDRESS, on_error="raise", config={"lr": 0.1})
    for step in range(100):
        logger.log_scalar(step / 2, "loss", step)
    logger.log_image(np.zeros((8, 8)), "black", 1)
    logger.println("printed")
    logger.flush()
    assert tree_in(store) == tree_of(logger.base_dir)
    logger.log_scalar(1, "loss", 100)
    logger.log_text("a note", "note")
    logger.close()
    found = tree_in(store)
    assert found == tree_of(logger.base_dir)
    assert {"run/scalars.tsv", "run/experiment.json", "run/0001/black.png", "run/note.txt"} <= found.keys()
    assert b'"outcome": "finished"' in found["run/experiment.json"]


def test_a_network_that_is_gone_holds_nothing_up_and_loses_nothing(
    store: FaultyStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.fate = lambda: "lost"
    logger = Logger("run", ADDRESS, on_error="raise")
    for step in range(50):
        logger.log_scalar(step, "loss", step)
    with pytest.raises(WriteError, match="is stored in memory://faulty/logs yet"):
        logger.flush()
    wait_until(lambda: "files wait in" in caplog.text)
    assert "lavdlike push" in caplog.text
    assert tree_in(store.inner) == {}
    logger.log_scalar(50, "loss", 50)
    store.fate = lambda: "answered"
    logger.close()
    assert tree_in(store) == tree_of(logger.base_dir)
    assert store.inner.read("run/scalars.tsv").content.count(b"loss") == 51


def test_one_of_those_who_write_a_spool_uploads_for_all_of_them(store: FaultyStore) -> None:
    logger = Logger("run", ADDRESS, on_error="raise")
    logger.flush()
    other = Mirror(logger.base_dir, ADDRESS, lambda _: store, QUICK)
    logger.log_scalar(1, "loss", 1)
    assert other.flush()
    assert tree_in(store) == tree_of(logger.base_dir)


def test_what_is_stored_makes_room_and_what_is_not_stays(
    store: FaultyStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(spool.LIMIT_VARIABLE, "10 kB")
    store.fate = lambda: "lost"
    logger = Logger("run", ADDRESS)
    noise = np.random.default_rng(1).random((32, 32, 3))
    for step in range(10):
        logger.log_image(noise, "noise", step)
    wait_until(lambda: "LAVDLIKE_SPOOL_LIMIT" in caplog.text or "files wait" in caplog.text)
    assert len(list(logger.log_dir.glob("*/noise.png"))) == 10
    store.fate = lambda: "answered"
    logger.flush()
    wait_until(lambda: sum(path.stat().st_size for path in logger.log_dir.rglob("*.*")) <= 10 * 2**10)
    logger.close()
    assert (logger.log_dir / "experiment.json").exists()
    found = tree_in(store)
    assert len([path for path in found if path.endswith("noise.png")]) == 10
    assert found.items() >= tree_of(logger.base_dir).items()


def test_what_the_logger_removes_is_removed_there_and_what_a_person_removes_is_not(
    store: FaultyStore,
) -> None:
    logger = Logger("run", ADDRESS)
    logger.log_text("first", "note")
    logger.log_image(np.zeros((8, 8)), "black", boxes=[{"xStart": 0, "yStart": 0, "xEnd": 4, "yEnd": 4}])
    logger.close()
    assert {"run/black.json", "run/note.txt"} <= tree_in(store).keys()
    (logger.log_dir / "note.txt").unlink()
    logger.log_image(np.zeros((8, 8)), "black")
    logger.flush()
    wait_until(lambda: "run/black.json" not in tree_in(store))
    assert "run/note.txt" in tree_in(store)
    again = Logger("run", ADDRESS, exists="replace")
    again.close()
    wait_until(lambda: tree_in(store) == tree_of(logger.base_dir))


def test_names_are_those_of_the_store(store: FaultyStore) -> None:
    store.inner.put("run/scalars.tsv", b"another host's")
    assert Logger("run", ADDRESS, exists="new").name == "run-2"
    with pytest.raises(ValueError, match="is that of an experiment"):
        Logger("run", ADDRESS, exists="refuse")


def test_files_that_nobody_told_of_are_found(store: FaultyStore) -> None:
    logger = Logger("run", ADDRESS)
    np.save(logger.log_dir / "mine.npy", np.arange(3))
    wait_until(lambda: "run/mine.npy" in tree_in(store))
    (logger.log_dir / "last.bin").write_bytes(b"at the end")
    logger.close()
    assert tree_in(store) == tree_of(logger.base_dir)


@pytest.mark.usefixtures("store")
def test_addresses(tmp_path: Path) -> None:
    folder = Logger("run", ADDRESS, disabled=True).base_dir
    assert folder.parent == tmp_path
    assert Logger("run", Path(ADDRESS), disabled=True).base_dir == folder
    assert Logger("run", ADDRESS + "/", disabled=True).base_dir == folder
    assert place_of(ADDRESS + "/run") == (folder, "run")
    assert not folder.exists(), "a disabled logger makes nothing"
    with pytest.raises(ValueError, match="no key, password or token"):
        Logger("run", "s3://key:secret@bucket/logs")
    Logger("run", ADDRESS)
    assert spool.spool_with(folder / "run" / "inner") == (folder, ADDRESS)
