"""The child process that makes lines of rollouts of a file of another form (`made_lines`).

Its standard input is the file, its argument the form; lines go to its standard output, a file, and what is wrong, as a
sentence, to its standard error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from lavdlike.kinds.rollout_records import inspect_logs, logtrees, trl_completions
from lavdlike.kinds.rollout_records.rollout_begins import Form

MEMORY_BYTES = 6 * 2**30
MAX_FILE_BYTES = 2 * 2**30
MAX_MADE_BYTES = 2 * 2**30


def main() -> None:
    _limit()
    try:
        for record in records(Form(sys.argv[1])):
            sys.stdout.buffer.write(
                json.dumps(record, ensure_ascii=False, default=str).encode(errors="replace")
            )
            sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()
    except MemoryError:
        _end(f"needs more than {MEMORY_BYTES // 2**30} GiB of memory to be read")
    except BaseException as error:  # noqa: BLE001 - polars panics with one that is no Exception
        _end(" ".join(str(error).split())[:300] or type(error).__name__)
    os._exit(0)


def records(form: Form) -> Iterator[dict[str, Any]]:
    """Of the file that is standard input. Raises ValueError, and what polars raises."""
    size_bytes = os.fstat(0).st_size
    if size_bytes > MAX_FILE_BYTES:
        raise ValueError(f"larger than {MAX_FILE_BYTES // 2**30} GiB, the most that is read of it")
    with os.fdopen(os.dup(0), "rb") as file:
        file.seek(0)
        if form is Form.INSPECT_ZIP:
            yield from inspect_logs.records_in_zip(file)
        elif form is Form.INSPECT:
            yield from inspect_logs.records_in_json(file.read())
        elif form is Form.LOGTREE:
            yield from logtrees.records_in(file.read())
        else:
            yield from trl_completions.records_in(file.read())


def _end(reason: str) -> None:
    sys.stderr.write(reason)
    sys.stderr.flush()
    os._exit(1)


def _limit() -> None:
    with suppress(ImportError, ValueError, OSError):  # not on Windows; a lower limit stays
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_MADE_BYTES, MAX_MADE_BYTES))
