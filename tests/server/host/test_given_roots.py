"""Which of the folders that the command line names are there at the start, and what is shown of them."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from lavdlike.errors import UsageError
from lavdlike.named_roots import GivenRoot, NamedRoot
from lavdlike.server.host import given_roots
from lavdlike.server.host.given_roots import roots_of, said


def make_run(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "experiment.json").write_text("{}")
    return folder


def test_a_root_a_run_and_what_is_not_there_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_run(tmp_path / "a" / "one")
    given = [
        GivenRoot("a", tmp_path / "a"),
        GivenRoot("run", tmp_path / "a" / "one"),
        GivenRoot("late", tmp_path / "late"),
    ]
    assert roots_of(given) == [
        NamedRoot("a", tmp_path / "a"),
        NamedRoot("run", tmp_path / "a", "one"),
        NamedRoot("late", tmp_path / "late", is_decided=False),
    ]
    assert f"there is no folder {tmp_path / 'late'}: it is shown as late later" in capsys.readouterr().err
    assert said(given[:2]) == f"a={tmp_path / 'a'}, run={tmp_path / 'a' / 'one'}"


def test_one_that_hangs_holds_no_other_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_run(tmp_path / "a" / "one")
    (tmp_path / "hangs").mkdir()
    released = threading.Event()
    look = given_roots._shown_root

    def hang(path: Path) -> object:
        if path.name == "hangs":
            released.wait()
        return look(path)

    monkeypatch.setattr(given_roots, "_shown_root", hang)
    monkeypatch.setattr(given_roots, "ANSWER_WITHIN_S", 0.2)
    try:
        roots = roots_of([GivenRoot("x", tmp_path / "hangs"), GivenRoot("a", tmp_path / "a")])
    finally:
        released.set()
    assert [(root.name, root.is_decided) for root in roots] == [("x", False), ("a", True)]
    assert f"the folder {tmp_path / 'hangs'} does not answer" in capsys.readouterr().err


def test_where_none_is_there_it_is_a_mistake(tmp_path: Path) -> None:
    for given in (
        [GivenRoot("", tmp_path / "x")],
        [GivenRoot("a", tmp_path / "x"), GivenRoot("b", tmp_path / "y")],
    ):
        with pytest.raises(UsageError, match=f"there is no folder {tmp_path / 'x'}"):
            roots_of(given)


def test_a_file_is_one_also_among_others(tmp_path: Path) -> None:
    make_run(tmp_path / "a" / "one")
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is a file"):
        roots_of([GivenRoot("a", tmp_path / "a"), GivenRoot("b", tmp_path / "file")])
