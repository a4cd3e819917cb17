"""The files of one window: what a pane of Visdom is on the disk, and the pane that the files come to."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from lavdlike import json_file, layout
from lavdlike.compat.tags import label_of
from lavdlike.compat.visdom import property_forms
from lavdlike.compat.visdom.plot_updates import GROWING_TYPES, type_of
from lavdlike.kinds import embeddings, forms, html, places, plot_lines, plots, registry
from lavdlike.logger import Logger
from lavdlike.pane_items import NETWORK, PREVIEW_ITEM, items_of, picture_items
from lavdlike.window_records import WindowRecord

HISTORY, PLOT, TEXT, PROPERTIES = "image_history", "plot", "text", "properties"
EMBEDDINGS = "embeddings"
# What the original puts between texts, and what stands between them in the file.
BREAK = "<br>"
_LINE_BREAK = f"\n{BREAK}"
_DRAWN_AS_TEXT = ".svg"
# The original's words for them, which `pane_items` knows.
_TYPES = {".mp3": "audio/mp3", ".ogg": "audio/ogg", ".ogv": "video/ogg"}
# Of these, the content is kept in the record: their files are made for looking at.
_KEPT = frozenset({PROPERTIES, NETWORK, EMBEDDINGS, "table"})


class Written(NamedTuple):
    """Of what files a window is: the suffix of its own, and those beside it."""

    suffix: str
    parts: list[str]


def label_for(window_id: str) -> str:
    """The label of a window: its id, unless that cannot be read back as one.

    >>> label_for("loss/train"), label_for("scalars"), label_for("a.mask")
    ('loss/train', 'window_scalars', 'window_a_mask')
    """
    label = label_of(window_id)
    try:
        layout.check_label(label, step=None)
        if places.split_label(f"{label}.png") == (label, ".png"):
            return label
    except ValueError:
        pass
    return "window_" + "".join(each if each.isalnum() or each in " -" else "_" for each in window_id)


def write(logger: Logger, label: str, type_: str, content: Any, window: Mapping[str, Any]) -> Written:
    """Write the content of a window that is no history, in place of what was there.

    Raises:
        ValueError: it cannot be shown, and why.
    """
    if type_ == PLOT:
        is_growing = is_growing_plot(content)
        logger.log_plot(content, label, growing=is_growing)
        return Written(plots.GROWING if is_growing else plots.SUFFIX, [])
    if type_ == PROPERTIES:
        logger.log_form(property_forms.fields_of(content), label)
        return Written(forms.SUFFIX, [])
    made = []
    for item in items_of(type_, window if type_ == NETWORK else content):
        suffix = html.SUFFIX if item.suffix == ".txt" else item.suffix
        data = item.make(window if type_ == NETWORK else content, Path(label).name + suffix)
        stem, extension = places.split_label(label + suffix)
        logger.log_file(data + b"\n" if suffix == html.SUFFIX else data, stem, extension=extension)
        made.append(suffix)
    return Written(made[0], made[1:]) if made else Written("", [])


def write_picture(logger: Logger, label: str, picture: Any, step: int) -> Written:
    """Write a picture of a history, as the step of this number."""
    made = []
    for item in picture_items(picture):
        data = item.make(picture, Path(label).name + item.suffix)
        logger.log_file(data, label, step, extension=item.suffix)
        made.append(item.suffix)
    return Written(made[0], made[1:])


def write_preview(logger: Logger, label: str, content: Any) -> None:
    """Write the page about the entity of an embedding that was chosen."""
    stem, extension = places.split_label(label + embeddings.PREVIEW)
    logger.log_file(PREVIEW_ITEM.make(content, ""), stem, extension=extension)


def append_text(logger: Logger, label: str, text: str) -> None:
    logger.log_file(f"{BREAK}{text}\n", label, extension=html.SUFFIX, append=True)


def is_growing_plot(figure: Any) -> bool:
    """Whether it is of a type that can be updated, which is the case of one without traces, too."""
    traces = figure.get("data")
    return not traces or type_of(traces[0]) in GROWING_TYPES


def kept_content(type_: str, content: Any) -> Any:
    """What the record has to keep of it."""
    return content if type_ in _KEPT else None


def content_of(record: WindowRecord, folder: Path) -> Any:
    """What a pane has as its content.

    Raises:
        OSError: a file is not there, or cannot be read.
    """
    if record.type == EMBEDDINGS:
        return _with_preview(record, folder)
    if record.type in _KEPT:
        return record.content
    if record.type == HISTORY:
        files = (path_of(record, folder, step) for step in range(record.steps))
        return [_picture(file, record) for file in files if file.exists()]
    file = path_of(record, folder)
    data = file.read_bytes()
    if record.type == PLOT:
        return figure_of(data, file)
    if record.type == TEXT:
        return _text(data, record.suffix)
    return _picture(file, record)


def _with_preview(record: WindowRecord, folder: Path) -> Any:
    """The content of an embedding, with what was chosen last."""
    content = record.content
    file = path_of_part(record, folder, embeddings.PREVIEW, None)
    if not isinstance(content, Mapping) or "selected" not in content or not file.exists():
        return content
    found = embeddings.from_preview(file.read_text(errors="replace"))
    if found is None or found[0] >= len(content["data"]):
        return content
    entity = content["data"][found[0]]
    return {**content, "selected": {"html": found[1], "entityId": entity.get("name")}}


def figure_of(data: bytes, file: Path) -> dict[str, Any]:
    """The figure that a file of a plot holds.

    Raises:
        LogFormatError: it holds none.
    """
    if file.name.endswith(plots.GROWING):
        return plot_lines.folded(data, file.name).figure
    return json_file.read_object(data, file.name)


def path_of(record: WindowRecord, folder: Path, step: int | None = None) -> Path:
    """The file of a window; of a history, that of a step, by default of the last one."""
    if record.type == HISTORY:
        step = record.steps - 1 if step is None else step
        folder /= layout.step_folder(max(step, 0))
    return folder / layout.native(record.label + record.suffix)


def files_of(record: WindowRecord, folder: Path) -> list[Path]:
    """All of a window, whether they are there or not."""
    suffixes = [suffix for suffix in (record.suffix, *record.parts) if suffix]
    steps = range(record.steps) if record.type == HISTORY else (None,)
    return [path_of_part(record, folder, suffix, step) for step in steps for suffix in suffixes]


def path_of_part(record: WindowRecord, folder: Path, suffix: str, step: int | None) -> Path:
    own = path_of(record, folder, step)
    return own.with_name(own.name.removesuffix(layout.native(record.suffix)) + suffix)


def _picture(file: Path, record: WindowRecord) -> dict[str, Any]:
    caption = record.opts.get("caption")
    beside = file.with_name(file.name.removesuffix(record.suffix) + ".json")
    if record.type == HISTORY:
        caption = None
    if beside.exists():
        caption = (
            json_file.read_object(beside.read_bytes(), beside.name).get("images", {}).get("caption", caption)
        )
    return {
        "src": _data_url(file.read_bytes(), registry.media_type_of(record.suffix) or "image/png"),
        "caption": caption,
    }


def _text(data: bytes, suffix: str) -> str:
    if suffix == html.SUFFIX:
        return data.decode(errors="replace").removesuffix("\n").replace(_LINE_BREAK, BREAK)
    if suffix == _DRAWN_AS_TEXT:
        return data.decode(errors="replace")
    type_ = _TYPES.get(suffix) or registry.media_type_of(suffix) or "video/avi"
    element = type_.partition("/")[0]
    return f'<{element} controls><source type="{type_}" src="{_data_url(data, type_)}"></{element}>'


def _data_url(data: bytes, type_: str) -> str:
    return f"data:{type_};base64,{base64.b64encode(data).decode()}"
