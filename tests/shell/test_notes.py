from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import pytest

from lavdlike import cli
from tests.shell.terminal import lines, objects


def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """An editor that runs this Python with the file's path as `path`."""
    script = tmp_path / "an editor.py"
    script.write_text(f"import sys, pathlib\npath = pathlib.Path(sys.argv[1])\n{program}\n")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"{sys.executable} '{script}'")


def test_notes_are_written_printed_and_removed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = str(root / "run-2")
    assert cli.main(["note", run]) == 0
    assert lines(capsys) == []
    assert cli.main(["note", run, "--text", "# Ideas\n\nlower the rate"]) == 0
    assert lines(capsys) == ["wrote notes on run-2"]
    assert (root / "run-2/my-notes.md").read_text() == "# Ideas\n\nlower the rate"
    assert cli.main(["note", run]) == 0
    assert lines(capsys) == ["# Ideas", "", "lower the rate"]
    assert cli.main(["note", run, "--json"]) == 0
    assert objects(capsys) == [{"experiment": "run-2", "notes": "# Ideas\n\nlower the rate"}]
    assert cli.main(["note", run, "--text", ""]) == 0
    assert not (root / "run-2/my-notes.md").exists()


def test_notes_come_from_a_file_or_standard_input(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run, file = str(root / "run-2"), tmp_path / "notes.md"
    file.write_text("größer")
    assert cli.main(["note", run, "--file", str(file)]) == 0
    assert (root / "run-2/my-notes.md").read_text() == "größer"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"from a pipe")))
    assert cli.main(["note", run, "--file", "-"]) == 0
    assert (root / "run-2/my-notes.md").read_text() == "from a pipe"
    file.write_bytes(b"\xff")
    for path, reason in (
        (file, "is not UTF-8: byte 0"),
        (tmp_path / "none.md", "cannot read .*No such file"),
    ):
        assert cli.main(["note", run, "--file", str(path)]) == 2
        assert re.search(reason, capsys.readouterr().err)
    assert (root / "run-2/my-notes.md").read_text() == "from a pipe"


def test_notes_are_edited(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = str(root / "run-2")
    cli.main(["note", run, "--text", "one"])
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    editor(tmp_path, monkeypatch, "path.write_text(path.read_text() + ' two')")
    assert cli.main(["note", run, "--edit"]) == 0
    assert (root / "run-2/my-notes.md").read_text() == "one two"
    assert not list(tmp_path.glob("lavdlike-*"))


def test_an_editor_that_fails_changes_nothing(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    editor(tmp_path, monkeypatch, "path.write_text('half'); sys.exit(3)")
    assert cli.main(["note", str(root / "run-2"), "--edit"]) == 2
    assert "the editor ended with exit code 3" in capsys.readouterr().err
    monkeypatch.setenv("VISUAL", "no-such-editor")
    assert cli.main(["note", str(root / "run-2"), "--edit"]) == 2
    assert "cannot start the editor 'no-such-editor'" in capsys.readouterr().err
    assert not (root / "run-2/my-notes.md").exists()


def test_notes_that_somebody_else_wrote_meanwhile_stay_and_ours_are_kept(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = root / "run-2/my-notes.md"
    editor(
        tmp_path, monkeypatch, f"path.write_text('mine'); pathlib.Path({str(theirs)!r}).write_text('theirs')"
    )
    assert cli.main(["note", str(root / "run-2"), "--edit"]) == 1
    assert theirs.read_text() == "theirs"
    errors = capsys.readouterr().err
    assert "changed by somebody else meanwhile" in errors
    kept = re.search("what you wrote is kept in (.*)", errors)
    assert kept
    assert Path(kept[1]).read_text() == "mine"
    assert Path(kept[1]).parent.stat().st_mode & 0o077 == 0
