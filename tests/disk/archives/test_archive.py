"""What is in an archive is what was put into it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lavdlike.disk import made
from lavdlike.disk.archives.archive import ArchivePlace, ArchiveRoot, archive_at, known_archive
from lavdlike.disk.local import LocalRoot
from lavdlike.errors import NotServedError
from tests.disk.archives.archives import MAKERS, all_in, tarred, with_names, zipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With empty, long, odd and compressible files, in folders of several depths."""
    contents = {
        "run/experiment.json": b"{}",
        "run/0001/x.bin": os.urandom(200_000),
        "run/0001/zeros.bin": bytes(9 * 2**20),
        "run/0002/bild größer.txt": "äöü".encode(),
        "run/" + "d/" * 20 + "deep " + "n" * 150 + ".txt": b"deep",
        "empty.txt": b"",
        ".hidden/file": b"not part of the tree",
        "other/.hidden": b"nor this",
    }
    root = tmp_path / "folder"
    for name, content in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return root


@pytest.mark.parametrize("name", MAKERS)
def test_an_archive_holds_what_the_folder_holds(name: str, folder: Path, tmp_path: Path) -> None:
    root = ArchiveRoot(ArchivePlace(MAKERS[name](folder, tmp_path / name)))
    assert all_in(root) == all_in(LocalRoot(folder))
    assert root.problems() == []
    with root.file("run/experiment.json") as opened:
        assert opened.status.st_mtime == 1_700_000_000


def test_an_archive_of_tar_itself_holds_what_the_folder_holds(folder: Path, tmp_path: Path) -> None:
    for form in ("gnu", "pax"):
        target = tmp_path / f"{form}.tar"
        command = ["tar", f"--format={form}", "-cf", str(target), "-C", str(folder), "."]
        subprocess.run(command, check=True)
        assert all_in(ArchiveRoot(ArchivePlace(target))) == all_in(LocalRoot(folder))


def test_a_folder_in_an_archive_is_a_root_and_so_is_one_folder_alone(folder: Path, tmp_path: Path) -> None:
    archive = zipped(folder, tmp_path / "logs.zip")
    assert all_in(ArchiveRoot(ArchivePlace(archive, "run"))) == all_in(LocalRoot(folder / "run"))
    assert all_in(ArchiveRoot(ArchivePlace(archive), only="run")) == all_in(LocalRoot(folder, only="run"))
    as_run = ArchiveRoot(ArchivePlace(archive), called="logs.zip")
    named = {f"logs.zip/{path}": content for path, content in all_in(LocalRoot(folder)).items()}
    assert all_in(as_run) == {"logs.zip": None, **named}


@pytest.mark.parametrize("path", ["..", "run/..", "/run", "run//0001", ".hidden/file", "other/.hidden", "no"])
def test_no_other_path_leads_anywhere(path: str, folder: Path, tmp_path: Path) -> None:
    root = ArchiveRoot(ArchivePlace(tarred(folder, tmp_path / "logs.tar")))
    with pytest.raises((FileNotFoundError, NotADirectoryError)), root.file(path):
        pass
    with pytest.raises((FileNotFoundError, NotADirectoryError)), root.folder(path):
        pass


def test_an_archive_that_is_another_one_is_looked_through_again(tmp_path: Path) -> None:
    path = with_names(tmp_path / "logs.zip", {"run/a.txt": b"before"})
    root = ArchiveRoot(ArchivePlace(path))
    with root.folder("run") as opened:
        before = opened.status(), opened.status_of("a.txt")
    assert known_archive(path) is known_archive(path)
    with_names(tmp_path / "new.zip", {"run/a.txt": b"before", "run/b.txt": b"more"}).replace(path)
    assert all_in(root) == {"run": None, "run/a.txt": b"before", "run/b.txt": b"more"}
    with root.folder("run") as opened:
        assert opened.status().st_ino != before[0].st_ino
        assert opened.status().st_mtime_ns != before[0].st_mtime_ns  # so no look takes it for unchanged
        assert opened.status_of("a.txt").st_ino != before[1].st_ino
    path.unlink()
    with pytest.raises(FileNotFoundError):
        root.status()
    with pytest.raises(FileNotFoundError), root.folder(""):
        pass


def test_a_copy_is_told_to_be_the_file_as_long_as_it_is_open(tmp_path: Path) -> None:
    """So readers know a file again that was read before, and read it on."""
    root = ArchiveRoot(ArchivePlace(with_names(tmp_path / "logs.zip", {"run/a.txt": b"x" * 10})))
    with root.file("run/a.txt") as first, root.file("run/a.txt") as second:
        assert made.status_of(first.fd) == made.status_of(second.fd) == first.status
        kept = os.dup(first.fd)
    assert os.fstat(kept) != first.status
    assert made.status_of(kept) == os.fstat(kept)
    os.close(kept)


def test_which_paths_are_archives(tmp_path: Path) -> None:
    archive = with_names(tmp_path / "A.ZIP", {"x": b""})
    assert archive_at(archive) == (archive, "")
    assert archive_at(archive / "run" / "0001") == (archive, "run/0001")
    (tmp_path / "folder.zip" / "run").mkdir(parents=True)
    (tmp_path / "notes.txt").touch()
    for name in ("folder.zip", "folder.zip/run", "notes.txt", "notes.txt/x", "missing.zip", ""):
        assert archive_at(tmp_path / name) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a.zip", "it is no zip file"),
        ("a.tar", "it is no tar file"),
        ("a.tgz", "its gzip data is broken near byte 0"),
        ("a.tar.xz", "archives of this form are not read; a .zip, .tar or .tar.gz is"),
        ("a.7z", "archives of this form are not read; a .zip, .tar or .tar.gz is"),
    ],
)
def test_what_is_no_archive_says_so(name: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"nothing of the kind " * 100)
    root = ArchiveRoot(ArchivePlace(path))
    with pytest.raises(NotServedError) as caught, root.folder(""):
        pass
    assert (caught.value.path, caught.value.reason) == (name, reason)
    assert root.problems() == []


def test_descriptors_are_closed_with_the_archive(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "large.bin").write_bytes(bytes(2**20))
    before = len(list(Path("/proc/self/fd").iterdir()))
    for number in range(20):
        path = zipped(source, tmp_path / f"{number}.zip")
        with ArchiveRoot(ArchivePlace(path)).file("large.bin") as opened:
            assert opened.read(2**21) == bytes(2**20)
    assert len(list(Path("/proc/self/fd").iterdir())) < before + 20
    shutil.rmtree(source)
