from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lavdlike import cli
from lavdlike.disk import user_state
from lavdlike.errors import NotFoundError
from lavdlike.shell.roots import Candidate, Place, Roots, chosen
from tests.edits.experiments import written
from tests.limits import LIMIT_S
from tests.running import Running
from tests.serving import wait_until
from tests.shell.terminal import lines, objects

RUN, STORE, LOG, HOME = map(Path, ("/home/log/mlruns/0", "/home/log/mlruns", "/home/log", "/home"))


@pytest.fixture(autouse=True)
def of_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known of roots that the user had before."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "of user" / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "of user" / "state"))


def of_mlflow(root: Path, run: str = "mlruns/0/ab12") -> Path:
    """A run of MLflow, in the folder of its experiment."""
    folder = root / run
    (folder / "metrics").mkdir(parents=True)
    (folder / "metrics" / "loss").write_text("1763600000125 0.5 1\n")
    (folder / "meta.yaml").write_text("run_id: ab12\nstatus: 3\n")
    (folder.parent / "meta.yaml").write_text("experiment_id: '0'\n")
    return folder


def place_of(path: Path, given: Path | None = None, told: list[str] | None = None) -> Place:
    said: list[str] = [] if told is None else told
    return Roots(given, said.append).place_of(path)


# --- the choice ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("candidates", "root", "others"),
    [
        ([Candidate(LOG)], LOG, []),
        ([Candidate(LOG, has_edits=True), Candidate(HOME)], LOG, []),
        ([Candidate(RUN), Candidate(STORE), Candidate(LOG)], STORE, [RUN]),
        ([Candidate(RUN), Candidate(STORE), Candidate(LOG, holds_runs=True)], LOG, [RUN, STORE]),
        ([Candidate(RUN, has_edits=True), Candidate(LOG, has_edits=True), Candidate(HOME)], LOG, [RUN]),
        ([Candidate(LOG, has_edits=True), Candidate(HOME, holds_runs=True)], LOG, []),
        ([Candidate(STORE, shown_at=2.0), Candidate(LOG, shown_at=3.0), Candidate(HOME, 1.0)], LOG, [STORE, HOME]),
        ([Candidate(STORE, shown_at=1.0), Candidate(LOG, has_edits=True)], STORE, [LOG]),
        ([Candidate(RUN)], RUN, []),
    ],
)  # fmt: skip
def test_the_root_is_the_one_that_is_shown_or_edited_or_holds_runs(
    candidates: list[Candidate], root: Path, others: list[Path]
) -> None:
    assert chosen(candidates) == (root, others)


def test_of_an_experiment_beside_nothing_it_is_the_folder_that_it_is_in(tmp_path: Path) -> None:
    run = written(tmp_path / "project" / "log")
    (tmp_path / "project" / "train.py").touch()
    written(tmp_path / "project", "results")  # beside the code: no root of ours
    assert place_of(run) == (tmp_path / "project" / "log", "run")


def test_a_folder_that_holds_runs_and_nothing_else_is_a_root(tmp_path: Path) -> None:
    run = written(tmp_path / "log" / "sweep" / "lr", "a")
    told: list[str] = []
    assert place_of(run, told=told) == (tmp_path / "log" / "sweep" / "lr", "a")
    assert told == []
    written(tmp_path / "log", "flat")
    assert place_of(run, told=told) == (tmp_path / "log", "sweep/lr/a")
    assert told == [
        f"the root is {tmp_path}/log; if it is another one ({tmp_path}/log/sweep/lr), say so with --root"
    ]


def test_folders_that_programs_name_by_numbers_are_none(tmp_path: Path) -> None:
    assert place_of(of_mlflow(tmp_path / "log")) == (tmp_path / "log" / "mlruns", "0/ab12")
    job = tmp_path / "multirun" / "2026-01-31" / "12-30-05" / "3"
    (job / ".hydra").mkdir(parents=True)
    assert place_of(job) == (tmp_path / "multirun", "2026-01-31/12-30-05/3")


