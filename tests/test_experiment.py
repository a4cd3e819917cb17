from __future__ import annotations

import json
import os
import subprocess
import sys

import msgspec
import pytest

from lavdlike import experiment
from lavdlike.errors import LogFormatError
from lavdlike.experiment import (
    ExperimentFile,
    Git,
    HeardOf,
    Session,
    process_alive,
    status_of,
    this_process,
    together,
)

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
    assert status_of(sessions, heartbeats=[heartbeat] * len(sessions), now=NOW, alive=alive) == status


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


@pytest.mark.parametrize(
    ("machine", "here", "alive"), [("a", "a", False), ("a", "b", None), ("", "", None), ("", "a", None)]
)
def test_a_process_of_an_earlier_boot_is_not_alive_if_the_machine_is_this_one(
    machine: str,
    here: str,
    alive: bool | None,  # noqa: FBT001 - a column of the table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    host = experiment._this_host()
    monkeypatch.setattr(experiment, "_this_host", lambda: host._replace(machine=here))
    session = msgspec.structs.replace(this_process(""), boot_id="another", machine=machine)
    assert process_alive(session) is alive


def test_a_process_that_the_system_hides_may_run(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = this_process("")
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    monkeypatch.setattr(experiment, "_stat_of", lambda _: None)  # as with hidepid, for those of other users
    assert process_alive(mine) is None
    assert process_alive(msgspec.structs.replace(mine, pid=ended.pid)) is False


def test_a_process_that_waits_to_be_forgotten_has_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.read()
        session = this_process("")
        session.pid = child.pid
        session.process_started = experiment._process_started(child.pid)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert process_alive(session) is False


@pytest.mark.parametrize(
    "change",
    [{"host": "elsewhere"}, {"host": ""}, {"pid_namespace": "pid:[1]"}, {"pid_namespace": ""}, {"pid": None}],
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


def test_what_several_users_wrote_is_one_experiment() -> None:
    first, second, newest = (Session(float(number), id=str(number)) for number in (1, 2, 3))
    main = ExperimentFile(5.0, ["a"], {"x": 1, "y": 2}, Git("main", "old"), [first, second])
    ended = Session(2.0, id="2", ended=4.0)
    users = ExperimentFile(3.0, ["b", "a"], {"y": 3, "z": 4}, Git("main", "new"), [ended, newest])
    not_ours = ExperimentFile(1.0, ["somebody else's"])
    whole, heartbeats = together(HeardOf(main, 100.0), [HeardOf(not_ours, 300.0), HeardOf(users, 200.0)])
    assert whole == ExperimentFile(
        3.0, ["a", "b"], {"x": 1, "y": 2, "z": 4}, Git("main", "new"), [first, ended, newest]
    )
    assert heartbeats == [100.0, 200.0, 200.0]


def test_each_session_is_heard_of_by_its_own_file() -> None:
    sessions = [Session(1.0), Session(2.0)]
    assert status_of(sessions, heartbeats=[NOW, 0.0], now=NOW, alive=[None, None]) == "running"
    assert status_of(sessions, heartbeats=[0.0, 0.0], now=NOW, alive=[None, None]) == "quiet"
