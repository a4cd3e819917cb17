from __future__ import annotations

import json
import logging
import queue
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from lavdlike import Logger
from lavdlike.event_lines import Event
from lavdlike.writing.event_listener import EventListener
from tests.limits import LIMIT_S


def line(label: str, seq: int = 0, value: float = 0) -> str:
    return json.dumps({"label": label, "type": "changed", "seq": seq, "field": "f", "value": value}) + "\n"


def put(into: queue.Queue[float]) -> Callable[[Event], None]:
    return lambda event: into.put(event.value)  # type: ignore[arg-type]


def test_every_event_is_heard_once_in_order_from_now_on(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(line("a", 1, -1) + line("a", 2, -1) + line("a", 3, 0).rstrip("\n"))
    heard: queue.Queue[float] = queue.Queue()
    listener = EventListener(path)
    listener.add(put(heard), "a")
    with path.open("a") as file:
        file.write("\n")  # the end of a line that was being written
        for seq in range(4, 1003):
            file.write(line("a", seq, seq - 3))
            file.write(line("b", seq, -1) * (seq % 100 == 0))
            if seq % 10 == 0:
                file.flush()
    assert [heard.get(timeout=LIMIT_S) for _ in range(1000)] == list(range(1000))
    path.with_name("new").write_text(
        line("a", 1002, -1) + line("a", 1003, 7)
    )  # rewritten with what was there
    path.with_name("new").replace(path)
    assert heard.get(timeout=LIMIT_S) == 7
    listener.close()
    assert heard.empty()


def test_handlers_of_other_labels_experiments_and_after_the_end_hear_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    heard: queue.Queue[float] = queue.Queue()
    others: list[object] = []
    before = set(threading.enumerate())
    with Logger("a", tmp_path) as logger, Logger("b", tmp_path) as other, caplog.at_level(logging.ERROR):
        other.on_event(others.append)
        logger.on_event(others.append, "else")
        stop = logger.on_event(others.append, "form")
        stop()
        logger.on_event(lambda _: 1 / 0, "form")
        logger.on_event(put(heard))
        with (tmp_path / "a/events.jsonl").open("a") as file:
            file.write("no event\n" + line("form", value=1))  # as by `echo >>`: without a number
        assert heard.get(timeout=LIMIT_S) == 1
        assert "a handler of events of 'form' failed" in caplog.text
    assert others == []
    assert "lavdlike-events" not in [thread.name for thread in set(threading.enumerate()) - before]


def test_a_handler_may_close_the_logger_and_a_disabled_one_hears_nothing(tmp_path: Path) -> None:
    done = threading.Event()
    logger = Logger("a", tmp_path)

    def close(_: Event) -> None:
        logger.close()
        done.set()

    logger.on_event(close)
    (tmp_path / "a/events.jsonl").write_text(line("form"))
    assert done.wait(LIMIT_S)
    Logger("c", tmp_path, disabled=True).on_event(close)()
    with pytest.raises(ValueError, match="handler must be a function"):
        logger.on_event(3)  # type: ignore[arg-type]
