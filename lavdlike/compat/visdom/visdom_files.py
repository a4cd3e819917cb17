"""Answers the messages of Visdom's client as Visdom's server does, over the files of a folder of environments."""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import shutil
import string
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from lavdlike import layout
from lavdlike.compat.visdom import told_events
from lavdlike.compat.visdom.environment import NO_WINDOW, Environment
from lavdlike.compat.visdom.window_files import HISTORY, PLOT
from lavdlike.event_lines import Event
from lavdlike.window_records import FILE, EnvironmentHead, env_of, to_line
from lavdlike.writing.launched import Place, launched_run
from lavdlike.writing.retries import OnError
from lavdlike.writing.thrown_away import throw_away

DEFAULT_ENV = "main"
_CONTENT_TYPES = frozenset({"image", "text", "properties", "network", "embeddings", "table"})
_SLUG_LETTERS = 40
_DIGITS = string.digits + string.ascii_lowercase
# What the ids of windows count from: 2026.
_EPOCH_NS = 1_767_225_600_000_000_000
# Environments in environments are looked for so deep.
_MAX_DEPTH = 4
# Written whole and put into place, so that a copy may be the same file on the disk.
_LINKED = frozenset(
    {".png", ".jpg", ".jpeg", ".gif", ".webp", ".mp4", ".webm", ".ogv", ".avi", ".wav", ".mp3", ".npy"}
)
# Of the session, not of what was logged.
_NOT_COPIED = re.compile(
    r"\.|(experiment|progress)(\..*)?\.json\Z|system\..*\.tsv\Z|(events|stdout|stderr)(\..*)?\.log\Z"
    r"|(command\.json|summary\.md|changes\.patch)\Z"
)

# Is given an event as Visdom's client gives it to handlers.
Hearer = Callable[[dict[str, Any]], None]

_log = logging.getLogger("lavdlike")


