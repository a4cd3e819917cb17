"""What a program has printed and is not kept yet."""

from __future__ import annotations

import threading

import pytest

from lavdlike.launch import backlog
from lavdlike.launch.backlog import Backlog
from lavdlike.launch.streams import Name
from tests.limits import LIMIT_S


def test_nobody_waits_for_what_is_kept_and_waiting_chunks_become_one() -> None:
    kept: list[tuple[Name, bytes]] = []
    begun, go_on = threading.Event(), threading.Event()

    def keep(name: Name, data: bytes) -> None:
        begun.set()
        assert go_on.wait(LIMIT_S)
        kept.append((name, data))

    waiting = Backlog(keep)
    waiting.add("stdout", b"1")
    assert begun.wait(LIMIT_S)
    for name, data in (("stdout", b"2"), ("stdout", b"3"), ("stderr", b"4"), ("stdout", b"5")):
        waiting.add(name, data)  # type: ignore[arg-type]
    go_on.set()
    waiting.finish()
    assert kept == [("stdout", b"1"), ("stdout", b"23"), ("stderr", b"4"), ("stdout", b"5")]


def test_more_than_fits_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "MAX_BYTES", 10)
    go_on = threading.Event()
    begun = threading.Event()
    kept: list[bytes] = []

    def keep(_: Name, data: bytes) -> None:
        begun.set()
        assert go_on.wait(LIMIT_S)
        kept.append(data)

    waiting = Backlog(keep)
    waiting.add("stdout", b"first")
    assert begun.wait(LIMIT_S)
    waiting.add("stdout", b"x" * 10)
    added = threading.Event()

    def add_more() -> None:
        waiting.add("stdout", b"last")
        added.set()

    adding = threading.Thread(target=add_more)
    adding.start()
    assert not added.is_set()
    go_on.set()
    assert added.wait(LIMIT_S)
    adding.join()
    waiting.finish()
    assert b"".join(kept) == b"first" + b"x" * 10 + b"last"
