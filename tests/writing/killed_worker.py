"""A script whose forked worker is killed while it prints, with the locks of the terminal in its hands."""

from __future__ import annotations

# Has an open `logger` of the experiment `run` in the folder `log`; what the parent does then stands behind it.
KILLED_WORKER = """
import os, signal, sys
from tqdm import tqdm
from lavdlike import Logger

class Stuck:  # a pipe that nobody reads
    encoding = "utf-8"
    def write(self, text):
        os.write(writer, b"in")
        signal.pause()
    def flush(self):
        pass

logger = Logger("run", "log")
list(tqdm(range(1)))  # makes tqdm's lock, one for all processes
list(logger.progress_bar("Warm up", range(1)))
reader, writer = os.pipe()
worker = os.fork()
if worker == 0:
    sys.stdout = Stuck()
    logger.println("from the worker")
os.read(reader, 2)
os.kill(worker, signal.SIGKILL)
os.waitpid(worker, 0)
"""
