"""Environments and windows as such: what there is, copies, the trash, logs of messages."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from lavdlike.compat.visdom import Visdom
from lavdlike.window_records import env_of, records_of
from tests.compat.visdom.windows import figure, traces, visdom
from tests.logged import files_of
from tests.scripts import ROOT


def trashed(root: Path) -> list[str]:
    bin_ = root / "log/.lavdlike-trash"
    return sorted(
        path.relative_to(entry / "content").as_posix()
        for entry in bin_.iterdir()
        for path in (entry / "content").rglob("*.*")
    )


def test_the_records_in_the_documentation_are_read() -> None:
    example = (
        (ROOT / "docs/visdom.md").read_text().partition("```jsonl windows.jsonl\n")[2].partition("```")[0]
    )
    head, _, lines = example.encode().partition(b"\n")
    assert env_of(head) == "main"
    found = list(records_of(lines))
    assert [(record.id, record.closed) for record in found] == [
        ("loss", False),
        ("past", False),
        ("loss", True),
    ]
    assert found[1].steps == 2


def test_environments_are_folders_and_windows_files(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    assert vis.check_connection()
    assert vis.get_env_list() == ["main"]
    vis.text("a", win="w", env="sweep/lr_0.1")
    (tmp_path / "log/by hand").mkdir()
    assert visdom(tmp_path).get_env_list() == ["by hand", "main", "sweep/lr_0.1"]
    assert files_of(tmp_path / "log/sweep/lr_0.1") == ["w.html", "windows.jsonl"]
    assert vis.save(["main", "none"]) == '["main"]'
    assert (vis.win_exists("w"), vis.win_exists("w", env="sweep/lr_0.1")) == (False, True)
    assert vis.get_env_state("none") is None
    assert list(vis.get_env_state("sweep/lr_0.1") or ()) == ["w"]


def test_closed_windows_and_deleted_environments_are_in_the_trash(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    vis.image(np.zeros((4, 4)), win="picture", opts={"caption": "c"})
    vis.text("a", win="w")
    assert vis.close("picture") == ""
    assert not vis.win_exists("picture")
    assert trashed(tmp_path) == ["main/picture.json", "main/picture.png"]
    assert vis.close("picture") == vis.close("none") == ""
    vis.close()
    assert json.loads(vis.get_window_data()) == {}
    vis.text("b", win="w", env="other")
    assert vis.delete_env("other") == vis.delete_env("none") == ""
    assert not (tmp_path / "log/other").exists()
    assert "other/w.html" in trashed(tmp_path)
    vis.text("c", win="w", env="other")
    assert vis.delete_envs(["other", "main"]) == ["", ""]
    assert vis.get_env_list() == []


def test_a_fork_is_a_copy(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    vis.text("first", win="w")
    vis.image(np.zeros((4, 4)), win="picture")
    vis.line([1], [1], win="curve")
    vis.text("inner", win="w", env="main/inner")
    vis.text("old", win="old", env="fork")
    assert vis.fork_env("main", "fork") == "fork"
    vis.text("changed", win="w")
    vis.line([2], [2], win="curve", update="append")
    vis.image(np.ones((4, 4)), win="picture")
    assert json.loads(vis.get_window_data("w", env="fork"))["content"] == "first"
    assert figure(tmp_path, "curve", "fork")["data"][0]["x"] == [1]
    assert files_of(tmp_path / "log/fork") == ["curve.plotly.jsonl", "picture.png", "w.html", "windows.jsonl"]
    assert "fork/old.html" in trashed(tmp_path)
    assert visdom(tmp_path).get_env_list() == ["fork", "main", "main/inner"]


def test_windows_are_taken_out_and_put_back(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    vis.text("one", win="text")
    vis.line([1, 2], [3, 4], win="curve", opts={"title": "Curve", "mine": 1})
    vis.bar([1, 2], win="bars")
    content = json.loads(vis.get_window_data("text"))
    vis.set_window_data(json.dumps({**content, "content": "two"}), win="text")
    assert json.loads(vis.get_window_data("text"))["content"] == "two"
    everything = vis.get_window_data()
    vis.set_window_data(everything, env="copy")
    there, here = json.loads(vis.get_window_data(env="copy")), json.loads(everything)
    assert list(there) == list(here) == ["text", "curve", "bars"]
    assert [pane["content"] for pane in there.values()] == [pane["content"] for pane in here.values()]
    assert (there["curve"]["title"], there["curve"]["mine"]) == ("Curve", 1)
    assert vis.get_window_data("none") is False


def test_a_hash_changes_with_what_a_window_holds(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    vis.text("one", win="w")
    first = vis.win_hash("w")
    assert first == visdom(tmp_path).win_hash("w")
    vis.text("two", win="w", append=True)
    assert vis.win_hash("w") not in (first, None)
    assert vis.win_hash("none") is None


def test_options_change_without_the_data(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    vis.scatter(np.zeros((2, 2)), Y=[1, 2], win="w")
    vis.bar([1, 2], win="bars", opts={"title": "Before"})
    size = (tmp_path / "log/main/w.plotly.jsonl").stat().st_size
    vis.update_window_opts("w", {"title": "After", "legend": ["a", "b"], "width": 300})
    assert [trace["name"] for trace in traces(tmp_path, "w")] == ["a", "b"]
    assert figure(tmp_path, "w")["layout"]["title"] == "After"
    assert (tmp_path / "log/main/w.plotly.jsonl").stat().st_size > size
    assert json.loads(vis.get_window_data("w"))["width"] == 300
    vis.update_window_opts("bars", {"title": "After"})
    assert figure(tmp_path, "bars")["layout"]["title"] == "After"
    refused = vis._send({"win": "bars", "data": [{"y": [1]}], "append": True, "layout": {}}, "update")
    assert refused == "a plot of the type bar cannot be updated, only made anew"
    assert vis._send({"win": "none", "data": [{"y": [1]}], "layout": {}}, "update") == "win does not exist"


def test_messages_are_logged_and_replayed(tmp_path: Path) -> None:
    log = tmp_path / "messages.log"
    with pytest.raises(AssertionError, match="offline needs log_to_filename"):
        Visdom(offline=True)
    vis = visdom(tmp_path, offline=True, log_to_filename=log)
    assert not vis.socket_alive
    vis.line([1, float("nan")], [1, 2], win="curve")
    vis.line([3], [3], win="curve", update="append")
    vis.text("t", win="w", opts={"array": np.arange(2)})
    assert vis.win_exists("w")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [endpoint for endpoint, _ in lines] == ["events", "update", "events"]
    assert lines[0][1]["data"][0]["y"] == [1, None]
    again = Visdom(log_dir=tmp_path / "again")
    again.replay_log(log)
    for win in ("curve", "w"):
        assert (
            json.loads(again.get_window_data(win))["content"]
            == json.loads(vis.get_window_data(win))["content"]
        )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_no_connection(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir(mode=0o500)
    assert not visdom(tmp_path).check_connection()


@pytest.mark.parametrize(
    "env", ["..", "../out", "a/../../out", "/out", "./a", ".hidden", "..\\out", "a\x00b", "a\nb"]
)
def test_no_name_of_an_environment_or_window_leads_out_of_the_folder(tmp_path: Path, env: str) -> None:
    vis = visdom(tmp_path)
    for win in ("w", "../../w", "/w", "a/../w"):
        assert vis.text("t", win=win, env=env) == win
        assert vis.win_exists(win, env)
    assert [path.name for path in tmp_path.iterdir()] == ["log"]
    assert env in vis.get_env_list()
    assert not vis.delete_env(env)
    assert [path.name for path in tmp_path.iterdir()] == ["log"]
