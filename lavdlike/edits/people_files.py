"""Which file holds what people say of an experiment or of the root (docs/format.md, "What people write").

In an experiment of ours: its own files. What is said of a foreign one is in `lavdlike.yaml` of the root, and in a root
that is foreign altogether nothing is written: its `lavdlike.yaml` and history are in the user's configuration folder.
"""

from __future__ import annotations

import hashlib
import itertools
import os
from pathlib import Path
from typing import NamedTuple

from lavdlike import layout
from lavdlike.disk.edit import LocalEditor
from lavdlike.disk.opening import EditorOfRoot, root_at
from lavdlike.errors import EditError, NothingThereError, NotServedError
from lavdlike.layout import ExperimentId, ExperimentName
from lavdlike.reading import described
from lavdlike.reading.discovery import is_marked, ours_in_folders
from lavdlike.reading.foreign import is_foreign
from lavdlike.reading.natural_order import natural_key
from lavdlike.reading.sessions import read_sessions
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.root_settings import ROOT_SETTINGS_FILE

# Of folders in a root, for an experiment of ours in one of them: some tenths of a second.
_MAX_LOOKS = 2_000
# Of a run's folder; what describes it is among few.
_MAX_NAMES = 10_000


class FilePlace(NamedTuple):
    """A file that people write. `in_yaml`: the experiment's name in `lavdlike.yaml`, "" of a file of its own."""

    path: str
    in_yaml: str = ""


