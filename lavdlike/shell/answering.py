"""Edits as the commands of the shell make them: by whom, asked before, and what is said of them afterwards."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from lavdlike import layout
from lavdlike.disk.opening import editor_at
from lavdlike.edit_messages import Edit, EditAnswer, RefusedTarget
from lavdlike.edits.editor import Editor
from lavdlike.errors import EditError, UsageError
from lavdlike.shell import text
from lavdlike.shell.output import Output, say, write_to_stdout
from lavdlike.shell.text import escaped

DONE, REFUSED = 0, 1


def editor_of(root: Path) -> Editor:
    return Editor(editor_at(root))


def do(root: Path, edit: Edit) -> EditAnswer:
    """Make an edit in the name of the user."""
    try:
        return editor_of(root).do(edit, by=user_name())
    except EditError as error:
        return EditAnswer("", "", refused=[RefusedTarget(layout.to_id(error.path), error.reason)])


def tell(answers: Iterable[EditAnswer], *, as_json: bool) -> int:
    """Write what was done to standard output, and what was refused to standard error; returns the exit code.

    The answers are taken one after the other, and each is told before the next edit is made.
    """

    def write(out: Output) -> int:
        return max([tell_one(answer, out) for answer in answers], default=DONE)

    return write_to_stdout(write, as_json=as_json)


def tell_one(answer: EditAnswer, out: Output) -> int:
    if out.as_json:
        out.json(answer)
    elif answer.what and not (answer.refused and not answer.id):
        out.line(escaped(_with_size(answer)))
    elif not answer.id and not answer.refused:
        out.line("nothing to change: it is so already")
    out.flush()
    for refused in answer.refused:
        name = layout.shown(layout.from_id(refused.target))
        say(f"lavdlike: {escaped(f'{name}: {refused.reason}' if name else refused.reason)}", sys.stderr)
    return REFUSED if answer.refused else DONE


def agreed(question: str, *, yes: bool) -> bool:
    """Whether a person at the terminal says yes. `yes`: said on the command line.

    Raises:
        UsageError: there is no terminal to ask on.
    """
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(f"{question}: give -y to say yes, since there is no terminal to ask on")
    say(f"{question}? [y/N]", sys.stderr)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def user_name() -> str:
    """Of the account that runs the command, whatever the environment says."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):  # not a Unix; an account without a name, as in containers
        try:
            return getpass.getuser()
        except (OSError, KeyError, ImportError):
            return ""


def counted(files: int, size_bytes: int) -> str:
    return f"{files:,} file{'' if files == 1 else 's'}, {text.size(size_bytes)}"


def _with_size(answer: EditAnswer) -> str:
    return f"{answer.what} ({counted(answer.files, answer.size_bytes)})" if answer.files else answer.what
