from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike.errors import UsageError
from lavdlike.named_roots import NamedRoot
from lavdlike.server.host.given_boards import boards_of


def test_a_board_of_a_root_is_that_board_and_others_are_given(tmp_path: Path) -> None:
    root, other = tmp_path / "log", tmp_path / "other"
    for folder in (root, other):
        folder.mkdir()
        for name in ("x.board.yaml", "demo.yaml"):
            (folder / name).write_text("title: a\n")
    (tmp_path / "link.yaml").symlink_to(other / "demo.yaml")
    alone = [NamedRoot("", root)]
    assert boards_of([], alone) == ((), "")
    assert boards_of([root / "x.board.yaml"], alone) == ((), ".root/x.board.yaml")
    assert boards_of([root / "x.board.yaml"], [NamedRoot("a", root)]) == ((), "a/x.board.yaml")
    found = boards_of([tmp_path / "link.yaml", other / "x.board.yaml"], alone)
    assert found == ((other / "demo.yaml", other / "x.board.yaml"), ".given/demo.yaml")
    # What is in a root that is a run itself is its run's.
    assert boards_of([root / "x.board.yaml"], [NamedRoot("", root, "run")]).first == ".given/x.board.yaml"
    for paths in ([root], [root / "none.yaml"], [root / "demo.yaml", other / "demo.yaml"]):
        with pytest.raises(UsageError, match="--board"):
            boards_of(paths, alone)
