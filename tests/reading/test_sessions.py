from __future__ import annotations

import json
import os
from pathlib import Path

from lavdlike.disk.local import LocalRoot
from lavdlike.errors import LogFormatError
from lavdlike.experiment import this_process
from lavdlike.reading.sessions import ReadSessions, read_sessions


def read(root: Path) -> ReadSessions:
    with LocalRoot(root).folder("exp") as opened:
        return read_sessions(opened, "exp")


def test_sessions_of_users_are_looked_for_where_several_can_write(tmp_path: Path) -> None:
    folder = tmp_path / "exp"
    folder.mkdir()
    first = {"started": 1.0, "id": "a", "ended": 2.0, "outcome": "finished"}
    session = {"started": 3.0, "id": "b", "ended": 4.0, "outcome": "KeyError: 'x'"}
    (folder / "experiment.json").write_text(json.dumps({"sessions": [first], "tags": ["a"]}))
    (folder / "experiment.bob.json").write_text(json.dumps({"sessions": [session], "tags": ["b"]}))
    (folder / "experiment.notes.json").write_text('{"texts": {"actual": "x"}, "tags": ["not ours"]}')
    (folder / "experiment.broken.json").write_text("{")
    os.utime(folder / "experiment.bob.json", (2e9, 2e9))
    folder.chmod(0o755)
    assert (read(tmp_path).status, read(tmp_path).content.tags) == ("finished", ["a"])
    folder.chmod(0o775)
    found = read(tmp_path)
    assert (found.status, found.content.tags) == ("crashed", ["a", "b"])
    assert (found.heartbeat, found.fault) == (2e9, None)


def test_a_user_who_writes_is_seen_beside_a_broken_file(tmp_path: Path) -> None:
    folder = tmp_path / "exp"
    folder.mkdir()
    folder.chmod(0o775)
    assert (read(tmp_path).status, read(tmp_path).heartbeat) == ("unknown", 0.0)
    (folder / "experiment.json").write_text("{")
    mine = this_process("")
    session = {"started": mine.started, "id": mine.id, "host": "another node", "pid": 7}
    (folder / "experiment.bob.json").write_text(json.dumps({"sessions": [session]}))
    found = read(tmp_path)
    assert found.status == "running"
    assert isinstance(found.fault, LogFormatError)
