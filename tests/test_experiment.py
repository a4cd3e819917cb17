from __future__ import annotations

import json
import subprocess
import sys

import msgspec
import pytest

from lavdlike import experiment
from lavdlike.errors import LogFormatError
from lavdlike.experiment import Session, process_alive, status_of, this_process

NOW = 10_000.0
RECENT = NOW - 20.0
LONG_AGO = NOW - 1000.0


def _ended(outcome: str, started: float = 1.0) -> Session:
    return Session(started=started, ended=started + 1, outcome=outcome)


OPEN = Session(started=2.0)


@pytest.mark.parametrize(
    ("sessions", "alive", "heartbeat", "status"),
    [
        ([], [], RECENT, "unknown"),
        ([OPEN], [True], RECENT, "running"),
        ([OPEN], [None], RECENT, "running"),
        ([OPEN], [None], NOW + 500.0, "running"),  # the file server's clock is ahead
        ([OPEN], [True], LONG_AGO, "quiet"),
        ([OPEN], [None], LONG_AGO, "quiet"),
        ([OPEN], [False], RECENT, "crashed"),
        ([_ended("finished")], [None], RECENT, "finished"),
        ([_ended("ValueError: no")], [False], LONG_AGO, "crashed"),
        ([_ended("finished"), OPEN], [False, False], RECENT, "crashed"),
        ([OPEN, _ended("finished", 3.0)], [False, None], RECENT, "finished"),
        ([OPEN, _ended("finished", 3.0)], [None, None], RECENT, "running"),
        ([OPEN, OPEN], [False, True], RECENT, "running"),
    ],
)
def test_status(sessions: list[Session], alive: list[bool | None], heartbeat: float, status: str) -> None:
    assert status_of(sessions, heartbeat=heartbeat, now=NOW, alive=alive) == status


def test_this_process_is_alive() -> None:
    assert process_alive(this_process("")) is True


def test_a_process_that_ended_is_not() -> None:
    code = "import msgspec; from lavdlike.experiment import *; print(msgspec.json.encode(this_process('')).decode())"
    written = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert process_alive(msgspec.json.decode(written, type=Session)) is False


def test_another_process_with_the_same_pid_is_not_it() -> None:
    session = this_process("")
    assert session.process_started is not None
    session.process_started -= 1
    assert process_alive(session) is False


def test_a_process_of_an_earlier_boot_is_not_alive() -> None:
    session = this_process("")
    session.boot_id = "another"
    assert process_alive(session) is False


@pytest.mark.parametrize(
    "change", [{"host": "elsewhere"}, {"host": ""}, {"pid_namespace": "pid:[1]"}, {"pid": None}]
)
def test_what_ran_elsewhere_cannot_be_seen_from_here(change: dict[str, str | None]) -> None:
    assert process_alive(msgspec.structs.replace(this_process(""), **change)) is None


def test_experiment_json_is_read_and_unknown_keys_ignored() -> None:
    document = {
        "created": 1.5,
        "tags": ["a"],
        "config": {"x": None},
        "sessions": [{"started": 2, "who": "me"}],
        "y": 1,
    }
    found = experiment.read(json.dumps(document).encode(), "experiment.json")
    assert (found.created, found.tags, found.config) == (1.5, ["a"], {"x": None})
    assert found.sessions == [Session(started=2.0)]
    assert found.git.commit == ""


def test_another_experiment_json_is_an_error_with_its_place() -> None:
    with pytest.raises(LogFormatError, match=r"sessions\[0\]"):
        experiment.read(b'{"sessions": [{"pid": 3}]}', "experiment.json")
