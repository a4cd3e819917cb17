from __future__ import annotations

import os
from pathlib import Path

import pytest

from lavdlike.disk import append
from lavdlike.disk.append import AppendFile
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
    monkeypatch.setattr(append, "_identity", looked_up.append)
    for _ in range(1000):
        file.append(b"1\t2\n", 100.5)
    assert looked_up == []
    file.close()


def test_a_fifo_in_the_place_of_a_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.log")
    with pytest.raises(append.UnwrittenError, match="not a regular file") as caught:
        AppendFile(tmp_path / "a.log").append(b"x\n", 1.0)
    assert caught.value.rest == b"x\n"


def test_of_a_line_that_a_full_disk_cut_the_rest_is_written(tmp_path: Path) -> None:
    # RLIMIT_FSIZE cuts writes exactly as a full disk does.
    scripts.run(
        """
        import resource, signal, sys
        from pathlib import Path
        from lavdlike.disk.append import AppendFile, UnwrittenError

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
    assert (tmp_path / "a.log").read_bytes() == b"head\nfirst\nsecond\nthird\nfourth\n"


def test_a_cut_line_behind_which_another_writer_wrote_is_ended_and_written_again(tmp_path: Path) -> None:
    done = scripts.run(
        """
        import resource, signal, sys
        from pathlib import Path
        from lavdlike.disk.append import AppendFile, UnwrittenError

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        path = Path(sys.argv[1])
        file = AppendFile(path, cut_mark=b"\\t!cut\\n")
        for other in (b"x\\n", b"", b"second\\n"):
            path.unlink(missing_ok=True)
            file.close()
            file.append(b"first\\n", 1.0)
            resource.setrlimit(resource.RLIMIT_FSIZE, (8, resource.RLIM_INFINITY))
            try:
                file.append(b"second\\n", 1.1)
            except UnwrittenError as error:
                rest = error.rest
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            with path.open("ab") as another:
                another.write(other)
            if not other:
                file.append(b"seventh\\n", 1.2)  # another thread of this process was quicker
            file.append(rest, 1.3)
            print(path.read_bytes())
        """,
        tmp_path / "a.log",
        cwd=tmp_path,
    )
    assert done.stdout.splitlines() == [
        repr(b"first\nsex\nsecond\n"),
        repr(b"first\nseventh\nsecond\n"),
        repr(b"first\nsesecond\nsecond\n"),
    ]


def test_several_processes_write_one_header(tmp_path: Path) -> None:
    scripts.run(
        """
        import os, sys
        from pathlib import Path
        from lavdlike.disk.append import AppendFile

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
