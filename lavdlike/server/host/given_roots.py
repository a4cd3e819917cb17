"""The roots that the command line names: which of them are there, and what is shown of each."""

from __future__ import annotations

import shlex
import sys
import threading
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from lavdlike import layout
from lavdlike.disk.stores.store_addresses import address_of_path, shown_place
from lavdlike.errors import NotServedError, UsageError
from lavdlike.named_roots import GivenRoot, NamedRoot
from lavdlike.shell.output import say
from lavdlike.shell.text import escaped

# How long the start waits for roots of several.
ANSWER_WITHIN_S = 5.0

if TYPE_CHECKING:
    from lavdlike.reading.shown_root import ShownRoot


def roots_of(given: Sequence[GivenRoot]) -> list[NamedRoot]:
    """The roots that are shown. One of several that is not there, or does not answer, may come later.

    Raises:
        UsageError: none of them is there; one of them is no folder, or cannot be listed.
    """
    if not given[0].name:
        shown = _shown_root(given[0].path)
        return [NamedRoot("", shown.root, shown.only)]
    looks = [_Look(each) for each in given]
    for look in looks:
        look.start()
    until = time.monotonic() + ANSWER_WITHIN_S
    roots = [look.answer(until - time.monotonic()) for look in looks]
    if not any(root.is_decided for root in roots):
        raise UsageError("; ".join(map(_why_not, looks)))
    for look, root in zip(looks, roots, strict=True):
        if not root.is_decided:
            note(f"{_why_not(look)}: it is shown as {root.name} later, once that can be")
    return roots


class _Look(threading.Thread):
    """At one of several roots: one that hangs, as a network file system may, holds no other up."""

    def __init__(self, given: GivenRoot) -> None:
        super().__init__(name="lavdlike-look", daemon=True)
        self.given = given
        self.is_missing = False
        self._found: NamedRoot | UsageError | None = None

    def run(self) -> None:
        try:
            if address_of_path(self.given.path) is None and not self.given.path.exists():
                self.is_missing = True
                return
            shown = _shown_root(self.given.path)
            self._found = NamedRoot(self.given.name, shown.root, shown.only)
        except UsageError as error:
            self._found = error

    def answer(self, timeout_s: float) -> NamedRoot:
        """What was found by then. Raises UsageError: as `roots_of`."""
        self.join(max(0.0, timeout_s))
        if isinstance(self._found, UsageError):
            raise self._found
        return self._found or NamedRoot(self.given.name, self.given.path, is_decided=False)


def _why_not(look: _Look) -> str:
    if look.is_missing:
        return f"there is no folder {look.given.path}"
    return f"the folder {shown_place(look.given.path)} does not answer"


def said(given: Sequence[GivenRoot]) -> str:
    return ", ".join(
        f"{each.name}={shown_place(each.path)}" if each.name else shown_place(each.path) for each in given
    )


def _shown_root(root: Path) -> ShownRoot:
    """What is shown of a folder; says so if it looks like an experiment and is none by itself.

    Raises:
        UsageError: it is no folder, or cannot be listed.
    """
    from lavdlike.disk.opening import root_at
    from lavdlike.reading.shown_root import shown_root_of
    from lavdlike.shell.finding import sign_of_experiment

    try:
        with root_at(root).folder("") as opened:
            names = [entry.name for entry in islice(opened.entries(), 1000)]
    except FileNotFoundError:
        raise UsageError(f"there is no folder {shown_place(root)}") from None
    except NotADirectoryError:
        raise UsageError(
            f"{root} is a file; give the folder that holds the experiments, or an archive of it (.zip, .tar, .tar.gz)"
        ) from None
    except NotServedError as error:
        raise UsageError(f"cannot read {shown_place(root)}: {error.reason}") from None
    except OSError as error:
        raise UsageError(f"cannot read {shown_place(root)}: {error.strerror}") from None
    shown = shown_root_of(root)
    sign = sign_of_experiment(name for name in names if layout.step_of_folder(name) is not None)
    if sign and not shown.only:
        note(
            f"{shown_place(root)} holds {sign}, so it looks like one experiment, not like a folder of experiments. "
            f"Perhaps you mean: lavdlike {shlex.quote(shown_place(root.parent))}"
        )
    return shown


def note(text: str) -> None:
    """Say something of the start aside."""
    say(f"lavdlike: {escaped(text)}", sys.stderr)
