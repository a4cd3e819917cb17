"""Calls that a thread makes."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from lavdlike.compat.tensorboard import SummaryWriter, later_calls
from lavdlike.compat.tensorboard.later_calls import LaterCalls
from tests import scripts
from tests.limits import LIMIT_S


def test_calls_are_made_in_their_order_by_another_thread() -> None:
    made: list[tuple[int, str]] = []
    calls = LaterCalls()
    for number in range(100):
        calls.put(1, lambda at: made.append((at, threading.current_thread().name)), number)
    calls.drain()
    assert made == [(number, "lavdlike-calls") for number in range(100)]


def test_who_gives_too_many_waits_and_none_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later_calls, "MAX_CALLS", 2)
    may_go_on = threading.Event()
    made: list[int] = []
    calls = LaterCalls()
    calls.put(1, may_go_on.wait, LIMIT_S)

    def give() -> None:
        for number in range(20):
            calls.put(1, made.append, number)

    giver = threading.Thread(target=give)
    giver.start()
    giver.join(0.01)
    assert made == []
    assert len(calls._calls) <= 2
    may_go_on.set()
    giver.join(LIMIT_S)
    calls.drain()
    assert made == list(range(20))


def test_bytes_are_bounded_too_but_one_call_is_always_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later_calls, "MAX_BYTES", 10)
    made: list[int] = []
    calls = LaterCalls()
    for number in range(5):
        calls.put(1000, made.append, number)
    calls.drain()
    assert made == list(range(5))
    assert calls._held_bytes == 0


def test_one_that_fails_is_said_and_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    made: list[int] = []
    calls = LaterCalls()
    with caplog.at_level(logging.ERROR, "lavdlike"):
        calls.put(1, int, "x")
        calls.put(1, made.append, 1)
        calls.drain()
    assert made == [1]
    assert "something that was to be logged is lost" in caplog.text


def test_a_call_within_a_call_may_wait_for_all() -> None:
    calls = LaterCalls()
    calls.put(1, calls.drain)
    calls.drain()


def test_a_thread_that_has_nothing_to_do_ends_and_another_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later_calls, "_IDLE_S", 0.001)
    made: list[threading.Thread] = []
    calls = LaterCalls()
    for _ in range(2):
        calls.put(1, lambda: made.append(threading.current_thread()))
        calls.drain()
        made[-1].join(LIMIT_S)
        assert not made[-1].is_alive()
    assert made[0] is not made[1]


def test_another_process_makes_its_own() -> None:
    made: list[int] = []
    calls = pickle.loads(pickle.dumps(LaterCalls()))  # noqa: S301 - our own
    calls.put(1, made.append, 1)
    calls.drain()
    assert made == [1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.slow
def test_a_forked_child_and_the_end_of_a_script_lose_nothing(tmp_path: Path) -> None:
    scripts.run(
        """
        import os, sys
        from lavdlike.compat.tensorboard import SummaryWriter

        writer = SummaryWriter(sys.argv[1])
        for step in range(50):
            writer.add_text("parent", "text", step)
        child = os.fork()
        if child == 0:
            for step in range(3):
                writer.add_text("child", "text", step)
            os._exit(0)
        os.waitpid(child, 0)
        for step in range(50, 100):
            writer.add_text("parent", "text", step)
        """,
        tmp_path / "run",
        cwd=tmp_path,
    )
    assert len(list((tmp_path / "run").glob("*/parent.md"))) == 100
    assert len(list((tmp_path / "run").glob("*/child.md"))) == 3


def test_flush_waits_and_the_last_of_a_name_and_step_stands(tmp_path: Path) -> None:
    writer = SummaryWriter(tmp_path / "run")
    for number in range(20):
        writer.add_text("text", f"number {number}", 1)
    writer.add_text("text", "long " * 300_000, 1)
    for number in range(3):
        values = np.full(8, float(number))
        writer.add_histogram("values", values, 1)
        values[:] = 99  # what was logged is what it was then
    writer.flush()
    assert (tmp_path / "run/0001/text.md").read_text().startswith("long long")
    assert '"min": 2.0' in (tmp_path / "run/0001/values.json").read_text()
    writer.add_histogram("values", np.zeros(8), 1)
    writer.add_histogram("values", np.ones(8), 1, bins=4)
    assert '"min": 1.0' in (tmp_path / "run/0001/values.json").read_text()
    writer.close()


def test_what_is_wrong_is_still_said_to_the_caller(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "run") as writer:
        writer.add_histogram("values", np.zeros(8), 1)
        for wrong, said in ((np.zeros(0), "values must not be empty"), (["a"], "must be")):
            with pytest.raises(ValueError, match=said):
                writer.add_histogram("values", wrong, 2)
        with pytest.raises(ValueError, match="step"):
            writer.add_text("text", "text", "x")


@pytest.mark.slow
def test_a_signal_that_ends_a_script_in_its_own_way_loses_nothing(tmp_path: Path) -> None:
    code = """
import os, signal, sys
from lavdlike.compat.tensorboard import SummaryWriter
writer = SummaryWriter(sys.argv[1])
for step in range(100):
    writer.add_text("text", "text", step)
os.kill(os.getpid(), signal.SIGINT)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "run")],
        env={**os.environ, "PYTHONPATH": str(scripts.ROOT)},
        capture_output=True,
        check=False,
        timeout=2 * LIMIT_S,
    )
    assert done.returncode == -signal.SIGINT
    assert len(list((tmp_path / "run").glob("*/text.md"))) == 100