class PeopleFiles:
    """The files of a root that people write.

    Args:
        own_folder: of the user, for a foreign root; made when something is first written.
    """

    def __init__(self, root: EditorOfRoot, own_folder: Path) -> None:
        self._root = root
        self._tree = StoredRoot(root.path, only=root.only)  # with the runs that are in files
        self._disk = root_at(root.path, only=root.only)  # and without: none of those is ours
        self._own = LocalEditor(own_folder)
        self._has_ours = False
        self._foreign_at = 0  # the root's time when it was last found to be foreign

    def store(self, *, make: bool = False) -> EditorOfRoot:
        """The root whose `lavdlike.yaml` and history count: the root itself, or the user's folder for it.

        Args:
            make: the user's folder if it is not there yet.
        """
        if not self._is_foreign_root():
            return self._root
        if make:
            try:
                self._own.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as error:
                raise EditError(str(self._own.path), error.strerror or str(error)) from None
        return self._own

    def is_foreign(self, experiment: ExperimentId) -> bool:
        """Whether nothing is to be written into the experiment's folder.

        Raises:
            NothingThereError: there is no such experiment.
        """
        name = self.name_of(experiment)
        try:
            with self._tree.folder(name) as opened:
                is_others = is_foreign(opened, name)
        except NotServedError as error:
            raise EditError(layout.shown(name), error.reason) from None
        except OSError:
            raise NothingThereError(layout.shown(name), "there is no such experiment any more") from None
        self._has_ours |= not is_others
        return is_others

    def root_of(self, path: str) -> EditorOfRoot:
        """The root that a file stands in which people write: a board of a foreign root, unless it lies there."""
        if path == ROOT_SETTINGS_FILE:
            return self.store()
        is_of_root = layout.board_name(path) is not None
        return self.store() if is_of_root and self._root.look(path) is None else self._root

    def board_place(self, experiment: ExperimentId | None, file: str) -> str:
        """The path of a board of an experiment, or of the root (None).

        Raises:
            NothingThereError: there is no such experiment, or no board of such a name.
        """
        if layout.board_name(file) is None or len(os.fsencode(file)) > layout.MAX_NAME_BYTES - 40:
            raise NothingThereError(layout.shown(file), f"a board is called <name>{layout.BOARD_SUFFIX}")
        if experiment is None and self._root.only:
            raise NothingThereError(
                layout.shown(file), "a run that is shown alone has only boards of its own"
            )
        return file if experiment is None else f"{self.name_of(experiment)}/{file}"

    def boards(self, experiment: ExperimentId | None) -> list[str]:
        """The files of the boards of an experiment, or of the root (None), by name.

        Raises:
            EditError: they cannot be listed, or there is no such experiment.
        """
        if experiment is None:
            stores = [self._root, *([self.store()] if self._is_foreign_root() else [])]
            names = [] if self._root.only else [name for store in stores for name in store.names("")]
        else:
            folder = self.name_of(experiment)
            if self._root.look(folder) is None:
                raise NothingThereError(layout.shown(folder), "there is no such experiment")
            names = self._root.names(folder)
        return sorted({name for name in names if layout.board_name(name) is not None}, key=natural_key)

    def place(self, experiment: ExperimentId, file: str) -> FilePlace:
        """Where `marks.json`, `my-notes.md` or `annotations.tsv` of an experiment, or what stands for it, is.

        Raises:
            NothingThereError: there is no such experiment.
        """
        name = self.name_of(experiment)
        if self.is_foreign(experiment):
            return FilePlace(ROOT_SETTINGS_FILE, layout.shown(name))
        return FilePlace(f"{name}/{file}")

    def name_of(self, experiment: ExperimentId) -> ExperimentName:
        """Raises NothingThereError if it cannot be the name of an experiment, or is that of another folder in one."""
        name = layout.experiment_name(experiment)
        if not self._may_be_experiment(name):
            raise NothingThereError(layout.shown(name), "there is no such experiment")
        return name

    def logged_tags(self, experiment: ExperimentId) -> list[str]:
        """The tags that scripts gave, whoever ran them and whatever wrote them; none if they cannot be read."""
        name = self.name_of(experiment)
        try:
            with self._tree.folder(name) as opened:
                tags = read_sessions(opened, name).content.tags
                if tags or described.has_experiment_file(opened, None):
                    return tags
                entries = itertools.islice(opened.entries(), _MAX_NAMES)
                names = [entry.name for entry in entries if entry.type == "file"]
                return list(described.read_description(opened, name, names).description.tags)
        except (OSError, NotServedError):
            return []

    def is_written_by_people(self, path: str) -> bool:
        """Whether a path of the root is that of a file that people write."""
        folder, _, name = path.rpartition("/")
        is_board = layout.board_name(name) is not None
        is_ours = is_board or name in layout.PEOPLE_FILES
        if not folder:
            return path == ROOT_SETTINGS_FILE or is_board
        return is_ours and self._may_be_experiment(ExperimentName(folder))

    def _may_be_experiment(self, name: ExperimentName) -> bool:
        return layout.is_experiment_name(name) and ("/" not in name or is_marked(self._tree, name))

    def _is_foreign_root(self) -> bool:
        if any(map(self._root.look, (ROOT_SETTINGS_FILE, layout.HISTORY_FOLDER))):
            return False
        if self._own.path.is_dir():  # wherever the first edit went is where all programs look from then on
            return True
        if self._has_ours:
            return False
        try:
            modified = self._root.status().st_mtime_ns
        except OSError:
            return False
        if modified == self._foreign_at:
            return True
        found = self._has_only_foreign_ones()
        self._has_ours = found is False
        self._foreign_at = modified if found else 0
        return bool(found)

    def _has_only_foreign_ones(self) -> bool | None:
        """None: there is no experiment at all."""
        found = None
        try:
            with self._tree.folder("") as root:
                names = [ExperimentName(entry.name) for entry in root.entries() if entry.type == "folder"]
            for name in names:
                try:
                    if not self.is_foreign(layout.experiment_id(name)):
                        return False
                except EditError:  # gone, or not readable
                    continue
                found = True
            if ours_in_folders(self._disk, names, max_looks=_MAX_LOOKS):
                return False
        except (OSError, NotServedError):
            return None
        return found


def own_folder_of(root: Path) -> Path:
    """The user's folder for a root in which nothing is to be written; not made."""
    base = os.environ.get("XDG_CONFIG_HOME", "")
    config = Path(base) if Path(base).is_absolute() else Path.home() / ".config"
    key = hashlib.sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:32]
    return config / "lavdlike" / "roots" / key
