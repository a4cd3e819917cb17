from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from lavdlike import Logger, experiment
from lavdlike.disk.shared_folders import OwnFiles
from lavdlike.experiment import process_alive, status_of
from lavdlike.writing import presence
from tests import scripts
from tests.limits import LIMIT_S


def _document(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "experiment.json").read_text())
    return document


def _status(folder: Path) -> str:
    file = folder / "experiment.json"
    found = experiment.read(file.read_bytes(), "experiment.json")
    alive = [process_alive(session) for session in found.sessions]
    heartbeats = [file.stat().st_mtime] * len(alive)
    return status_of(found.sessions, heartbeats=heartbeats, now=time.time(), alive=alive)


def test_running_then_finished(tmp_path: Path) -> None:
    before = time.time()
    with Logger("run", tmp_path, writer="rank3") as logger:
        assert _status(logger.log_dir) == "running"
        session = _document(logger.log_dir)["sessions"][0]
        assert session["pid"] == os.getpid()
        assert session["writer"] == "rank3"
        assert before - 0.001 <= session["started"] <= time.time()
        assert {"host", "bootId", "processStarted"} <= set(session)
    assert _status(logger.log_dir) == "finished"
    session = _document(logger.log_dir)["sessions"][0]
    assert session["outcome"] == "finished"
    assert session["ended"] >= session["started"]


def test_an_error_in_the_with_block_is_how_it_ended(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no"), Logger("run", tmp_path):
        raise ValueError("no\ndata")
    assert _document(tmp_path / "run")["sessions"][0]["outcome"] == "ValueError: no data"
    assert _status(tmp_path / "run") == "crashed"


def test_the_same_name_again_is_another_session_and_keeps_the_rest(tmp_path: Path) -> None:
    with Logger("run", tmp_path, config={"a": 1, "b": 2}, tags=["first", "both"]):
        pass
    created = _document(tmp_path / "run")["created"]
    with Logger("run", tmp_path, config={"b": 3}, tags=["both", "second"]) as logger:
        logger.log_config({"c": {"d": float("inf")}})
        assert _status(logger.log_dir) == "running"
    document = _document(tmp_path / "run")
    assert document["created"] == created
    assert document["config"] == {"a": 1, "b": 3, "c": {"d": "inf"}}
    assert document["tags"] == ["first", "both", "second"]
    assert [session["outcome"] for session in document["sessions"]] == ["finished", "finished"]


def test_keys_of_other_programs_are_kept(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "experiment.json").write_text('{"note": "mine", "sessions": ["odd"]}')
    with Logger("run", tmp_path):
        pass
    document = _document(tmp_path / "run")
    assert document["note"] == "mine"
    assert document["sessions"][0] == "odd"
    assert document["sessions"][1]["outcome"] == "finished"


def _wait_until(condition: Any) -> None:
    give_up = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_the_heartbeat_touches_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "HEARTBEAT_S", 0.01)
    with Logger("run", tmp_path) as logger:
        file = logger.log_dir / "experiment.json"
        os.utime(file, (1.0, 1.0))
        _wait_until(lambda: time.time() - file.stat().st_mtime < LIMIT_S)
        content = file.read_bytes()
        file.unlink()
        _wait_until(file.exists)
        assert json.loads(file.read_bytes())["sessions"] == json.loads(content)["sessions"]


def test_the_heartbeat_does_not_make_a_deleted_experiment_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats: list[int] = []
    monkeypatch.setattr(presence, "HEARTBEAT_S", 0.01)
    made = presence.Presence(tmp_path / "run", "", OwnFiles(), lambda: beats.append(1))
    made.keep_alive()
    _wait_until(lambda: len(beats) > 2)
    made.stop()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("ending", "outcome", "status"),
    [
        ("pass", "finished", "finished"),
        ("raise ValueError('no data')", "ValueError: no data", "crashed"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", "crashed"),
        ("import os; os._exit(0)", None, "crashed"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", None, "crashed"),
    ],
)
def test_how_a_script_ends_is_written(ending: str, outcome: str | None, status: str, tmp_path: Path) -> None:
    code = f"import sys, lavdlike\nlogger = lavdlike.Logger('run', sys.argv[1])\n{ending}\n"
    environment = {**os.environ, "PYTHONPATH": str(scripts.ROOT)}
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env=environment,
        check=False,
        capture_output=True,
        timeout=50,
    )
    assert _document(tmp_path / "run")["sessions"][0].get("outcome") == outcome
    assert _status(tmp_path / "run") == status


def test_a_stopped_script_is_quiet_when_its_heartbeats_are_missed(tmp_path: Path) -> None:
    code = "import sys, lavdlike\nlogger = lavdlike.Logger('run', sys.argv[1])\nprint('ready', flush=True)\ninput()\n"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(scripts.ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as script:
        assert script.stdout is not None
        script.stdout.readline()
        assert _status(tmp_path / "run") == "running"
        script.send_signal(signal.SIGSTOP)
        os.utime(tmp_path / "run" / "experiment.json", (1.0, 1.0))
        assert _status(tmp_path / "run") == "quiet"
        script.send_signal(signal.SIGCONT)
        script.communicate(b"\n", timeout=LIMIT_S)
    assert _status(tmp_path / "run") == "finished"


def test_256_processes_that_open_one_experiment_at_once_lose_nothing(tmp_path: Path) -> None:
    done = scripts.run(
        """
        import os, sys
        from lavdlike import Logger
        import lavdlike.kinds.histograms, numpy  # what all would load

        ready, go = os.pipe(), os.pipe()
        children = []
        for rank in range(256):
            pid = os.fork()
            if pid == 0:
                os.close(go[1])
                os.read(go[0], 1)  # ends for all when the parent closes it
                with Logger("run", sys.argv[1], config={f"rank{rank}": rank}) as logger:
                    logger.log_scalar(rank, "x", rank)
                    logger.log_json(f"rank{rank}", {}, "shared", 1)
                os._exit(0)
            children.append(pid)
        os.close(go[1])
        assert all(os.waitpid(pid, 0)[1] == 0 for pid in children)
        """,
        tmp_path,
        cwd=tmp_path,
    )
    document = json.loads((tmp_path / "run/experiment.json").read_text())
    assert sum(session.get("outcome") == "finished" for session in document["sessions"]) == 256
    assert len(document["config"]) == 256
    assert len(json.loads((tmp_path / "run/0001/shared.json").read_text())) == 256
    assert len((tmp_path / "run/scalars.tsv").read_text().splitlines()) == 257
    assert done.stderr == ""
