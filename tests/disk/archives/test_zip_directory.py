"""What a zip file holds, also one that is damaged or made to harm."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.disk.archives import archive_tree, zip_directory
from lavdlike.disk.archives.archive import ArchivePlace, ArchiveRoot
from lavdlike.errors import LogFormatError, NotServedError
from tests.disk.archives.archives import all_in, with_names


def reasons(path: Path) -> dict[str, str]:
    return {each.path: each.reason for each in ArchiveRoot(ArchivePlace(path)).problems()}


def test_encrypted_links_and_other_methods_are_said_and_the_rest_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("run/good.txt", b"good")
        link = zipfile.ZipInfo("run/link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, b"/etc/passwd")
        archive.writestr("run/bz2.txt", b"x" * 100, zipfile.ZIP_BZIP2)
        archive.writestr("run/secret.txt", b"0123456789")
        archive.writestr("../out.txt", b"out")
        archive.infolist()[3].flag_bits |= 1  # as of an encrypted one
    assert all_in(ArchiveRoot(ArchivePlace(path))) == {"run": None, "run/good.txt": b"good"}
    assert reasons(path) == {
        "run/link": "a link, which is not followed in an archive",
        "run/bz2.txt": "it is compressed by method 12; read are stored (0) and deflated files (8)",
        "run/secret.txt": "it is encrypted, so it cannot be read",
        "../out.txt": "its name leads out of the archive",
    }


def test_a_zip_file_may_be_large_have_a_comment_or_bytes_in_front(tmp_path: Path) -> None:
    plain = with_names(tmp_path / "plain.zip", {"run/a.txt": b"content", "run/ä.txt": b""})
    with zipfile.ZipFile(plain, "a") as archive:
        archive.comment = b"PK\5\6 " * 100
        with archive.open(zipfile.ZipInfo("run/z64.txt"), "w", force_zip64=True) as file:
            file.write(b"large")
    expected = {"run": None, "run/a.txt": b"content", "run/ä.txt": b"", "run/z64.txt": b"large"}
    assert all_in(ArchiveRoot(ArchivePlace(plain))) == expected
    with_front = tmp_path / "front.zip"
    with_front.write_bytes(b"#!/bin/sh\n" * 50 + plain.read_bytes())
    assert all_in(ArchiveRoot(ArchivePlace(with_front))) == expected


def test_offsets_of_zip64_are_taken_from_its_fields(tmp_path: Path) -> None:
    """As in a file beyond 4 GiB: sizes and offsets stand in the extra field, and the end in a record of its own."""
    content, name = b"far away", b"run/far.txt"
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 45, 0, 0, 0, 33, 0, 8, 8, len(name), 0) + name + content
    extra = struct.pack("<2H3Q", 1, 24, len(content), len(content), 0)
    all_ = 0xFFFFFFFF
    lengths = (len(name), len(extra), 0, 0, 0)
    entry = (
        struct.pack("<4s2B5H3L5H2L", b"PK\1\2", 45, 3, 45, 0, 0, 0, 33, 0, all_, all_, *lengths, 0, all_)
        + name
        + extra
    )
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(entry), len(local))
    place = struct.pack("<4sLQL", b"PK\6\7", 0, len(local) + len(entry), 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, all_, all_, 0)
    path = tmp_path / "z64.zip"
    path.write_bytes(local + entry + end64 + place + end)
    part = zip_directory.read_zip(os.open(path, os.O_RDONLY), path.stat().st_size).part("run/far.txt")
    assert part is not None
    assert part[:3] == (0, 8, 8)


def test_of_a_cut_zip_file_what_is_whole_is_shown(tmp_path: Path) -> None:
    path = with_names(tmp_path / "cut.zip", {f"run/{n}.txt": bytes([65 + n]) * 1000 for n in range(5)})
    path.write_bytes(path.read_bytes()[:3500])
    root = ArchiveRoot(ArchivePlace(path))
    assert all_in(root) == {
        "run": None,
        "run/0.txt": b"A" * 1000,
        "run/1.txt": b"B" * 1000,
        "run/2.txt": b"C" * 1000,
    }
    [problem] = root.problems()
    assert problem.path == "cut.zip"
    assert problem.reason == (
        "it is cut: there is no list of files at its end, and from byte 3,117 on it is not shown"
    )


def test_a_list_that_is_broken_is_said(tmp_path: Path) -> None:
    path = with_names(tmp_path / "broken.zip", {f"run/{n}.txt": b"x" for n in range(3)})
    data = path.read_bytes()
    second = data.index(b"PK\1\2", data.index(b"PK\1\2") + 1)
    path.write_bytes(data[:second] + b"XX" + data[second + 2 :])
    root = ArchiveRoot(ArchivePlace(path))
    assert all_in(root) == {"run": None, "run/0.txt": b"x"}
    assert reasons(path) == {"broken.zip": f"its list of files is broken at byte {second:,}"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data.replace(b"content", b"CONTENT"), "damaged: its checksum is another one"),
        (
            lambda data: data.replace(b"PK\3\4", b"XX\3\4"),
            "damaged or cut: it is not where the archive says",
        ),
    ],
)
def test_what_is_damaged_is_said_when_it_is_read(change: object, reason: str, tmp_path: Path) -> None:
    path = with_names(tmp_path / "bad.zip", {"run/a.txt": b"content"})
    path.write_bytes(change(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(NotServedError) as caught, ArchiveRoot(ArchivePlace(path)).file("run/a.txt"):
        pass
    assert caught.value.reason == reason


def test_of_a_million_names_so_many_are_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(archive_tree, "MAX_FILES", 50)
    monkeypatch.setattr(zip_directory, "_MOST_LISTED", 200)
    path = with_names(tmp_path / "many.zip", {f"run/{n}.txt": b"" for n in range(300)})
    assert len(all_in(ArchiveRoot(ArchivePlace(path)))) == 51
    said = [each.reason for each in ArchiveRoot(ArchivePlace(path)).problems()]
    assert said == [
        "it holds more than 200 names; what stands behind is not shown",
        "it holds more than 50 files: 150 of them are not shown",
    ]


def _small() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("run/a.txt", b"content" * 20, zipfile.ZIP_DEFLATED)
        archive.writestr("run/b/c.txt", b"more")
    return target.getvalue()


SMALL = _small()


@given(st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), max_size=6), st.integers(0))
def test_any_bytes_are_an_archive_or_a_sentence(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(SMALL)
    for place, value in changes:
        data[place] = value
    if cut % 3 == 0:
        del data[cut % len(SMALL) :]
    fd = os.memfd_create("zip")
    with os.fdopen(fd, "wb") as file, suppress(LogFormatError):
        file.write(data)
        file.flush()
        tree = zip_directory.read_zip(fd, len(data))
        for folder in ("", "run"):
            if tree.has_folder(folder):
                assert all("/" not in name for name, _ in tree.names(folder))
