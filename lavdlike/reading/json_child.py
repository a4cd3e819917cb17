"""The child process that reads a large JSON document, given as its standard input (`json_documents`).

Its arguments are the document's path and what is asked: the name of a kind, `EXPERIMENT`, or nothing for what folders
have to know of it. What it writes begins with `ANSWER` or `ERROR`.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress

import msgspec

from lavdlike import experiment, json_file
from lavdlike.errors import LogFormatError
from lavdlike.kinds import registry
from lavdlike.reading import json_documents
from lavdlike.reading.json_documents import ANSWER, ERROR, EXPERIMENT, MEMORY_BYTES


def main() -> None:
    path, asked = sys.argv[1:]
    gc.disable()  # it looks again and again through all that was parsed
    _limit_memory()
    try:
        answer = ANSWER + _answer(_read(), path, asked)
    except LogFormatError as error:
        answer = ERROR + msgspec.json.encode((error.reason, error.position))
    except MemoryError:
        reason = f"needs more than {MEMORY_BYTES // 2**30} GiB of memory to be read"
        answer = ERROR + msgspec.json.encode((reason, ""))
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    os._exit(0)  # to forget the document takes as long as to read it


def _answer(data: bytes, path: str, asked: str) -> bytes:
    if asked == EXPERIMENT:
        return msgspec.json.encode(experiment.read(data, path))
    if not asked:
        facts = json_documents.facts_in(data, path)
        number = None if facts.number is None else repr(facts.number)
        return msgspec.json.encode(facts._replace(number=number))  # type: ignore[arg-type]
    content = json_documents.content_of(data, registry.BY_NAME[asked], path)
    return msgspec.json.encode(content.source) + b"\n" + msgspec.json.encode(content.content)


def _read() -> bytes:
    """One byte more than readers take at most: it says that there is more."""
    data = bytearray()
    while (chunk := os.pread(0, 2**20, len(data))) and len(data) <= json_file.MAX_BYTES:
        data += chunk
    return bytes(data)


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # not on Windows; a lower limit stays
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
