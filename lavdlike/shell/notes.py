"""`lavdlike note`: what people write about an experiment, from an argument, a file or their editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from lavdlike import layout
from lavdlike.edit_messages import Target, WriteNotes
from lavdlike.edits.editor import Notes
from lavdlike.errors import EditError, LogFormatError, UsageError
from lavdlike.shell.answering import DONE, do, editor_of, tell
from lavdlike.shell.finding import places_of
from lavdlike.shell.output import Output, say, write_to_stdout
from lavdlike.shell.roots import Place
from lavdlike.shell.text import escaped

_MAX_BYTES = 2 * 2**20  # more than notes may have


def show(experiment: Path, *, root: Path | None = None, as_json: bool = False) -> int:
    """Write the notes; returns the exit code. Raises NotFoundError, EditError."""
    [place] = places_of([experiment], root)
    notes = _notes_of(place)

    def print_notes(out: Output) -> int:
        if as_json:
            out.json({"experiment": layout.experiment_id(place.name), "notes": notes.text})
        elif notes.text:
            out.lines([escaped(line, "\t") if out.is_terminal else line for line in notes.text.splitlines()])
        return DONE

    return write_to_stdout(print_notes, as_json=as_json)


def write(text: str, experiment: Path, *, root: Path | None = None, as_json: bool = False) -> int:
    """Put a text in the place of the notes, "" for none; returns the exit code. Raises NotFoundError, EditError."""
    [place] = places_of([experiment], root)
    return _put(text, place, _notes_of(place), as_json=as_json)


def write_from(file: Path, experiment: Path, *, root: Path | None = None, as_json: bool = False) -> int:
    """Put what a file holds in the place of the notes; returns the exit code.

    Args:
        file: `-` stands for standard input.

    Raises:
        NotFoundError: there is no such experiment.
        UsageError: the file cannot be read.
    """
    return write(_text_of(file), experiment, root=root, as_json=as_json)


def edit(experiment: Path, *, root: Path | None = None, as_json: bool = False) -> int:
    """Let the person edit the notes in their editor; returns the exit code.

    If somebody else changed the notes meanwhile, theirs stay, and the text is kept in a file that is named.

    Raises:
        NotFoundError: there is no such experiment.
        UsageError: the editor cannot be started, or says that something went wrong.
    """
    [place] = places_of([experiment], root)
    notes = _notes_of(place)
    folder = Path(tempfile.mkdtemp(prefix="lavdlike-"))
    file = folder / layout.NOTES_FILE
    file.write_text(notes.text, encoding="utf-8")
    _run_editor(file)
    text = _text_of(file)
    code = DONE if text == notes.text else _put(text, place, notes, as_json=as_json)
    if code == DONE:
        file.unlink(missing_ok=True)
        folder.rmdir()
    else:
        say(f"lavdlike: what you wrote is kept in {escaped(str(file))}", sys.stderr)
    return code


def _put(text: str, place: Place, before: Notes, *, as_json: bool) -> int:
    target = Target(layout.experiment_id(place.name), before.match)
    return tell([do(place.root, WriteNotes(target, text))], as_json=as_json)


def _notes_of(place: Place) -> Notes:
    try:
        return editor_of(place.root).notes(layout.experiment_id(place.name))
    except LogFormatError as error:
        raise EditError("", str(error)) from None


def _run_editor(file: Path) -> None:
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        code = subprocess.run([*shlex.split(command), str(file)], check=False).returncode
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot start the editor {command!r}: {error}; set $EDITOR to another") from None
    if code:
        raise UsageError(
            f"the editor ended with exit code {code}; the notes stay as they were, {file} as you left it"
        )


def _text_of(file: Path) -> str:
    try:
        with sys.stdin.buffer if str(file) == "-" else file.open("rb") as opened:
            data = opened.read(_MAX_BYTES)
        return data.decode()
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8: byte {error.start}") from None
