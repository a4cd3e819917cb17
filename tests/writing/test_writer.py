"""Processes, threads and the end of the interpreter."""

from __future__ import annotations

import gc
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lavdlike import Logger
from lavdlike.errors import WriteError
from lavdlike.kinds import scalars
from tests import scripts


def _values(file: Path) -> list[float | int]:
    parsed = [scalars.parse_line(line) for line in file.read_bytes().splitlines()[1:]]
    assert all(isinstance(point, scalars.ScalarPoint) for point in parsed)
    return [point.value for point in parsed if isinstance(point, scalars.ScalarPoint)]


def _pictures(folder: Path) -> int:
    for file in folder.rglob("*.png"):
        with Image.open(file) as picture:
            picture.load()
    assert not list(folder.rglob(".lavdlike-*"))
    return len(list(folder.rglob("*.png")))


def test_pictures_are_all_written_at_the_end_of_the_script(tmp_path: Path) -> None:
    scripts.run(
        """
        import sys, numpy as np, lavdlike
        logger = lavdlike.Logger("run", sys.argv[1])
        for step in range(100):
            logger.log_image(np.random.rand(64, 64, 3), "x", step)
        """,
        tmp_path,
        cwd=tmp_path,
    )
    assert _pictures(tmp_path) == 100


def test_logging_in_exit_handlers_is_written(tmp_path: Path) -> None:
    scripts.run(
        """
        import atexit, sys, numpy as np
        logger = None

        def late():
            logger.log_scalar(1, "late", 1)
            logger.log_image(np.zeros((8, 8)), "late", 1)
            logger.flush()

        atexit.register(late)  # before the logger's own: runs after it
        import lavdlike
        logger = lavdlike.Logger("run", sys.argv[1])
        """,
        tmp_path,
        cwd=tmp_path,
    )
    assert _values(tmp_path / "run" / "scalars.tsv") == [1]
    assert _pictures(tmp_path) == 1


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_children_of_multiprocessing_write_everything_at_their_end(method: str, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(
        """
import multiprocessing, sys
import numpy as np
import lavdlike

def work(rank, log_dir, inherited):
    if rank == 2:
        with lavdlike.Logger("run", log_dir) as logger:
            write(logger, rank)
            raise ValueError("rank 2 fails")
    write(inherited or lavdlike.Logger("run", log_dir), rank)

def write(logger, rank):
    logger.log_scalar(rank, "rank", rank)
    for step in range(10):
        logger.log_image(np.random.rand(64, 64, 3), f"rank{rank}", step)

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    logger = lavdlike.Logger("run", sys.argv[2])
    shared = logger if sys.argv[1] == "fork" else None
    children = [context.Process(target=work, args=(rank, sys.argv[2], None)) for rank in (1, 2)]
    children.append(context.Process(target=work, args=(3, sys.argv[2], shared)))
    [child.start() for child in children]
    [child.join() for child in children]
"""
    )
    code = "import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    scripts.run(code, tmp_path / "script.py", method, tmp_path, cwd=tmp_path)
    folder = tmp_path / "run"
    assert sorted(_values(folder / "scalars.tsv")) == [1, 2, 3]
    assert _pictures(folder) == 30
    sessions = json.loads((folder / "experiment.json").read_text())["sessions"]
    outcomes = sorted(session.get("outcome", "") for session in sessions)
    finished = 2 if method == "fork" else 3  # who inherits a logger is no session of its own
    assert outcomes == ["ValueError: rank 2 fails", *["finished"] * finished]


def test_a_forked_child_writes_nothing_of_its_parent_twice(tmp_path: Path) -> None:
    scripts.run(
        """
        import os, sys, numpy as np, lavdlike

        logger = lavdlike.Logger("run", sys.argv[1])
        logger.log_scalar(0, "x", 0)
        for step in range(40):  # some of them are still waiting at the fork
            logger.log_image(np.random.rand(128, 128, 3), "x", step)
        pid = os.fork()
        if pid == 0:
            jobs = len(logger._writer._workers._jobs)
            logger.log_scalar(1, "x", 1)
            logger.println("child")
            logger.log_image(np.zeros((8, 8)), "child", 1)
            logger.close()
            os._exit(jobs)
        assert os.waitpid(pid, 0)[1] == 0
        logger.log_scalar(2, "x", 2)
        """,
        tmp_path,
        cwd=tmp_path,
    )
    assert _values(tmp_path / "run" / "scalars.tsv") == [0, 1, 2]
    assert (tmp_path / "run" / "stdout.log").read_text() == "child\n"
    assert _pictures(tmp_path) == 41
    sessions = json.loads((tmp_path / "run" / "experiment.json").read_text())["sessions"]
    assert [session["outcome"] for session in sessions] == ["finished"]


def test_threads_write_whole_lines(tmp_path: Path) -> None:
    scripts.run(
        """
        import sys, threading, lavdlike
        logger = lavdlike.Logger("run", sys.argv[1])

        def work(thread):
            for step in range(500):
                logger.log_scalar(step, f"thread{thread}", step)
                logger.log("T", f"{thread} {step}")

        threads = [threading.Thread(target=work, args=(thread,)) for thread in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        """,
        tmp_path,
        cwd=tmp_path,
    )
    assert len(_values(tmp_path / "run" / "scalars.tsv")) == 8 * 500
    assert len((tmp_path / "run" / "events.log").read_text().splitlines()) == 8 * 500


def test_a_signal_handler_may_log_in_the_middle_of_logging(tmp_path: Path) -> None:
    scripts.run(
        """
        import signal, sys, lavdlike
        logger = lavdlike.Logger("run", sys.argv[1])
        hits = []

        def handle(number, frame):
            hits.append(1)
            logger.log_scalar(1, "signal", 0)
            logger.log("SIGNAL", "x")
            signal.setitimer(signal.ITIMER_REAL, 0.0003)  # the next one, when this one is done

        signal.signal(signal.SIGALRM, handle)
        signal.setitimer(signal.ITIMER_REAL, 0.0003)
        step = 0
        while len(hits) < 50:
            logger.log_scalar(0, "loop", step)
            logger.log("LOOP", "x")
            step += 1
        signal.setitimer(signal.ITIMER_REAL, 0)
        """,
        tmp_path,
        cwd=tmp_path,
    )
    assert sum(_values(tmp_path / "run" / "scalars.tsv")) >= 50


def test_it_can_be_used_inside_a_running_event_loop(tmp_path: Path) -> None:
    scripts.run(
        """
        import asyncio, sys, numpy as np, lavdlike

        async def train(logger, name):
            for step in range(20):
                logger.log_scalar(step, name, step)
                logger.log_image(np.zeros((8, 8)), name, step)
                await asyncio.sleep(0)

        async def main():
            with lavdlike.Logger("run", sys.argv[1]) as logger:
                await asyncio.gather(train(logger, "a"), train(logger, "b"))

        asyncio.run(main())
        """,
        tmp_path,
        cwd=tmp_path,
    )
    assert len(_values(tmp_path / "run" / "scalars.tsv")) == 40
    assert _pictures(tmp_path) == 40


def test_in_a_notebook_an_error_of_a_cell_is_not_how_the_session_ended(tmp_path: Path) -> None:
    scripts.run(
        """
        import sys, types
        sys.modules["ipykernel"] = types.ModuleType("ipykernel")
        import lavdlike
        logger = lavdlike.Logger("run", sys.argv[1])
        sys.last_value = ValueError("in some cell")
        """,
        tmp_path,
        cwd=tmp_path,
    )
    sessions = json.loads((tmp_path / "run" / "experiment.json").read_text())["sessions"]
    assert sessions[0]["outcome"] == "finished"


def test_a_logger_that_nobody_holds_any_more_is_finished(tmp_path: Path) -> None:
    Logger("run", tmp_path).log_scalar(1, "x", 1)
    gc.collect()
    assert (
        json.loads((tmp_path / "run" / "experiment.json").read_text())["sessions"][0]["outcome"] == "finished"
    )


def test_a_closed_logger_still_writes_what_comes(tmp_path: Path) -> None:
    logger = Logger("run", tmp_path)
    logger.close()
    logger.log_scalar(1, "x", 1)
    logger.close()
    assert _values(tmp_path / "run" / "scalars.tsv") == [1]


def test_a_picture_that_cannot_be_written_is_raised_at_the_next_call(tmp_path: Path) -> None:
    logger = Logger("run", tmp_path, on_error="raise")
    (tmp_path / "run" / "0001").write_text("a file where a folder should be")
    with pytest.raises(WriteError, match=r"0001.*x.png"):
        logger.log_image(np.zeros((8, 8)), "x", 1)  # a small one at once
    logger.log_image(np.zeros((200, 200)), "x", 1)
    with pytest.raises(WriteError, match=r"0001.*x.png"):
        logger.flush()
    logger.flush()
    logger.close()
