"""Visdom: every value goes to its server, which this program starts and ends."""

from __future__ import annotations

import subprocess
import sys
import time

from visdom import Visdom

from benchmarks.ports import free_port
from benchmarks.writers import work

name, folder, count = work.arguments()
folder.mkdir(parents=True, exist_ok=True)
port = free_port()
# At its start it fetches scripts for its page; without them it still takes values.
START = """
from visdom.server import run_server
run_server.download_scripts = lambda *args, **kwargs: None
run_server.download_scripts_and_run()
"""
server = subprocess.Popen(
    [sys.executable, "-c", START, "-port", str(port), "-env_path", str(folder), "--hostname", "127.0.0.1"],
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
)
try:
    limit = time.monotonic() + 60
    while True:
        try:
            client = Visdom(
                server="http://127.0.0.1", port=port, raise_exceptions=True, use_incoming_socket=False
            )
            break
        except ConnectionError:  # not started yet
            if time.monotonic() > limit:
                raise
            time.sleep(0.2)

    if name == "scalars":
        values = work.values(count)

        def run() -> None:
            labels = work.LABELS
            for number, value in enumerate(values):
                client.line([value], [number // 10], win=labels[number % 10], update="append")

    else:
        pictures = [work.picture(number).transpose(2, 0, 1) for number in range(count)]

        def run() -> None:
            for picture in pictures:
                client.image(picture, win="picture")

    work.report(folder, count, run)
finally:
    server.terminate()
    server.wait(10)
