"""A root with two experiments of ours and a foreign one, and an editor of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lavdlike.disk.edit import LocalEditor
from lavdlike.edit_messages import Annotate, Annotation, Edit, EditAnswer, Mark, Target, WriteNotes
from lavdlike.edits.editor import Editor


class World:
    def __init__(self, tmp_path: Path) -> None:
        self.root = tmp_path / "log"
        for name in ("one", "two"):
            (self.root / name).mkdir(parents=True)
            (self.root / name / "experiment.json").write_text('{"tags": ["base"]}')
        (self.root / "foreign").mkdir()
        (self.root / "foreign" / "metrics.csv").write_text("step,loss\n1,2\n")
        self.own = tmp_path / "own"
        self.editor = self.another_editor()

    def another_editor(self) -> Editor:
        return Editor(LocalEditor(self.root), own_folder=self.own)

    def do(self, edit: Edit, by: str = "ada") -> EditAnswer:
        return self.editor.do(edit, by=by)

    def target(self, experiment: str, match: str | None = None) -> Target:
        return Target(experiment, self.editor.marks_match(experiment) if match is None else match)

    def mark(self, *experiments: str, by: str = "ada", **said: Any) -> EditAnswer:
        return self.do(Mark([self.target(experiment) for experiment in experiments], **said), by)

    def note(self, text: str, experiment: str = "one", match: str | None = None) -> EditAnswer:
        seen = self.editor.notes(experiment).match if match is None else match
        return self.do(WriteNotes(Target(experiment, seen), text))

    def annotate(self, annotation: Annotation, experiment: str = "one", by: str = "ada") -> EditAnswer:
        seen = self.editor.annotations(experiment).match
        return self.do(Annotate(Target(experiment, seen), annotation), by)

    def file(self, path: str) -> str | None:
        file = self.root / path
        return file.read_text() if file.exists() else None

    def marks(self, experiment: str = "one") -> Any:
        text = self.file(f"{experiment}/marks.json")
        return None if text is None else json.loads(text)

    def names(self, folder: str = "one") -> list[str]:
        return sorted(path.name for path in (self.root / folder).iterdir())