class VisdomFiles:
    """The environments below a folder; may be used from several threads.

    Args:
        log_dir: the folder; under `lavdlike run` its experiment is the first environment, others are in it.
        on_error: as of `Logger`.
    """

    def __init__(self, log_dir: Path, on_error: OnError) -> None:
        self._log_dir, self._on_error = log_dir, on_error
        self._launched = launched_run()
        self._environments: dict[str, Environment] = {}
        self._lock = threading.RLock()
        self._hearer: tuple[Hearer, Callable[[str, str], bool]] | None = None
        self._answers: dict[str, Callable[[Mapping[str, Any]], str]] = {
            "events": self._put,
            "update": self._update,
            "close": self._close,
            "delete_env": self._delete,
            "env_state": lambda _: json.dumps(self.names()),
            "fork_env": self._fork,
            "save": self._save,
            "win_exists": lambda message: json.dumps(self._of(message).has(str(message["win"]))),
            "win_hash": self._hash,
            "win_data": self._data,
        }

    @property
    def folder(self) -> Path:
        """That of all environments."""
        return self._log_dir if self._launched is None else self._launched.folder

    def answer(self, endpoint: str, message: Mapping[str, Any]) -> str:
        """What Visdom's server answers to a message.

        Raises:
            ValueError: nothing can be made of it, and why.
            WriteError: the disk refuses, with `on_error` "raise".
            OSError: files cannot be read, moved or copied.
        """
        if endpoint.startswith("env/"):
            with self._lock:
                _ = self.environment(endpoint.removeprefix("env/")).logger
            return ""
        if endpoint not in self._answers:
            raise ValueError(f"no endpoint is called {endpoint!r}: there are {', '.join(self._answers)}")
        with self._lock:
            return self._answers[endpoint](message)

    def environment(self, name: str) -> Environment:
        with self._lock:
            if name not in self._environments:
                self._environments[name] = Environment(name, self._place_of(name), self._on_error)
                self._listen(name)
            return self._environments[name]

    def windows(self, name: str) -> list[str]:
        """The ids of the windows of an environment, in the order in which they were made."""
        with self._lock:
            return self.environment(name).windows()

    def forget_missing(self, name: str) -> None:
        """Keep nothing of an environment that is not there, and was only asked about."""
        with self._lock:
            environment = self._environments.get(name)
            if environment is not None and not environment.is_there():
                del self._environments[name]

    def end(self, name: str) -> None:
        """End the session of an environment; a later window begins another one."""
        with self._lock:
            environment = self._environments.pop(name, None)
            if environment is not None:
                environment.end()

    def hear(self, hearer: Hearer, wanted: Callable[[str, str], bool]) -> None:
        """Have it called with what people do in windows of any environment, in a thread of that environment.

        Args:
            wanted: whether a window, of an environment and an id, is heard of.
        """
        with self._lock:
            self._hearer = hearer, wanted
            for name in self._environments:
                self._listen(name)

    def ask_for_gestures(self, win: str, env: str | None) -> None:
        """Have the page tell of keys, clicks and selections in a window that is there; None: in any environment."""
        with self._lock:
            for name, environment in self._environments.items():
                if env in (None, name) and environment.has(win):
                    environment.ask_for_gestures(win)

    def have_all_told(self, name: str) -> None:
        """Have the page tell of keys, clicks and selections in all windows of an environment, whoever reads it."""
        with self._lock:
            environment = self.environment(name)
            if environment.is_there():
                environment.logger.ask_for_gestures()

    def _listen(self, name: str) -> None:
        if self._hearer is None:
            return
        hearer, wanted = self._hearer

        def listen(event: Event) -> None:
            told = self.told(name, event, partial(wanted, name))
            if told is not None:
                hearer(told)

        self._environments[name].hear(listen)

    def told(
        self, name: str, event: Event, wanted: Callable[[str], bool] = lambda _: True
    ) -> dict[str, Any] | None:
        """An event in an environment as Visdom tells handlers of it; None of what Visdom knows nothing of.

        Args:
            wanted: whether anybody wants to hear of a window; what it holds is read only then.
        """
        with self._lock:
            environment = self.environment(name)
            win = environment.window_at(event.label)
            if win is None or not wanted(win):
                return None
            pane = environment.pane(win) or environment.pane_without_content(win)
        told = told_events.told_of(event, pane["type"], pane["content"])
        return None if told is None else {**told, "eid": name, "target": win, "pane_data": pane}

    def names(self) -> list[str]:
        """All environments that there are."""
        known = {name for name, environment in self._environments.items() if environment.is_there()}
        return sorted({*known, *self._names_below(self.folder, 0)})

    def _of(self, message: Mapping[str, Any]) -> Environment:
        return self.environment(str(message.get("eid") or DEFAULT_ENV))

    def _put(self, message: Mapping[str, Any]) -> str:
        pane, environment = _pane_of(message), self._of(message)
        environment.put(pane, message.get("opts") or {})
        if self._hearer is not None and self._hearer[1](environment.name, pane["id"]):
            environment.ask_for_gestures(pane["id"])
        return str(pane["id"])

    def _update(self, message: Mapping[str, Any]) -> str:
        environment, data = self._of(message), message.get("data")
        if message.get("win") is None:
            return NO_WINDOW
        win = str(message["win"])
        is_text = isinstance(data, list) and bool(data) and data[0].get("type") == "text"
        if (message.get("append") or is_text) and not environment.has(win):
            return self._put({"layout": {}, **message})
        answer = environment.update(win, message)
        if answer != win:
            _log.warning("visdom: window %r was not updated: %s", win, answer)
        return answer

    def _close(self, message: Mapping[str, Any]) -> str:
        win = message.get("win")
        self._of(message).close(None if win is None else str(win))
        return ""

    def _save(self, message: Mapping[str, Any]) -> str:
        """All is in the files already."""
        names = self.names()
        for name in message["data"]:
            if name in self._environments and self._environments[name].is_there():
                self._environments[name].logger.flush()
        return json.dumps([name for name in message["data"] if name in names])

    def _hash(self, message: Mapping[str, Any]) -> str:
        pane = self._of(message).pane(str(message["win"]))
        return "false" if pane is None else str(pane["contentID"])

    def _data(self, message: Mapping[str, Any]) -> str:
        environment, win = self._of(message), message.get("win")
        if "data" in message:
            data = json.loads(message["data"])
            if win is None:
                environment.close()
            for id_, pane in data.items() if win is None else ((str(win), data),):
                environment.put({**pane, "id": id_}, _opts_of(pane))
            return ""
        if win is not None:
            pane = environment.pane(str(win))
            if pane is None:
                raise ValueError(f"there is no window {win!r} in the environment {environment.name!r}")
            return msgspec.json.encode(pane).decode()
        panes = {id_: environment.pane(id_) for id_ in environment.windows()}
        return msgspec.json.encode(panes).decode()

    def _delete(self, message: Mapping[str, Any]) -> str:
        name = str(message["eid"])
        environment = self._environments.pop(name, None) or Environment(
            name, self._place_of(name), self._on_error
        )
        if self._launched is not None and environment.folder == self._launched.folder:
            environment.close()  # the run itself goes on
            environment.end()
            return ""
        environment.end()
        if environment.folder.is_dir():
            throw_away(self._root, environment.folder.relative_to(self._root).as_posix(), None)
        return ""

    def _fork(self, message: Mapping[str, Any]) -> str:
        before, name = str(message["prev_eid"]), str(message["eid"])
        source = self.environment(before)
        if not source.is_there():
            raise ValueError(f"there is no environment {before!r} to be forked")
        if before == name:
            return name
        if name in self.names():
            self._delete({"eid": name})
        source.logger.flush()
        target = self.environment(name)
        others = list(_inner_environments(source.folder, 0))
        files = list(_files_below(source.folder, others))  # before the copy, which may lie in it, is begun
        target.folder.mkdir(parents=True, exist_ok=True)
        for path in files:
            _copy(path, target.folder / path.relative_to(source.folder))
        _rename_head(target.folder / FILE, name)
        _ = target.logger
        return name

    @property
    def _root(self) -> Path:
        """The one that the trash is in."""
        return self._log_dir if self._launched is None else self._launched.log_dir

    def _place_of(self, name: str) -> Place:
        if self._launched is not None:
            return self._launched.place_for(f"visdom\0{name}", lambda _: name)
        *folders, last = [layout.folder_name_of(part) for part in name.split("/") if part] or ["%"]
        return Place(self._log_dir.joinpath(*map(layout.native, folders)), last)

    def _names_below(self, folder: Path, depth: int) -> Iterator[str]:
        for path in _folders_in(folder) if depth < _MAX_DEPTH else ():
            inner = list(self._names_below(path, depth + 1))
            name = env_in(path)
            if name is not None:
                yield name
            elif depth == 0 and not inner and self._launched is None:
                yield layout.shown(path.name)  # a folder that somebody made
            yield from inner
        if depth == 0 and (name := env_in(folder)) is not None:
            yield name


