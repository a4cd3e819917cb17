"""t-SNE and UMAP of vectors of the tree, computed by a child process that tells how far it is (`projection_child`)."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from pathlib import Path
from typing import NamedTuple

from lavdlike.messages import ProjectionRequest
from lavdlike.server.sandbox import projection_program

MAX_FILE_BYTES = 256 * 2**20


class Limits(NamedTuple):
    """Of one computation. `time_s`: of all its processor's cores together."""

    time_s: int = 1200
    memory_bytes: int = 8 * 2**30
    line_bytes: int = 4 * 2**20


class Projections:
    """Computes one at a time, as each takes all cores; others wait. `close` it in the end."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._turn = asyncio.Semaphore(1)
        self._running: asyncio.subprocess.Process | None = None

    async def lines(self, request: ProjectionRequest, descriptor: int) -> AsyncGenerator[bytes, None]:
        """Lines of JSON as `messages.ProjectionLine`; the last one has the places, or why there are none.

        Closing the iterator ends the computation.

        Args:
            descriptor: of the array's file; it is closed.
        """
        try:
            async with self._turn, aclosing(self._computed(request, descriptor)) as lines:
                async for line in lines:
                    yield line
        finally:
            os.close(descriptor)

    def close(self) -> None:
        if self._running is not None:
            with suppress(ProcessLookupError):
                self._running.kill()

    async def _computed(self, request: ProjectionRequest, descriptor: int) -> AsyncGenerator[bytes, None]:
        options = {
            "method": request.method,
            "dimensions": request.dimensions,
            "rows": request.rows,
            "descriptor": descriptor,
            "paths": _module_paths(),
            "memory_bytes": self._limits.memory_bytes,
            "time_s": self._limits.time_s,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            projection_program.__file__,
            stdin=asyncio.subprocess.PIPE,
            pass_fds=[descriptor],
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            limit=self._limits.line_bytes,
        )
        self._running = process
        sending, receiving = _pipes(process)
        try:
            sending.write(json.dumps(options).encode())
            sending.close()
            last = b""
            while line := await receiving.readline():
                last = line
                yield line
            if b'"places"' not in last and b'"error"' not in last:
                yield b'{"error": "it was ended: too much time or memory"}\n'
        finally:
            self._running = None
            with suppress(ProcessLookupError):
                process.kill()
            await receiving.read()  # to its end: only then the pipe is closed
            await process.wait()


def _pipes(process: asyncio.subprocess.Process) -> tuple[asyncio.StreamWriter, asyncio.StreamReader]:
    if process.stdin is None or process.stdout is None:
        raise ValueError("the process was started without pipes")
    return process.stdin, process.stdout


def _module_paths() -> list[str]:
    return [str(Path(path).absolute()) for path in sys.path if path]
