"""A bucket of S3's protocol by the command line, without a server and with one; nobody is told the credentials."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from lavdlike.cli import main
from lavdlike.disk.parts import part_path
from lavdlike.disk.stores.opened_stores import open_store
from tests.running import Running
from tests.s3_server import BUCKET, s3_environment, s3_server

pytestmark = pytest.mark.slow

ADDRESS = f"s3://{BUCKET}/logs"
HEADER = b"step\twall_time\tlabel\tvalue\n"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_server() as url:
        yield url


@pytest.fixture(autouse=True)
def _bucket(server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in (s3_environment(server) | {"AWS_SECRET_ACCESS_KEY": "hunter2"}).items():
        monkeypatch.setenv(name, value)
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    store = open_store(ADDRESS)
    store.put("run/experiment.json", b'{"version": 1, "config": {"lr": 0.1}}')
    store.put(part_path("run/scalars.tsv", 0), HEADER + b"1\t2\tloss\t0.5\n")
    store.put("group/a/experiment.json", b"{}")


def test_commands_take_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str, code: int = 0) -> str:
        assert main(arguments) == code
        out, err = capsys.readouterr()
        return out + err

    assert "group/a" in said("ls", ADDRESS)
    assert "loss" in said("show", f"{ADDRESS}/run")
    assert said("tag", f"{ADDRESS}/run", "--add", "good") == "tagged run: good\n"
    assert "good" in said("ls", ADDRESS)
    assert "loss" in said("inspect", f"{ADDRESS}/run")
    no_bucket = "lavdlike: cannot read s3://not-there/logs: there is no such bucket\n"
    assert said("ls", "s3://not-there/logs", code=2) == no_bucket
    refused = said("s3://key:hunter2@bucket/logs", code=2)
    assert "no key, password or token" in refused
    assert "hunter2" not in refused


def test_a_server_shows_it_and_says_no_secret(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    running = Running(ADDRESS, "--no-token", "--verbose", log=log)  # type: ignore[arg-type]
    try:
        answer = httpx.get(f"{running.url}api/root").content
        root = json.loads(answer)
        assert "run" in {row["name"] for row in root["experiments"]}
        assert root["path"] == root["roots"][0]["path"] == ADDRESS
        assert root["health"]["roots"][0]["store"]["requests"] > 0
        assert httpx.get(f"{running.url}api/experiments/run").status_code == 200
    finally:
        running.stop()
    assert b"hunter2" not in answer
    assert "hunter2" not in log.read_text()
