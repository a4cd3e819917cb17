"""`lavdlike ls`, `show` and `tail`: what is in the folders, for terminals and scripts, without a server.

By the same readers as the server's. As JSON, every line is one object, of the shapes in `messages.py`.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from lavdlike.reading.listing import Listing
from lavdlike.reading.snapshot import Snapshot, summaries_of
from lavdlike.shell import beside_runs
from lavdlike.shell.finding import (
    HoldsExperimentsError,
    experiment_at,
    file_to_tail,
    no_such_name,
    scalar_of,
)
from lavdlike.shell.following import lines_of, points_of
from lavdlike.shell.listed_labels import print_labels
from lavdlike.shell.listed_runs import chosen_names, print_listing
from lavdlike.shell.opened_roots import open_roots
from lavdlike.shell.output import Output, say, write_to_stdout
from lavdlike.shell.printing import (
    DEFAULT_LINES,
    print_experiment,
    print_files,
    print_label,
    print_problems,
    print_summaries,
)
from lavdlike.shell.text import escaped

FOUND, HAS_PROBLEMS = 0, 1
FOLLOW_EVERY_S = 0.25


def ls(
    roots: Sequence[str],
    *,
    listing: Listing | None = None,
    as_json: bool = False,
    labels: bool = False,
    problems: bool = False,
    follow_links: bool = False,
) -> int:
    """Write the experiments in roots, with `labels` what each holds, or with `problems` what cannot be shown of them.

    Args:
        roots: as they are named on the command line; or the folder of one experiment.
        listing: which experiments, and what of them; None: all, and what is known of them at a glance.

    Returns:
        The exit code: 0, or 1 if there are problems and they were asked for.

    Raises:
        NotFoundError: there is no such folder, or all that it holds are steps.
        UsageError: the listing asks for what there is not, or a root has no name of its own.
    """
    opened = open_roots(roots, follow_links=follow_links)
    names = opened.names()

    def write(out: Output) -> int:
        if not problems:
            read = summaries_of(opened.root, names, opened.root_file)
            if labels:
                print_labels(opened, chosen_names(opened, read, listing) if listing else names, out)
            elif listing is None:
                print_summaries(read, out)
                for line in beside_runs.said(beside_runs.files_beside(opened.root, names)):
                    say(f"lavdlike: {escaped(line)}", sys.stderr)
            else:
                print_listing(opened, read, listing, out)
            return FOUND
        found = [problem for each in opened.all for problem in each.problems_in_archive()]
        found += [problem for name in names for problem in Snapshot(opened.root, name).problems()]
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
    """Write what an experiment holds, or what it holds at a label; of a folder of runs, those and what lies beside.

    Args:
        path: of the folder.
        label: of any kind. Of items of several steps the newest is written; as JSON, all.

    Raises:
        NotFoundError: there is no such experiment or label.
    """
    try:
        experiment = experiment_at(path, root, follow_links=follow_links, whole=label is None)
    except HoldsExperimentsError:
        return _show_folder(path, as_json=as_json, follow_links=follow_links)
    if label is not None and not experiment.items(label) and not scalar_of(experiment, label):
        raise no_such_name(experiment, label)

    def write(out: Output) -> int:
        if label is None:
            print_experiment(experiment, out)
        else:
            print_label(experiment, label, out)
        return FOUND

    return write_to_stdout(write, as_json=as_json)


def _show_folder(path: Path, *, as_json: bool, follow_links: bool) -> int:
    """What is in a folder of runs, or a root."""
    opened = open_roots([os.path.abspath(path)], follow_links=follow_links)  # noqa: PTH100 - links stay what they are
    read = summaries_of(opened.root, opened.names(), opened.root_file)
    files = beside_runs.own_files(opened.root)

    def write(out: Output) -> int:
        print_summaries(read, out)
        print_files(files, out)
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
