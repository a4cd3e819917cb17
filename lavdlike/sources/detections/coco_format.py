"""COCO among the formats: a set is a JSON file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from lavdlike.disk.filling import pread
from lavdlike.errors import NotServedError
from lavdlike.sources.detections import coco, coco_contents
from lavdlike.sources.detections.detection_format import Files, Things
from lavdlike.sources.detections.detection_set import DetectionSet

_HEAD_BYTES = 64 * 2**10
# Of files that are looked at, in one experiment.
_MAX_FILES = 1000


class CocoFormat:
    name = "COCO"

    def sets_in(self, files: Files, is_free: Callable[[str], bool]) -> Iterator[str]:
        looked_at = 0
        for folder, names in files.folders.items():
            for name in names:
                path = f"{folder}/{name}" if folder else name
                if not name.lower().endswith(".json") or not is_free(path):
                    continue
                looked_at += 1
                if looked_at > _MAX_FILES:
                    return
                with suppress(OSError, NotServedError), files.file(path) as opened:
                    if coco.is_coco(pread(opened.fd, _HEAD_BYTES, 0)):
                        yield path

    def files_of(self, files: Files, path: str) -> Sequence[str]:  # noqa: ARG002 - it is in one file
        return [path]

    def read(self, files: Files, path: str, told: Callable[[float], None]) -> DetectionSet:
        with files.file(path) as opened:
            size = max(1, opened.status.st_size)
            return coco.read_coco(opened.fd, opened.path, lambda offset: told(offset / size))

    def things(self, files: Files, path: str, detections: DetectionSet, picture: int) -> Things:
        with files.file(path) as opened:
            return coco_contents.contents(opened.fd, detections, picture)