@pytest.mark.parametrize("sign", ["lavdlike.yaml", ".lavdlike-history", ".lavdlike-trash"])
def test_a_folder_in_which_people_edited_is_one(tmp_path: Path, sign: str) -> None:
    run = written(tmp_path / "log" / "sweep", "a")
    (tmp_path / "log" / sign).mkdir()
    assert place_of(run) == (tmp_path / "log", "sweep/a")


def test_a_root_of_other_programs_is_known_by_what_the_user_keeps_for_it(tmp_path: Path) -> None:
    run = of_mlflow(tmp_path / "log")
    told: list[str] = []
    assert cli.main(["star", str(run), "--root", str(tmp_path / "log")]) == 0
    assert place_of(run, told=told) == (tmp_path / "log", "mlruns/0/ab12")
    assert told == []


def test_of_two_roots_the_one_that_was_shown_last_is_taken(tmp_path: Path) -> None:
    run = written(tmp_path / "log" / "sweep", "a")
    for second, root in enumerate((tmp_path / "log" / "sweep", tmp_path, tmp_path / "log"), 1):
        user_state.note_shown(root)
        os.utime(user_state.state_folder() / "shown" / user_state.key_of(root), (second, second))
    assert place_of(run) == (tmp_path / "log", "sweep/a")


def test_a_server_notes_its_root_but_not_that_of_a_run_alone(tmp_path: Path) -> None:
    run = written(tmp_path / "log" / "sweep", "a")
    for shown in (tmp_path / "log", run):
        Running(shown, "--no-token").stop()
    assert place_of(run) == (tmp_path / "log", "sweep/a")
    assert user_state.shown_at(run.parent) == user_state.shown_at(run) == 0


def test_a_folder_that_does_not_list_the_experiment_is_no_root_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "log" / "sweep" / "no mark"
    folder.mkdir(parents=True)
    hidden = written(tmp_path / "log" / "sweep" / "checkpoints", "a")
    (tmp_path / "log" / "lavdlike.yaml").touch()
    assert place_of(folder) == (tmp_path / "log" / "sweep", "no mark")
    assert place_of(hidden) == (tmp_path / "log" / "sweep" / "checkpoints", "a")


def test_what_shows_no_mark_is_told_by_what_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "log" / "lavdlike.yaml").parent.mkdir()
    (tmp_path / "log" / "lavdlike.yaml").touch()
    folder = tmp_path / "log" / "sweep" / "table"
    folder.mkdir(parents=True)
    (folder / "loss.csv").write_text("step,loss\n1,2\n")
    assert place_of(folder) == (tmp_path / "log" / "sweep", "table")
    written(tmp_path / "log" / "sweep", "a")
    assert place_of(folder) == (tmp_path / "log", "sweep/table")


@pytest.mark.parametrize("bound", ["home", "link", "everybody"])
def test_nothing_beyond_the_home_folder_a_link_or_a_folder_of_everybody_is_a_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "other"))
    outer, inner = tmp_path / "outer", tmp_path / "outer" / "inner"
    run = written(inner, "run")
    (outer / "lavdlike.yaml").touch()
    assert place_of(run) == (outer, "inner/run")
    if bound == "home":
        monkeypatch.setenv("HOME", str(inner))
    elif bound == "everybody":
        outer.chmod(0o1777)
    else:
        inner.rename(tmp_path / "elsewhere")
        inner.symlink_to(tmp_path / "elsewhere")
    assert place_of(run) == (inner, "run")


def test_a_deep_experiment_is_looked_for_as_deep_as_roots_are_searched(tmp_path: Path) -> None:
    run = written(tmp_path.joinpath("log", *"abcdefg"), "run")
    deeper = written(tmp_path.joinpath("log", *"zbcdefgh"), "run")
    (tmp_path / "log" / "lavdlike.yaml").touch()
    assert place_of(run) == (tmp_path / "log", "a/b/c/d/e/f/g/run")
    assert place_of(deeper) == (deeper.parent, "run")


