"""Whatever the terminal, the machine and the other processes do, the script goes on and nothing it logged is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from lavdlike import Logger
from tests import scripts
from tests.limits import LIMIT_S
from tests.logged import points_of
from tests.writing.killed_worker import KILLED_WORKER


def test_a_script_without_standard_streams_logs_its_lines(tmp_path: Path) -> None:
    scripts.run(
        """
        import sys
        from lavdlike import Logger
        assert sys.stdout is None and sys.stderr is None
        with Logger("run", "log") as logger:
            logger.println("printed")
            logger.eprintln("warned")
            logger.print_table(["a"], [[1]])
        """,
        cwd=tmp_path,
        closed=True,
    )
    folder = tmp_path / "log/run"
    assert (folder / "stdout.log").read_text().splitlines() == ["printed", "| a |", "|---|", "| 1 |"]
    assert (folder / "stderr.log").read_text() == "warned\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_spinner_turns_at_terminals_of_every_encoding(tmp_path: Path, encoding: str) -> None:
    terminal, inside = os.openpty()
    code = """
from lavdlike import Logger
with Logger("run", "log") as logger, logger.spinner("Loading"):
    pass
print("went on")
"""
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(scripts.ROOT), "PYTHONIOENCODING": encoding},
        stdin=inside,
        stdout=inside,
        stderr=inside,
    ) as process:
        os.close(inside)
        shown = _read_to_end(terminal)
        assert process.wait(LIMIT_S) == 0, shown
    os.close(terminal)
    assert "Loading" in shown
    assert "went on" in shown
    assert "Error" not in shown


def _read_to_end(terminal: int) -> str:
    shown = b""
    try:
        while piece := os.read(terminal, 65536):
            shown += piece
    except OSError:  # how a terminal says that nobody is left
        pass
    return shown.decode(errors="replace")


def test_a_signal_handler_reports_while_the_script_prints_to_a_slow_reader(tmp_path: Path) -> None:
    done = scripts.run(
        """
        import os, signal, sys, time
        from lavdlike import Logger
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(writer)
            while os.read(reader, 512):
                time.sleep(0.001)
            os._exit(0)
        os.close(reader)
        shown, sys.stdout = sys.stdout, os.fdopen(writer, "w", buffering=1)
        logger = Logger("run", "log")
        reported = []
        def report(*_):
            logger.println("preempted")
            reported.append(1)
        signal.signal(signal.SIGALRM, report)
        signal.setitimer(signal.ITIMER_REAL, 0.01, 0.0037)
        lines = 0
        while len(reported) < 150:
            logger.println("x" * 3000)
            lines += 1
        signal.setitimer(signal.ITIMER_REAL, 0)
        print(lines, len(reported), file=shown, flush=True)
        logger.close()
        sys.stdout.close()
        os.waitpid(child, 0)
        """,
        cwd=tmp_path,
    )
    lines, reported = map(int, done.stdout.split())
    logged = (tmp_path / "log/run/stdout.log").read_text().splitlines()
    assert (logged.count("x" * 3000), logged.count("preempted")) == (lines, reported)


def test_a_parent_prints_although_its_worker_was_killed_while_printing(tmp_path: Path) -> None:
    done = scripts.run(KILLED_WORKER + 'logger.println("from the parent")\nlogger.close()\n', cwd=tmp_path)
    assert done.stdout == "from the parent\n"
    assert (tmp_path / "log/run/stdout.log").read_text().splitlines()[-1] == "from the parent"


def test_a_spawned_process_logs_to_the_experiment_it_was_given(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        """
import multiprocessing
from lavdlike import Logger

def work(logger, step):
    logger.log_scalar(step / 2, "worker", step)

