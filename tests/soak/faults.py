"""Logger and server are killed at random under load; afterwards the server shows just what was logged.

    python -m tests.soak.faults [--rounds 500] [--seed 1]

Each round: two processes log numbers, lines and texts to one experiment while a browser follows it; one of the
loggers or the server is killed with SIGKILL at a random moment, several times, and started again. Then every value
whose call had returned is in the answers of the server, nothing else is, and no step twice.
"""

from __future__ import annotations

import argparse
import json
import mmap
import os
import random
import signal
import struct
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from lavdlike import Logger
from tests.running import Running
from tests.soak.series import exact_series

LOGGERS = 2
KILLS = 3
LONGEST_LIFE_S = 0.15
TIMEOUT_S = 30.0
# Each life of a logger begins at its own steps, so that none is logged twice.
STEPS_OF_A_LIFE = 1_000_000
TEXT_EVERY = 20


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=500)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    run(given.rounds, given.seed)


def run(rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    values = kills = 0
    with tempfile.TemporaryDirectory(prefix="lavdlike-faults-") as folder:
        root = Path(folder) / "log"
        root.mkdir()
        running = Running(root, "--no-token")
        try:
            for number in range(rounds):
                one = _Round(running, f"run-{number}", chance)
                values += one.play()
                kills += one.kills
                if number % 10 == 9:
                    print(f"{number + 1} rounds, {kills} kills: {values} values as logged", flush=True)
        finally:
            running.stop()


class _Round:
    def __init__(self, running: Running, name: str, chance: random.Random) -> None:
        self.kills = 0
        self._running = running
        self._name = name
        self._chance = chance
        self._memory = mmap.mmap(-1, 8 * LOGGERS * (KILLS + 1))  # outlives the processes that write it
        self._lives = [0] * LOGGERS
        self._children: dict[int, int] = {}  # number of the logger -> process
        self._stream: ClientConnection | None = None
        self._streams = ExitStack()

    def play(self) -> int:
        """Returns how many values were checked."""
        try:
            for logger in range(LOGGERS):
                self._start(logger)
            for _ in range(KILLS):
                self._follow()
                time.sleep(self._chance.random() * LONGEST_LIFE_S)
                self._kill(self._chance.choice(["server", *range(LOGGERS)]))
        finally:
            for logger in list(self._children):
                self._end(logger)
            self._streams.close()
        return self._check()

    def _start(self, logger: int) -> None:
        pid = os.fork()
        if pid == 0:
            try:
                _log_for_ever(self._running.root, self._name, logger, self._lives[logger], self._memory)
            finally:
                os._exit(1)
        self._children[logger] = pid

    def _end(self, logger: int) -> None:
        pid = self._children.pop(logger)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)

    def _kill(self, what: Any) -> None:
        self.kills += 1
        if what == "server":
            self._running.stop()
            self._running.start()
        else:
            self._end(what)
            self._lives[what] += 1
            self._start(what)

    def _follow(self) -> None:
        """A browser that reads as little as a slow one does."""
        with suppress(OSError, WebSocketException):
            if self._stream is None:
                self._stream = self._streams.enter_context(connect(self._running.stream_url, proxy=None))
                look = {
                    "type": "look",
                    "experiments": [self._name],
                    "scalar_labels": ["0"],
                    "kinds": ["texts"],
                }
                self._stream.send(json.dumps(look))
            self._stream.recv(timeout=1)
            return
        self._stream = None

    def _check(self) -> int:
        with httpx.Client(base_url=self._running.url, timeout=TIMEOUT_S, trust_env=False) as client:
            checked = 0
            for logger in range(LOGGERS):
                series = exact_series(client, self._name, [str(logger)])
                steps = series[0].steps.astype(int).tolist() if series else []
                values = series[0].values.tolist() if series else []
                assert len(steps) == len(set(steps)), f"{self._name}: a step twice"
                assert values == [_value(logger, step) for step in steps], f"{self._name}: another value"
                logged = set(self._logged(logger))
                assert logged <= set(steps), f"{self._name}: lost {sorted(logged - set(steps))[:5]}"
                # The call that was under way when the process was killed may have been written, or not.
                assert len(steps) <= len(logged) + self._lives[logger] + 1
                checked += len(steps)
                self._check_texts(client, logger)
            return checked

    def _check_texts(self, client: httpx.Client, logger: int) -> None:
        wanted = [step for step in self._logged(logger) if step % TEXT_EVERY == 0][-50:]
        addresses = [
            {"experiment": self._name, "kind": "texts", "label": f"text-{logger}", "step": step}
            for step in wanted
        ]
        items = client.post("/api/items", json={"items": addresses}).json()["items"]
        for step, item in zip(wanted, items, strict=True):
            assert item is not None, f"{self._name}: the text of step {step} is not there"
            assert item["problem"] is None
            assert item["content"]["actual"] == f"{step}\n"

    def _logged(self, logger: int) -> list[int]:
        """The steps whose calls have returned."""
        counts = (
            struct.unpack_from("q", self._memory, 8 * (logger * (KILLS + 1) + life))[0]
            for life in range(self._lives[logger] + 1)
        )
        return [life * STEPS_OF_A_LIFE + place for life, count in enumerate(counts) for place in range(count)]


def _log_for_ever(root: Path, name: str, number: int, life: int, memory: mmap.mmap) -> None:
    logger = Logger(name, root)
    count = 0
    while True:
        step = life * STEPS_OF_A_LIFE + count
        if count % TEXT_EVERY == 0:
            logger.log_text(str(step), f"text-{number}", step)
        logger.log_scalar(_value(number, step), str(number), step)
        logger.log(f"T{number}", str(step))
        count += 1
        struct.pack_into("q", memory, 8 * (number * (KILLS + 1) + life), count)
        time.sleep(0.0005)


def _value(number: int, step: int) -> float:
    return (number + 1) / (step + 3)


if __name__ == "__main__":
    main()
