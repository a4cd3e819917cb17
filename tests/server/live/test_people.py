from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lavdlike.match import match_of
from lavdlike.messages import (
    ExperimentsChanged,
    ExperimentSummary,
    LabelDefinition,
    RootSettings,
    RootSettingsChanged,
)
from lavdlike.server.live.subscriptions import Subscription
from tests.limits import LIMIT_S
from tests.server.live_hub import Live, serving

pytestmark = pytest.mark.anyio


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Live]:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "experiment.json").write_text('{"tags": ["logged"]}')
    (tmp_path / "theirs").mkdir()
    async with serving(tmp_path) as live:
        await live.hub.rows.read()
        yield live


def save(path: Path, text: str) -> None:
    """As editors do: a new file takes the place of the old one."""
    new = path.with_name(f"{path.name}~")
    new.write_text(text)
    new.replace(path)


async def next_settings(subscription: Subscription) -> RootSettings:
    while True:
        for message in await asyncio.wait_for(subscription.next_batch(), LIMIT_S):
            if isinstance(message, RootSettingsChanged):
                return message.people


async def next_row(subscription: Subscription, name: str) -> ExperimentSummary:
    while True:
        for message in await asyncio.wait_for(subscription.next_batch(), LIMIT_S):
            if isinstance(message, ExperimentsChanged):
                for row in message.changed:
                    if row.name == name:
                        return row


async def test_settings_of_the_root_follow_an_editor(live: Live, tmp_path: Path) -> None:
    subscription = live.hub.subscribe()
    text = "labels: {loss: {goal: min}}\nfilters: {good: 'tag:good'}\n"
    save(tmp_path / "lavdlike.yaml", text)
    settings = await next_settings(subscription)
    assert settings.labels == [LabelDefinition("loss", goal="min")]
    assert settings.match == match_of(text.encode())
    assert (await live.answers.root_page()).people == settings
    (tmp_path / "lavdlike.yaml").unlink()
    assert await next_settings(subscription) == RootSettings()


async def test_what_is_wrong_with_them_is_said_and_the_rest_holds(live: Live, tmp_path: Path) -> None:
    subscription = live.hub.subscribe()
    save(tmp_path / "lavdlike.yaml", "labels: {loss: {goal: up}, acc: {goal: max}}")
    settings = await next_settings(subscription)
    assert [each.pattern for each in settings.labels] == ["acc"]
    assert settings.problem is not None
    assert settings.problem in (await live.answers.problems()).problems


async def test_rows_of_foreign_experiments_follow_the_settings(live: Live, tmp_path: Path) -> None:
    subscription = live.hub.subscribe()
    save(
        tmp_path / "lavdlike.yaml",
        "experiments: {theirs: {title: Theirs, tagsAdded: [a], notes: n}, ours: {title: not here}}",
    )
    row = await next_row(subscription, "theirs")
    assert (row.title, row.tags, row.is_foreign) == ("Theirs", ["a"], True)
    assert row.marks == row.notes == live.hub.parts.words.match
    rows = {row.name: row for row in (await live.answers.root_page()).experiments}
    assert (rows["ours"].title, rows["ours"].tags) == ("", ["logged"])
    await live.hub.rows.read_now([name for name in live.hub.rows.rows if name == "theirs"])
    rows = {row.name: row for row in (await live.answers.root_page()).experiments}
    assert rows["theirs"].title == "Theirs"


async def test_rows_follow_an_editor_of_marks_notes_and_annotations(live: Live, tmp_path: Path) -> None:
    subscription = live.hub.subscribe()
    folder = tmp_path / "ours"
    save(folder / "marks.json", '{"title": "One", "tagsRemoved": ["logged"]}')
    row = await next_row(subscription, "ours")
    while row.title != "One":
        row = await next_row(subscription, "ours")
    assert row.tags == []
    for name, content in (("my-notes.md", "# why"), ("annotations.tsv", "")):
        save(folder / name, content)
        while not (row.notes if name == "my-notes.md" else row.annotations):
            row = await next_row(subscription, "ours")


async def test_a_root_whose_changes_are_not_reported_is_looked_at_from_time_to_time(tmp_path: Path) -> None:
    async with serving(tmp_path, watch="poll", poll_interval_s=0.05) as live:
        subscription = live.hub.subscribe()
        (tmp_path / "lavdlike.yaml").write_text("filters: {good: a}")
        settings = await next_settings(subscription)
        while not settings.filters:  # it was seen while it was written
            settings = await next_settings(subscription)
        assert settings.filters[0].name == "good"
