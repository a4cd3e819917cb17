from __future__ import annotations

import errno
import fcntl
import json
import logging
import os
import time
from pathlib import Path
from typing import Any

import pytest

from lavdlike.disk import write
from tests import scripts


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_whole_file_is_replaced_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "a.txt"
    write.replace_bytes(path, b"old")

    def fail(temporary: Path) -> None:
        temporary.write_bytes(b"half")
        assert path.read_bytes() == b"old"
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        write.replace_file(path, fail)
    assert path.read_bytes() == b"old"
    write.replace_bytes(path, b"new")
    assert path.read_bytes() == b"new"
    assert _names(path.parent) == ["a.txt"]


def test_temporary_names_are_hidden_and_short(tmp_path: Path) -> None:
    names: list[str] = []

    def write_text(temporary: Path) -> None:
        names.append(temporary.name)
        temporary.touch()

    write.replace_file(tmp_path / ("n" * 250), write_text)
    assert names[0].startswith(".")
    assert len(names[0]) <= 20


def test_own_leftovers_older_than_a_day_are_removed(tmp_path: Path) -> None:
    names = (".lavdlike-0123", ".lavdlike-4567", ".somebody-else")
    for name, age_days in zip(names, (2.0, 0.5, 2.0), strict=True):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - 86_400 * age_days,) * 2)
    write.replace_bytes(tmp_path / "a.txt", b"")
    assert _names(tmp_path) == [".lavdlike-4567", ".somebody-else", "a.txt"]


def test_keys_of_a_json_file_are_kept(tmp_path: Path) -> None:
    path, lock = tmp_path / "0001" / "a.json", tmp_path / write.LOCK_FILE
    path.parent.mkdir()
    path.write_text('{"texts": {"actual": "x"}, "mine": [NaN]}')
    write.update_json(path, lambda document: document.update({"scalars": {"value": 1}}), lock=lock)
    assert path.read_text() == '{"texts": {"actual": "x"}, "mine": [NaN], "scalars": {"value": 1}}'


def test_a_broken_json_file_is_kept_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"by hand": ')
    write.update_json(path, lambda document: document.update({"x": 1}), lock=tmp_path / write.LOCK_FILE)
    assert json.loads(path.read_text()) == {"x": 1}
    assert (tmp_path / "a.json.broken").read_text() == '{"by hand": '
    assert "it is kept as a.json.broken" in caplog.text


def test_processes_that_merge_keys_lose_none(tmp_path: Path) -> None:
    scripts.run(
        """
        import os, sys, threading
        from pathlib import Path
        from lavdlike.disk.write import LOCK_FILE, update_json

        folder = Path(sys.argv[1])

        def merge(name):
            for number in range(25):
                update_json(folder / "a.json", lambda document: document.update({f"{name}.{number}": number}),
                            lock=folder / LOCK_FILE)

        children = []
        for child in range(4):
            pid = os.fork()
            if pid == 0:
                threads = [threading.Thread(target=merge, args=(f"{child}.{thread}",)) for thread in range(2)]
                [thread.start() for thread in threads]
                [thread.join() for thread in threads]
                os._exit(0)
            children.append(pid)
        for pid in children:
            assert os.waitpid(pid, 0)[1] == 0
        """,
        tmp_path,
        cwd=tmp_path,
    )
    assert len(json.loads((tmp_path / "a.json").read_text())) == 4 * 2 * 25


def test_a_lock_that_is_never_released_is_given_up_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(write, "LOCK_WAIT_S", 0.02)
    lock = tmp_path / write.LOCK_FILE
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        write.update_json(tmp_path / "a.json", lambda document: document.update({"x": 1}), lock=lock)
    assert json.loads((tmp_path / "a.json").read_text()) == {"x": 1}
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "held by another process" in caplog.text
    # Whoever holds it hangs: nobody waits for it a second time.
    before = time.monotonic()
    monkeypatch.setattr(write, "LOCK_WAIT_S", 30)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        write.update_json(tmp_path / "a.json", lambda document: document.update({"y": 1}), lock=lock)
    assert time.monotonic() - before < 10


