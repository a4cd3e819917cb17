"""What people say of steps in paths (`media` of `lavdlike.yaml`): expressions with the groups `label` and `step`.

They may be anybody's, so they are searched for within bounds (`bounded.patterns`).
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lavdlike import layout
from lavdlike.bounded.patterns import Pattern, PatternError
from lavdlike.bounded.polars_limits import NoPolarsError
from lavdlike.messages import MediaExample, MediaPreview
from lavdlike.reading.natural_order import natural_key

MAX_PATTERNS = 20
MAX_LENGTH = 500
_GROUPS = ("label", "step")
_SHOWN = 50
_LARGEST_STEP = 2**53 - 1
_MOST_S = 1.0
_STEP = re.compile(r"\d{1,16}\Z", re.ASCII)


class Said(NamedTuple):
    """The label and the step of a path."""

    label: str
    step: int


@functools.lru_cache(maxsize=64)
def compiled(match: str) -> Pattern:
    """An expression that has to fit a path as a whole.

    Raises:
        PatternError: it is none, too large, or lacks a group.
        NoPolarsError: it cannot be searched for.
    """
    if len(match) > MAX_LENGTH:
        raise PatternError(f"longer than {MAX_LENGTH} characters")
    for group in _GROUPS:
        if not re.search(rf"\(\?P?<{group}>", match):
            raise PatternError(f"it has no group (?P<{group}>...), which says the {group}")
    return Pattern(f"^(?:{match})$")


def said_by(matches: Sequence[str], paths: Sequence[str]) -> Mapping[str, Said]:
    """Of the paths that fit an expression, what the first one says; an expression that is none says nothing."""
    if not matches or not paths:
        return {}
    found: dict[str, Said] = {}
    until = time.monotonic() + _MOST_S
    for match in matches:
        left = [path for path in paths if path not in found and path.isprintable()]
        try:
            pattern = compiled(match)
            import polars as pl  # which may not be possible: that is known now

            label, step = (pattern.groups.index(group) for group in _GROUPS)
            captured = pattern.captured_in(pl.Series(left, dtype=pl.String), until=until)
        except (PatternError, NoPolarsError, ValueError):
            continue
        for path, groups in zip(left, captured, strict=True):
            said = None if groups is None else _said(groups[label], groups[step])
            if said is not None:
                found[path] = said
    return found


def _said(label: str | None, step: str | None) -> Said | None:
    name = "/".join(filter(None, (label or "").split("/")))
    if not name or step is None or not _STEP.match(step) or int(step) > _LARGEST_STEP:
        return None
    return Said(name, int(step))


def preview_of(matches: Sequence[str], paths: Sequence[str]) -> MediaPreview:
    """What expressions would make of paths; in their natural order."""
    reason = ""
    for match in matches[:MAX_PATTERNS]:
        try:
            compiled(match)
        except (PatternError, NoPolarsError) as error:
            reason = reason or str(error)
    found = said_by(matches[:MAX_PATTERNS], paths)
    inside = sorted(found, key=natural_key)[:_SHOWN]
    others = sorted((path for path in paths if path not in found), key=natural_key)[:_SHOWN]
    return MediaPreview(
        len(found),
        len(paths),
        [MediaExample(layout.shown(path), found[path].label, found[path].step) for path in inside],
        list(map(layout.shown, others)),
        reason,
    )