# --- --root -------------------------------------------------------------------------------------------------


def test_the_root_can_be_said(tmp_path: Path) -> None:
    run = written(tmp_path / "log" / "sweep", "a")
    (tmp_path / "log" / "lavdlike.yaml").touch()
    assert place_of(run, tmp_path / "log" / "sweep") == (tmp_path / "log" / "sweep", "a")
    assert place_of(run, tmp_path) == (tmp_path, "log/sweep/a")
    with pytest.raises(NotFoundError, match="is not in the root"):
        place_of(run, tmp_path / "other")
    (tmp_path / "log" / "sweep" / "a" / "0001").mkdir(exist_ok=True)
    with pytest.raises(NotFoundError, match="is no experiment of the root"):
        place_of(run / "0001", tmp_path)


def test_all_commands_take_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, root = str(written(tmp_path / "log" / "sweep", "a")), str(tmp_path)
    for command in (
        ["tag", run, "--add", "good"],
        ["title", run, "A"],
        ["note", run, "--text", "why"],
        ["star", run],
        ["archive", run],
        ["thin", run, "--kinds", "texts", "--last", "1", "--dry-run"],
        ["show", run],
        ["tail", run, "loss"],
        ["mv", run, "b"],
        ["trash", f"{tmp_path}/log/sweep/b", "-y"],
    ):
        assert cli.main([*command, "--root", root]) == 0, command
    renamed, moved = lines(capsys)[-2:]
    assert renamed == "renamed log/sweep/a to log/sweep/b"
    assert moved.startswith("moved log/sweep/b to the trash")
    assert (tmp_path / ".lavdlike-trash").is_dir()
    with pytest.raises(SystemExit):
        cli.main(["trash", "--list", root, "--root", root])


