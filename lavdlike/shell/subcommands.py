"""`lavdlike ls`, `show` and `tail`: what is in the folders, for terminals and scripts, without a server.

By the same readers as the server's. As JSON, every line is one object, of the shapes in `messages.py`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from lavdlike.reading.listing import Listing
from lavdlike.reading.snapshot import Snapshot, summaries_of
from lavdlike.shell import beside
from lavdlike.shell.finding import (
    experiment_at,
    file_to_tail,
    names_in_root,
    no_such_name,
    opened_root,
    root_file_of,
    scalar_of,
)
from lavdlike.shell.following import lines_of, points_of
from lavdlike.shell.listing import print_listing
from lavdlike.shell.output import Output, say, write_to_stdout
from lavdlike.shell.printing import (
    DEFAULT_LINES,
    print_experiment,
    print_label,
    print_problems,
    print_summaries,
)
from lavdlike.shell.text import escaped

FOUND, HAS_PROBLEMS = 0, 1
FOLLOW_EVERY_S = 0.25


def ls(
    root: Path,
    *,
    listing: Listing | None = None,
    as_json: bool = False,
    problems: bool = False,
    follow_links: bool = False,
) -> int:
    """Write the experiments in a root, or with `problems` every file that cannot be shown, or not wholly.

    Args:
        root: or the folder of one experiment.
        listing: which experiments, and what of them; None: all, and what is known of them at a glance.

    Returns:
        The exit code: 0, or 1 if there are problems and they were asked for.

    Raises:
        NotFoundError: there is no such folder, or all that it holds are steps.
        UsageError: the listing asks for what there is not.
    """
    opened = opened_root(root, follow_links=follow_links)
    names = names_in_root(opened)

    def write(out: Output) -> int:
        if not problems:
            root_file = root_file_of(opened.path)
            read = summaries_of(opened, names, root_file)
            if listing is None:
                print_summaries(read, out)
                for line in beside.said(beside.files_beside(opened, names)):
                    say(f"lavdlike: {escaped(line)}", sys.stderr)
            else:
                print_listing(opened, read, listing, out, root_file)
            return FOUND
        found = [problem for name in names for problem in Snapshot(opened, name).problems()]
        print_problems(found, out)
        return HAS_PROBLEMS if found else FOUND

    return write_to_stdout(write, as_json=as_json)


def show(
    path: Path,
    label: str | None = None,
    *,
    root: Path | None = None,
    as_json: bool = False,
    follow_links: bool = False,
) -> int:
    """Write what an experiment holds, or what it holds at a label.

    Args:
        path: of the experiment's folder.
        label: of any kind. Of items of several steps the newest is written; as JSON, all.

    Raises:
        NotFoundError: there is no such experiment or label.
    """
    experiment = experiment_at(path, root, follow_links=follow_links, whole=label is None)
    if label is not None and not experiment.items(label) and not scalar_of(experiment, label):
        raise no_such_name(experiment, label)

    def write(out: Output) -> int:
        if label is None:
            print_experiment(experiment, out)
        else:
            print_label(experiment, label, out)
        return FOUND

    return write_to_stdout(write, as_json=as_json)


def tail(
    path: Path,
    name: str | None = None,
    *,
    follow: bool = False,
    lines: int = DEFAULT_LINES,
    root: Path | None = None,
    as_json: bool = False,
    follow_links: bool = False,
) -> int:
    """Write the last lines of a log or the last points of a scalar, and with `follow` those that come, for ever.

    Args:
        path: of the experiment's folder.
        name: a file in it, or the label of a scalar or a log; by default its log.
        lines: or points, how many at first.

    Raises:
        NotFoundError: there is no such experiment, file or label.
    """
    experiment = experiment_at(path, root, follow_links=follow_links, whole=name is None)
    file = file_to_tail(experiment, name)

    def write(out: Output) -> int:
        if file is None:
            parts = points_of(experiment, str(name), lines, out)
        else:
            parts = lines_of(experiment, file, lines, out, follow=follow)
        for part in parts:
            out.lines(part)
            out.flush()
            if not follow:
                break
            time.sleep(FOLLOW_EVERY_S)
        return FOUND

    return write_to_stdout(write, as_json=as_json)
