"""Writers of a bucket, with their mirrors and `lavdlike push`, are killed at random behind a network that fails.

    python -m tests.soak.remote_kills [--kills 1000] [--seed 1]

The store is moto's server, the network a proxy that closes connections, loses answers, answers 503 and is gone for a
while. Two writers share a spool, and a third has another one, as on another host. After every forty kills or so the
rest is pushed. Then each value of which `flush` had returned must be in the bucket, no line twice, and what a fresh
reader finds there must be what the spools hold. Prints what was checked; ends with an error at the first thing that is
not so.
"""

from __future__ import annotations

import argparse
import json
import mmap
import os
import random
import shutil
import signal
import struct
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import obstore  # noqa: F401 - before the forks, none of which then loads it anew

from lavdlike import Logger
from lavdlike.cli import main as lavdlike
from lavdlike.disk.parts import Part, arranged, part_of, part_path
from lavdlike.errors import WriteError
from lavdlike.kinds import logs, scalars
from lavdlike.mirror import spool
from lavdlike.mirror.tree_scan import files_of
from tests.fault_proxy import Fault, fault_proxy
from tests.s3_server import BUCKET, s3_environment, s3_server

ROUNDS = 12  # between two checks
MAX_WRITERS = 1000  # of one check
LONGEST_LIFE_S = 3.0
PUSHES = 30


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    drawn = random.Random(given.seed)
    kills = values = 0
    with s3_server() as url, _network(url, given.seed) as proxied:
        os.environ.update(s3_environment(proxied))
        while kills < given.kills:
            batch = _Batch(f"s3://{BUCKET}/soak-{kills}", drawn)
            kills += batch.run()
            values += batch.check(url)
            print(
                f"{kills} kills: {values} values of which flush had returned are there, none twice",
                flush=True,
            )


class _Batch:
    """Some rounds of writers on two spools of one address, and what must be there afterwards."""

    def __init__(self, address: str, drawn: random.Random) -> None:
        self._address = address
        self._drawn = drawn
        self._hosts = [Path(tempfile.mkdtemp(prefix="lavdlike-soak-")) for _ in range(2)]
        self._flushed = mmap.mmap(-1, 8 * MAX_WRITERS)
        self._writers = 0

    def run(self) -> int:
        """Returns how many were killed."""
        kills = 0
        for _ in range(ROUNDS):
            programs = [(0, self._writer()), (0, self._writer()), (1, self._writer())]
            if self._drawn.random() < 0.3:
                programs.append((0, partial(_push, address=self._address)))
            pids = [_forked(partial(self._on, host, run)) for host, run in programs]
            self._drawn.shuffle(pids)
            for pid in pids:
                time.sleep(self._drawn.random() * LONGEST_LIFE_S * 2 / len(pids))
                os.kill(pid, signal.SIGKILL)
                if os.WIFSIGNALED(os.waitpid(pid, 0)[1]):
                    kills += 1
        return kills

    def check(self, url: str) -> int:
        """Push the rest and look; returns how many values were looked for."""
        for host in range(len(self._hosts)):
            pid = _forked(partial(self._on, host, partial(_push_all, address=self._address)))
            assert os.waitpid(pid, 0)[1] == 0, "the rest could not be pushed"
        found = _tree_in(url, self._address)
        lines = self._check_trees(found)
        points: Counter[tuple[str, int]] = Counter()
        for line in lines:
            point = scalars.parse_line(line, 0)
            if isinstance(point, scalars.ScalarPoint):
                assert point.value == point.step / 3, f"torn: {line!r}"
                points[point.label, point.step] += 1
        assert all(count == 1 for count in points.values()), points.most_common(3)
        values = 0
        for writer in range(self._writers):
            (flushed,) = struct.unpack_from("q", self._flushed, 8 * writer)
            missing = [step for step in range(flushed) if (f"writer/{writer}", step) not in points]
            assert not missing, f"writer {writer}: {missing[:5]} of {flushed}"
            values += flushed
        for folder in self._hosts:
            shutil.rmtree(folder)
        return values

    def _check_trees(self, found: dict[str, bytes]) -> list[bytes]:
        """Compare what is stored with the spools; returns the lines of scalars."""
        trees = []
        for host in range(len(self._hosts)):
            folder = self._spool(host)
            trees.append({file.path: (folder / file.path).read_bytes() for file in files_of(folder)})
        assert found.keys() == trees[0].keys() | trees[1].keys()
        for path, content in found.items():
            here = [tree[path] for tree in trees if path in tree]
            if path.endswith((".tsv", ".log")):
                expected = Counter(line for each in here for line in _lines(each))
                header = scalars.HEADER.strip().encode()
                expected[header] = min(expected[header], 1)  # the other host's is left out
                stored = Counter(_lines(content))
                assert stored == +expected, (
                    f"{path}: missing {expected - stored}, too many {stored - expected}"
                )
            elif path.endswith("experiment.json"):
                known = {session["id"] for session in json.loads(content)["sessions"]}
                assert known >= {session["id"] for each in here for session in json.loads(each)["sessions"]}
            else:
                assert content in here, path
        return found["run/scalars.tsv"].split(b"\n")

    def _spool(self, host: int) -> Path:
        os.environ[spool.FOLDER_VARIABLE] = str(self._hosts[host])
        return spool.spool_of(self._address)

    def _on(self, host: int, run: Callable[[Path], None]) -> None:
        run(self._spool(host))

    def _writer(self) -> Callable[[Path], None]:
        number, self._writers = self._writers, self._writers + 1
        seed = self._drawn.random()
        return lambda _: self._write(number, random.Random(seed))

    def _write(self, number: int, drawn: random.Random) -> None:
        """Write until killed, or for some time; a few end well."""
        logger = Logger("run", self._address, on_error="raise")
        step = 0
        for _ in range(drawn.randint(1, 400)):
            for _ in range(drawn.randint(1, 30)):
                logger.log_scalar(step / 3, f"writer/{number}", step)
                step += 1
            logger.println(f"{number} {step}")
            if drawn.random() < 0.3:
                logger.log_image(np.full((4, 4), 0.5), f"grey-{number}", step)
            with suppress(WriteError):
                logger.flush()
                struct.pack_into("q", self._flushed, 8 * number, step)
        with suppress(WriteError):
            logger.close()


