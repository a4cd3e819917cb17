from __future__ import annotations

from pathlib import Path

from tests.soak import killed_edits


def test_a_killed_server_leaves_old_or_new_files_and_loses_no_answered_edit(tmp_path: Path) -> None:
    """The short version of `python -m tests.soak.killed_edits`."""
    killed_edits.run(tmp_path / "log", rounds=2, seed=4)
