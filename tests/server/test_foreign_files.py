"""Folders that other programs write, at a real server: what is in them is shown, and goes on while they write."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from PIL import Image
from websockets.sync.client import ClientConnection, connect

from lavdlike.disk.root import Root
from lavdlike.layout import ExperimentName
from lavdlike.reading import summaries
from lavdlike.server.app import create_app
from lavdlike.server.live import rows
from lavdlike.server.settings import Settings
from lavdlike.server.web.access import AccessRules
from lavdlike.server.web.credentials import Credentials
from tests.limits import LIMIT_S
from tests.scripts import ROOT
from tests.serving import Served, served, wait_until
from tests.sources.mlflow.databases import mlflow_store
from tests.sources.wandb_files.records import chunks, history, log
from tests.sources.wandb_files.test_wandb_output import output

CORPUS = ROOT / "tests" / "corpus" / "events"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    with server_of(tmp_path) as started:
        yield started


@contextmanager
def server_of(root: Path) -> Iterator[Served]:
    with served(create_app(Settings(root), Credentials(b"k" * 32, None), AccessRules())) as started:
        yield started


def labels_of(client: httpx.Client, run: str) -> dict[str, int]:
    """Of its scalars, with how many points each has."""
    (found,) = client.post("/api/scalars/labels", json={"experiments": [run]}).json()["experiments"]
    return {entry["label"]: entry["count"] for entry in found["labels"]}


def series_of(client: httpx.Client, run: str, label: str) -> list[Any]:
    request = {"experiments": [run], "labels": [label], "columns": 0}
    answer = client.post("/api/scalars/series", json=request, headers={"Accept": "application/json"})
    (series,) = answer.json()["series"]
    return list(zip(series["steps"], series["wall_times"], series["values"], strict=True))


def next_of(feed: ClientConnection, type_: str) -> Any:
    while (message := json.loads(feed.recv(LIMIT_S)))["type"] != type_:
        pass
    return message


def look(feed: ClientConnection, **what: Any) -> None:
    """Say what is looked at; the server knows it when the call returns."""
    feed.send(json.dumps({"type": "look", "version": ["of another start", 0], **what}))
    next_of(feed, "resync")


def test_a_folder_with_an_event_file_shows_its_scalars_and_no_file(tmp_path: Path) -> None:
    shutil.copytree(CORPUS / "torch_old", tmp_path / "run")
    expected = json.loads((CORPUS / "expected.json").read_text())["torch_old"]["scalars"]
    with server_of(tmp_path) as server, server.client() as client:

        def rows() -> list[tuple[str, list[str]]]:
            return [(row["id"], row["kinds"]) for row in client.get("/api/root").json()["experiments"]]

        wait_until(lambda: rows() == [("run", ["histograms", "markdown", "scalars"])])
        assert labels_of(client, "run") == {label: len(points) for label, points in expected.items()}
        loss = [
            (step, float.fromhex(wall), float.fromhex(value)) for wall, step, value in expected["train/loss"]
        ]
        assert series_of(client, "run", "train/loss") == loss
        catalogue = client.get("/api/experiments/run").json()["labels"]
        assert [each for each in catalogue if each["kind"] == "files"] == []
        assert client.get("/api/problems").json()["problems"] == []


def test_what_a_writer_appends_is_told_at_once(server: Served, tmp_path: Path) -> None:
    first, second, _ = sorted((CORPUS / "torch_purge").iterdir())
    data = first.read_bytes()
    run = tmp_path / "run"
    run.mkdir()
    (run / first.name).write_bytes(data[:2000])
    with server.client() as client, connect(f"{server.stream_url}/api/feed", proxy=None) as feed:
        client.get("/api/experiments/run")
        before = labels_of(client, "run")["loss"]
        look(feed, experiments=["run"], scalar_labels=["loss"])
        with (run / first.name).open("ab") as file:
            file.write(data[2000:])
        (series,) = next_of(feed, "points")["series"]
        assert (series["first"], series["steps"]) == (before, list(range(before, 50)))
        shutil.copy(second, run)  # by a script that was started again
        while labels_of(client, "run")["loss"] < 80:
            next_of(feed, "points")
        assert [point[0] for point in series_of(client, "run", "loss")] == [*range(50), *range(30, 60)]


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("metrics.jsonl", '{"step": 1, "loss": 0.5}\n{"step": 2, "lo', 'ss": 0.25}\n'),
        ("metrics.csv", "epoch,step,loss\n0,1,0.5\n0,2,0", ".25\n"),
        ("train.log", 'DLLL {"type": "LOG", "step": 1, "data": {"loss": 0.5}}\n', None),
        (
            "metrics.jsonl",
            '[{"type": "training_stats_scalar", "iter": 1, "metric": "loss", "value": 0.5}]\n[{"type": "tr',
            'aining_stats_scalar", "iter": 2, "metric": "loss", "value": 0.25}]\n',
        ),
        ("metrics.json", '{"loss": {"steps": [1], "values": [0.5], "timestamps": []}}', None),
    ],
)
def test_what_is_appended_or_written_anew_as_text_is_told_at_once(
    server: Served, tmp_path: Path, name: str, first: str, second: str | None
) -> None:
    path = tmp_path / "run" / name
    path.parent.mkdir()
    path.write_text(first)
    with server.client() as client, connect(f"{server.stream_url}/api/feed", proxy=None) as feed:
        client.get("/api/experiments/run")
        assert labels_of(client, "run")["loss"] == 1
        look(feed, experiments=["run"], scalar_labels=["loss"])
        if name == "metrics.json":
            path.write_text(first.replace("[1]", "[1, 2]").replace("[0.5]", "[0.5, 0.25]"))
        else:
            with path.open("a") as file:
                file.write(second or first.replace('"step": 1', '"step": 2').replace("0.5", "0.25"))
        (series,) = next_of(feed, "points")["series"]
        assert (series["first"], series["steps"], series["values"]) == (1, [2], [0.25])
        assert [point[0] for point in series_of(client, "run", "loss")] == [1, 2]
        assert client.get("/api/problems").json()["problems"] == []


def test_what_guild_makes_of_the_output_is_told_at_once(server: Served, tmp_path: Path) -> None:
    """Its event file stands in a hidden folder."""
    (source,) = (ROOT / "tests/corpus/trackers/guild/.guild").glob("*tfevents*")
    data = source.read_bytes()
    path = tmp_path / "run" / ".guild" / source.name
    path.parent.mkdir(parents=True)
    path.write_bytes(data[:150])
    with server.client() as client, connect(f"{server.stream_url}/api/feed", proxy=None) as feed:
        client.get("/api/experiments/run")
        before = labels_of(client, "run")["loss"]
        look(feed, experiments=["run"], scalar_labels=["loss"])
        with path.open("ab") as file:
            file.write(data[150:])
        (series,) = next_of(feed, "points")["series"]
        assert series["first"] == before
        assert [point[0] for point in series_of(client, "run", "loss")] == [*range(5)]
        assert client.get("/api/problems").json()["problems"] == []


@pytest.mark.slow
def test_what_visdoms_server_saves_is_told_at_once(server: Served, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    path = tmp_path / "run" / "main.json"
    line = {"type": "scatter", "x": [1], "y": [0.5]}

    def save(*lines: dict[str, Any]) -> None:
        window = {"type": "plot", "title": "loss", "content": {"data": lines}}
        path.write_text(json.dumps({"jsons": {"window": window}, "reload": {}}))

    save(line)
    with server.client() as client, connect(f"{server.stream_url}/api/feed", proxy=None) as feed:
        client.get("/api/experiments/run")
        assert labels_of(client, "run") == {"main/loss": 1}
        look(feed, experiments=["run"], scalar_labels=["main/loss"])
        save({**line, "x": [1, 2], "y": [0.5, 0.25]})
        (series,) = next_of(feed, "points")["series"]
        assert (series["first"], series["steps"], series["values"]) == (1, [2], [0.25])
        save({**line, "y": [7]})  # by a script that draws it anew
        wait_until(lambda: [point[2] for point in series_of(client, "run", "main/loss")] == [7])


@pytest.mark.slow
def test_panes_of_visdom_come_and_change_with_what_its_server_saves(server: Served, tmp_path: Path) -> None:
    corpus = json.loads((ROOT / "tests/corpus/trackers/visdom_panes/main.json").read_text())["jsons"]
    history, (photo, *_) = corpus["history"], corpus.values()
    path = tmp_path / "run" / "main.json"
    path.parent.mkdir()

    def save(**windows: Any) -> None:
        path.write_text(json.dumps({"jsons": windows, "reload": {}}))

    save(history={**history, "content": history["content"][:1]})
    with server.client() as client:
        wait_until(lambda: "main/progress/sample" in items_of(client, "run"))
        (row,) = client.get("/api/root").json()["experiments"]
        assert "images" in row["kinds"]
        address = "/api/files/run/main.json!/0000/main/progress/sample.png"
        first = client.get(address)
        assert first.headers["Content-Type"] == "image/png"
        save(photo=photo, history=history)
        wait_until(lambda: "main/photo" in items_of(client, "run"))
        assert client.get(address.replace("0000", "0002")).status_code == 200
        assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        assert client.get("/api/problems").json()["problems"] == []


def test_what_trackio_commits_is_told_at_once(server: Served, tmp_path: Path) -> None:
    """Its log is not taken into the file: the writer is still there."""
    shutil.copy(ROOT / "tests/corpus/trackers/trackio/aproject.db", tmp_path)
    run = "aproject.db%2Frun-two"
    with closing(sqlite3.connect(tmp_path / "aproject.db")) as connection, server.client() as client:
        connection.execute("PRAGMA journal_mode = WAL")
        wait_until(lambda: run in {row["id"] for row in client.get("/api/root").json()["experiments"]})
        with connect(f"{server.stream_url}/api/feed", proxy=None) as feed:
            client.get(f"/api/experiments/{run}")
            before = labels_of(client, run)["loss"]
            look(feed, experiments=[run], scalar_labels=["loss"])
            with connection:
                connection.execute(
                    "INSERT INTO metrics (run_id, timestamp, run_name, step, metrics) SELECT run_id, timestamp, "
                    "run_name, 1000, ? FROM metrics WHERE run_name = 'run-two' LIMIT 1",
                    (b'{"loss": 0.5}',),
                )
            (series,) = next_of(feed, "points")["series"]
            assert (series["first"], series["steps"], series["values"]) == (before, [1000], [0.5])


def test_what_a_file_changes_into_while_it_is_read_is_a_problem_with_its_place(
    server: Served, tmp_path: Path
) -> None:
    path = tmp_path / "run" / "metrics.jsonl"
    path.parent.mkdir()
    path.write_text('{"step": 1, "loss": 0.5}\n')
    with server.client() as client, connect(f"{server.stream_url}/api/feed", proxy=None) as feed:
        client.get("/api/experiments/run")
        assert labels_of(client, "run") == {"loss": 1}
        look(feed, experiments=["run"], scalar_labels=["loss"])
        with path.open("a") as file:
            file.write('step,loss\n2,0.25\n{"step": 3, "loss": 0.125}\n')
        (series,) = next_of(feed, "points")["series"]
        assert series["steps"] == [3]
        expected = {("run/metrics.jsonl", "line 2, byte 25"), ("run/metrics.jsonl", "line 3, byte 35")}
        wait_until(lambda: places_of_problems(client) == expected)


def test_of_many_runs_in_a_file_only_those_that_gain_something_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "BUSY_S", 0.0)
    read: list[str] = []
    read_summary = summaries._read_summary

    def counted(root: Root, name: ExperimentName, watch: summaries.Watch) -> summaries.ReadSummary | None:
        read.append(name)
        return read_summary(root, name, watch)

    with mlflow_store(tmp_path / "mlflow.db", "wal") as store:
        for number in range(40):
            store.run(f"run{number}")
            store.metric(f"run{number}", "loss", 0.5, 1)
        run = quote("mlflow.db/vision/run7", safe="")
        with (
            server_of(tmp_path) as server,
            server.client() as client,
            connect(f"{server.stream_url}/api/feed", proxy=None) as feed,
        ):

            def statuses() -> list[str]:
                found = client.get("/api/root").json()["experiments"]
                return [row["status"] for row in found if row["details"]]

            wait_until(lambda: len(statuses()) == 40)
            client.get(f"/api/experiments/{run}")
            assert labels_of(client, run) == {"loss": 1}
            look(feed, experiments=[run], scalar_labels=["loss"])
            monkeypatch.setattr(summaries, "_read_summary", counted)
            store.metric("run7", "loss", 0.25, 2)
            (series,) = next_of(feed, "points")["series"]
            assert series["steps"] == [2]
            wait_until(lambda: bool(read))
            assert set(read) == {"mlflow.db/vision/run7"}
            monkeypatch.setattr(rows, "BUSY_S", LIMIT_S * 1000)
            store.connection.execute(
                "UPDATE runs SET status = 'FINISHED', end_time = 1 WHERE run_uuid = 'run7'"
            )
            store.connection.commit()
            wait_until(lambda: statuses().count("finished") == 1)


@pytest.mark.slow
def test_a_part_that_comes_goes_on_with_its_run_and_a_run_that_comes_is_one(tmp_path: Path) -> None:
    export = ROOT / "tests/corpus/trackers/neptune"
    first, second = sorted({file.name.partition("_")[0] for file in export.iterdir()})
    project = tmp_path / "data"
    project.mkdir()
    shutil.copy(export / f"{first}_part_0.parquet", project)
    with server_of(tmp_path) as server, server.client() as client:

        def titles() -> dict[str, str]:
            found = client.get("/api/root").json()["experiments"]
            return {row["name"]: row["title"] for row in found if row["details"]}

        wait_until(lambda: titles() == {f"data/{first}": ""})
        run = quote(f"data/{first}", safe="")
        client.get(f"/api/experiments/{run}")
        assert labels_of(client, run) == {"metrics/loss": 4}
        for number in (1, 2):
            shutil.copy(export / f"{first}_part_{number}.parquet", project)
        wait_until(lambda: labels_of(client, run).get("metrics/loss") == 7)
        wait_until(lambda: titles() == {f"data/{first}": "named RUN-1"})
        shutil.copy(export / f"{second}_part_0.parquet", project)
        wait_until(lambda: f"data/{second}" in titles())


def test_a_broken_file_of_many_runs_is_on_the_page_of_problems_until_it_is_mended(
    server: Served, tmp_path: Path
) -> None:
    (tmp_path / "sub").mkdir()
    with server.client() as client:
        for folder in ("", "sub/"):
            (tmp_path / folder / "mlflow.db").write_bytes(b"SQLite format 3\0" + bytes(2000))
        (tmp_path / "sub" / "notes.md").touch()
        expected = {("mlflow.db", "page 1"), ("sub/mlflow.db", "page 1")}
        wait_until(lambda: places_of_problems(client) == expected)
        with mlflow_store(tmp_path / "new") as store:
            store.run("ab12")
        shutil.copy(tmp_path / "new", tmp_path / "sub" / "other")
        (tmp_path / "new").rename(tmp_path / "mlflow.db")
        (tmp_path / "sub" / "other").rename(tmp_path / "sub" / "mlflow.db")
        wait_until(lambda: places_of_problems(client) == set())
        names = {"mlflow.db/vision/ab12", "sub/mlflow.db/vision/ab12"}
        wait_until(lambda: names <= {row["name"] for row in client.get("/api/root").json()["experiments"]})


def places_of_problems(client: httpx.Client) -> set[tuple[str, str]]:
    problems = client.get("/api/problems").json()["problems"]
    return {(each["path"], each["position"]) for each in problems}


def test_settings_of_another_program_are_found_by_the_filter(tmp_path: Path) -> None:
    for name in ("lightning", "sacred", "keras"):
        shutil.copytree(ROOT / "tests/corpus/texts" / name, tmp_path / name)
    with server_of(tmp_path) as server, server.client() as client:
        wait_until(lambda: len(read_rows(client)) == 3)
        rows = read_rows(client)
        assert rows["lightning"]["config"]["optimizer"] == "adam"
        assert rows["sacred"]["source"] == "Sacred"
        assert found_by(client, "source=lightning") == ["lightning"]
        assert found_by(client, "net.width=8") == ["sacred"]
        assert found_by(client, "-has(source)") == ["keras"]


def read_rows(client: httpx.Client) -> dict[str, Any]:
    rows = client.get("/api/root").json()["experiments"]
    return {row["id"]: row for row in rows if row["details"]}


def found_by(client: httpx.Client, filter_: str) -> list[str]:
    answer = client.post("/api/filter", json={"filter": filter_}).json()
    return sorted(answer["experiments"])


def test_a_broken_record_is_on_the_page_of_problems(server: Served, tmp_path: Path) -> None:
    (path,) = (CORPUS / "torch_new").iterdir()
    data = bytearray(path.read_bytes())
    data[5000] ^= 1
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / path.name).write_bytes(data)
    with server.client() as client:
        client.get("/api/experiments/run")
        assert sum(labels_of(client, "run").values()) == 199
        (problem,) = client.get("/api/problems").json()["problems"]
    assert problem["path"] == f"run/{path.name}"
    assert "checksum" in problem["reason"]
    assert problem["position"].startswith("byte ")


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["delete", "wal"])
@pytest.mark.parametrize("folder", ["", "trained/here/"])
def test_runs_in_a_file_of_many_come_and_grow_at_once(
    server: Served, tmp_path: Path, mode: str, folder: str
) -> None:
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    with (
        mlflow_store(tmp_path / folder / "mlflow.db", mode) as store,
        server.client() as client,
        connect(f"{server.stream_url}/api/feed", proxy=None) as feed,
    ):

        def names() -> list[str]:
            return sorted(row["name"] for row in client.get("/api/root").json()["experiments"])

        store.run("ab12", name="happy-owl")
        wait_until(lambda: names() == [f"{folder}mlflow.db/vision/ab12"])
        store.run("cd34")
        store.metric("cd34", "loss", 0.5, 1)
        wait_until(lambda: names() == [f"{folder}mlflow.db/vision/ab12", f"{folder}mlflow.db/vision/cd34"])
        run = quote(f"{folder}mlflow.db/vision/cd34", safe="")
        client.get(f"/api/experiments/{run}")
        assert labels_of(client, run) == {"loss": 1}
        look(feed, experiments=[run], scalar_labels=["loss"])
        store.metric("ab12", "loss", 9, 9)
        store.metric("cd34", "loss", 0.25, 2)
        (series,) = next_of(feed, "points")["series"]
        assert (series["first"], series["steps"], series["values"]) == (1, [2], [0.25])
        assert client.get("/api/problems").json()["problems"] == []


@pytest.mark.slow
def test_the_end_of_a_wandb_run_is_told_with_its_last_values(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not when a row that changes all the time is read again."""
    monkeypatch.setattr(rows, "BUSY_S", LIMIT_S * 1000)
    data = (CORPUS.parent / "stores" / "wandb" / "run-owl.wandb").read_bytes()
    path = tmp_path / "offline-run-owl" / "run-owl.wandb"
    path.parent.mkdir(parents=True)
    path.write_bytes(data[:80_000])
    with server.client() as client:

        def status() -> str:
            found = client.get("/api/root").json()["experiments"]  # none before it is seen
            return "".join(row["status"] for row in found)

        wait_until(lambda: status() == "running")
        for begin in range(80_000, len(data), 20_000):
            with path.open("ab") as file:
                file.write(data[begin : begin + 20_000])
        wait_until(lambda: status() == "finished")


