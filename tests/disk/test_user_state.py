from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike.disk.user_state import key_of, note_shown, shown_at, state_folder


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def test_a_root_is_known_by_any_path_to_it(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "link").symlink_to("log")
    assert shown_at(tmp_path / "log") == 0
    note_shown(tmp_path / "link")
    first = shown_at(tmp_path / "log")
    assert first > 0
    note_shown(tmp_path / "log")
    assert shown_at(tmp_path / "link") >= first
    assert key_of(tmp_path / "log") == key_of(tmp_path / "link") != key_of(tmp_path)


def test_nobody_else_reads_what_was_shown(tmp_path: Path, state: Path) -> None:
    note_shown(tmp_path)
    [file] = (state / "lavdlike" / "shown").iterdir()
    assert [path.stat().st_mode & 0o777 for path in (file, file.parent)] == [0o600, 0o700]


def test_where_nothing_can_be_kept_nothing_was_shown(
    tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.touch()
    note_shown(tmp_path)
    assert shown_at(tmp_path) == 0
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state_folder() == tmp_path / ".local" / "state" / "lavdlike"
