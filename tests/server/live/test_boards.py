from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lavdlike.board_messages import BoardPage, WriteBoard
from lavdlike.edit_messages import Undo
from lavdlike.messages import BoardsChanged, Look
from lavdlike.named_roots import NamedRoot
from lavdlike.server.live.edits import Edits
from lavdlike.server.live.limits import LiveLimits
from lavdlike.server.live.subscriptions import Subscription
from tests.limits import LIMIT_S
from tests.server.live.test_people import save
from tests.server.live_hub import Live, serving

pytestmark = pytest.mark.anyio

BOARD = ".root/x.board.yaml"
GOOD, BROKEN = "title: a\npanels:\n  - chart: a\n", "title: a\npanels:\n  - chart: [a\n"


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Live]:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "experiment.json").write_text("{}")
    (tmp_path / "one" / "custom_scalars.json").write_text(
        '{"custom_scalars": {"Losses": {"both": ["Multiline", ["loss/a", "loss/b"]]}}}'
    )
    (tmp_path / "x.board.yaml").write_text(GOOD)
    async with serving(tmp_path) as live:
        await live.hub.rows.read()
        yield live


async def next_changed(subscription: Subscription) -> list[str]:
    while True:
        for message in await asyncio.wait_for(subscription.next_batch(), LIMIT_S):
            if isinstance(message, BoardsChanged):
                return message.changed


async def changed_page(live: Live, subscription: Subscription, board: str = BOARD) -> BoardPage:
    assert board in await next_changed(subscription)
    return await live.hub.boards.page(board)


async def test_a_broken_file_shows_where_and_keeps_the_last_good_board(live: Live, tmp_path: Path) -> None:
    subscription = live.hub.subscribe()
    before = await live.hub.boards.page(BOARD)
    assert (before.text, before.is_last_good, before.experiment, before.name) == (GOOD, False, None, "x")
    save(tmp_path / "x.board.yaml", BROKEN)
    page = await changed_page(live, subscription)
    assert (page.content, page.is_last_good, page.text) == (before.content, True, BROKEN)
    assert [(mistake.line, mistake.column) for mistake in page.mistakes] == [(4, 1)]
    save(tmp_path / "x.board.yaml", GOOD)
    page = await changed_page(live, subscription)
    assert (page.match, page.mistakes, page.is_last_good) == (before.match, [], False)


async def test_boards_that_come_change_and_go_are_told_whoever_did_it(live: Live, tmp_path: Path) -> None:
    subscription = live.hub.subscribe()
    subscription.look(Look(experiments=["one"]))
    save(tmp_path / "new.board.yaml", GOOD)
    assert await next_changed(subscription) == [".root/new.board.yaml"]
    save(tmp_path / "one" / "own.board.yaml", GOOD)
    assert await next_changed(subscription) == ["one/own.board.yaml"]
    edits, page = Edits(live.hub), await live.hub.boards.page(BOARD)
    began = time.monotonic()
    done = await edits.do(WriteBoard(BOARD, page.match, [], "title: b\n"), by="ada")
    assert await next_changed(subscription) == [BOARD]
    assert time.monotonic() - began < LIMIT_S / 10
    await edits.do(Undo(done.id), by="ada")
    assert (await changed_page(live, subscription)).text == GOOD
    (tmp_path / "new.board.yaml").unlink()
    assert await next_changed(subscription) == [".root/new.board.yaml"]
    with pytest.raises(FileNotFoundError):
        await live.hub.boards.page(".root/new.board.yaml")


async def test_what_an_editor_saves_and_writes_over_is_kept_once_the_board_has_a_history(
    live: Live, tmp_path: Path
) -> None:
    subscription = live.hub.subscribe()
    await live.hub.boards.page(BOARD)
    save(tmp_path / "x.board.yaml", "title: by hand\n")
    page = await changed_page(live, subscription)
    assert not (tmp_path / ".lavdlike-history").exists()
    await Edits(live.hub).do(WriteBoard(BOARD, page.match, [], "title: in the page\n"), by="ada")
    assert await next_changed(subscription) == [BOARD]
    for text in ("title: again by hand\n", BROKEN, "title: last\n"):
        save(tmp_path / "x.board.yaml", text)
        assert (await changed_page(live, subscription)).text == text
    await live.hub.boards.current([BOARD])
    states = live.hub.editors.history(".root", "x.board.yaml")
    assert [state.text for state in states] == [
        BROKEN,
        "title: again by hand\n",
        "title: in the page\n",
        "title: by hand\n",
    ]