@pytest.mark.slow
def test_what_wandb_appends_is_told_at_once(server: Served, tmp_path: Path) -> None:
    """In the parts in which wandb's writer gives it to the kernel: blocks, the last one cut."""
    data = (CORPUS.parent / "stores" / "wandb" / "run-owl.wandb").read_bytes()
    path = tmp_path / "wandb" / "offline-run-20260101_000000-owl" / "run-owl.wandb"
    path.parent.mkdir(parents=True)
    path.write_bytes(data[:7])
    run = quote(path.parent.relative_to(tmp_path).as_posix(), safe="")
    with server.client() as client, connect(f"{server.stream_url}/api/feed", proxy=None) as feed:
        wait_until(lambda: [row["id"] for row in client.get("/api/root").json()["experiments"]] == [run])
        client.get(f"/api/experiments/{run}")
        look(feed, experiments=[run], scalar_labels=["later"])
        with path.open("ab") as file:
            file.write(data[7:80_000])
        while not labels_of(client, run):
            next_of(feed, "scalars")
        assert labels_of(client, run)["later"] == 1
        with path.open("ab") as file:
            file.write(data[80_000:])
        steps: list[int] = []
        while steps != [20, 25]:
            steps += next_of(feed, "points")["series"][0]["steps"]

        def row() -> tuple[str, str]:
            (found,) = client.get("/api/root").json()["experiments"]
            return found["title"], found["status"]

        wait_until(lambda: row() == ("happy-owl", "finished"))
        assert client.get("/api/problems").json()["problems"] == []


