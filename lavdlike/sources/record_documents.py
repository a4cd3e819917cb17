"""JSON files that are lists of records: DVCLive's plots (`dvclive/plots/`), and any list of objects as a table.

Of scikit-learn's plots, DVCLive keeps pairs of classes as a list, and the points of a curve below the curve's name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from lavdlike.errors import LogFormatError
from lavdlike.kinds import confusion_matrices, places, plots, pr_curves, tables
from lavdlike.sources import document_members, json_tables
from lavdlike.sources.document_members import Document, Shape
from lavdlike.sources.members import Beside, Member

_SPACE = rb"(?:\xef\xbb\xbf)?\s*"
_PAIRS = re.compile(_SPACE + rb'\[\s*\{\s*"actual"\s*:\s*[^,{\[]+,\s*"predicted"\s*:')
_CURVE = re.compile(_SPACE + rb'\{\s*"(roc|det|calibration|precision_recall)"\s*:\s*\[\s*\{')
_RECORDS = re.compile(_SPACE + rb'\[\s*\{\s*"(?:[^"\\]|\\.)*"\s*:')
# Lists of records that are something else: results of detections, messages.
_NO_TABLES = (b'"image_id"', b'"messages"', b'"role"')

Records = Sequence[Mapping[str, Any]]


class _Axes(NamedTuple):
    """Which columns of a curve are drawn, and what they are called. `diagonal`: with the line of a guess beside it."""

    x: str
    y: str
    x_title: str
    y_title: str
    diagonal: bool = False


_CURVES = {
    "roc": _Axes("fpr", "tpr", "False positive rate", "True positive rate", diagonal=True),
    "det": _Axes("fpr", "fnr", "False positive rate", "False negative rate"),
    "calibration": _Axes(
        "prob_pred", "prob_true", "Mean predicted probability", "Fraction of positives", diagonal=True
    ),
}


class RecordDocuments:
    """See `members.Members`."""

    title = "records in JSON"
    is_document = True

    def names(self, name: str) -> bool:
        return places.split_suffix(name)[1].lower() == ".json"

    def claims(self, name: str, begin: bytes) -> bool:
        return self.names(name) and shape_of(begin) is not None

    def kinds_at_a_glance(self, part: bytes) -> set[str]:
        shape = shape_of(part)
        if shape is None:
            return set()
        by_suffix = {".csv": tables.KIND.name, plots.SUFFIX: plots.KIND.name}
        return set(shape.kinds) or {by_suffix[shape.suffix]}

    def file(self, name: str, beside: Beside, run: str = "") -> Document:  # noqa: ARG002 - it names none
        return Document(shape_of)

    def content(self, descriptor: int, member: Member, shown: str, beside: Beside) -> bytes:  # noqa: ARG002 - it is in the file
        try:
            return _made(document_members.whole(descriptor, shown), shown)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise LogFormatError(shown, f"not as DVCLive writes it: {error}") from None


def shape_of(begin: bytes) -> Shape | None:
    """What a file is shown as, by its first 64 KiB."""
    if _PAIRS.match(begin):
        return Shape(".json", (confusion_matrices.KIND.name,))
    if curve := _CURVE.match(begin):
        is_pr = curve[1] == b"precision_recall"
        return Shape(".json", (pr_curves.KIND.name,)) if is_pr else Shape(plots.SUFFIX)
    is_table = _RECORDS.match(begin) and not any(word in begin for word in _NO_TABLES)
    return Shape(".csv") if is_table else None


def _made(data: bytes, shown: str) -> bytes:
    document = json.loads(data.decode("utf-8-sig"))
    if isinstance(document, dict):
        name, points = next(iter(document.items()))
        return _pr_curve(points) if name == "precision_recall" else _figure(points, _CURVES[name])
    if _PAIRS.match(data):
        return _confusion(document)
    columns = list(dict.fromkeys(key for record in document for key in record))
    rows = ([record.get(column) for column in columns] for record in document)
    return json_tables.csv_of(columns, rows, shown, lambda _: None)


def _confusion(pairs: Records) -> bytes:
    """Classes in the order of their names, as scikit-learn has them."""
    actual, predicted = ([str(pair[key]) for pair in pairs] for key in ("actual", "predicted"))
    classes = sorted({*actual, *predicted}, key=_numbers_first)
    matrix = confusion_matrices.of_predictions(actual, predicted, classes)
    return msgspec.json.encode(confusion_matrices.to_json(matrix))


def _numbers_first(name: str) -> tuple[int, int, str]:
    return (0, int(name), "") if name.isdecimal() and len(name) < 10 else (1, 0, name)


def _pr_curve(points: Records) -> bytes:
    columns = ([point[key] for point in points] for key in ("threshold", "precision", "recall"))
    return msgspec.json.encode(pr_curves.to_json(pr_curves.of_points(*columns)))


def _figure(points: Records, axes: _Axes) -> bytes:
    x, y = ([float(point[key]) for point in points] for key in (axes.x, axes.y))
    curve: dict[str, Any] = {"type": "scatter", "mode": "lines+markers", "x": x, "y": y, "showlegend": False}
    if all("threshold" in point for point in points):
        curve["text"] = [f"threshold {point['threshold']}" for point in points]
    traces = [curve]
    if axes.diagonal:
        line = {"dash": "dot", "width": 1}
        traces.append(
            {"type": "scatter", "mode": "lines", "x": [0, 1], "y": [0, 1], "line": line, "showlegend": False}
        )
    layout = {"xaxis": {"title": {"text": axes.x_title}}, "yaxis": {"title": {"text": axes.y_title}}}
    return plots.encode({"data": traces, "layout": layout})
