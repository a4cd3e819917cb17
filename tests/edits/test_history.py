from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest

from lavdlike.disk.edit import LocalEditor
from lavdlike.edits import history
from lavdlike.edits.history import History
from lavdlike.errors import EditError
from lavdlike.match import match_of

FILE = "run/marks.json"


def contents(kept: History, path: str = FILE) -> list[bytes | None]:
    return [kept.content(state) for state in kept.states(path)]


def test_states_are_kept_newest_first_and_each_once(tmp_path: Path) -> None:
    kept = History(LocalEditor(tmp_path))
    for content in (b"a", b"b", None, b"b", b"a"):
        kept.keep(FILE, content)
    assert contents(kept) == [b"a", b"b"]
    assert (tmp_path / ".lavdlike-history" / "states" / "run" / "marks.json").is_dir()
    assert kept.content_of(FILE, match_of(b"b")) == b"b"
    assert kept.content_of(FILE, "") is None


def test_only_the_last_50_beside_the_newest_are_kept(tmp_path: Path) -> None:
    kept = History(LocalEditor(tmp_path))
    for number in range(60):
        kept.keep(FILE, b"%d" % number)
    assert contents(kept) == [b"%d" % number for number in range(59, 8, -1)]
    with pytest.raises(EditError, match="not kept any more"):
        kept.content_of(FILE, match_of(b"3"))


def test_files_of_the_root_and_long_or_strange_names_have_places_of_their_own(tmp_path: Path) -> None:
    kept = History(LocalEditor(tmp_path))
    paths = ["lavdlike.yaml", "lavdlike.yaml/marks.json", "🦜" * 60 + "/marks.json", "\udcff/marks.json"]
    paths.append("🦜" * 60 + "!/marks.json")
    for path in paths:
        kept.keep(path, path.encode(errors="surrogateescape"))
    assert [contents(kept, path) for path in paths] == [
        [path.encode(errors="surrogateescape")] for path in paths
    ]


def test_what_is_written_into_a_replaced_file_afterwards_is_a_state(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    file = tmp_path / "run" / "marks.json"
    file.write_text("old")
    editor = LocalEditor(tmp_path)
    kept = History(editor)
    with file.open("r+") as opened:
        kept.keep(FILE, b"old")
        editor.replace(FILE, b"new", match_of(b"old"), keep_as=kept.late_place(FILE))
        kept.keep(FILE, b"new")
        opened.write("late, by another program")
        opened.flush()
        assert kept.late_states(FILE) == [b"late, by another program"]
        kept.adopt_late(FILE)
        kept.keep(FILE, b"newer")
    assert contents(kept) == [b"newer", b"late, by another program", b"new", b"old"]
    assert kept.late_states(FILE) == []


def test_replaced_files_are_kept_for_a_while_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = History(LocalEditor(tmp_path))
    kept.keep(FILE, b"a")
    for _ in range(3):
        (tmp_path / kept.late_place(FILE)).write_text("a")
    kept.adopt_late(FILE)
    assert sum(path.name.startswith("late-") for path in tmp_path.rglob("*")) == 3
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now + int(2e9 * history.LATE_S))
    kept.adopt_late(FILE)
    assert not any(path.name.startswith("late-") for path in tmp_path.rglob("*"))


def test_states_go_with_an_experiment_that_is_renamed(tmp_path: Path) -> None:
    kept = History(LocalEditor(tmp_path))
    kept.keep("old/marks.json", b"a")
    kept.keep("new/marks.json", b"of one that had the name before")
    kept.rename("old", "new")
    kept.rename("missing", "new")
    assert contents(kept, "new/marks.json") == [b"a"]
    assert contents(kept, "old/marks.json") == []


@pytest.mark.parametrize(
    ("folder_mode", "file_mode", "said"),
    [
        (0o755, 0o644, "0o755"),
        (0o700, 0o644, "0o700"),
        (0o755, 0o600, "0o700"),
        (0o750, 0o644, "0o750"),
        (0o755, 0o640, "0o750"),
    ],
)
def test_who_cannot_read_a_file_cannot_read_its_states(
    tmp_path: Path, folder_mode: int, file_mode: int, said: str
) -> None:
    file = tmp_path / "run" / "my-notes.md"
    file.parent.mkdir()
    file.write_text("secret")
    kept = History(LocalEditor(tmp_path))
    kept.keep("run/my-notes.md", b"earlier")
    file.chmod(file_mode)
    file.parent.chmod(folder_mode)
    states = tmp_path / ".lavdlike-history" / "states" / "run"
    states.chmod(0o755)
    kept.keep("run/my-notes.md", b"secret")
    assert oct(stat.S_IMODE((states / "my-notes.md").stat().st_mode)) == said
    assert len(kept.states("run/my-notes.md")) == 2
