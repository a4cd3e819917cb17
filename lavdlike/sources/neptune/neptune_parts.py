"""The files in which Neptune's exporter wrote a run, `<run>_part_<n>.parquet`, beside those of other runs.

Format: `src/neptune_exporter/model.py` and `storage/parquet_writer.py` of neptune-ai/neptune-exporter.
"""

from __future__ import annotations

import re

from lavdlike.disk.filling import pread
from lavdlike.disk.made import status_of
from lavdlike.sources.descriptions.description import Description
from lavdlike.sources.neptune import neptune_facts, parquet_child
from lavdlike.sources.neptune.parquet_reader import NoAnswerError
from lavdlike.sources.run_store import UnreadableStoreError

MAGIC = b"PAR1"
_FILE = re.compile(r"(?P<run>[^/]+)_part_(?:0|[1-9][0-9]{0,3})\.parquet\Z")
_MEMBER = re.compile(r"part_[0-9]{4}\.neptune\Z")
# Of what stands at the end of a file; the columns are first in it.
_FOOTER_BYTES = 8 * 2**10
_LENGTH_BYTES = 4


class NeptuneParts:
    """See `run_store.Parted`."""

    def run_of(self, name: str) -> str:
        found = _FILE.match(name)
        return found["run"] if found else ""

    def file_of(self, run: str, number: int) -> str:
        return f"{run}_part_{number}.parquet"

    def member_of(self, number: int) -> str:
        return f"part_{number:04}.neptune"

    def is_member(self, name: str) -> bool:
        return _MEMBER.match(name) is not None

    def may_be_part(self, descriptor: int) -> bool:
        """By the names of its columns; one that is cut has none."""
        if pread(descriptor, len(MAGIC), 0) != MAGIC:
            return False
        size_bytes = status_of(descriptor).st_size
        end = pread(descriptor, _LENGTH_BYTES + len(MAGIC), max(0, size_bytes - _LENGTH_BYTES - len(MAGIC)))
        footer_bytes = int.from_bytes(end[:_LENGTH_BYTES], "little")
        begin = size_bytes - len(end) - footer_bytes
        if not end.endswith(MAGIC) or begin < len(MAGIC):
            return True
        footer = pread(descriptor, min(footer_bytes, _FOOTER_BYTES), begin)
        return all(bytes([len(name)]) + name.encode() in footer for name in parquet_child.COLUMNS)

    def describe(self, descriptor: int, key: str) -> Description:  # noqa: ARG002 - a file, a run
        try:
            return neptune_facts.description_of(descriptor)
        except NoAnswerError as error:
            raise UnreadableStoreError(str(error)) from None