def test_what_a_script_of_wandb_prints_is_a_log_that_grows(server: Served, tmp_path: Path) -> None:
    path = tmp_path / "run" / "run-a.wandb"
    path.parent.mkdir()
    path.write_bytes(log(output("one\n")))
    address = "/api/logs/run/run-a.wandb!/output.log"
    with server.client() as client:
        wait_until(lambda: "output" in items_of(client, "run"))
        assert client.get(address).json()["text"].endswith("\tSTDOUT\tone\n")
        with path.open("ab") as file:
            file.write(chunks(output("two\n"), file.tell()))
        wait_until(lambda: client.get(address).json()["text"].endswith("\tSTDOUT\ttwo\n"))


def items_of(client: httpx.Client, experiment: str) -> list[str]:
    """The labels of its items."""
    return [each["label"] for each in client.get(f"/api/experiments/{experiment}").json()["labels"]]


@pytest.mark.slow
def test_a_picture_bomb_that_a_log_of_wandb_names_is_refused(server: Served, tmp_path: Path) -> None:
    bomb = tmp_path / "run" / "files" / "media" / "bomb.png"
    bomb.parent.mkdir(parents=True)
    Image.new("1", (30_000, 30_000)).save(bomb)
    Image.new("RGB", (20, 10)).save(bomb.with_name("whole.png"))
    values = {name: {"_type": '"image-file"', "path": f'"media/{name}.png"'} for name in ("bomb", "whole")}
    (tmp_path / "run" / "run-a.wandb").write_bytes(log(history(1, values)))
    with server.client() as client:
        wait_until(lambda: {"bomb", "whole"} <= set(items_of(client, "run")))
        assert client.get("/api/pictures/run/1/whole?size=64").is_success
        refused = client.get("/api/pictures/run/1/bomb?size=64")
        assert refused.is_client_error
        assert "pixels" in refused.text
