"""The roots that the command line names: which of them are there, and what is shown of each."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from lavdlike import layout
from lavdlike.errors import UsageError
from lavdlike.named_roots import GivenRoot, NamedRoot
from lavdlike.shell.output import say
from lavdlike.shell.text import escaped

if TYPE_CHECKING:
    from lavdlike.reading.shown_root import ShownRoot


def roots_of(given: Sequence[GivenRoot]) -> list[NamedRoot]:
    """The roots that are shown.

    Raises:
        UsageError: none of them is there; one of them is no folder, or cannot be listed.
    """
    roots = []
    for each in given:
        if each.name and not each.path.exists():
            roots.append(NamedRoot(each.name, each.path, is_decided=False))
            continue
        shown = _shown_root(each.path)
        roots.append(NamedRoot(each.name, shown.root, shown.only))
    missing = [root for root in roots if not root.is_decided]
    if len(missing) == len(roots):
        raise UsageError("there is no folder " + ", ".join(str(root.root) for root in missing))
    for root in missing:
        note(f"there is no folder {root.root}; it is shown as {root.name} once it is there")
    return roots


def said(given: Sequence[GivenRoot]) -> str:
    return ", ".join(f"{each.name}={each.path}" if each.name else str(each.path) for each in given)


def _shown_root(root: Path) -> ShownRoot:
    """What is shown of a folder; says so if it looks like an experiment and is none by itself.

    Raises:
        UsageError: it is no folder, or cannot be listed.
    """
    try:
        with os.scandir(root) as entries:
            names = [entry.name for entry in islice(entries, 1000)]
    except FileNotFoundError:
        raise UsageError(f"there is no folder {root}") from None
    except NotADirectoryError:
        raise UsageError(f"{root} is a file; give the folder that holds the experiments") from None
    except OSError as error:
        raise UsageError(f"cannot read {root}: {error.strerror}") from None
    from lavdlike.reading.shown_root import shown_root_of
    from lavdlike.shell.finding import sign_of_experiment

    shown = shown_root_of(root)
    sign = sign_of_experiment(name for name in names if layout.step_of_folder(name) is not None)
    if sign and not shown.only:
        note(
            f"{root} holds {sign}, so it looks like one experiment, not like a folder of experiments. "
            f"Perhaps you mean: lavdlike {shlex.quote(str(root.parent))}"
        )
    return shown


def note(text: str) -> None:
    """Say something of the start aside."""
    say(f"lavdlike: {escaped(text)}", sys.stderr)
