from __future__ import annotations

import fcntl
import json
import logging
import os
import time
from pathlib import Path

import pytest

from lavdlike import storage
from lavdlike.storage import AppendFile
from tests import scripts

HEADER = b"a\tb\n"


def _file(path: Path) -> AppendFile:
    alternative = path.with_name("alternative.tsv")
    return AppendFile(path, header=HEADER, cut_mark=b"\t!cut\n", alternative=alternative)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_first_line_makes_folder_and_header(tmp_path: Path) -> None:
    file = _file(tmp_path / "x" / "y" / "a.tsv")
    file.append(b"1\t2\n", 1.0)
    file.append(b"3\t4\n5\t6\n", 1.1)
    file.close()
    assert file.path.read_bytes() == HEADER + b"1\t2\n3\t4\n5\t6\n"
    assert _names(file.path.parent) == ["a.tsv"]


def test_opening_again_appends(tmp_path: Path) -> None:
    for line in (b"1\t2\n", b"3\t4\n"):
        file = _file(tmp_path / "a.tsv")
        file.append(line, 1.0)
        file.close()
    assert (tmp_path / "a.tsv").read_bytes() == HEADER + b"1\t2\n3\t4\n"


def test_a_closed_file_opens_itself_again(tmp_path: Path) -> None:
    file = _file(tmp_path / "a.tsv")
    file.append(b"1\t2\n", 1.0)
    file.close()
    file.append(b"3\t4\n", 1.0)
    file.close()
    assert (tmp_path / "a.tsv").read_bytes() == HEADER + b"1\t2\n3\t4\n"


