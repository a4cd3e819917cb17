"""Texts at steps: `annotations.tsv`, or the experiment's words in `lavdlike.yaml`."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import msgspec

from lavdlike import annotation_file, layout, root_settings
from lavdlike.bounded import yaml_writer
from lavdlike.edit_messages import Annotate, Annotation, EditAnswer
from lavdlike.edits import file_edits, rules, yaml_file
from lavdlike.edits.desk import Desk
from lavdlike.edits.file_edits import Content, Wanted
from lavdlike.edits.journal import Entry
from lavdlike.edits.people_files import FilePlace
from lavdlike.errors import EditError
from lavdlike.root_settings import ROOT_SETTINGS_FILE, YamlAnnotation


class Annotating:
    """See `desk.Family`."""

    def do(self, edit: Annotate, desk: Desk) -> EditAnswer:
        rules.check_annotation(edit.annotation)
        experiment, given = edit.target.experiment, edit.annotation
        place = desk.people.place(experiment, layout.ANNOTATIONS_FILE)
        text = given.text if given.text.strip() else ""
        annotation = msgspec.structs.replace(
            given, id=given.id or secrets.token_hex(4), text=text, author=desk.by, time=round(desk.now, 3)
        )

        def change(content: Content) -> Content:
            known = {each.id: each for each in annotations_in(place, content)}.get(given.id)
            if given.id and known is None:
                raise EditError("", "there is no such annotation any more")
            if known is not None and _says_the_same(known, annotation):
                return content
            if place.in_yaml:
                return _changed_in_yaml(content, annotation, place.in_yaml)
            return annotation_file.changed(content, annotation)

        wanted = Wanted(place.path, edit.target.match, change, (experiment,))
        return file_edits.apply(desk, [wanted], "annotate", lambda names: _sentence(given, text, names))

    def undo(self, entry: Entry, desk: Desk) -> EditAnswer:
        return file_edits.undo(entry, desk)


def annotations_in(place: FilePlace, content: Content) -> Sequence[Annotation]:
    """Those of an experiment that a file holds.

    Raises:
        LogFormatError: it is another file.
    """
    if place.in_yaml:
        return root_settings.read(content, ROOT_SETTINGS_FILE).annotations.get(place.in_yaml, [])
    return [] if content is None else annotation_file.read(content, layout.shown(place.path)).annotations


def _says_the_same(one: Annotation, other: Annotation) -> bool:
    """But for who said it, and when."""
    return msgspec.structs.replace(one, author="", time=0.0) == msgspec.structs.replace(
        other, author="", time=0.0
    )


def _changed_in_yaml(content: Content, annotation: Annotation, name: str) -> Content:
    said = msgspec.to_builtins(YamlAnnotation(**msgspec.structs.asdict(annotation)))

    def change(document: dict[str, Any], say: yaml_writer.Say) -> None:
        experiment = (document.get("experiments") or {}).get(name) or {}
        listed = experiment.get("annotations") or []
        index = next((i for i, each in enumerate(listed) if _id_of(each) == annotation.id), None)
        if not annotation.text:
            if index is not None:
                del listed[index]
            if not listed:
                yaml_file.put(document, ("experiments", name, "annotations"), None, say)
        elif index is not None:
            listed[index] = say(said)
        elif listed:
            listed.append(say(said))
        else:
            yaml_file.put(document, ("experiments", name, "annotations"), [said], say)

    return yaml_file.changed(content, change)


def _id_of(entry: object) -> str:
    return str(entry.get("id")) if isinstance(entry, dict) else ""


def _sentence(given: Annotation, text: str, names: str) -> str:
    if not text:
        return f"removed an annotation of {names}"
    steps = f"step {given.step}" if given.end_step is None else f"steps {given.step} to {given.end_step}"
    return f"{'changed the annotation at' if given.id else 'annotated'} {steps} of {names}"
