"""Row 34: 100 runs in a bucket, 20 ms away, and in a folder: the first page, all rows, and what ten runs gain.

The bucket is moto's, on this machine; the proxy in front of it adds the time and counts the requests.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks import measure, servers
from benchmarks.measure import Figures, Result
from lavdlike.disk.parts import part_path
from lavdlike.disk.stores.object_store import ObjectStore
from lavdlike.disk.stores.opened_stores import open_store
from lavdlike.disk.stores.store_addresses import path_of_address
from tests.fault_proxy import FaultProxy, fault_proxy
from tests.s3_server import BUCKET, s3_environment, s3_server

RUNS, SHOWN, DELAY_S, POLL_S = 100, 10, 0.02, 1.0
_HEADER = b"step\twall_time\tlabel\tvalue\n"
_POINTS = b"".join(b"%d\t%d\tloss\t0.5\n" % (step, 1_790_000_000 + step) for step in range(100))
_ROUNDS = 3


def bucket(rounds: int) -> Result:
    """Row 34."""
    with tempfile.TemporaryDirectory() as made, s3_server() as url, fault_proxy(url) as proxy:
        folder = Path(made) / "logs"
        contestants: dict[str, Callable[[], Figures]] = {
            "folder": lambda: _folder(folder),
            f"bucket, {DELAY_S * 1000:.0f} ms": lambda: _bucket(url, proxy),
        }
        taken = measure.in_turn(contestants, min(rounds, _ROUNDS))
    middle = measure.medians(taken)
    ours = middle[f"bucket, {DELAY_S * 1000:.0f} ms"]
    return Result(
        "34",
        f"{RUNS} runs in a bucket whose requests take {DELAY_S * 1000:.0f} ms more: page, rows, {SHOWN} runs that grow",
        ["", "first page s", "requests", "all rows s", "requests", "a new value seen s", "reads", "lists"],
        [
            [
                name,
                f"{each['first_s']:.2f}",
                f"{each['first_requests']:.0f}",
                f"{each['rows_s']:.2f}",
                f"{each['rows_requests']:.0f}",
                f"{each['seen_s']:.2f}",
                f"{each['reads']:.0f}",
                f"{each['lists']:.0f}",
            ]
            for name, each in middle.items()
        ],
        [
            ("first page in <= 5 requests", f"{ours['first_requests']:.0f}", ours["first_requests"] <= 5),
            ("ten runs that gained points: <= 10 reads", f"{ours['reads']:.0f}", ours["reads"] <= SHOWN),
            ("and <= 1 list a poll", f"{ours['lists']:.0f}", ours["lists"] <= ours["seen_s"] / POLL_S + 1),
        ],
        middle,
        [
            f"a poll every {POLL_S:g} s; TensorBoard is not beside it: it reads buckets through TensorFlow alone"
        ],
    )


def _folder(folder: Path) -> Figures:
    with tempfile.TemporaryDirectory(dir=folder.parent if folder.parent.is_dir() else None) as name:
        root = Path(name) / "logs"
        for run in range(RUNS):
            (root / f"run{run:03}").mkdir(parents=True)
            (root / f"run{run:03}" / "experiment.json").write_text(_experiment(run))
            (root / f"run{run:03}" / "scalars.tsv").write_bytes(_HEADER + _POINTS)

        def append(run: int) -> None:
            with (root / f"run{run:03}" / "scalars.tsv").open("ab") as file:
                file.write(b"100\t1790000100\tloss\t0.25\n")

        return _measured(root, append, list)


def _bucket(url: str, proxy: FaultProxy) -> Figures:
    with _environment(url):
        store = open_store(f"s3://{BUCKET}/logs")
        _fill(store)
    proxy.delay_s = DELAY_S
    with _environment(proxy.url):
        return _measured(
            path_of_address(f"s3://{BUCKET}/logs"),
            lambda run: _put_part(store, run),
            lambda: list(proxy.requests),
        )


@contextmanager
def _environment(url: str) -> Iterator[None]:
    with mock.patch.dict(os.environ, s3_environment(url)):
        yield


def _fill(store: ObjectStore) -> None:
    for found in list(store.list()):
        if found.path.endswith(f"{len(_HEADER + _POINTS):015}"):
            store.delete(found.path)
    for run in range(RUNS):
        store.put(f"run{run:03}/experiment.json", _experiment(run).encode())
        store.put(part_path(f"run{run:03}/scalars.tsv", 0), _HEADER + _POINTS)


def _put_part(store: ObjectStore, run: int) -> None:
    store.put(part_path(f"run{run:03}/scalars.tsv", len(_HEADER + _POINTS)), b"100\t1790000100\tloss\t0.25\n")


def _experiment(run: int) -> str:
    return json.dumps({"version": 1, "config": {"lr": run}})


def _measured(
    root: Path, append: Callable[[int], object], requests: Callable[[], list[tuple[str, str]]]
) -> Figures:
    before = len(requests())

    def asked() -> list[tuple[str, str]]:
        return requests()[before:]

    with servers.lavdlike(root, "--poll-interval", str(POLL_S)) as server:
        server.get("/")
        server.until(lambda: len(server.json("/api/root")["experiments"]) == RUNS)
        figures = {"first_s": server.elapsed_s(), "first_requests": float(len(asked()))}
        names = [f"run{run:03}" for run in range(SHOWN)]
        look = {"type": "look", "experiments": names, "kinds": ["scalars"], "scalar_labels": ["loss"]}
        follower = _Follower(server, look)
        server.until(lambda: follower.is_beside() and all(row["details"] for row in _rows(server)))
        figures |= {"rows_s": server.elapsed_s(), "rows_requests": float(len(asked()))}
        for name in names:
            server.json(f"/api/experiments/{name}")
        server.get(
            "/api/scalars/series", {"experiments": names, "labels": ["loss"], "x": "step", "columns": 500}
        )
        begin, begun_s = len(asked()), measure.now_s()
        for run in range(SHOWN):
            append(run)
        while follower.seen != set(names):
            follower.is_beside()
        gained = asked()[begin:]
        lists = sum("list-type" in path for _, path in gained)
        return figures | {
            "seen_s": measure.now_s() - begun_s,
            "reads": float(len(gained) - lists),
            "lists": float(lists),
        }


def _rows(server: servers.Server) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = server.json("/api/root")["experiments"]
    return rows


class _Follower:
    """A browser that polls. `seen`: the experiments of which new points came."""

    def __init__(self, server: servers.Server, look: Mapping[str, object]) -> None:
        self._server = server
        self._look = look
        root = server.json("/api/root")
        self._since = [root["epoch"], root["sequence"]]
        self.seen: set[str] = set()

    def is_beside(self) -> bool:
        """Asks once; True."""
        body = {"client": "benchmark", "look": self._look, "since": self._since}
        for message in self._server.json("/api/poll", body)["messages"]:
            self._since[1] = max(self._since[1], message.get("sequence", 0))
            if message["type"] == "points":
                self.seen.add(message["experiment"])
        return True
