"""`lavdlike convert`: any run, or each run in a folder, as files of ours in another folder."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from lavdlike import layout
from lavdlike.disk.opening import is_root
from lavdlike.errors import NotFoundError, UsageError, WriteError
from lavdlike.layout import ExperimentName
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.shell.conversion import Converted, convert
from lavdlike.shell.finding import is_one_run, names_in_root, place_of, root_file_of
from lavdlike.shell.output import Output, say, write_to_stdout
from lavdlike.shell.roots import Roots, absolute, root_with
from lavdlike.shell.text import escaped

DONE, REFUSED = 0, 1
_SHOWN_PROBLEMS = 5


def convert_all(source: Path, target: Path, *, as_json: bool = False, follow_links: bool = False) -> int:
    """Write a run as `target`, or each run in a folder as a folder in `target`.

    Returns:
        The exit code: 1 if a run was refused, or something of one could not be copied; the others are written.

    Raises:
        NotFoundError: there is no run, or it cannot be read.
        UsageError: the target lies in what is to be converted.
    """
    source, target = absolute(source), absolute(target)
    if target.resolve().is_relative_to(source.resolve()):
        raise UsageError(f"{target} lies in {source}, which is to be converted: name a folder outside of it")
    if is_root(str(source)):  # otherwise a run in a file of many
        root = StoredRoot(source, follow_links=follow_links)
        names = names_in_root(root)
        if names and not is_one_run(root):
            return _convert(root, [(name, target / name) for name in names], as_json=as_json)
    place = place_of(source, Roots(), follow_links=follow_links)
    root = root_with(place.root, place.name, follow_links=follow_links)
    return _convert(root, [(place.name, target)], as_json=as_json)


def _convert(root: StoredRoot, runs: Sequence[tuple[ExperimentName, Path]], *, as_json: bool) -> int:
    root_file = root_file_of(root.path)

    def write(out: Output) -> int:
        code = DONE
        for name, target in runs:
            try:
                done = convert(root, name, target, root_file)
            except (WriteError, NotFoundError) as error:
                say(f"lavdlike: {escaped(str(error))}", sys.stderr)
                code = REFUSED
                continue
            if not _tell(done, out):
                code = REFUSED
        return code

    return write_to_stdout(write, as_json=as_json)


def _tell(done: Converted, out: Output) -> bool:
    """Whether all of it was written."""
    if out.as_json:
        out.json(done)
    else:
        parts = [f"{done.points:,} points", f"{done.files:,} files copied"]
        if done.left_out:
            parts.append(f"{len(done.left_out):,} left out that hold the same")
        out.line(escaped(f"{done.name} -> {layout.shown(done.target)}: {', '.join(parts)}"))
    out.flush()
    for problem in done.problems[:_SHOWN_PROBLEMS]:
        place = f"{problem.path}, {problem.position}" if problem.position else problem.path
        say(f"lavdlike: {escaped(f'{place}: {problem.reason}')}", sys.stderr)
    if len(done.problems) > _SHOWN_PROBLEMS:
        more = len(done.problems) - _SHOWN_PROBLEMS
        say(
            f"lavdlike: and {more:,} more in {escaped(done.name)} ('lavdlike inspect' lists them)", sys.stderr
        )
    return not done.problems
