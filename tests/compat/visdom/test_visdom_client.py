"""`Visdom` itself: its arguments, what it says and raises, and scripts that do not know of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from lavdlike.compat.visdom import Visdom
from tests.compat.visdom.windows import traces, visdom
from tests.logged import files_of, points_of
from tests.scripts import ROOT


def test_all_arguments_of_the_original_are_taken_and_nothing_is_waited_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def connect() -> Visdom:
        return Visdom(
            "http://gpu7.example",
            "events",
            8097,
            "/base",
            True,
            "proxy",
            3128,
            "env",
            True,
            None,
            True,
            None,
            "ada",
            "secret",
            {"http": "a:1"},
            False,
            False,
            log_dir=tmp_path / "log",
        )

    begun = time.perf_counter()
    connect()
    vis = connect()
    assert time.perf_counter() - begun < 1
    assert caplog.text.count("nothing is sent to gpu7.example") == 1
    assert (vis.server, vis.base_url, vis.env, vis.socket_alive) == (
        "http://gpu7.example",
        "/base",
        "env",
        True,
    )
    assert (tmp_path / "log/env/experiment.json").exists()
    for wrong in ({"base_url": "base"}, {"base_url": "/base/"}, {"username": "ada"}):
        with pytest.raises(AssertionError):
            visdom(tmp_path, **wrong)


def test_the_folder_is_that_of_the_variable_or_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Visdom().text("a", win="w")
    monkeypatch.setenv("LAVDLIKE_LOG_DIR", str(tmp_path / "elsewhere"))
    Visdom(env="b").text("a", win="w")
    assert (tmp_path / "log/main/w.html").exists()
    assert (tmp_path / "elsewhere/b/w.html").exists()


def test_without_sending_a_call_returns_its_message(tmp_path: Path) -> None:
    message, endpoint = visdom(tmp_path, send=False).text("a", win="w", opts={"title": 3})
    assert (message["data"], endpoint) == ([{"content": "a", "type": "text"}], "events")
    assert message["opts"] == {"title": "3"}
    assert not (tmp_path / "log").exists()


def test_what_cannot_be_shown_is_printed_or_raised(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unknown = {"data": [{"type": "image", "content": {"src": "http://elsewhere"}}], "win": "w"}
    assert visdom(tmp_path)._send(unknown) is False
    assert "a picture that is not in the file" in capsys.readouterr().err
    with pytest.raises(ConnectionError, match="a picture that is not in the file"):
        visdom(tmp_path, raise_exceptions=True)._send(unknown)
    (tmp_path / "log/main/blocked.html").mkdir()
    with pytest.raises(ConnectionError, match="blocked"):
        visdom(tmp_path, raise_exceptions=True).text("a", win="blocked")


@pytest.mark.parametrize("win", ["a/b", "scalars", "../up", "a.mask", "7", "ä ö", "x\ny"])
def test_any_id_is_that_of_a_window(win: str, tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    assert vis.image(np.zeros((4, 4)), win=win) == win
    assert vis.line([1], [1], win=f"{win} curve", update="append") == f"{win} curve"
    assert visdom(tmp_path).win_exists(win)
    assert list(json.loads(vis.get_window_data())) == [win, f"{win} curve"]
    assert all(path.is_relative_to(tmp_path / "log/main") for path in (tmp_path / "log").rglob("*.png"))
    vis.close(win)
    assert not list((tmp_path / "log/main").rglob("*.png"))


def test_handlers_are_kept_by_window(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    with pytest.raises(AssertionError, match="must be a function"):
        vis.register_event_handler(3, "w")  # type: ignore[arg-type]
    vis.register_event_handler(print, "w")
    vis.register_event_handler(repr, "w")
    assert vis.event_handlers == {"w": [print, repr]}
    vis.clear_event_handlers("w")
    assert vis.event_handlers == {"w": []}


def test_an_environment_is_an_experiment_with_settings_and_metrics(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    vis.experiment("first", params={"lr": 0.1}, tags={"team": "a"}, description="Why")
    for loss in (2.0, 1.0):
        vis.log_metrics({"loss": loss})
    vis.log_metrics({"loss": 0.5}, step=7)
    assert vis.finish_experiment("failed") == {"env": "main", "status": "failed"}
    folder = tmp_path / "log/main"
    assert points_of(folder / "scalars.tsv") == [(0, "loss", 2.0), (1, "loss", 1.0), (7, "loss", 0.5)]
    written = json.loads((folder / "experiment.json").read_bytes())
    assert written["config"] == {"lr": 0.1, "tags.team": "a", "name": "first"}
    assert "failed" in json.dumps(written["sessions"])
    vis.save_plotly_figure({"data": [], "layout": {}}, str(tmp_path / "figure.json"))
    assert json.loads((tmp_path / "figure.json").read_bytes()) == {"data": [], "layout": {}}


SCRIPT = """
import visdom
from visdom import Visdom
vis = Visdom(server="http://localhost", port=8097)
assert vis.check_connection(timeout_seconds=3)
vis.text("Hello", win="text")
for step in range(3):
    vis.line(X=[step], Y=[step * 2], win="curve", update="append")
vis.text("there", win="text", env="second")
assert vis.get_env_list() == ["main", "second"], vis.get_env_list()
vis.fork_env("main", "third")
vis.delete_env("main")
assert not vis.win_exists("text")
print("loss=7")
"""


@pytest.mark.slow
def test_an_unchanged_script_writes_the_experiment_of_lavdlike_run(tmp_path: Path) -> None:
    (tmp_path / "plot.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "-m", "lavdlike", "run", "--as", "visdom", "--name", "run", "plot.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    assert files_of(tmp_path / "log/run/second") == ["text.html", "windows.jsonl"]
    assert files_of(tmp_path / "log/run/third") == ["curve.plotly.jsonl", "text.html", "windows.jsonl"]
    assert "stdout.log" in files_of(tmp_path / "log/run")
    assert not (tmp_path / "log/run/text.html").exists()


def test_a_full_disk_loses_no_window(tmp_path: Path) -> None:
    """What the disk refuses is written later: here a folder stands where the file will be."""
    vis = visdom(tmp_path)
    blocked = tmp_path / "log/main/curve.plotly.jsonl"
    blocked.mkdir(parents=True)
    vis.line([0], [0], win="curve")
    blocked.rmdir()
    for step in (1, 2):
        vis.line([step], [step], win="curve", update="append")
    vis.files.environment("main").logger.flush()
    assert traces(tmp_path, "curve")[0]["x"] == [0, 1, 2]