def main():
    with Logger("run", "log") as logger:
        logger.log_scalar(0.0, "parent", 0)
        workers = [
            multiprocessing.get_context("spawn").Process(target=work, args=(logger, step)) for step in (1, 2)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
            assert worker.exitcode == 0
        logger.log_scalar(0.0, "parent", 3)
"""
    )
    scripts.run("import train; train.main()", cwd=tmp_path)
    points = [point for file in (tmp_path / "log/run").glob("scalars*.tsv") for point in points_of(file)]
    assert sorted(points) == [(0, "parent", 0), (1, "worker", 0.5), (2, "worker", 1), (3, "parent", 0)]


def test_a_logger_is_made_although_the_working_directory_is_gone(tmp_path: Path) -> None:
    scripts.run(
        """
        import os, sys
        os.mkdir("scratch")
        os.chdir("scratch")
        os.rmdir("../scratch")
        from lavdlike import Logger
        with Logger("run", sys.argv[1]) as logger:
            logger.log_scalar(0.5, "loss", 1)
            logger.log_summary()
        """,
        tmp_path / "log",
        cwd=tmp_path,
    )
    assert points_of(tmp_path / "log/run/scalars.tsv") == [(1, "loss", 0.5)]


def test_processes_that_start_at_once_on_a_slow_disk_lose_no_session_and_no_key(tmp_path: Path) -> None:
    """16 of them, each of whose updates takes 40 ms: the last waits for more than a second."""
    scripts.run(
        """
        import os, time
        from pathlib import Path
        from lavdlike import Logger

        replace = Path.replace
        def slow_replace(self, target):
            time.sleep(0.04)
            return replace(self, target)
        Path.replace = slow_replace

        reader, writer = os.pipe()
        ranks = []
        for rank in range(16):
            ranks.append(os.fork())
            if ranks[-1] == 0:
                os.close(writer)
                os.read(reader, 1)  # ends when the parent lets all go
                with Logger("run", "log", config={f"rank{rank}": rank}):
                    pass
                os._exit(0)
        os.close(writer)
        for rank in ranks:
            assert os.waitpid(rank, 0)[1] == 0
        """,
        cwd=tmp_path,
    )
    document = json.loads((tmp_path / "log/run/experiment.json").read_text())
    assert document["config"] == {f"rank{rank}": rank for rank in range(16)}
    assert [session["outcome"] for session in document["sessions"]] == ["finished"] * 16


@pytest.mark.parametrize("locale", ["C", "en_US"])
def test_names_of_other_letters_are_written_in_utf8_whatever_the_locale(tmp_path: Path, locale: str) -> None:
    scripts.run(
        r"""
        from lavdlike import Logger
        with Logger("gr\u00f6\u00dfe", "log") as logger:
            logger.log_text("\u6587", "caf\u00e9", 1)
            logger.log_scalar(0.5, "verl\u00fcst", 1)
        """,
        cwd=tmp_path,
        variables={"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    )
    folder = tmp_path / "log/größe"
    assert (folder / "0001/café.txt").read_text(encoding="utf-8") == "文\n"
    assert points_of(folder / "scalars.tsv") == [(1, "verlüst", 0.5)]


def test_what_comes_after_a_full_disk_is_written_however_much_was_given_up(tmp_path: Path) -> None:
    done = scripts.run(
        """
        import resource, signal
        from lavdlike import Logger
        from lavdlike.writing import retries

        retries.MAX_WAITING_BYTES = 2**15  # some 1,000 of the values below
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        logger = Logger("run", "log")
        logger.log_scalar(0.0, "loss", 0)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))  # "the disk is full"
        for step in range(1, 3000):
            logger.log_scalar(float(step), "loss", step)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        logger.log_scalar(-1.0, "after", 1)
        logger.log_text("text", "after")
        logger.close()
        """,
        cwd=tmp_path,
    )
    folder = tmp_path / "log/run"
    points = [line.split("\t") for line in (folder / "scalars.tsv").read_text().splitlines()]
    assert points[-1][2:] == ["after", "-1.0"]
    assert (folder / "after.txt").read_text() == "text\n"
    assert json.loads((folder / "experiment.json").read_text())["sessions"][0]["outcome"] == "finished"
    # What could not wait is said, and all else is there.
    written = sum(len(fields) == 4 and fields[2] == "loss" for fields in points)
    assert 500 < written < 3000
    assert f"{3000 - written} writes were not done" in done.stderr


def test_flush_returns_although_another_thread_goes_on_logging_pictures(tmp_path: Path) -> None:
    is_over = threading.Event()
    begun = threading.Semaphore(0)
    picture = np.zeros((64, 64))

    def work() -> None:
        step = 0
        while not is_over.is_set():
            logger.log_image(picture, "picture", step % 10)
            step += 1
            begun.release()

    with Logger("run", tmp_path) as logger:
        busy = threading.Thread(target=work)
        flush = threading.Thread(target=logger.flush, daemon=True)
        busy.start()
        try:
            for _ in range(30):
                assert begun.acquire(timeout=LIMIT_S)
            flush.start()
            flush.join(LIMIT_S)
            assert not flush.is_alive()
        finally:
            is_over.set()
            busy.join()


def test_what_a_signal_handler_merges_into_a_file_that_is_being_merged_is_kept(tmp_path: Path) -> None:
    scripts.run(
        """
        import signal
        from lavdlike import Logger

        for experiment in range(8):
            handled = []
            with Logger(f"run{experiment}", "log") as logger:
                def handle(*_):
                    logger.log_config({"preempted": True})
                    logger.log_histogram([1, 2, 3], "both", step=1)
                    handled.append(1)
                signal.signal(signal.SIGALRM, handle)
                signal.setitimer(signal.ITIMER_REAL, 0.02 + experiment * 0.0007)
                index = 0
                while not handled or index < 3:
                    logger.log_config({f"key{index % 3}": index})
                    logger.log_text("text", "both", step=1, expected=str(index))
                    index += 1
        """,
        cwd=tmp_path,
    )
    for experiment in range(8):
        folder = tmp_path / f"log/run{experiment}"
        config = json.loads((folder / "experiment.json").read_text())["config"]
        assert sorted(config) == ["key0", "key1", "key2", "preempted"]
        assert sorted(json.loads((folder / "0001/both.json").read_text())) == ["histograms", "texts"]
