"""How a program ended, by its status and the last that it printed as an error."""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence

_BEGIN = "Traceback (most recent call last):"
# The line behind the frames: the error's name, perhaps with its module, and its text.
_ERROR = re.compile(r"[A-Za-z_][\w.]*(?:: .*|:|)\Z")


def outcome_of(exit_code: int, errors: Sequence[str]) -> str:
    """How it ended, "" for well: an error's name and text, `exit code 3`, `killed by SIGKILL`.

    Args:
        exit_code: as `os.waitstatus_to_exitcode` has it: below 0 for a signal.
        errors: the last lines of standard error.
    """
    if exit_code == 0:
        return ""
    if exit_code < 0:
        return f"killed by {signal_name(-exit_code)}"
    traceback = traceback_in(errors)
    named = [line for line in traceback[1:] if line and not line[0].isspace() and _ERROR.match(line)]
    return named[0] if named else f"exit code {exit_code}"


def traceback_in(errors: Sequence[str]) -> list[str]:
    """The lines of the last traceback of Python, to the end of what it belongs to; none if there is none."""
    begins = [place for place, line in enumerate(errors) if line.lstrip("| +").startswith(_BEGIN)]
    if not begins:
        return []
    lines = list(errors[begins[-1] :])
    for place, line in enumerate(lines[1:], start=1):
        if line and not line[0].isspace() and not _ERROR.match(line):
            return lines[:place]
    return lines


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