def test_an_update_by_a_signal_handler_is_done_behind_the_one_that_it_interrupts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lock, path = tmp_path / write.LOCK_FILE, tmp_path / "a.json"
    refused = [True]
    real = write.replace_bytes

    def refuse(target: Path, content: bytes) -> None:
        if target.name == "full.json" and refused:
            raise OSError(errno.ENOSPC, "full")
        real(target, content)

    monkeypatch.setattr(write, "replace_bytes", refuse)

    def interrupted(document: dict[str, Any]) -> None:
        # As in a handler: the same thread, in the middle of the update.
        for name in ("full.json", "a.json"):
            write.update_json(tmp_path / name, lambda other: other.update({"handler": 1}), lock=lock)
        document["own"] = 1

    before = time.monotonic()
    write.update_json(path, interrupted, lock=lock)
    assert time.monotonic() - before < 10
    assert json.loads(path.read_text()) == {"own": 1}  # behind one that the disk refused, it waits
    refused.clear()
    write.update_json(path, lambda document: document.update({"next": 1}), lock=lock)
    assert json.loads(path.read_text()) == {"own": 1, "next": 1, "handler": 1}
    assert json.loads((tmp_path / "full.json").read_text()) == {"handler": 1}
    write.update_json(
        path,
        lambda _: write.update_json(path, lambda other: other.update({"bad": object()}), lock=lock),
        lock=lock,
    )
    assert "cannot be written as JSON" in caplog.text


def test_signal_handlers_and_their_thread_lose_no_key(tmp_path: Path) -> None:
    done = scripts.run(
        """
        import itertools, signal, sys
        from pathlib import Path
        from lavdlike.disk.write import LOCK_FILE, update_json

        path = Path(sys.argv[1], "a.json")
        numbers, done = itertools.count(), []
        depth = 0

        def merge(name):
            key = f"{name}{next(numbers)}"
            done.append(key)
            update_json(path, lambda document: document.update({key: 1}), lock=path.with_name(LOCK_FILE))

        def handle(*_):  # handlers interrupt each other, too; not without end where each takes longer than the timer
            global depth
            depth += 1
            if depth < 4:
                signal.setitimer(signal.ITIMER_REAL, 0.0031)
            merge("handler")
            depth -= 1
            signal.setitimer(signal.ITIMER_REAL, 0.0031)

        signal.signal(signal.SIGALRM, handle)
        signal.setitimer(signal.ITIMER_REAL, 0.001)
        while sum(key.startswith("handler") for key in done) < 200:
            merge("thread")
        signal.setitimer(signal.ITIMER_REAL, 0)
        merge("thread")
        print(len(set(done)))
        """,
        tmp_path,
        cwd=tmp_path,
    )
    assert len(json.loads((tmp_path / "a.json").read_text())) == int(done.stdout)


def test_a_child_that_is_forked_during_an_update_does_not_keep_the_lock(tmp_path: Path) -> None:
    scripts.run(
        """
        import os, signal, sys, time
        from pathlib import Path
        from lavdlike.disk.write import LOCK_FILE, update_json

        path = Path(sys.argv[1], "a.json")
        children = []

        def fork(document):
            pid = os.fork()
            if pid == 0:
                signal.pause()  # a worker that lives on, with the descriptor
            children.append(pid)

        update_json(path, fork, lock=path.with_name(LOCK_FILE))
        before = time.monotonic()
        other = os.fork()
        if other == 0:
            update_json(path, lambda document: document.update({"x": 1}), lock=path.with_name(LOCK_FILE))
            os._exit(0)
        assert os.waitpid(other, 0)[1] == 0
        assert time.monotonic() - before < 10
        os.kill(children[0], signal.SIGKILL)
        os.waitpid(children[0], 0)
        """,
        tmp_path,
        cwd=tmp_path,
    )
    assert json.loads((tmp_path / "a.json").read_text()) == {"x": 1}