def _lines(content: bytes) -> list[bytes]:
    """The lines of a file; where one was cut by a kill its piece is one, and the mark behind it none."""
    for mark in (scalars.CUT.encode(), logs.CUT.encode()):
        content = content.replace(mark, b"\n")
    return [line for line in content.split(b"\n") if line]


def _push(folder: Path, address: str) -> None:
    lavdlike(["push", str(folder), address])


def _push_all(folder: Path, address: str) -> None:
    for _ in range(PUSHES):
        if lavdlike(["push", str(folder), address]) == 0:
            return
    sys.exit("it is not stored")


def _forked(run: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        run()
        code = 0
    finally:
        os._exit(code)


@contextmanager
def _network(url: str, seed: int) -> Iterator[str]:
    """The proxy in a process of its own, as this one forks; yields its address."""
    read, written = os.pipe()
    pid = os.fork()
    if pid == 0:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 2)  # of clients that were killed
        with fault_proxy(url) as proxy:
            proxy.fault = _faults(seed)
            os.write(written, proxy.url.encode())
            threading.Event().wait()
    try:
        yield os.read(read, 100).decode()
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _faults(seed: int) -> Callable[[str, str], Fault | None]:
    """One request in twelve fails in one of four ways; every ten seconds all fail for one."""
    drawn, begun = random.Random(seed), time.monotonic()
    ways: tuple[Fault, ...] = ("closed", "cut", 503, 429)

    def fault(_method: str, _path: str) -> Fault | None:
        if (time.monotonic() - begun) % 10 > 9:
            return "closed"
        return drawn.choice(ways) if drawn.random() < 1 / 12 else None

    return fault


def _tree_in(url: str, address: str) -> dict[str, bytes]:
    """The files of an address as a fresh reader finds them, asked for without the proxy."""
    keys = s3_environment(url)
    client: Any = boto3.client(
        "s3",
        endpoint_url=url,
        aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
        region_name=keys["AWS_REGION"],
    )
    prefix = address.rpartition("/")[2] + "/"
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
    objects = {
        entry["Key"].removeprefix(prefix): client.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read()
        for page in pages
        for entry in page.get("Contents", [])
    }
    parts: dict[str, list[Part]] = {}
    for path, content in objects.items():
        if (part := part_of(path)) is not None:
            parts.setdefault(part[0], []).append(Part(part[1], len(content)))
    files = {path: content for path, content in objects.items() if part_of(path) is None}
    for path, each in parts.items():
        content = files.get(path, b"")
        found = arranged(len(content), each)
        assert not found.unreached, f"{path}: behind a gap"
        for begin, _ in found.parts:
            content += objects[part_path(path, begin)][len(content) - begin :]
        files[path] = content
    return files


if __name__ == "__main__":
    main()
