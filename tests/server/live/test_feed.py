from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.messages import (
    BoardsChanged,
    ExperimentsChanged,
    ExperimentSummary,
    FeedMessage,
    FileGrew,
    Health,
    HealthChanged,
    Hello,
    ItemChange,
    ItemsChanged,
    Look,
    NewPoints,
    PointsAdded,
    Resync,
    ScalarsChanged,
)
from lavdlike.server.live.feed import Feed, History, Texts, View, size_of


def put(feed: Feed, message: FeedMessage) -> bool:
    return feed.put(message, size_of(message))


def items(sequence: int, *changes: ItemChange, experiment: str = "e") -> ItemsChanged:
    return ItemsChanged(sequence, experiment, list(changes))


def image(label: str = "a", step: int | None = 1, *, removed: bool = False) -> ItemChange:
    return ItemChange("images", label, step, removed)


def points(sequence: int, first_index: int, *values: float, label: str = "loss", **of: Any) -> PointsAdded:
    steps = list(range(first_index, first_index + len(values)))
    return PointsAdded(
        sequence,
        "e",
        [NewPoints(label, of.get("identity", "1"), first_index, steps, [0.0] * len(values), [*values])],
    )


def summary(id_: str, changed: float = 0.0) -> ExperimentSummary:
    return ExperimentSummary(id_, id_, changed)


HEALTH = Health("inotify", root_present=True, delay_s=0, watched_folders=1)


class TestMerging:
    def test_the_newest_of_an_item_wins(self) -> None:
        feed = Feed()
        put(feed, items(1, image("a"), image("b")))
        put(feed, items(2, image("a", removed=True)))
        assert feed.take(0) == [items(2, image("b"), image("a", removed=True))]

    def test_items_of_different_kinds_steps_and_experiments_are_different(self) -> None:
        feed = Feed()
        put(feed, items(1, image("a", 1), image("a", None), ItemChange("texts", "a", 1)))
        put(feed, items(2, image("a", 2)))
        put(feed, items(3, image("a", 1), experiment="other"))
        first, second = feed.take(0)
        assert isinstance(first, ItemsChanged)
        assert len(first.changes) == 4
        assert second == items(3, image("a", 1), experiment="other")

    def test_no_point_is_merged_away(self) -> None:
        feed = Feed()
        put(feed, points(1, 0, 1.0, 2.0))
        put(feed, points(2, 2, 3.0))
        put(feed, points(3, 0, 9.0, label="accuracy"))
        [message] = feed.take(0)
        assert isinstance(message, PointsAdded)
        assert message.sequence == 3
        assert {(series.label, series.first_index, tuple(series.values)) for series in message.series} == {
            ("loss", 0, (1.0, 2.0, 3.0)),
            ("accuracy", 0, (9.0,)),
        }

    def test_points_that_do_not_follow_each_other_stay_apart(self) -> None:
        feed = Feed()
        put(feed, points(1, 0, 1.0))
        put(feed, points(2, 5, 2.0))
        put(feed, points(3, 0, 3.0, identity="2"))
        [message] = feed.take(0)
        assert isinstance(message, PointsAdded)
        assert [(s.identity, s.first_index, s.values) for s in message.series] == [
            ("1", 0, [1.0]),
            ("1", 5, [2.0]),
            ("2", 0, [3.0]),
        ]

    def test_the_newest_of_a_row_wins_and_a_removed_one_can_come_back(self) -> None:
        feed = Feed()
        put(feed, ExperimentsChanged(1, [summary("a"), summary("b")], []))
        put(feed, ExperimentsChanged(2, [summary("b", 5.0)], ["a"]))
        put(feed, ExperimentsChanged(3, [summary("a", 6.0)], ["c"]))
        assert feed.take(0) == [ExperimentsChanged(3, [summary("b", 5.0), summary("a", 6.0)], ["c"])]

    def test_no_board_that_has_changed_is_forgotten_for_another(self) -> None:
        feed = Feed()
        put(feed, BoardsChanged(1, ["a", "b"]))
        put(feed, BoardsChanged(2, ["a"]))
        assert feed.take(0) == [BoardsChanged(2, ["b", "a"])]

    def test_of_what_is_whole_the_newest_wins(self) -> None:
        feed = Feed()
        for first, size in ((1, 10), (5, 20)):
            put(feed, HealthChanged(first, HEALTH))
            put(feed, ScalarsChanged(first + 1, "e"))
            put(feed, FileGrew(first + 2, "e/a.log", size, "id"))
            put(feed, FileGrew(first + 3, "e/b.log", size, "id"))
        messages = feed.take(0)
        assert [type(message) for message in messages] == [HealthChanged, ScalarsChanged, FileGrew, FileGrew]
        assert [message.size_bytes for message in messages if isinstance(message, FileGrew)] == [20, 20]

    def test_a_browser_that_is_cut_off_within_a_batch_has_all_up_to_its_version(self) -> None:
        feed = Feed()
        put(feed, items(1, image("a")))
        put(feed, items(2, image("b"), experiment="f"))
        put(feed, items(3, image("c")))
        first, second = feed.take(0)
        assert (first.sequence, second.sequence) == (1, 3)
        put(feed, items(4, image("a"), experiment="f"))
        put(feed, items(5, image("a")))
        put(feed, items(6, image("b"), experiment="f"))
        assert [message.sequence for message in feed.take(1)] == [4, 6]

    def test_messages_are_shared_between_browsers_and_never_changed(self) -> None:
        first, second = items(1, image("a")), points(2, 0, 1.0)
        for feed in (Feed(), Feed()):
            put(feed, first)
            put(feed, second)
            put(feed, items(3, image("b")))
            put(feed, points(4, 1, 2.0))
            assert len(feed.take(0)) == 2
        assert (first, second) == (items(1, image("a")), points(2, 0, 1.0))


