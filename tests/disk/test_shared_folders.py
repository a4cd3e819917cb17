from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from lavdlike.disk import shared_folders, write
from lavdlike.disk.append import AppendFile
from lavdlike.disk.shared_folders import OwnFiles, make_folders, user_suffix, why_refused

ME = str(os.geteuid())


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):o}"


def write_all(folder: Path) -> dict[str, str]:
    """One file of each way to write; the rights of all that was made, by path."""
    AppendFile(folder / "a" / "lines.tsv", header=b"x\n").append(b"1\n", 1.0)
    AppendFile(folder / "a" / "lines.log").append(b"1\n", 1.0)
    write.replace_bytes(folder / "a" / "b" / "whole", b"x")
    write.update_json(folder / "a" / "keys.json", lambda it: it.update({"k": 1}), lock=folder / "a" / ".lock")
    return {str(path.relative_to(folder)): rights(path) for path in (folder / "a").rglob("*")} | {
        "a": rights(folder / "a")
    }


@pytest.mark.parametrize(
    ("mode", "umask", "folders", "files"),
    [
        (0o2775, 0o022, "2775", "664"),
        (0o2770, 0o077, "2770", "660"),
        (0o2755, 0o022, "2755", "644"),
        (0o2750, 0o077, "2750", "640"),
        (0o775, 0o022, "755", "644"),
        (0o777, 0o027, "750", "640"),
    ],
)
def test_new_files_have_the_rights_that_the_group_has_in_its_folder(
    tmp_path: Path, mode: int, umask: int, folders: str, files: str
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    root.chmod(mode)
    os.umask(umask)
    found = write_all(root)
    assert {found.pop("a"), found.pop("a/b")} == {folders}
    assert found == dict.fromkeys(
        ("a/lines.tsv", "a/lines.log", "a/b/whole", "a/keys.json", "a/.lock"), files
    )


def test_rights_that_somebody_took_away_from_a_file_stay_away(tmp_path: Path) -> None:
    tmp_path.chmod(0o2775)
    file = AppendFile(tmp_path / "lines.log")
    file.append(b"1\n", 1.0)
    file.path.chmod(0o600)
    file.close()
    file.append(b"2\n", 9.0)
    assert rights(file.path) == "600"


def test_a_folder_that_is_there_is_said(tmp_path: Path) -> None:
    make_folders(tmp_path / "a" / "b")
    with pytest.raises(FileExistsError):
        make_folders(tmp_path / "a" / "b")


@pytest.mark.parametrize(
    ("account", "suffix"),
    [
        ("jane.doe", "jane.doe"),
        ("LAB\\jane", "LAB_jane"),
        ("../x y", "_x_y"),
        ("\u540d", ME),
        ("...", ME),
        (ME, ME),
        ("j" * 300, "j" * 60),
    ],
)
def test_a_users_name_as_it_stands_in_a_files_name(
    account: str, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_folders, "_name_of", lambda _number: account)
    assert user_suffix() == suffix


def test_own_files_are_named_after_those_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_folders, "belongs_to_another", Path.exists)
    monkeypatch.setattr(shared_folders, "_name_of", lambda _number: "jane")
    own = OwnFiles()
    for name, instead in (
        ("scalars.rank3.tsv", "scalars.rank3.jane.tsv"),
        ("scalars.rank3.jane.tsv", f"scalars.rank3.jane.{ME}.tsv"),
        (f"scalars.rank3.jane.{ME}.tsv", None),
    ):
        path = tmp_path / name
        assert own.instead_of(path) is None  # it is not there
        path.touch()
        found = own.instead_of(path)
        assert (found.name if found else None) == instead


def test_what_to_do_is_said_where_a_folder_is_another_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = PermissionError(errno.EACCES, "Permission denied")
    path = tmp_path / "0001" / "a.png"
    assert why_refused(path, refused) == "Permission denied"
    monkeypatch.setattr(shared_folders, "belongs_to_another", Path.exists)
    monkeypatch.setattr(shared_folders, "_name_of", lambda _number: "jane")
    assert why_refused(path, refused).startswith(f"Permission denied: {tmp_path} belongs to jane, ")
    assert why_refused(path, OSError(errno.ENOSPC, "No space left")) == "No space left"
    assert why_refused(path, MemoryError("64 MiB wait already")) == "64 MiB wait already"