def test_a_cut_last_line_is_ended_with_the_mark(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_bytes(HEADER + b"1\t0.12")
    file = _file(tmp_path / "a.tsv")
    file.append(b"3\t4\n", 1.0)
    file.close()
    assert (tmp_path / "a.tsv").read_bytes() == HEADER + b"1\t0.12\t!cut\n3\t4\n"


def test_an_empty_file_gets_the_header(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").touch()
    file = _file(tmp_path / "a.tsv")
    file.append(b"3\t4\n", 1.0)
    file.close()
    assert (tmp_path / "a.tsv").read_bytes() == HEADER + b"3\t4\n"


def test_somebody_elses_file_is_left_alone_and_that_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.tsv").write_bytes(b"step,value\n1,2\n")
    file = _file(tmp_path / "a.tsv")
    file.append(b"3\t4\n", 1.0)
    file.append(b"5\t6\n", 9.0)
    file.close()
    assert (tmp_path / "a.tsv").read_bytes() == b"step,value\n1,2\n"
    assert (tmp_path / "alternative.tsv").read_bytes() == HEADER + b"3\t4\n5\t6\n"
    assert caplog.text.count("writing to alternative.tsv instead") == 1


@pytest.mark.parametrize("take_away", [Path.unlink, lambda path: path.rename(path.with_name("rotated.tsv"))])
def test_a_file_that_was_taken_away_is_made_anew_within_a_second(tmp_path: Path, take_away: object) -> None:
    assert callable(take_away)
    file = _file(tmp_path / "a.tsv")
    file.append(b"1\t2\n", 100.0)
    take_away(tmp_path / "a.tsv")
    file.append(b"3\t4\n", 101.0)
    file.close()
    assert (tmp_path / "a.tsv").read_bytes() == HEADER + b"3\t4\n"


def test_the_file_is_not_looked_up_at_each_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = _file(tmp_path / "a.tsv")
    file.append(b"1\t2\n", 100.0)
    looked_up: list[Path] = []
    monkeypatch.setattr(storage, "_identity", looked_up.append)
    for _ in range(1000):
        file.append(b"1\t2\n", 100.5)
    assert looked_up == []
    file.close()


def test_a_fifo_in_the_place_of_a_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.log")
    with pytest.raises(storage.UnwrittenError, match="not a regular file") as caught:
        AppendFile(tmp_path / "a.log").append(b"x\n", 1.0)
    assert caught.value.rest == b"x\n"


def test_a_short_write_is_closed_and_written_again_whole(tmp_path: Path) -> None:
    # RLIMIT_FSIZE cuts writes exactly as a full disk does.
    scripts.run(
        """
        import resource, signal, sys
        from pathlib import Path
        from lavdlike.storage import AppendFile, UnwrittenError

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        file = AppendFile(Path(sys.argv[1]), header=b"head\\n", cut_mark=b"\\t!cut\\n")
        file.append(b"first\\n", 1.0)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20, resource.RLIM_INFINITY))
        try:
            file.append(b"second\\nthird\\n", 1.1)
        except UnwrittenError as error:
            rest = error.rest
        assert rest == b"third\\n", rest
        try:
            file.append(rest, 1.2)
        except UnwrittenError as error:
            assert error.rest == b"third\\n", error.rest
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        file.append(rest, 1.3)
        file.append(b"fourth\\n", 1.4)
        file.close()
        """,
        tmp_path / "a.log",
        cwd=tmp_path,
    )
    assert (tmp_path / "a.log").read_bytes() == b"head\nfirst\nsecond\nth\t!cut\nthird\nfourth\n"


def test_several_processes_write_one_header(tmp_path: Path) -> None:
    scripts.run(
        """
        import os, sys
        from pathlib import Path
        from lavdlike.storage import AppendFile

        for number in range(20):
            path = Path(sys.argv[1], f"{number}.tsv")
            children = []
            for child in range(4):
                pid = os.fork()
                if pid == 0:
                    file = AppendFile(path, header=b"head\\n", cut_mark=b"\\t!cut\\n")
                    file.append(b"line\\n", 1.0)
                    os._exit(0)
                children.append(pid)
            for pid in children:
                assert os.waitpid(pid, 0)[1] == 0
        """,
        tmp_path,
        cwd=tmp_path,
    )
    for number in range(20):
        assert (tmp_path / f"{number}.tsv").read_bytes() == b"head\n" + b"line\n" * 4


def test_a_whole_file_is_replaced_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "a.txt"
    storage.replace_bytes(path, b"old")

    def fail(temporary: Path) -> None:
        temporary.write_bytes(b"half")
        assert path.read_bytes() == b"old"
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        storage.replace_file(path, fail)
    assert path.read_bytes() == b"old"
    storage.replace_bytes(path, b"new")
    assert path.read_bytes() == b"new"
    assert _names(path.parent) == ["a.txt"]


def test_temporary_names_are_hidden_and_short(tmp_path: Path) -> None:
    names: list[str] = []

    def write(temporary: Path) -> None:
        names.append(temporary.name)
        temporary.touch()

    storage.replace_file(tmp_path / ("n" * 250), write)
    assert names[0].startswith(".")
    assert len(names[0]) <= 20


def test_own_leftovers_older_than_a_day_are_removed(tmp_path: Path) -> None:
    names = (".lavdlike-0123", ".lavdlike-4567", ".somebody-else")
    for name, age_days in zip(names, (2.0, 0.5, 2.0), strict=True):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - 86_400 * age_days,) * 2)
    storage.replace_bytes(tmp_path / "a.txt", b"")
    assert _names(tmp_path) == [".lavdlike-4567", ".somebody-else", "a.txt"]


def test_keys_of_a_json_file_are_kept(tmp_path: Path) -> None:
    path, lock = tmp_path / "0001" / "a.json", tmp_path / storage.LOCK_FILE
    path.parent.mkdir()
    path.write_text('{"texts": {"actual": "x"}, "mine": [NaN]}')
    storage.update_json(path, lambda document: document.update({"scalars": {"value": 1}}), lock=lock)
    assert path.read_text() == '{"texts": {"actual": "x"}, "mine": [NaN], "scalars": {"value": 1}}'


def test_a_broken_json_file_is_kept_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"by hand": ')
    storage.update_json(path, lambda document: document.update({"x": 1}), lock=tmp_path / storage.LOCK_FILE)
    assert json.loads(path.read_text()) == {"x": 1}
    assert (tmp_path / "a.json.broken").read_text() == '{"by hand": '
    assert "it is kept as a.json.broken" in caplog.text


def test_processes_that_merge_keys_lose_none(tmp_path: Path) -> None:
    scripts.run(
        """
        import os, sys, threading
        from pathlib import Path
        from lavdlike.storage import LOCK_FILE, update_json

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
    monkeypatch.setattr(storage, "_LOCK_WAIT_S", 0.02)
    lock = tmp_path / storage.LOCK_FILE
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        storage.update_json(tmp_path / "a.json", lambda document: document.update({"x": 1}), lock=lock)
    assert json.loads((tmp_path / "a.json").read_text()) == {"x": 1}
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "held by another process" in caplog.text
