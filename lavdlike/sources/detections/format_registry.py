"""Every format of annotations of pictures: one line each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from lavdlike.disk.root import OpenedFile
from lavdlike.sources.detections import yolo_format
from lavdlike.sources.detections.coco import is_coco
from lavdlike.sources.detections.coco_format import CocoFormat
from lavdlike.sources.detections.detection_format import DetectionFormat
from lavdlike.sources.detections.picture_files import LABELME, VOC
from lavdlike.sources.detections.yolo_format import YoloFormat

FORMATS: tuple[DetectionFormat, ...] = (CocoFormat(), YoloFormat(), LABELME, VOC)


def is_annotations(head: bytes) -> bool:
    """Whether a JSON file is one of these as a whole, by its first 64 KiB: then it is no file of ours, however long."""
    return is_coco(head)


def annotating_texts(
    folder: str, names: Iterable[str], file: Callable[[str], AbstractContextManager[OpenedFile]]
) -> Callable[[str], bool]:
    """Which text files of a folder, by their names, say what lies on pictures, and are no texts.

    Args:
        as of `yolo_format.holds_labels`.
    """
    return yolo_format.is_label if yolo_format.holds_labels(folder, names, file) else lambda _: False
