"""What a command's arguments name: experiments, labels and files; and what was perhaps meant where there is nothing."""

from __future__ import annotations

import difflib
import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from lavdlike import layout
from lavdlike.disk.opening import editor_at
from lavdlike.disk.root import Entry, OpenedFolder
from lavdlike.edits.editor import Editor
from lavdlike.errors import NotFoundError, NotServedError
from lavdlike.kinds import logs as log_kind
from lavdlike.layout import ExperimentName
from lavdlike.reading import discovery
from lavdlike.reading.discovery import experiments_below
from lavdlike.reading.natural_order import natural_key
from lavdlike.reading.shown_root import shown_root_of
from lavdlike.reading.snapshot import Snapshot, names_in
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.reading.tree import Address
from lavdlike.root_settings import ROOT_SETTINGS_FILE, RootFile
from lavdlike.scalar_messages import ScalarLabel
from lavdlike.shell.output import say
from lavdlike.shell.roots import Place, Roots, absolute, real_parents, root_with
from lavdlike.shell.text import escaped

# Of a folder's names, to see what it is.
_LOOKED_AT = 1000
# Files that belong to a root.
_OF_ROOTS = frozenset({ROOT_SETTINGS_FILE})
# Which log `tail` takes if none is named.
_LOGS = ("events.log", "stdout.log", "stderr.log")


class HoldsExperimentsError(NotFoundError):
    """A folder is none, and experiments are in it."""


def names_in_root(root: StoredRoot) -> list[ExperimentName]:
    try:
        return sorted(names_in(root), key=natural_key)
    except NotServedError as error:
        raise NotFoundError(f"cannot read {root.path}: {error.reason}") from None
    except OSError as error:
        raise NotFoundError(f"cannot read {root.path}: {error.strerror}") from None


def opened_root(path: Path, *, follow_links: bool = False) -> StoredRoot:
    """The root that a folder is, or, if it is a run itself, one that holds it alone.

    Raises:
        NotFoundError: it is not there, it cannot be read, or all that it holds are steps.
    """
    shown = shown_root_of(path.absolute())
    if shown.only:
        return StoredRoot(shown.root, follow_links=follow_links, only=shown.only)
    root = StoredRoot(path, follow_links=follow_links)
    names_in_root(root)
    _check_root(root)
    return root


def _check_root(root: StoredRoot) -> None:
    """Raises NotFoundError: it is the folder of an experiment without a mark, so that what is in it are steps."""
    with suppress(OSError, NotServedError), root.folder("") as folder:
        entries = list(islice(folder.entries(), _LOOKED_AT))
        steps = [entry.name for entry in entries if layout.step_of_folder(entry.name) is not None]
        sign = sign_of_experiment(steps)
        others = [entry for entry in entries if layout.step_of_folder(entry.name) is None]
        if sign and not _experiment_among(folder, others):
            path = shlex.quote(str(root.path))
            raise NotFoundError(
                f"{root.path} is an experiment (it has {sign}): 'lavdlike show {path}' says what is in it, "
                f"'lavdlike ls {shlex.quote(str(root.path.absolute().parent))}' lists those beside it"
            )


def experiment_at(path: Path, root: Path | None = None, *, follow_links: bool, whole: bool) -> Snapshot:
    """The experiment whose folder it is, with all that it holds; arguments and errors as `place_of` has them."""
    place = place_of(path, Roots(root), follow_links=follow_links, whole=whole)
    opened = root_with(place.root, place.name, follow_links=follow_links)
    return Snapshot(opened, place.name, root_file_of(place.root))


def root_file_of(root: Path) -> Callable[[], RootFile]:
    """What asks for what people said of the root and of foreign experiments in it."""
    return Editor(editor_at(absolute(root))).root_file


def places_of(paths: Sequence[Path], root: Path | None = None) -> list[Place]:
    """Where experiments are that are to be edited; where it is not sure in which root, it is said which one is taken.

    Args:
        root: what `--root` says.

    Raises:
        NotFoundError: as `place_of`.
    """
    roots = Roots(root, lambda text: say(f"lavdlike: {escaped(text)}", sys.stderr))
    places = [place_of(path, roots) for path in paths]
    for place in places:
        if root_with(*place).only:
            raise NotFoundError(f"{place.root / place.name} is an archive, in which nothing is changed")
    return places


def place_of(path: Path, roots: Roots, *, follow_links: bool = False, whole: bool = True) -> Place:
    """Where the experiment is whose folder it is.

    Args:
        path: of the folder.
        roots: say in which root.
        follow_links: also those that lead out of the root.
        whole: nothing in it is asked for by name, so that a root in its place is a mistake.

    Raises:
        HoldsExperimentsError: it is a root, or a folder of runs.
        NotFoundError: there is none, it cannot be read, it is a step, or in another root than the one given.
    """
    path = absolute(path)
    outer, *_ = real_parents(path)
    name = path.relative_to(outer).as_posix()
    root = root_with(outer, name, follow_links=follow_links)
    try:
        with root.folder(name) as folder:
            if layout.step_of_folder(path.name) is not None and _is_file_in(root, layout.EXPERIMENT_FILE):
                raise NotFoundError(f"{path} is a step of the experiment {path.parent}")
            if whole and (inside := _experiment_inside(folder) or _first_run_in(root, name)):
                raise HoldsExperimentsError(
                    f"{path} holds experiments and is none itself. 'lavdlike ls {shlex.quote(str(path))}' lists "
                    f"them; name one of them here, such as {path / inside}"
                )
            return Place(outer, ExperimentName(name)) if root.only else roots.place_of(path)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(
            f"there is no experiment {path}{_perhaps(path.name, names_in_root(root))}"
        ) from None
    except NotServedError as error:
        raise NotFoundError(f"cannot read {path}: {error.reason}") from None


