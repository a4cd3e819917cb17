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
server = subprocess.Popen(
    [sys.executable, "-m", "visdom.server", "-port", str(port), "-env_path", str(folder), "--hostname", "127.0.0.1"],
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
)
try:
    client = Visdom(server="http://127.0.0.1", port=port, raise_exceptions=True, use_incoming_socket=False)
    limit = time.monotonic() + 60
    while not client.check_connection() and time.monotonic() < limit:
        time.sleep(0.1)

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
