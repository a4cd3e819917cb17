from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from lavdlike.disk.root import etag_of, fingerprint_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text("hello")
    return path


def test_an_etag_is_weak_until_the_file_has_settled(file: Path) -> None:
    assert etag_of(file.stat()).startswith('W/"')


def test_an_etag_becomes_strong_and_stays_the_same(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = file.stat().st_ctime
    monkeypatch.setattr("lavdlike.disk.root.time.time", lambda: now + 3)
    etag = etag_of(file.stat())
    assert etag.startswith('"')
    assert etag == etag_of(file.stat())


def test_every_change_makes_another_etag(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lavdlike.disk.root.time.time", lambda: file.stat().st_ctime + 3)
    etags = [etag_of(file.stat())]
    with file.open("a") as opened:
        opened.write(" again")
    etags.append(etag_of(file.stat()))
    os.utime(file, ns=(0, 0))  # the time alone
    etags.append(etag_of(file.stat()))
    copy = file.with_name("copy")
    copy.write_bytes(file.read_bytes())
    os.utime(copy, ns=(0, 0))
    copy.replace(file)  # another file of the same size and time
    etags.append(etag_of(file.stat()))
    assert len(set(etags)) == 4


def test_a_fingerprint_never_repeats_while_the_file_may_still_change(file: Path) -> None:
    status = file.stat()
    assert fingerprint_of(status) != fingerprint_of(status)
    old = Path(sys.executable).stat()
    assert fingerprint_of(old) == fingerprint_of(old) != 0
