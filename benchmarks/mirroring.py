"""Row 33: what a Logger with an address costs beside one with a folder, at 10,000 values and 20 pictures a second.

The store is moto's server in a process of its own, behind a proxy that adds 20 ms to each request in another one.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import measure
from benchmarks.measure import Figures, Result
from tests.fault_proxy import fault_proxy
from tests.s3_server import BUCKET, s3_environment, s3_server

SECONDS = 20
VALUES_A_S, PICTURES_A_S = 10_000, 20
DELAY_S = 0.02
_PROGRAM = f"""
import json, os, resource, sys, time
import numpy as np
from lavdlike import Logger
log_dir, turns_a_s = sys.argv[1], {PICTURES_A_S}
logger = Logger("run", log_dir, on_error="raise")
picture = np.random.default_rng(1).random((64, 64, 3))
logger.log_scalar(0, "label/0", 0)
logger.flush()
usage = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
cpu_s, calls_s, begun = usage(), 0.0, time.perf_counter()
for turn in range({SECONDS} * turns_a_s):
    start = time.perf_counter()
    for number in range({VALUES_A_S} // turns_a_s):
        logger.log_scalar(number, f"label/{{number % 10}}", turn * 1000 + number + 1)
    calls_s += time.perf_counter() - start
    logger.log_image(picture, "noise", turn)
    time.sleep(max(0.0, begun + (turn + 1) / turns_a_s - time.perf_counter()))
took_s, cpu_s = time.perf_counter() - begun, usage() - cpu_s
start = time.perf_counter()
logger.flush()
flush_s = time.perf_counter() - start
logger.close()
figures = {{"cpu": cpu_s / took_s, "call_us": calls_s / ({SECONDS} * {VALUES_A_S}) * 1e6}}
print(json.dumps({{**figures, "flush_s": flush_s, "took_s": took_s}}))
"""


def mirror(rounds: int) -> Result:
    with s3_server() as url, _late(url) as proxied, tempfile.TemporaryDirectory() as folder:
        os.environ.update({**s3_environment(proxied), "LAVDLIKE_SPOOL": f"{folder}/spool"})
        numbers = iter(range(1000))
        contestants = {
            "a folder": lambda: _run(f"{folder}/log-{next(numbers)}"),
            "an address": lambda: _run(f"s3://{BUCKET}/log-{next(numbers)}"),
        }
        taken = measure.in_turn(contestants, min(rounds, 3))
    middle = measure.medians(taken)
    here, there = middle["a folder"], middle["an address"]
    share = there["cpu"] - here["cpu"]
    to_folder = there["call_us"] / here["call_us"]
    return Result(
        "33",
        f"a Logger with an address, {VALUES_A_S:,} values and {PICTURES_A_S} pictures a second",
        ["", "of a core", "us a log_scalar", "s of flush at the end"],
        [
            [name, f"{each['cpu']:.1%}", f"{each['call_us']:.2f}", f"{each['flush_s']:.2f}"]
            for name, each in middle.items()
        ],
        [
            ("the mirror takes < 5 % of a core", f"{share:.1%}", share < 0.05),
            ("log_scalar costs what it costs locally", f"{to_folder:.2f} x", to_folder < 1.1),
            ("it keeps up: flush at the end <= 2 s", f"{there['flush_s']:.2f} s", there["flush_s"] <= 2),
        ],
        middle,
    )


def _run(log_dir: str) -> Figures:
    return measure.figures_of([sys.executable, "-c", _PROGRAM, log_dir])


@contextmanager
def _late(url: str) -> Iterator[str]:
    """The proxy in a process of its own; yields its address."""
    read, written = os.pipe()
    pid = os.fork()
    if pid == 0:
        with fault_proxy(url) as proxy:
            proxy.delay_s = DELAY_S
            os.write(written, proxy.url.encode())
            threading.Event().wait()
    try:
        yield os.read(read, 100).decode()
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