def root_at(path: Path) -> Path:
    """Raises NotFoundError: there is no such folder, or it cannot be read."""
    path = absolute(path)
    names_in_root(StoredRoot(path))
    return path


def places_in(path: Path) -> list[Place]:
    """The experiments in a root, or the one whose folder it is.

    Raises:
        NotFoundError: it is neither, or cannot be read.
    """
    path = absolute(path)
    root = StoredRoot(path)
    names = names_in_root(root)
    with root.folder("") as folder:
        if names and (
            _experiment_inside(folder) or _first_run_in(root_with(path.parent, path.name), path.name)
        ):
            return [Place(path, name) for name in names]
    return [place_of(path, Roots())]


def is_one_run(root: StoredRoot) -> bool:
    """Whether a folder is one experiment rather than a root: by its signs, or it has files and no run is below it."""
    with root.folder("") as folder:
        entries = list(islice(folder.entries(), _LOOKED_AT))
        if sign_of_experiment(entry.name for entry in entries) or discovery.root_is_run(root):
            others = [entry for entry in entries if layout.step_of_folder(entry.name) is None]
            return not _experiment_among(folder, others)
        if all(entry.type == "folder" or _is_of_roots(entry.name) for entry in entries):
            return not entries
        if _experiment_inside(folder):
            return False
    below = discovery.verdicts_on(
        root_with(root.path.parent, root.path.name), ExperimentName(root.path.name)
    )[1:]
    return not any(verdict.mark for verdict in below)


def _is_of_roots(file: str) -> bool:
    return file in _OF_ROOTS or layout.board_name(file) is not None


def _first_run_in(root: StoredRoot, name: str) -> str:
    """Of a folder that is no experiment because runs are all that it holds, the path of the first one in it."""
    found = experiments_below(root, [ExperimentName(name)])
    first = found[0] if found else name
    return "" if first == name else first[len(name) + 1 :]


def _is_file_in(root: StoredRoot, name: str) -> bool:
    with root.folder("") as folder:
        return any(entry.name == name for entry in islice(folder.entries(), _LOOKED_AT))


def _experiment_inside(folder: OpenedFolder) -> str:
    """The first of the folders in one without a sign of an experiment that has such a sign; "" if none has."""
    entries = list(islice(folder.entries(), _LOOKED_AT))
    names = {entry.name for entry in entries}
    if sign_of_experiment(names) or not names.isdisjoint(_LOGS):
        return ""
    return _experiment_among(folder, entries)


def _experiment_among(folder: OpenedFolder, entries: Iterable[Entry]) -> str:
    for entry in sorted(entries, key=lambda entry: natural_key(entry.name)):
        with suppress(OSError, NotServedError):
            if entry.type == "folder" and _has_sign(folder, entry.name):
                return entry.name
    return ""


def _has_sign(folder: OpenedFolder, name: str) -> bool:
    with folder.folder(name) as inside:
        return bool(sign_of_experiment(entry.name for entry in islice(inside.entries(), _LOOKED_AT)))


def sign_of_experiment(names: Iterable[str]) -> str:
    """What of the names in a folder says that it is an experiment, in words; "" if nothing does."""
    names = list(names)
    for name in (layout.EXPERIMENT_FILE, layout.SCALARS_FILE, layout.COMMAND_FILE):
        if name in names:
            return name
    # Steps are written with zeros in front; experiments may well be named 1, 2, 3.
    steps = sorted(name for name in names if name.startswith("0") and layout.step_of_folder(name) is not None)
    return f"the step {steps[0]}" if steps else ""


def scalar_of(experiment: Snapshot, label: str) -> ScalarLabel | None:
    return next((entry for entry in experiment.scalar_labels() if entry.label == label), None)


def file_to_tail(experiment: Snapshot, name: str | None) -> str | None:
    """The path of a file, relative to the experiment; None for a scalar."""
    if name is None:
        name = next((log for log in _LOGS if _is_file(experiment, log)), None)
        if name is None:
            raise NotFoundError(f"it has none of {', '.join(_LOGS)}; name a file or a label")
    if _is_file(experiment, name):
        return name
    if scalar_of(experiment, name):
        return None
    files = experiment.tree.files_of(Address(log_kind.KIND.name, name, None))
    if not files:
        raise no_such_name(experiment, name)
    return files[0]


def _is_file(experiment: Snapshot, path: str) -> bool:
    try:
        with experiment.file(path):
            return True
    except (OSError, NotServedError):
        return False


def no_such_name(experiment: Snapshot, name: str) -> NotFoundError:
    labels = {entry.label for entry in experiment.scalar_labels()} | {
        item.label for item in experiment.tree.items()
    }
    return NotFoundError(f"there is nothing of the name {name!r} in it{_perhaps(name, sorted(labels))}")


def _perhaps(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known[:10_000], n=3)
    return f". Perhaps: {', '.join(near)}" if near else ""
