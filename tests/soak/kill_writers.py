"""Eight processes with four threads each write one experiment and are killed at random, again and again.

    python -m tests.soak.kill_writers [--rounds 200] [--seed 1]

Every value and every log line whose call had returned must be there, no line torn, and the run after a kill must go on
behind a cut last line. Prints what was checked; ends with an error at the first thing that is not so.
"""

from __future__ import annotations

import argparse
import mmap
import os
import random
import signal
import struct
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from lavdlike import Logger
from lavdlike.kinds import logs, scalars

PROCESSES = 8
THREADS = 4
LONGEST_LIFE_S = 0.15


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    lives = random.Random(given.seed)
    values = lines = 0
    for number in range(given.rounds):
        with tempfile.TemporaryDirectory(prefix="lavdlike-soak-") as root:
            returned = _write_and_kill(Path(root), lives)
            values += _check_scalars(Path(root, "run"), returned)
            lines += _check_events(Path(root, "run"), returned)
            _check_next_run(Path(root))
        if number % 10 == 9:
            print(f"{number + 1} rounds: {values} values and {lines} log lines are there", flush=True)


class _Returned:
    """How many calls of each thread have returned, in memory that outlives the processes."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 8 * PROCESSES * THREADS)

    def set(self, thread: int, count: int) -> None:
        struct.pack_into("q", self._memory, 8 * thread, count)

    def __getitem__(self, thread: int) -> int:
        count: int = struct.unpack_from("q", self._memory, 8 * thread)[0]
        return count


def _write_and_kill(root: Path, lives: random.Random) -> _Returned:
    returned = _Returned()
    children = []
    for process in range(PROCESSES):
        pid = os.fork()
        if pid == 0:
            _write(root, process, returned)
        children.append(pid)
    lives.shuffle(children)
    for pid in children:
        time.sleep(lives.random() * LONGEST_LIFE_S * 2 / PROCESSES)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return returned


def _write(root: Path, process: int, returned: _Returned) -> None:
    """Write for ever; never returns."""
    logger = Logger("run", root)
    for thread in range(1, THREADS):
        threading.Thread(
            target=_write_steps, args=(logger, process * THREADS + thread, returned), daemon=True
        ).start()
    _write_steps(logger, process * THREADS, returned)


def _write_steps(logger: Logger, thread: int, returned: _Returned) -> None:
    step = 0
    while True:
        logger.log_scalar(_value(thread, step), f"thread/{thread}", step)
        logger.log(f"T{thread}", str(step))
        step += 1
        returned.set(thread, step)


def _value(thread: int, step: int) -> float:
    return (thread + 1) / (step + 3)


def _check_scalars(folder: Path, returned: _Returned) -> int:
    steps: dict[str, set[int]] = defaultdict(set)
    offset = 0
    for line in _lines(folder / "scalars.tsv"):
        point = scalars.parse_line(line, offset)
        offset += len(line) + 1
        if isinstance(point, scalars.ScalarPoint):
            thread = int(point.label.removeprefix("thread/"))
            assert point.value == _value(thread, point.step), f"torn: {line!r}"
            assert point.step not in steps[point.label], f"twice: {line!r}"
            steps[point.label].add(point.step)
    return _count(lambda thread: steps[f"thread/{thread}"], returned, "values")


def _check_events(folder: Path, returned: _Returned) -> int:
    steps: dict[str, set[int]] = defaultdict(set)
    for line in _lines(folder / "events.log"):
        record = logs.parse_line(line.decode())
        if record.message.isdecimal():
            steps[record.tag].add(int(record.message))
    return _count(lambda thread: steps[f"T{thread}"], returned, "log lines")


def _lines(file: Path) -> list[bytes]:
    """The finished lines; none if no process lived long enough to write one."""
    return file.read_bytes().split(b"\n")[:-1] if file.exists() else []


def _count(steps_of: Callable[[int], set[int]], returned: _Returned, what: str) -> int:
    """How many are there, after a check that all that had returned are."""
    found = 0
    for thread in range(PROCESSES * THREADS):
        missing = set(range(returned[thread])) - steps_of(thread)
        assert not missing, f"lost {what} of thread {thread}: {sorted(missing)[:10]}"
        found += returned[thread]
    return found


def _check_next_run(root: Path) -> None:
    with Logger("run", root) as logger:
        logger.log_scalar(0.5, "next", 1)
    last = _lines(root / "run" / "scalars.tsv")[-1]
    point = scalars.parse_line(last)
    assert isinstance(point, scalars.ScalarPoint), f"the next run wrote behind a cut line: {last!r}"
    assert (point.label, point.value) == ("next", 0.5)


if __name__ == "__main__":
    main()
