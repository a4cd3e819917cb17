"""`lavdlike inspect`: what is understood of a folder or a file, by which rule, and what is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from lavdlike import layout
from lavdlike.disk.opening import is_file, is_root, path_of
from lavdlike.errors import NotFoundError, NotServedError
from lavdlike.layout import ExperimentName
from lavdlike.messages import Problem
from lavdlike.named_roots import RootName, parse_roots
from lavdlike.reading import discovery
from lavdlike.reading.discovery import Verdict
from lavdlike.reading.inspection import InspectedFile, InspectedLabel, InspectedRun, inspected
from lavdlike.reading.natural_order import natural_key
from lavdlike.reading.run_folders import MAX_DEPTH, Rule
from lavdlike.reading.snapshot import folders_in
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.shell import text
from lavdlike.shell.finding import is_one_run, names_in_root, root_file_of, sign_of_experiment
from lavdlike.shell.output import Output, write_to_stdout
from lavdlike.shell.printing import print_problems
from lavdlike.shell.roots import absolute, real_parents, root_with
from lavdlike.shell.text import escaped

_SHOWN_LABELS = 8
_SHOWN_FILES = 200
# Of a folder's names, to see what it is.
_LOOKED_AT = 1000


class Found(NamedTuple):
    """A folder of a root, and what was decided about it. `only`: the path in it of a file that alone is asked for.

    `alone`: the folder of the root that alone is asked for; "": all are.
    """

    root: Path
    verdict: Verdict
    only: str = ""
    alone: str = ""


def inspect(paths: Sequence[str], *, as_json: bool = False, follow_links: bool = False) -> int:
    """Write what is understood of a root, a run or a file, or of several, by the names of their roots.

    Args:
        paths: as roots are named on the command line (`named_roots.parse_roots`).

    Raises:
        NotFoundError: there is no such thing, or it cannot be read.
        UsageError: a name is none, or is there twice.
    """
    given = parse_roots(paths, _is_there, path_of)
    found = [(each.name, found_at(each.path, follow_links=follow_links)) for each in given]

    def write(out: Output) -> int:
        is_first = True
        for name, each in ((name, each) for name, in_root in found for each in in_root):
            root = root_with(each.root, each.verdict.name, follow_links=follow_links)
            run = inspected(root, each.verdict, root_file_of(each.root), each.only)
            run.problems += _problems_in_stores(root, run.name, each.only)
            _rename(run, RootName(name, each.alone))
            if out.as_json:
                out.json(run)
                continue
            if not is_first:
                out.line("")
            is_first = False
            _print_run(run, out)
        return 0

    return write_to_stdout(write, as_json=as_json)


def _is_there(path: str) -> bool:
    return is_root(path) or is_file(path_of(path))


def _rename(run: InspectedRun, root: RootName) -> None:
    """As it is called among several roots."""
    run.name = root.outer(run.name)
    for problems in (run.problems, *(file.problems for file in run.files)):
        problems[:] = [structs.replace(each, path=root.outer(each.path)) for each in problems]


def _problems_in_stores(root: StoredRoot, folder: str, only: str) -> Iterator[Problem]:
    """Of files of many runs that were met in a folder (directly in the root: ""), or of one of them."""
    for problem in root.problems_in_stores():
        of_folder = problem.path[len(folder) + 1 :] if folder else problem.path
        is_in = problem.path.startswith(f"{folder}/") if folder else "/" not in problem.path
        if is_in and only in ("", of_folder):
            yield problem


def found_at(path: Path, *, follow_links: bool = False) -> Iterator[Found]:
    """The folders that a path names: of a root, all experiments and folders of them; else the run, or a file's.

    A run need not be on the disk: it may lie in a file of many, or in parts beside others.

    Raises:
        NotFoundError: there is no such thing, or it cannot be read.
    """
    path = absolute(path)
    if is_file(path):
        return iter([_run_of_file(path, follow_links=follow_links)])
    if not is_root(str(path)):
        return _in_store(path, follow_links=follow_links)
    root = StoredRoot(path, follow_links=follow_links)
    names_in_root(root)  # says why if it cannot be read
    if is_one_run(root):
        return _in_folder(
            root_with(path.parent, path.name, follow_links=follow_links),
            ExperimentName(path.name),
            alone=path.name,
        )
    return _in_root(root)


def _in_store(path: Path, *, follow_links: bool) -> Iterator[Found]:
    """Of a folder that is on no disk."""
    outer, *_ = real_parents(path)
    root, name = StoredRoot(outer, follow_links=follow_links), path.relative_to(outer).as_posix()
    try:
        with root.folder(name):
            return _in_folder(root, ExperimentName(name))
    except (OSError, NotServedError):
        raise NotFoundError(f"there is no {path}") from None


def _in_root(root: StoredRoot) -> Iterator[Found]:
    for folder in sorted(folders_in(root), key=natural_key):
        yield from _in_folder(root, folder)
    with root.folder("") as opened:
        if any(entry.type != "folder" for entry in opened.entries()):
            yield Found(root.path, Verdict(ExperimentName(""), Rule.ROOT))


def _in_folder(root: StoredRoot, folder: ExperimentName, *, alone: str = "") -> Iterator[Found]:
    for verdict in discovery.verdicts_on(root, folder):
        yield Found(root.path, verdict, alone=alone)


def _run_of_file(path: Path, *, follow_links: bool) -> Found:
    """The innermost folder around a file that has the sign of a run, else the innermost that is no step."""
    folders = list(path.parents)[:MAX_DEPTH]
    run = next(
        (folder for folder in folders if folder.name and _is_run(folder, follow_links=follow_links)), None
    )
    if run is None:
        run = next(folder for folder in folders if layout.step_of_folder(folder.name) is None)
    root = root_with(run.parent, run.name, follow_links=follow_links)
    for verdict in discovery.verdicts_on(root, ExperimentName(run.name))[:1]:
        return Found(run.parent, verdict, path.relative_to(run).as_posix(), run.name)
    raise NotFoundError(f"cannot read the folder of {path}")


def _is_run(folder: Path, *, follow_links: bool) -> bool:
    root = root_with(folder.parent, folder.name, follow_links=follow_links)
    if discovery.mark_of(root, ExperimentName(folder.name)):
        return True
    with suppress(OSError, NotServedError), root.folder(folder.name) as opened:
        return bool(sign_of_experiment(entry.name for entry in islice(opened.entries(), _LOOKED_AT)))
    return False


# --- as text ------------------------------------------------------------------------------------------------


def _print_run(run: InspectedRun, out: Output) -> None:
    facts = {"run" if run.is_run else "folder": run.name or "(the root)", "because": run.rule}
    if run.mark:
        facts["mark"] = run.mark
    facts.update({"title": run.title, "source": run.source, "status": run.status})
    facts["settings"] = ", ".join(run.settings)
    out.lines(
        text.columns([[out.coloured(fact, "dim"), escaped(said)] for fact, said in facts.items() if said])
    )
    if run.files:
        out.section("files")
        out.lines(text.columns([_file_row(file) for file in run.files[:_SHOWN_FILES]]))
        if len(run.files) > _SHOWN_FILES:
            out.line(f"  and {len(run.files) - _SHOWN_FILES:,} more (--json has all)")
    if run.items or run.values:
        out.section("shown as items")
        rows = [[f"  {kind}", f"{count:,}"] for kind, count in run.items.items()]
        if run.values:
            rows.append(["  of these, scalars in JSON files", f"{run.values:,}"])
        out.lines(text.columns(rows, right=[1]))
    for file in run.files:
        if file.labels:
            out.line("")
            out.line(out.coloured(f"SCALARS in {escaped(file.path)}", "dim"))
            out.lines(_label_lines(file))
    if run.problems:
        out.section("not understood")
        print_problems(run.problems, out)


def _file_row(file: InspectedFile) -> list[str]:
    said = f"{file.source}, {file.why}" if file.source and file.why else file.source or file.why
    if file.instead:
        said = f"{escaped(file.instead)} is read instead: {file.why}"
    if file.settings:
        said += f": {', '.join(file.settings[:_SHOWN_LABELS])}"
        said += ", ..." if len(file.settings) > _SHOWN_LABELS else ""
    if file.problems:
        said += f" ({len(file.problems)} not understood)"
    return [f"  {escaped(file.path)}", file.holds, escaped(said)]


def _label_lines(file: InspectedFile) -> list[str]:
    rows = [
        [f"  {escaped(each.label)}", f"{each.points:,} points", _steps(each), _shown_from(each)]
        for each in file.labels[:_SHOWN_LABELS]
    ]
    found = text.columns(rows, right=[1])
    if len(file.labels) > _SHOWN_LABELS:
        found.append(f"  and {len(file.labels) - _SHOWN_LABELS:,} more labels (--json has all)")
    return found


def _shown_from(label: InspectedLabel) -> str:
    return f"shown from {escaped(label.instead)}" if label.instead else ""


def _steps(label: InspectedLabel) -> str:
    if label.first_step == label.last_step:
        return f"step {label.first_step}"
    return f"steps {label.first_step} to {label.last_step}"
