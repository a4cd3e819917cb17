from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lavdlike.annotation_file import HEADER
from lavdlike.edit_messages import Annotate, Annotation, DefineLabels, Mark, Target
from lavdlike.errors import LimitError
from lavdlike.messages import ExperimentsChanged, LabelDefinition, RootSettingsChanged
from lavdlike.server.live.edits import Edits
from lavdlike.server.live.workers import TooSlowError
from tests.limits import LIMIT_S
from tests.server.live_hub import Live, serving

pytestmark = pytest.mark.anyio


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Live]:
    """Nothing is reported, and rows are looked at only in an hour."""
    (tmp_path / "exp").mkdir()
    (tmp_path / "exp" / "experiment.json").write_text("{}")
    (tmp_path / "exp" / "a.txt").write_text("a")
    async with serving(tmp_path, watch="poll", poll_interval_s=3600) as live:
        await live.hub.rows.read()
        yield live


def titled(title: str) -> Mark:
    return Mark([Target("exp", "")], title=title)


async def test_all_browsers_have_been_told_when_an_edit_is_answered(live: Live) -> None:
    subscription = live.hub.subscribe()
    edits = Edits(live.hub)
    answer = await edits.do(titled("One"), by="")
    [row] = (await live.answers.root_page()).experiments
    assert (row.title, row.marks) == ("One", answer.match)
    answer = await edits.do(DefineLabels("", LabelDefinition("loss", goal="min")), by="")
    assert (await live.answers.root_page()).people.match == answer.match
    messages: list[Any] = []
    while not any(isinstance(message, RootSettingsChanged) for message in messages):
        messages += await asyncio.wait_for(subscription.next_batch(), LIMIT_S)
    assert any(isinstance(message, ExperimentsChanged) for message in messages)


async def test_an_edit_is_done_even_if_what_it_changed_cannot_be_looked_at(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_: object) -> None:
        raise TooSlowError("hangs")

    monkeypatch.setattr(live.hub.rows, "read_now", hang)
    answer = await Edits(live.hub).do(titled("One"), by="")
    assert answer.id
    assert "One" in (tmp_path / "exp" / "marks.json").read_text()


async def test_edits_that_wait_for_another_program_let_others_read(live: Live) -> None:
    edits = Edits(live.hub)
    with live.hub.parts.all[0].editable.locked(".lavdlike-history/lock"):
        waiting = [asyncio.ensure_future(edits.do(titled(str(number)), by="")) for number in range(20)]
        assert (await edits.notes("exp")).text == ""
        [usage] = await edits.usage(["exp", "none"])
        assert usage.files == 2
        assert not any(edit.done() for edit in waiting)
    answers = await asyncio.gather(*waiting)
    assert sum(bool(answer.id) for answer in answers) == 1
    assert sum(len(answer.refused) for answer in answers) == 19


async def test_broken_annotations_are_none_and_a_problem(live: Live, tmp_path: Path) -> None:
    edits = Edits(live.hub)
    await edits.do(Annotate(Target("exp", ""), Annotation(3, "high")), by="ada")
    [found] = await edits.annotations(["exp", "none"])
    assert [(each.step, each.text, each.author) for each in found.annotations] == [(3, "high", "ada")]
    (tmp_path / "exp" / "annotations.tsv").write_bytes(b"another\ttable\n")
    os.truncate(tmp_path / "exp" / "annotations.tsv", 8)
    [found] = await edits.annotations(["exp"])
    assert (found.annotations, found.match) == ([], "")


@pytest.mark.slow
async def test_annotations_of_very_many_bytes_are_not_told_at_once(live: Live, tmp_path: Path) -> None:
    names = [f"run{number}" for number in range(5)]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "annotations.tsv").write_text(f"{HEADER}a\t1\t\t\t\t1\t{'x' * 8_000_000}\n")
    edits = Edits(live.hub)
    assert len(await edits.annotations(names[:4])) == 4
    with pytest.raises(LimitError, match="more than 32 MiB, the most that is told at once"):
        await edits.annotations(names)
