"""Visdom's calls about environments and windows as such."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lavdlike.compat.visdom.given_options import check, layout_of, options_of
from lavdlike.compat.visdom.sending import Opts, Sending

if TYPE_CHECKING:
    from lavdlike.compat.visdom.visdom_files import VisdomFiles

_HASH = re.compile(r"[0-9a-f]{32}\Z")


class StateCalls(Sending):
    """What there is, and what becomes of it."""

    files: VisdomFiles

    def save(self, envs: Sequence[str]) -> Any:
        """Nothing has to be done; the environments of these that there are, as JSON."""
        check(isinstance(envs, list), f"envs must be a list, not {type(envs).__name__}")
        check(all(isinstance(env, str) for env in envs), "envs must be a list of names")
        return self._send({"data": list(envs)}, "save")

    def fork_env(self, prev_eid: str, eid: str) -> Any:
        """Copy an environment; one of the new name goes to the trash."""
        check(isinstance(prev_eid, str), "prev_eid must be a string")
        check(isinstance(eid, str), "eid must be a string")
        return self._send({"prev_eid": prev_eid, "eid": eid}, "fork_env")

    def get_window_data(self, win: str | None = None, env: str | None = None) -> Any:
        """A window, or all of an environment by their ids, as JSON."""
        return self._send({"win": win, "eid": env}, "win_data", create=False)

    def set_window_data(self, data: str, win: str | None = None, env: str | None = None) -> Any:
        """Put back what `get_window_data` gave; of all windows, in place of all that are there."""
        return self._send({"win": win, "eid": env, "data": data}, "win_data", create=False)

    def close(self, win: str | None = None, env: str | None = None) -> Any:
        """Move a window, or all of an environment, to the trash."""
        return self._send({"win": win, "eid": env}, "close", create=False)

    def delete_env(self, env: str) -> Any:
        """Move an environment to the trash."""
        return self._send({"eid": env}, "delete_env")

    def delete_envs(self, env_list: Sequence[str]) -> Any:
        """Move several to the trash."""
        check(isinstance(env_list, (list, tuple)), f"env_list must be a list, not {type(env_list).__name__}")
        return [self.delete_env(env) for env in env_list]

    def get_env_list(self) -> list[str]:
        """The names of all environments."""
        found = self._send({}, "env_state", quiet=True)
        return json.loads(found) if isinstance(found, str) else []

    def get_env_state(self, env: str) -> Mapping[str, Any] | None:
        """The windows of an environment by their ids; None if there is none of this name."""
        if env not in self.get_env_list():
            return None
        found: Mapping[str, Any] = json.loads(self.get_window_data(None, env))
        return found

    def win_exists(self, win: str, env: str | None = None) -> bool | None:
        """Whether there is such a window."""
        check(win is not None, "win must be the id of a window")
        found = self._send({"win": win, "eid": env}, "win_exists", quiet=True, create=False)
        return {"true": True, "false": False}.get(found) if isinstance(found, str) else None

    def win_hash(self, win: str, env: str | None = None) -> str | None:
        """A hash of what a window holds; None if there is none."""
        check(win is not None, "win must be the id of a window")
        found = self._send({"win": win, "eid": env}, "win_hash", quiet=True, create=False)
        return found if isinstance(found, str) and _HASH.match(found) else None

    def check_connection(self, timeout_seconds: float = 0) -> bool:
        """Whether there can be windows: the folder can be written, or made."""
        folder = self.files.folder
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)

    def replay_log(self, log_filename: str | os.PathLike[str]) -> None:
        """Do all that the messages say that were written to `log_to_filename`, of the original as well."""
        with Path(log_filename).open("rb") as lines:
            for line in lines:
                endpoint, message = json.loads(line)
                self._send(message, endpoint, from_log=True)

    def update_window_opts(self, win: str, opts: Opts, env: str | None = None) -> Any:
        """Change options and layout of a plot, and nothing else."""
        options = options_of(opts)
        return self._send({"win": win, "eid": env, "layout": layout_of(options), "opts": options}, "update")