def test_as_json_each_command_says_one_object_with_the_name_below_the_root(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, root = written(tmp_path / "log" / "sweep", "a"), tmp_path / "log"
    written(root, "flat")
    for command in (
        ["tag", str(run), "--add", "good"],
        ["title", str(run), "A"],
        ["note", str(run), "--text", "why"],
        ["star", str(run)],
        ["archive", str(run)],
        ["thin", str(run), "--kinds", "texts", "--last", "1", "--dry-run"],
        ["mv", str(run), "b"],
        ["trash", str(run.with_name("b")), "-y"],
        ["restore", str(root), "sweep/b"],
    ):
        assert cli.main([*command, "--json"]) == 0, command
        [answer] = objects(capsys)
        assert answer["refused"] == []
        assert "sweep/" in str(answer["what"]) or command[0] == "thin"
    for command, said in ((["tag"], "tags"), (["title"], "title"), (["note"], "notes"), (["du"], "files")):
        assert cli.main([*command, str(run.with_name("b")), "--json"]) == 0
        [answer] = objects(capsys)
        assert answer["experiment"] == "sweep%2Fb"
        assert answer[said]


def test_which_root_was_taken_is_said_where_it_is_not_sure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [str(written(tmp_path / "log" / "sweep", name)) for name in ("a", "b")]
    written(tmp_path / "log", "flat")
    assert cli.main(["star", *runs]) == 0
    printed = capsys.readouterr()
    assert printed.out == "starred 2 experiments\n"
    [line] = printed.err.splitlines()
    assert f"the root is {tmp_path}/log; if it is another one ({tmp_path}/log/sweep)" in line
    assert cli.main(["star", *runs, "--off"]) == 0  # from now on it is known
    assert capsys.readouterr().err == ""


# --- the page shows it --------------------------------------------------------------------------------------


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Runs of ours and of MLflow, in folders only."""
    written(tmp_path / "log" / "sweep" / "lr", "a")
    of_mlflow(tmp_path / "log")
    return tmp_path / "log"


@pytest.fixture
def client(log: Path) -> Iterator[httpx.Client]:
    server = Running(log, "--no-token", "--allow-edits")
    with httpx.Client(base_url=server.url, timeout=LIMIT_S, trust_env=False) as client:
        wait_until(lambda: all(name in rows(client) for name in ("sweep/lr/a", "mlruns/0/ab12")))
        yield client
    server.stop()


def rows(client: httpx.Client) -> dict[str, Any]:
    return {row["name"]: row for row in client.get("api/root").json()["experiments"] if row["details"]}


def done(client: httpx.Client) -> list[str]:
    return [each["what"] for each in client.get("api/edits").json()["edits"]]


@pytest.mark.parametrize("name", ["sweep/lr/a", "mlruns/0/ab12"])
def test_what_is_said_by_a_command_is_on_the_page(client: httpx.Client, log: Path, name: str) -> None:
    run = str(log / name)
    assert cli.main(["tag", run, "--add", "good"]) == 0
    assert cli.main(["note", run, "--text", "why"]) == 0
    wait_until(lambda: rows(client)[name]["tags"] == ["good"] and rows(client)[name]["notes"] != "")
    id_ = rows(client)[name]["id"]
    assert client.get(f"api/notes/{id_}").json()["text"] == "why"
    assert done(client) == [f"wrote notes on {name}", f"tagged {name}: good"]
    assert cli.main(["undo", str(log)]) == 0
    [_, _, tagged] = client.get("api/edits").json()["edits"]
    answer = client.post("api/edits", json={"edit": {"action": "undo", "edit": tagged["id"]}}).json()
    assert answer["what"] == f"took back: tagged {name}: good"
    wait_until(lambda: rows(client)[name]["tags"] == [] and rows(client)[name]["notes"] == "")


def test_what_a_command_does_to_folders_is_on_the_page(client: httpx.Client, log: Path) -> None:
    assert cli.main(["mv", str(log / "sweep/lr/a"), "b"]) == 0
    wait_until(lambda: "sweep/lr/b" in rows(client))
    assert cli.main(["trash", str(log / "sweep/lr/b"), "-y"]) == 0
    wait_until(lambda: "sweep/lr/b" not in rows(client))
    assert [each["name"] for each in client.get("api/trash").json()["trashed"]] == ["sweep/lr/b"]
    assert cli.main(["restore", str(log), "sweep/lr/b"]) == 0
    wait_until(lambda: "sweep/lr/b" in rows(client))
    [restored, *_, renamed] = client.get("api/edits").json()["edits"]
    assert restored["what"] == "restored sweep/lr/b"
    client.post("api/edits", json={"edit": {"action": "undo", "edit": renamed["id"]}})
    wait_until(lambda: "sweep/lr/a" in rows(client))


def test_a_folder_of_other_programs_is_left_as_it_is(tmp_path: Path) -> None:
    """Whatever is done to a run in it, and whichever root is meant."""
    run = of_mlflow(tmp_path / "log")
    before = everything_in(tmp_path / "log")
    for options in ([], ["--root", str(tmp_path / "log")], ["--root", str(run.parent)]):
        assert cli.main(["tag", str(run), "--add", "good", *options]) == 0
        assert cli.main(["note", str(run), "--text", "why", *options]) == 0
        assert cli.main(["mv", str(run), "new", *options]) == 1
        assert cli.main(["trash", str(run), "-y", *options]) == 1
        assert everything_in(tmp_path / "log") == before


def everything_in(folder: Path) -> dict[Path, int]:
    """Hidden names as well, with the times that any change of a name or a file would change."""
    return {path: path.lstat().st_mtime_ns for path in [folder, *folder.rglob("*")]}


def test_folders_of_another_program_stay_where_they_are(
    client: httpx.Client, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["mv", str(log / "mlruns/0/ab12"), "b"], ["trash", str(log / "mlruns/0/ab12"), "-y"]):
        assert cli.main(command) == 1
        assert "mlruns/0/ab12: another program writes it" in capsys.readouterr().err
    assert done(client) == []
