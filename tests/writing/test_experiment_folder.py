"""What becomes of an experiment that is there under the name of a new one."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lavdlike import Logger
from lavdlike.disk.local import LocalRoot
from lavdlike.experiment import this_process
from lavdlike.layout import ExperimentName
from lavdlike.reading.snapshot import Snapshot
from lavdlike.writing import experiment_folder
from tests import scripts
from tests.logged import files_of, points_of


def _log(logger: Logger, value: float) -> Logger:
    with logger:
        logger.log_scalar(value, "x", 1)
    return logger


def test_by_default_an_experiment_goes_on(tmp_path: Path) -> None:
    for value in (1.0, 2.0):
        _log(Logger("run", tmp_path), value)
    assert points_of(tmp_path / "run/scalars.tsv") == [(1, "x", 1.0), (1, "x", 2.0)]


def test_a_new_one_gets_a_number_behind_its_name(tmp_path: Path) -> None:
    loggers = [_log(Logger("run", tmp_path, exists="new"), 1) for _ in range(3)]
    assert [logger.name for logger in loggers] == ["run", "run-2", "run-3"]
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["run", "run-2", "run-3"]
    later = Logger("run", tmp_path, exists="new", disabled=True)
    assert later.name == "run"
    later.enable()
    assert (later.name, later.log_dir) == ("run-4", tmp_path / "run-4")
    again: Logger = pickle.loads(pickle.dumps(later))  # noqa: S301 - our own
    assert again.name == "run-4"


def test_new_ones_that_are_asked_for_at_once_are_all_different(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(experiment_folder.claimed("run", tmp_path)))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 20


def test_one_that_is_there_is_refused(tmp_path: Path) -> None:
    _log(Logger("run", tmp_path, exists="refuse"), 1)
    with pytest.raises(ValueError, match=r"^name 'run' is that of an experiment"):
        Logger("run", tmp_path, exists="refuse")
    assert len(json.loads((tmp_path / "run/experiment.json").read_text())["sessions"]) == 1


def test_one_that_is_there_is_replaced_whole(tmp_path: Path) -> None:
    with Logger("run", tmp_path, config={"old": 1}) as logger:
        logger.log_text("old", "old", 1)
    _log(Logger("run", tmp_path, exists="replace"), 2)
    assert files_of(tmp_path / "run") == ["scalars.tsv"]
    assert "config" not in json.loads((tmp_path / "run/experiment.json").read_text())
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    (tmp_path / "empty").mkdir()
    Logger("empty", tmp_path, exists="replace").close()


def test_what_is_no_experiment_or_is_being_written_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis/chapter.md").write_text("years of work")
    with pytest.raises(ValueError, match=r"^name 'thesis' is that of a folder without experiment.json"):
        Logger("thesis", tmp_path, exists="replace")
    assert (tmp_path / "thesis/chapter.md").exists()
    with Logger("run", tmp_path), pytest.raises(ValueError, match="is being written: it is not replaced"):
        Logger("run", tmp_path, exists="replace")


def test_points_behind_the_step_that_it_goes_on_from_count_as_replaced(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        for step in (100, 500, 900):
            logger.log_scalar(1000 - step, "loss", step)
    with Logger("run", tmp_path, resume_from=500) as logger:
        logger.log_scalar(450, "loss", 600)
    [loss] = Snapshot(LocalRoot(tmp_path), ExperimentName("run")).scalar_labels()
    assert (loss.last_step, loss.last_value, loss.minimum) == (600, 450, 450)


def test_a_step_that_it_goes_on_from_is_written_down(tmp_path: Path) -> None:
    Logger("run", tmp_path).close()
    Logger("run", tmp_path, resume_from=500).close()
    sessions: list[dict[str, Any]] = json.loads((tmp_path / "run/experiment.json").read_text())["sessions"]
    assert [session.get("resumedFrom") for session in sessions] == [None, 500]
    with pytest.raises(ValueError, match="resume_from goes with exists='continue', not 'new'"):
        Logger("run", tmp_path, exists="new", resume_from=500)


HOLDS = """
import sys
from lavdlike import Logger
logger = Logger("run", sys.argv[1], writer=sys.argv[2] or None)
print("there", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("other", "own", "variables", "is_said"),
    [
        ("", "", {}, True),
        ("a", "a", {}, True),
        ("a", "", {}, False),
        ("", "", {"RANK": "1"}, False),
        ("", "", {"SLURM_NTASKS": "8"}, False),
        ("", "", {"SLURM_NTASKS": "1"}, True),
    ],
)
def test_another_script_at_the_same_time_is_said(
    tmp_path: Path,
    other: str,
    own: str,
    variables: dict[str, str],
    is_said: bool,  # noqa: FBT001 - a column of the table
) -> None:
    code = "import sys; from lavdlike import Logger; Logger('run', sys.argv[1], writer=sys.argv[2] or None).close()"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path), other],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=scripts.ROOT,
    ) as held:
        assert held.stdout is not None
        held.stdout.readline()
        done = scripts.run(code, tmp_path, own, cwd=tmp_path, variables=variables)
        assert (f"is being written by process {held.pid} on" in done.stderr) is is_said
        held.communicate()
    assert scripts.run(code, tmp_path, own, cwd=tmp_path, variables=variables).stderr == ""


def test_one_that_another_user_writes_in_a_file_of_their_own_is_not_replaced(tmp_path: Path) -> None:
    _log(Logger("run", tmp_path), 1.0)
    session = msgspec.to_builtins(this_process(""))
    (tmp_path / "run" / "experiment.bob.json").write_text(json.dumps({"sessions": [session]}))
    (tmp_path / "run" / "experiment.odd.json").write_text("{")
    with pytest.raises(ValueError, match="is being written"):
        Logger("run", tmp_path, exists="replace")


def test_a_run_that_begins_anew_replaces_all_steps(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_scalar(0.5, "loss", step=0)
    with Logger("run", tmp_path, resume_from=-1) as logger:
        logger.log_scalar(0.25, "loss", step=0)
    lines = (tmp_path / "run/scalars.tsv").read_text().splitlines()
    assert [line.split("\t")[::2] for line in lines[1:]] == [["0", "loss"], ["0", "!rewind"], ["0", "loss"]]


def test_how_a_session_ended_can_be_said(tmp_path: Path) -> None:
    Logger("run", tmp_path).close("exit code 3")
    (session,) = json.loads((tmp_path / "run/experiment.json").read_text())["sessions"]
    assert session["outcome"] == "exit code 3"
