from __future__ import annotations

import threading
from pathlib import Path

import pytest

from lavdlike.writing import encoders
from lavdlike.writing.encoders import Workers
from tests.limits import LIMIT_S


def _fail(path: Path, error: Exception) -> None:
    raise AssertionError(f"{path}: {error}")


def test_all_jobs_are_done_when_drain_returns() -> None:
    pool, done = Workers(_fail), []
    for number in range(200):
        pool.submit(Path(str(number)), 1, lambda number=number: done.append(number))  # type: ignore[misc]
    pool.drain()
    assert sorted(done) == list(range(200))


def test_jobs_for_one_path_are_done_in_order() -> None:
    pool, done, go_on = Workers(_fail), [], threading.Event()

    def first() -> None:
        assert go_on.wait(LIMIT_S)
        done.append(0)

    pool.submit(Path("a"), 1, first)
    for number in range(1, 20):
        pool.submit(Path("a"), 1, lambda number=number: done.append(number))  # type: ignore[misc]
    pool.submit(Path("b"), 1, go_on.set)  # another thread is free for another path
    pool.drain()
    assert done == list(range(20))


@pytest.mark.parametrize(("most_jobs", "most_bytes"), [(3, 1000), (1000, 30)])
def test_who_gives_a_job_to_a_full_pool_waits(
    most_jobs: int, most_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoders, "MAX_JOBS", most_jobs)
    monkeypatch.setattr(encoders, "MAX_BYTES", most_bytes)
    pool, go_on, given = Workers(_fail), threading.Event(), threading.Semaphore(0)

    def wait() -> None:
        go_on.wait(LIMIT_S)

    def give() -> None:
        for number in range(5):
            pool.submit(Path(str(number)), 10, wait)
            given.release()

    giver = threading.Thread(target=give)
    giver.start()
    for _ in range(3):
        assert given.acquire(timeout=LIMIT_S)
    assert not given.acquire(timeout=0.05)
    go_on.set()
    giver.join(LIMIT_S)
    pool.drain()


def test_a_job_larger_than_the_bound_is_taken_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "MAX_BYTES", 10)
    pool, done = Workers(_fail), []
    pool.submit(Path("a"), 1000, lambda: done.append(1))
    pool.drain()
    assert done == [1]


def test_a_failed_job_is_reported_and_the_next_one_done() -> None:
    failures, done = [], []
    pool = Workers(lambda path, error: failures.append((path, str(error))))

    def fail() -> None:
        raise ValueError("no picture")

    pool.submit(Path("a"), 1, fail)
    pool.submit(Path("a"), 1, lambda: done.append(1))
    pool.drain()
    assert failures == [(Path("a"), "no picture")]
    assert done == [1]


def test_idle_threads_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "_IDLE_S", 0.01)
    pool, thread = Workers(_fail), []
    pool.submit(Path("a"), 1, lambda: thread.append(threading.current_thread()))
    pool.drain()
    thread[0].join(LIMIT_S)
    assert not thread[0].is_alive()


def test_where_no_thread_can_be_started_the_caller_does_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError(f"can't create new thread at interpreter shutdown: {thread.name}")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    pool, done = Workers(_fail), []
    pool.submit(Path("a"), 1, lambda: done.append(threading.current_thread()))
    assert done == [threading.current_thread()]
    pool.drain()


def test_drain_waits_for_what_was_given_before_it_only() -> None:
    pool, stop, drained = Workers(_fail), threading.Event(), threading.Event()

    def slow() -> None:
        drained.wait(0.01)

    def give() -> None:
        while not stop.is_set():
            pool.submit(Path("a"), 1, slow)

    def drain() -> None:
        pool.drain()
        drained.set()

    giver = threading.Thread(target=give)
    giver.start()
    drainer = threading.Thread(target=drain)
    drainer.start()
    assert drained.wait(LIMIT_S)
    stop.set()
    giver.join(LIMIT_S)
    assert not giver.is_alive()


def test_a_job_of_the_caller_is_done_when_run_returns_and_behind_others_of_its_path() -> None:
    pool, done, go_on = Workers(_fail), [], threading.Event()
    pool.run(Path("a"), 1, lambda: done.append(0))
    assert done == [0]

    def first() -> None:
        assert go_on.wait(LIMIT_S)
        done.append(1)

    pool.submit(Path("a"), 1, first)
    pool.run(Path("a"), 1, lambda: done.append(2))
    pool.run(Path("b"), 1, go_on.set)
    pool.drain()
    assert done == [0, 1, 2]


def test_a_signal_handler_does_not_wait_for_what_it_interrupted() -> None:
    pool, done = Workers(_fail), []

    def interrupted() -> None:
        pool.run(Path("a"), 1, lambda: done.append(2))  # behind this one
        pool.submit(Path("b"), 1, lambda: done.append(1))
        pool.drain()
        assert done == [1]

    drained = threading.Event()

    def work() -> None:
        pool.run(Path("a"), 1, interrupted)
        drained.set()

    threading.Thread(target=work, daemon=True).start()
    assert drained.wait(LIMIT_S)
    pool.drain()
    assert done == [1, 2]
