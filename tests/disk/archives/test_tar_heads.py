"""What a tar file holds, also one that is damaged or made to harm."""

from __future__ import annotations

import io
import tarfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.disk.archives import tar_heads
from lavdlike.disk.archives.archive import ArchivePlace, ArchiveRoot
from lavdlike.disk.archives.tar_heads import read_tar
from lavdlike.errors import LogFormatError
from tests.disk.archives.archives import all_in


class Held:
    """Bytes in memory (`tar_heads.Bytes`)."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read_at(self, place: int, count: int) -> bytes:
        return self.data[place : place + count]


def made(*infos: tuple[str, bytes, bytes], **options: object) -> bytes:
    """Of names, types and contents."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", **options) as archive:  # type: ignore[call-overload]
        for name, type_, content in infos:
            info = tarfile.TarInfo(name)
            info.type, info.size, info.mtime = type_, len(content), 1_700_000_000
            if type_ in (tarfile.SYMTYPE, tarfile.LNKTYPE):
                info.linkname = "/etc/passwd"
            archive.addfile(info, io.BytesIO(content))
    data: bytes = target.getvalue()
    return data


GOOD = ("run/good.txt", tarfile.REGTYPE, b"good")


def test_links_devices_and_names_that_lead_out_are_said_and_the_rest_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "odd.tar"
    path.write_bytes(
        made(
            GOOD,
            ("run/link", tarfile.SYMTYPE, b""),
            ("run/hard", tarfile.LNKTYPE, b""),
            ("run/device", tarfile.CHRTYPE, b""),
            ("../out", tarfile.REGTYPE, b"x"),
            ("/absolute", tarfile.REGTYPE, b"x"),
            ("run/good.txt", tarfile.REGTYPE, b"later"),
        )
    )
    root = ArchiveRoot(ArchivePlace(path))
    assert all_in(root) == {"run": None, "run/good.txt": b"later"}
    assert {each.path: each.reason for each in root.problems()} == {
        "run/link": "a link, which is not followed in an archive",
        "run/hard": "a link, which is not followed in an archive",
        "run/device": "not a regular file",
        "../out": "its name leads out of the archive",
        "/absolute": "an absolute name",
        "run/good.txt": "it is there twice; the later one is shown",
    }


def test_a_cut_tar_file_shows_what_is_whole(tmp_path: Path) -> None:
    data = made(*((f"run/{n}.txt", tarfile.REGTYPE, bytes([65 + n]) * 1000) for n in range(4)))
    path = tmp_path / "cut.tar"
    path.write_bytes(data[: 2 * 1536 + 700])
    root = ArchiveRoot(ArchivePlace(path))
    [problem] = root.problems()
    assert problem.path == "cut.tar"
    assert problem.reason.startswith("it is cut or broken at byte")
    with root.file("run/1.txt") as opened:
        assert opened.read(2000) == b"B" * 1000


def test_what_stands_behind_a_broken_head_is_said() -> None:
    data = bytearray(made(*((f"run/{n}.txt", tarfile.REGTYPE, b"x") for n in range(3))))
    data[1024 + 100] ^= 255  # in the head of the second file
    tree = read_tar(Held(bytes(data)))
    assert list(tree.names("run")) == [("0.txt", False)]
    assert [each.reason for each in tree.problems] == [
        "it is broken at byte 1,024; what stands behind is not shown"
    ]


def test_a_head_that_says_it_is_huge_is_not_read() -> None:
    data = bytearray(made(GOOD, ("n" * 300, tarfile.REGTYPE, b"x"), format=tarfile.GNU_FORMAT))
    place = 1024  # the head of the long name
    data[place + 124 : place + 136] = b"77777777777\0"
    data[place + 148 : place + 156] = b" " * 8
    data[place + 148 : place + 156] = b"%06o\0 " % sum(data[place : place + 512])
    tree = read_tar(Held(bytes(data)))
    assert tree.part("run/good.txt") is not None
    [problem] = tree.problems
    assert problem.reason.startswith("the head of a file at byte 1,536 has more than 1 MiB")


def test_of_very_many_names_the_first_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tar_heads, "_MOST_LISTED", 20)
    tree = read_tar(Held(made(*((f"run/{n}", tarfile.REGTYPE, b"") for n in range(30)))))
    assert len(list(tree.names("run"))) == 20
    assert tree.problems[0].reason == "it holds more than 20 names; what stands behind is not shown"


SMALL = made(GOOD, ("run/b/c.txt", tarfile.REGTYPE, b"more" * 200), ("n" * 200, tarfile.REGTYPE, b"long"))


@given(st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), max_size=6), st.integers(0))
def test_any_bytes_are_an_archive_or_a_sentence(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(SMALL)
    for place, value in changes:
        data[place] = value
    if cut % 3 == 0:
        del data[cut % len(SMALL) :]
    with suppress(LogFormatError):
        tree = read_tar(Held(bytes(data)))
        assert all(problem.reason for problem in tree.problems)
