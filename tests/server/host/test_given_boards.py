from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike.errors import UsageError
from lavdlike.named_roots import NamedRoot
from lavdlike.server.host.given_boards import boards_of
from tests.running import Running
from tests.serving import Reached


@pytest.mark.slow
def test_a_server_opens_with_the_board_that_it_was_given(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    given = tmp_path / "demo.yaml"
    given.write_text("loss: {group_pattern: loss, glyph_kind: line}\n")
    server = Running(tmp_path / "log", "--board", str(given))
    try:
        assert "/#/board?board.name=.given/demo.yaml&token=" in server.link
        token = server.link.rpartition("=")[2]
        with Reached(server.port).client(headers={"Authorization": f"Bearer {token}"}) as client:
            (board,) = client.get("/api/boards").json()["boards"]
            assert (board["board"], board["format"]) == (".given/demo.yaml", "streamvis")
            page = client.get("/api/boards/.given/demo.yaml").json()
            assert page["content"]["panels"][0]["id"] == "loss"
            edit = {"action": "board", "board": board["board"], "match": page["match"], "text": "title: a"}
            assert client.post("/api/edits", json={"edit": edit}).status_code == 404
    finally:
        server.stop()
    assert given.read_text().startswith("loss:")


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
