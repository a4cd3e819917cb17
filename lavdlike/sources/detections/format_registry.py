"""Every format of annotations of pictures: one line each."""

from __future__ import annotations

from lavdlike.sources.detections.coco import is_coco
from lavdlike.sources.detections.coco_format import CocoFormat
from lavdlike.sources.detections.detection_format import DetectionFormat
from lavdlike.sources.detections.picture_files import LABELME, VOC
from lavdlike.sources.detections.yolo_format import YoloFormat

FORMATS: tuple[DetectionFormat, ...] = (CocoFormat(), YoloFormat(), LABELME, VOC)


def is_annotations(head: bytes) -> bool:
    """Whether a JSON file is one of these as a whole, by its first 64 KiB: then it is no file of ours, however long."""
    return is_coco(head)