def new_window_id(title: str = "") -> str:
    """A new id, those that are made later behind those before; with the title, by which people know it.

    >>> new_window_id("Loss: train / val").split("_", 2)[2]
    'Loss train val'
    """
    words = "".join(each if each.isalnum() or each in "-." else " " for each in title)[:_SLUG_LETTERS].split()
    stamp = f"window_{_short((time.time_ns() - _EPOCH_NS) // 100_000)}{secrets.choice(_DIGITS)}"
    return "_".join([stamp, *([" ".join(words).strip(".")] if words else [])])


def _short(number: int) -> str:
    """A number in as few digits as can be, the same for all of the next eight years."""
    digits = ""
    for _ in range(8):
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits


def _pane_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """The window that a message makes.

    Raises:
        ValueError: its data is none.
    """
    opts, data = message.get("opts") or {}, message.get("data")
    if not isinstance(data, list) or not all(isinstance(each, Mapping) for each in data):
        raise ValueError("a message for a window must have 'data', a list of dicts")
    id_ = message.get("win")
    if id_ is None or id_ == "":
        id_ = new_window_id(str(opts.get("title") or ""))
    type_ = data[0].get("type") if data else None
    pane = {"id": str(id_), "directed": opts.get("directed", False)}
    if type_ == HISTORY:
        return {**pane, "type": type_, "content": [data[0].get("content")]}
    if type_ in _CONTENT_TYPES and "content" in data[0]:  # plotly has traces of such types, too
        return {**pane, "type": type_, "content": data[0].get("content")}
    return {**pane, "type": PLOT, "content": {"data": data, "layout": message.get("layout") or {}}}


_OF_PANE = frozenset({"command", "id", "content", "contentID", "type", "i", "inflate", "selected"})


def _opts_of(pane: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in pane.items() if key not in _OF_PANE and value not in (None, "")}


def env_in(folder: Path) -> str | None:
    """The environment that a folder is; None if it is none."""
    try:
        with (folder / FILE).open("rb") as file:
            return env_of(file.readline())
    except OSError:
        return None


def _folders_in(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            found = [
                entry.name
                for entry in entries
                if not entry.name.startswith(".")
                and entry.is_dir()
                and layout.step_of_folder(entry.name) is None
            ]
    except OSError:
        return []
    return [folder / name for name in sorted(found)]


def _inner_environments(folder: Path, depth: int) -> Iterator[Path]:
    for path in _folders_in(folder) if depth < _MAX_DEPTH else ():
        if env_in(path) is not None:
            yield path
        else:
            yield from _inner_environments(path, depth + 1)


def _files_below(folder: Path, others: list[Path]) -> Iterator[Path]:
    """Files of an environment, without those of environments in it."""
    for path in sorted(folder.iterdir()):
        if _NOT_COPIED.match(path.name) or path in others or path.is_symlink():
            continue
        if path.is_dir():
            yield from _files_below(path, others)
        else:
            yield path


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix.lower() in _LINKED:
        with suppress(OSError):
            os.link(source, target)
            return
    shutil.copyfile(source, target)


def _rename_head(file: Path, name: str) -> None:
    """Have a copied file of records name its own environment."""
    if file.exists():
        _, _, rest = file.read_bytes().partition(b"\n")
        file.write_bytes(to_line(EnvironmentHead(name)) + rest)
