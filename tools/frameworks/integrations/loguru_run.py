"""loguru and logging: messages in `events.log`."""

from __future__ import annotations

import logging
from pathlib import Path

import loguru

from lavdlike import Logger
from lavdlike.integrations.logging import LavdlikeHandler
from lavdlike.integrations.loguru import LavdlikeSink


def main() -> int:
    with Logger("run") as logger:
        loguru.logger.remove()
        loguru.logger.add(LavdlikeSink(logger), format="{message}", level="INFO")
        logging.getLogger("training").addHandler(LavdlikeHandler(logger))
        loguru.logger.debug("unseen")
        loguru.logger.info("epoch {}", 1)
        loguru.logger.success("done\nat last")
        try:
            1 / 0  # noqa: B018
        except ZeroDivisionError:
            loguru.logger.exception("failed")
            logging.getLogger("training").exception("failed, too")
    lines = [line.split("\t") for line in Path("log/run/events.log").read_text().splitlines()]
    found = [(line[1], line[2].split("\\n")[0]) for line in lines]
    expected = [("INFO", "epoch 1"), ("SUCCESS", "done"), ("ERROR", "failed"), ("ERROR", "failed, too")]
    assert found == expected, found
    assert all("ZeroDivisionError" in line[2] for line in lines[2:]), lines
    return len(found)


if __name__ == "__main__":
    print(f"{main()} messages in events.log")