async def test_lists_of_the_root_and_of_an_experiment(live: Live, tmp_path: Path) -> None:
    (tmp_path / "a.board.yaml").write_text(BROKEN)
    (tmp_path / "one" / "own.board.yaml").write_text(GOOD)
    listed = (await live.hub.boards.listed(None)).boards
    assert [(each.board, each.mistakes, each.panels) for each in listed] == [
        (".root/a.board.yaml", 1, 0),
        (BOARD, 0, 1),
    ]
    own, charts = (await live.hub.boards.listed("one")).boards
    assert (own.board, own.experiment, own.can_edit) == ("one/own.board.yaml", "one", True)
    assert (charts.board, charts.format, charts.can_edit) == ("one/custom_scalars", "custom-scalars", False)
    page = await live.hub.boards.page("one/custom_scalars")
    assert page.content is not None
    assert page.match == ""
    assert [panel.labels for panel in page.content.panels] == [["loss/a", "loss/b"]]


async def test_what_cannot_be_read_is_a_sentence(live: Live, tmp_path: Path) -> None:
    (tmp_path / "large.board.yaml").write_bytes(b"#" * (17 * 2**20))
    (tmp_path / "link.board.yaml").symlink_to("x.board.yaml")
    listed = {each.name: each.mistakes for each in (await live.hub.boards.listed(None)).boards}
    assert listed == {"large": 1, "link": 1, "x": 0}
    page = await live.hub.boards.page(".root/large.board.yaml")
    assert "larger than 16 MiB" in page.mistakes[0].reason
    assert page.text == ""
    preview = await live.hub.boards.preview(BROKEN)
    assert (preview.content, len(preview.mistakes)) == (None, 1)
    for board in (".root/marks.json", "../x.board.yaml", "nobody/x.board.yaml", ".given/x.board.yaml"):
        with pytest.raises(FileNotFoundError):
            await live.hub.boards.page(board)


async def test_boards_given_at_the_start_and_several_roots(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"of_{name}.board.yaml").write_text(GOOD)
    given = tmp_path / "demo.yaml"
    given.write_text("loss: {group_pattern: loss}\n")
    roots = tuple(NamedRoot(name, tmp_path / name) for name in ("a", "b"))
    limits = LiveLimits(tick_s=0.05)
    async with serving(tmp_path / "a", several=roots, limits=limits, boards=(given,)) as live:
        listed = (await live.hub.boards.listed(None)).boards
        assert [(each.board, each.format, each.can_edit, each.experiment) for each in listed] == [
            (".given/demo.yaml", "streamvis", False, None),
            ("a/of_a.board.yaml", "lavdlike", True, None),
            ("b/of_b.board.yaml", "lavdlike", True, None),
        ]
        copy = await live.hub.boards.page(".given/demo.yaml")
        assert copy.as_ours.startswith("panels:\n  - regex: ")
        subscription = live.hub.subscribe()
        save(given, "title: a\n")
        assert (await changed_page(live, subscription, ".given/demo.yaml")).format == "lavdlike"
        page = await live.hub.boards.page("b/of_b.board.yaml")
        await Edits(live.hub).do(WriteBoard(page.board, page.match, [], "title: b\n"), by="")
        assert (tmp_path / "b" / "of_b.board.yaml").read_text() == "title: b\n"
        assert "b/of_b.board.yaml" in await next_changed(subscription)


async def test_who_reads_a_change_first_keeps_nobody_from_being_told(live: Live, tmp_path: Path) -> None:
    await live.hub.boards.page(BOARD)
    live.hub.boards.hint = lambda *_: None  # type: ignore[method-assign]  # as where no change is reported
    subscription = live.hub.subscribe()
    save(tmp_path / "x.board.yaml", "title: b\n")
    assert (await live.hub.boards.page(BOARD)).text == "title: b\n"
    assert await next_changed(subscription) == [BOARD]