class TestTexts:
    def test_a_message_to_many_browsers_is_encoded_once(self) -> None:
        texts = Texts()
        message = points(1, 0, 0.5)
        first = texts.of(message)
        assert msgspec.json.decode(first)["sequence"] == 1
        assert all(texts.of(message) is first for _ in range(200))

    def test_messages_of_the_same_content_and_those_of_long_ago_are_told_apart(self) -> None:
        texts = Texts()
        for number in range(1000):
            assert msgspec.json.decode(texts.of(points(number, 0, 0.5)))["sequence"] == number


class TestRate:
    def test_the_first_change_goes_at_once_and_the_next_waits(self) -> None:
        feed = Feed(interval_s=0.1)
        assert feed.wait_s(50.0) is None
        put(feed, items(1, image()))
        assert feed.wait_s(50.0) == 0
        feed.take(50.0)
        put(feed, items(2, image()))
        assert feed.wait_s(50.04) == pytest.approx(0.06)
        assert feed.wait_s(50.1) == 0

    @given(st.lists(st.floats(0.0, 1.0), max_size=200))
    def test_at_most_thirty_sends_a_second(self, times: list[float]) -> None:
        feed = Feed()
        sent = 0
        for now in sorted(times):
            put(feed, items(1, image()))
            if feed.wait_s(now) == 0:
                feed.take(now)
                sent += 1
        assert sent <= 31


class TestBounds:
    def test_too_many_messages_fill_it(self) -> None:
        feed = Feed(max_messages=3)
        assert all(put(feed, items(number, image(), experiment=f"e{number}")) for number in range(3))
        assert not put(feed, items(4, image(), experiment="e4"))

    def test_too_many_bytes_fill_it(self) -> None:
        feed = Feed(max_bytes=10_000)
        count = 0
        while put(feed, points(count, count, 0.5)):
            count += 1
        assert 50 < count < 200

    def test_the_same_item_again_and_again_does_not_fill_it(self) -> None:
        feed = Feed(max_bytes=1000)
        assert all(put(feed, items(number, image())) for number in range(1000))

    def test_points_that_fit_alone_fit_after_what_was_before_is_taken(self) -> None:
        feed = Feed(max_bytes=1000)
        for number in range(100):
            assert put(feed, points(number, number, 0.5))
            feed.take(0)

    def test_a_resync_takes_the_place_of_all_but_the_greeting(self) -> None:
        feed = Feed()
        hello = Hello("epoch", 0, HEALTH)
        put(feed, hello)
        put(feed, points(1, 0, 1.0))
        feed.replace(Resync("epoch", 5, "too slow"))
        put(feed, items(6, image()))
        assert feed.take(0) == [hello, Resync("epoch", 5, "too slow"), items(6, image())]


class TestView:
    view = View.of(Look(["e"], ["images"], ["loss"], ["e/out.log"]))

    @pytest.mark.parametrize(
        ("message", "part"),
        [
            (items(1, image(), ItemChange("texts", "a", 1)), items(1, image())),
            (items(1, ItemChange("texts", "a", 1)), None),
            (items(1, image(), experiment="other"), None),
            (points(1, 0, 1.0), points(1, 0, 1.0)),
            (points(1, 0, 1.0, label="accuracy"), None),
            (ScalarsChanged(1, "e"), ScalarsChanged(1, "e")),
            (ScalarsChanged(1, "other"), None),
            (FileGrew(1, "e/out.log", 1, ""), FileGrew(1, "e/out.log", 1, "")),
            (FileGrew(1, "e/other.log", 1, ""), None),
            (ExperimentsChanged(1, [], ["x"]), ExperimentsChanged(1, [], ["x"])),
            (HealthChanged(1, HEALTH), HealthChanged(1, HEALTH)),
        ],
    )
    def test_holds_just_what_is_looked_at(self, message: FeedMessage, part: FeedMessage | None) -> None:
        assert self.view.part_of(message) == part

    def test_the_page_of_scalars_hears_of_labels_without_showing_any(self) -> None:
        assert View.of(Look(["e"], ["scalars"])).part_of(ScalarsChanged(1, "e"))
        assert View.of(Look(["e"], ["images"])).part_of(ScalarsChanged(1, "e")) is None

    def test_a_followed_log_makes_its_experiment_a_subject(self) -> None:
        assert View.of(Look(files=["e%20x/out.log"])).subjects == {"e%20x"}


class TestHistory:
    def test_gives_what_came_after_a_version(self) -> None:
        history = History()
        changes = [items(number, image()) for number in (1, 2, 3)]
        for change in changes:
            history.add(change.sequence, change, size_of(change))
        assert history.since(0) == changes
        assert history.since(2) == changes[2:]
        assert history.since(3) == []

    def test_says_when_it_no_longer_knows(self) -> None:
        history = History(max_messages=2)
        for number in (1, 2, 3):
            history.add(number, items(number, image()), size_of(items(number, image())))
        assert history.since(0) is None
        assert history.since(1) == [items(2, image()), items(3, image())]

    def test_is_bounded_in_bytes(self) -> None:
        history = History(max_bytes=1000)
        for number in range(100):
            history.add(number, items(number, image("x" * 90)), size_of(items(number, image("x" * 90))))
        assert history.since(80) is None
        assert len(history.since(95) or []) == 4


def test_a_new_value_takes_at_most_200_bytes() -> None:
    new = NewPoints("group-0/metric-0", "3e8", 1_299, [100_299], [1_763_600_000.123], [0.5])
    message = PointsAdded(1_300, "experiment-00000", [new])
    assert size_of(message) <= 200
