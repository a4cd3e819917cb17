from __future__ import annotations

import threading
from pathlib import Path

import pytest

from lavdlike import workers
from lavdlike.workers import Workers

TIME_LIMIT_S = 10


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
        assert go_on.wait(TIME_LIMIT_S)
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
    monkeypatch.setattr(workers, "MAX_JOBS", most_jobs)
    monkeypatch.setattr(workers, "MAX_BYTES", most_bytes)
    pool, go_on, given = Workers(_fail), threading.Event(), threading.Semaphore(0)

    def wait() -> None:
        go_on.wait(TIME_LIMIT_S)

    def give() -> None:
        for number in range(5):
            pool.submit(Path(str(number)), 10, wait)
            given.release()

    giver = threading.Thread(target=give)
    giver.start()
    for _ in range(3):
        assert given.acquire(timeout=TIME_LIMIT_S)
    assert not given.acquire(timeout=0.05)
    go_on.set()
    giver.join(TIME_LIMIT_S)
    pool.drain()


def test_a_job_larger_than_the_bound_is_taken_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MAX_BYTES", 10)
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
    monkeypatch.setattr(workers, "_IDLE_S", 0.01)
    pool, thread = Workers(_fail), []
    pool.submit(Path("a"), 1, lambda: thread.append(threading.current_thread()))
    pool.drain()
    thread[0].join(TIME_LIMIT_S)
    assert not thread[0].is_alive()


def test_where_no_thread_can_be_started_the_caller_does_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError(f"can't create new thread at interpreter shutdown: {thread.name}")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    pool, done = Workers(_fail), []
    pool.submit(Path("a"), 1, lambda: done.append(threading.current_thread()))
    assert done == [threading.current_thread()]
    pool.drain()
