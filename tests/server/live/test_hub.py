from __future__ import annotations

import asyncio
import errno
import json
import os
import shutil
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lavdlike.kinds.scalars import HEADER
from lavdlike.kinds.texts import TextContent
from lavdlike.layout import ExperimentId, ExperimentName
from lavdlike.messages import (
    ExperimentsChanged,
    FeedMessage,
    FileGrew,
    HealthChanged,
    Hello,
    ItemAddress,
    ItemChange,
    ItemsChanged,
    Look,
    PointsAdded,
    PollRequest,
    Resync,
)
from lavdlike.reading import scan
from lavdlike.scalar_messages import SeriesRequest
from lavdlike.series.store import SeriesStore
from lavdlike.server.live import hints, watcher
from lavdlike.server.live.limits import LiveLimits
from lavdlike.server.live.tracker import ExperimentTracker
from lavdlike.server.live.urgency import NOT_WAITED_FOR
from lavdlike.server.live.workers import TooSlowError, Workers
from lavdlike.sources.native import ScalarsFile
from tests.limits import LIMIT_S
from tests.server.browser_model import Browser, assert_true
from tests.server.live_hub import Live, serving
from tests.serving import wait_until

pytestmark = pytest.mark.anyio

EXPERIMENTS = ["exp", "other"]


@asynccontextmanager
async def browsing(live: Live, experiments: list[str] = EXPERIMENTS) -> AsyncIterator[Browser]:
    browser = Browser(live, experiments)
    await browser.open()
    try:
        yield browser
    finally:
        await browser.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with something of everything."""
    root = tmp_path / "root"
    step = root / "exp" / "0001"
    (step / "deep" / "deeper").mkdir(parents=True)
    (step / "a.txt").write_text("text")
    (step / "loss.json").write_text('{"scalars": {"value": 0.5}}')
    (step / "both.json").write_text('{"scalars": {"value": 1}, "texts": {"actual": "a", "expected": "b"}}')
    (step / "deep" / "deeper" / "b.md").write_text("# Markdown")
    (root / "exp" / "scalars.tsv").write_text(HEADER + "1\t1.0\tx/loss\t0.5\n2\t2.0\tx/loss\t0.25\n")
    (root / "exp" / "global.png").write_bytes(b"no picture")
    (root / "other" / "x").mkdir(parents=True)
    (root / "other" / "x" / "out.log").write_text("line\n")
    return root


async def tracked(live: Live, experiment: str) -> ExperimentTracker:
    """The tracker of an experiment whose tree is as on disk."""
    await live.answers.catalogue(experiment)
    return live.hub.known.by_name[ExperimentName(experiment)].tracker


def replace(path: Path, content: str) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(content)
    temporary.replace(path)


def append(path: Path, content: str) -> None:
    with path.open("a") as file:
        file.write(content)


def write_long(path: Path, lines: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    for number in range(lines):
        append(path, f"line {number}\n")


def add_values(root: Path) -> None:
    for step in range(2, 12):
        folder = root / "exp" / f"{step:04}"
        folder.mkdir()
        (folder / "loss.json").write_text(json.dumps({"scalars": {"value": step}}))


def make_step_again(root: Path) -> None:
    shutil.rmtree(root / "exp" / "0001")
    write_long(root / "exp" / "0001" / "a.txt", 2)


def make_experiment_again(root: Path) -> None:
    shutil.rmtree(root / "exp")
    write_long(root / "exp" / "0001" / "b.md", 2)


def take_the_place_of_another(root: Path) -> None:
    shutil.rmtree(root / "other")
    (root / "exp").rename(root / "other")


def go_away_and_come_back(root: Path) -> None:
    root.rename(root.with_name("away"))
    root.with_name("away").rename(root)


def remove_root(root: Path) -> None:
    shutil.rmtree(root)


def make_root_again(root: Path) -> None:
    shutil.rmtree(root)
    (root / "exp" / "0002").mkdir(parents=True)
    (root / "exp" / "0002" / "a.txt").write_text("another one")


def swap_root(root: Path) -> None:
    other = root.with_name("swapped")
    (other / "other" / "0007").mkdir(parents=True)
    (other / "other" / "0007" / "a.txt").write_text("swapped")
    root.rename(root.with_name("old"))
    other.rename(root)


def move_folder_out_and_write(root: Path) -> None:
    (root / "exp" / "0001").rename(root.with_name("outside"))
    append(root.with_name("outside") / "a.txt", "unseen")


def delete_step_beside_command(root: Path) -> None:
    (root / "exp" / "command.json").write_text('{"command": {"bin": "python", "script": "train.py"}}')
    shutil.rmtree(root / "exp" / "0001")


def move_folder_in(root: Path) -> None:
    source = root.with_name("outside")
    shutil.copytree(root / "exp" / "0001", source / "0009")
    (source / "0009").rename(root / "exp" / "0009")


def become_a_folder(root: Path) -> None:
    (root / "exp" / "0001" / "a.txt").unlink()
    (root / "exp" / "0001" / "a.txt").mkdir()
    (root / "exp" / "0001" / "a.txt" / "a.md").write_text("inside")


def become_a_file(root: Path) -> None:
    shutil.rmtree(root / "exp" / "0001" / "deep")
    (root / "exp" / "0001" / "deep").write_text("no longer a folder")


def retarget_link(root: Path) -> None:
    link = root / "exp" / "link.txt"
    link.symlink_to("0001/a.txt")
    link.unlink()
    link.symlink_to("../other/x/out.log")


def swap_folders(root: Path) -> None:
    step = root / "exp" / "0001"
    (root / "exp" / "0002").mkdir()
    (root / "exp" / "0002" / "a.txt").write_text("two")
    step.rename(root / "exp" / "swapping")
    (root / "exp" / "0002").rename(step)
    (root / "exp" / "swapping").rename(root / "exp" / "0002")


CHANGES: dict[str, Callable[[Path], Any]] = {
    "a file is created": lambda root: (root / "exp" / "0001" / "new.txt").write_text("new"),
    "a file is created in a new nested folder": lambda root: write_long(
        root / "exp" / "0002" / "a" / "b" / "c.txt", 3
    ),
    "an experiment is created": lambda root: shutil.copytree(root / "exp", root / "third"),
    "scalars are appended": lambda root: append(root / "exp" / "scalars.tsv", "3\t3.0\tx/loss\tnan\n"),
    "a new label is appended": lambda root: append(root / "exp" / "scalars.tsv", "3\t3.0\tloss\t1\n"),
    "half a line is appended": lambda root: append(root / "exp" / "scalars.tsv", "3\t3.0\tx/lo"),
    "scalars are written anew": lambda root: (root / "exp" / "scalars.tsv").write_text(
        HEADER + "9\t1.0\tloss\t9\n"
    ),
    "scalars are truncated": lambda root: os.truncate(root / "exp" / "scalars.tsv", 0),
    "a writer is added": lambda root: (root / "exp" / "scalars.rank1.tsv").write_text(
        HEADER + "1\t1.0\tloss\t1\n"
    ),
    "a table takes the scalars' name": lambda root: replace(root / "exp" / "scalars.tsv", "a\tb\n1\t2\n"),
    "a text is appended": lambda root: append(root / "exp" / "0001" / "a.txt", " and more"),
    "a log is appended": lambda root: write_long(root / "other" / "x" / "out.log", 20),
    "a file is replaced by renaming": lambda root: replace(root / "exp" / "0001" / "a.txt", "replaced"),
    "a picture is replaced by renaming": lambda root: replace(
        root / "exp" / "global.png", "again no picture"
    ),
    "a value is replaced by renaming": lambda root: replace(
        root / "exp" / "0001" / "loss.json", '{"scalars": {"value": 7}}'
    ),
    "a value is written in place": lambda root: (root / "exp" / "0001" / "loss.json").write_text(
        '{"scalars": {"value": 0.7}}'
    ),
    "a key of a JSON file goes": lambda root: (root / "exp" / "0001" / "both.json").write_text(
        '{"texts": {"actual": "c"}}'
    ),
    "a JSON file breaks": lambda root: (root / "exp" / "0001" / "both.json").write_text('{"texts": '),
    "values are added step by step": add_values,
    "a file is renamed": lambda root: (root / "exp" / "0001" / "a.txt").rename(
        root / "exp" / "0001" / "b.txt"
    ),
    "a file moves to another experiment": lambda root: (root / "exp" / "0001" / "a.txt").rename(
        root / "other" / "b.md"
    ),
    "a file is deleted": lambda root: (root / "exp" / "0001" / "a.txt").unlink(),
    "a value is deleted": lambda root: (root / "exp" / "0001" / "loss.json").unlink(),
    "the scalars are deleted": lambda root: (root / "exp" / "scalars.tsv").unlink(),
    "a step is deleted": lambda root: shutil.rmtree(root / "exp" / "0001"),
    "a step beside a command is deleted": delete_step_beside_command,
    "a step is deleted and made again": make_step_again,
    "an experiment is deleted": lambda root: shutil.rmtree(root / "exp"),
    "an experiment is deleted and made again": make_experiment_again,
    "a step is renamed": lambda root: (root / "exp" / "0001").rename(root / "exp" / "0005"),
    "a nested folder is renamed": lambda root: (root / "exp" / "0001" / "deep").rename(
        root / "exp" / "0001" / "shallow"
    ),
    "an experiment is renamed": lambda root: (root / "exp").rename(root / "renamed"),
    "one experiment takes another's place": take_the_place_of_another,
    "a folder moves into another experiment": lambda root: (root / "exp" / "0001").rename(
        root / "other" / "0003"
    ),
    "a folder moves out of the root": move_folder_out_and_write,
    "a folder moves into the root": move_folder_in,
    "two folders are swapped": swap_folders,
    "a file becomes a folder": become_a_folder,
    "a folder becomes a file": become_a_file,
    "a link to a file is made": lambda root: (root / "exp" / "link.txt").symlink_to("0001/a.txt"),
    "a link to a folder is made": lambda root: (root / "exp" / "0002").symlink_to("../other/x"),
    "a link leads elsewhere": retarget_link,
    "a linked experiment is made": lambda root: (root / "linked").symlink_to("exp"),
    "a name that is not UTF-8 comes": lambda root: Path(
        os.fsdecode(os.fsencode(root) + b"/exp/\xff.txt")
    ).write_text("x"),
    "the root is removed": remove_root,
    "the root is removed and made again": make_root_again,
    "another folder takes the root's place": swap_root,
    "the root moves away and comes back": go_away_and_come_back,
}


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_browser_shows_what_is_on_disk_after(
    change: Callable[[Path], object], root: Path, request: pytest.FixtureRequest
) -> None:
    if change is CHANGES["a linked experiment is made"]:
        request.getfixturevalue(
            "inotify"
        )  # the observer tells of a change at one of the paths to a file alone
    async with serving(root) as live, browsing(live, [*EXPERIMENTS, "third", "renamed", "linked"]) as browser:
        await assert_true(browser, root)
        change(root)
        await assert_true(browser, root)
        (root / "exp" / "0001").mkdir(parents=True, exist_ok=True)
        (root / "exp" / "0001" / "after.txt").write_text("still listening")
        await assert_true(browser, root)


class TestOtherWaysToWatch:
    """What does not depend on inotify: a few changes of each sort."""

    changes = (
        "a file is created in a new nested folder",
        "scalars are appended",
        "a text is appended",
        "a value is written in place",
        "a step is deleted and made again",
        "an experiment is renamed",
        "a folder moves into the root",
        "a link leads elsewhere",
        "the root is removed and made again",
    )

    @pytest.mark.slow
    @pytest.mark.parametrize("change", changes)
    async def test_polling_sees(self, change: str, root: Path) -> None:
        async with serving(root, watch="poll", poll_interval_s=0.02) as live, browsing(live) as browser:
            assert (await live.answers.root_page()).health.mode == "poll"
            CHANGES[change](root)
            await assert_true(browser, root)

    @pytest.mark.slow
    @pytest.mark.filterwarnings(
        "ignore:Callback with id:RuntimeWarning"
    )  # watchdog's, for nested folders on Linux
    @pytest.mark.parametrize("change", changes)
    async def test_the_observer_sees(self, change: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            watcher, "choose", lambda _option, path, notify: watcher.ObserverWatcher(path, notify)
        )
        async with serving(root) as live, browsing(live) as browser:
            CHANGES[change](root)
            await assert_true(browser, root)

    @pytest.mark.slow
    async def test_folders_without_a_watch_are_looked_at_from_time_to_time(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, inotify: Any
    ) -> None:
        few = partial(inotify.InotifyWatcher, max_watches=3)
        monkeypatch.setattr(watcher, "choose", lambda _option, _path, notify: few(notify))
        async with (
            serving(root, poll_interval_s=0.02, limits=LiveLimits(health_s=0.02)) as live,
            browsing(live) as browser,
        ):
            for change in ("a value is written in place", "a nested folder is renamed", "a text is appended"):
                CHANGES[change](root)
                await assert_true(browser, root)
            health = (await live.answers.root_page()).health
            assert health.mode == "inotify"
            assert health.watched_folders == 3
            assert health.unwatched_folders > 0
            assert health.delay_s is not None
            assert 0.02 <= health.delay_s < LIMIT_S
            assert "no more than 3 folders" in health.reason

    @pytest.mark.slow
    async def test_a_network_file_system_is_looked_at_from_time_to_time(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, inotify: Any
    ) -> None:
        """What other machines change is not reported: here, nothing is."""
        network = partial(inotify.InotifyWatcher, network_type=lambda _device: "nfs4")
        monkeypatch.setattr(watcher, "choose", lambda _option, _path, notify: network(notify))
        monkeypatch.setattr(hints.Pending, "add", lambda _self, _hint: None)
        async with (
            serving(root, poll_interval_s=0.02, limits=LiveLimits(health_s=0.02)) as live,
            browsing(live) as browser,
        ):
            for change in ("scalars are appended", "a value is written in place", "an experiment is created"):
                CHANGES[change](root)
                await assert_true(browser, root)
            health = (await live.answers.root_page()).health
            assert health.delay_s is not None
            assert 0.02 <= health.delay_s < LIMIT_S
            assert "nfs4" in health.reason

    async def test_after_lost_events_everything_is_looked_at(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lost = threading.Semaphore(0)
        async with serving(root) as live, browsing(live) as browser:
            await assert_true(browser, root)
            with monkeypatch.context() as dropping:
                dropping.setattr(hints.Pending, "add", lambda *_: lost.release())
                add_values(root)
                CHANGES["a value is written in place"](root)
                CHANGES["scalars are appended"](root)
                CHANGES["an experiment is created"](root)
                (root / "exp" / "0001" / "a.txt").unlink()
                for _ in range(10):
                    assert await asyncio.to_thread(lost.acquire, timeout=LIMIT_S)
            live.hub.watcher._inner._pending.lose()  # type: ignore[attr-defined]
            await assert_true(browser, root)


async def fails(live: Live, experiment: str, reason: str) -> None:
    """Until the server notices that it cannot read an experiment."""
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        try:
            await live.answers.catalogue(experiment)
        except OSError as error:
            assert reason in str(error)  # noqa: PT017
            return
        await asyncio.sleep(0.01)
    pytest.fail("it can be read all the time")


class TestWhatIsWrong:
    async def test_special_files_are_named_and_block_nothing(self, root: Path) -> None:
        os.mkfifo(root / "exp" / "0001" / "pipe.json")
        os.mkfifo(root / "exp" / "pipe.png")
        (root / "exp" / "zero.txt").symlink_to("/dev/zero")
        (root / "exp" / "outside").symlink_to("/etc")
        (root / "outside").symlink_to("/etc")
        async with serving(root) as live:
            found = {
                problem.path: problem.reason for problem in (await live.answers.catalogue("exp")).problems
            }
            assert found == {
                "exp/0001/pipe.json": "not a regular file",
                "exp/pipe.png": "not a regular file",
                "exp/zero.txt": "link, not followed (--follow-links)",
                "exp/outside": "link, not followed (--follow-links)",
            }
            assert "outside" in {problem.path for problem in (await live.answers.problems()).problems}
            assert {row.name for row in (await live.answers.root_page()).experiments} == {"exp", "other"}
            notes = {
                entry.name: entry.note
                for entry in (await live.answers.folder("exp", "")).entries
                if entry.note
            }
            assert notes == {
                "pipe.png": "not a regular file",
                "zero.txt": "link, not followed (--follow-links)",
                "outside": "link, not followed (--follow-links)",
            }

    async def test_links_out_of_the_root_are_followed_if_asked_for(self, root: Path, tmp_path: Path) -> None:
        (tmp_path / "elsewhere" / "0003").mkdir(parents=True)
        (tmp_path / "elsewhere" / "0003" / "c.txt").write_text("c")
        (root / "linked").symlink_to(tmp_path / "elsewhere")
        async with serving(root, follow_links=True) as live:
            [item] = await live.answers.items([ItemAddress("linked", "texts", "c", 3)])
            assert item is not None
            assert item.content == TextContent("c")

    async def test_a_folder_that_holds_itself_by_a_link_is_not_entered_again(self, root: Path) -> None:
        (root / "exp" / "0001" / "self").symlink_to(".")
        (root / "exp" / "0001" / "above").symlink_to("..")
        (root / "exp" / "x").symlink_to("0001")
        async with serving(root) as live:
            catalogue = await live.answers.catalogue("exp")
        reasons = {problem.path: problem.reason for problem in catalogue.problems}
        assert "leads to a folder that holds it" in reasons["exp/0001/self"]
        assert "leads to a folder that holds it" in reasons["exp/0001/above"]
        assert "behind a link" in reasons["exp/x/self"]
        assert ("texts", "x/a") in {(entry.kind, entry.label) for entry in catalogue.labels}

    async def test_bad_json_is_named_with_its_place_and_the_rest_is_shown(self, root: Path) -> None:
        (root / "exp" / "0001" / "bad.json").write_text('{"texts": {"actual": 5}\n')
        (root / "exp" / "0001" / "odd.json").write_text('{"scalars": {"value": "five"}}')
        async with serving(root) as live:
            problems = (await live.answers.catalogue("exp")).problems
            assert [(problem.path, problem.position) for problem in problems] == [
                ("exp/0001/bad.json", "line 2, column 1"),
                ("exp/0001/odd.json", "scalars.value"),
            ]
            [labels] = await live.answers.scalar_labels(["exp"])
            assert [label.label for label in labels.labels] == ["both", "loss", "x/loss"]

    async def test_what_is_not_there_is_not_found(self, root: Path) -> None:
        async with serving(root) as live:
            for experiment in ("missing", "..", ".hidden", "exp%2f0001", "exp/0001", "", "%00"):
                with pytest.raises(FileNotFoundError):
                    await live.answers.catalogue(experiment)
            address = ItemAddress("missing", "texts", "a", 1)
            assert await live.answers.items([address, ItemAddress("exp", "nonsense", "a", 1)]) == [None, None]
            assert await live.answers.scalar_labels(["missing"]) == []
            with pytest.raises(ValueError, match="at most 500"):
                await live.answers.items([address] * 501)

    async def test_an_experiment_is_found_although_it_was_made_this_moment(self, root: Path) -> None:
        async with serving(root, watch="poll", poll_interval_s=1000) as live:
            (root / "new").mkdir()
            (root / "new" / "a.txt").touch()
            assert len((await live.answers.catalogue("new")).labels) == 1

    @pytest.mark.slow
    async def test_a_look_that_hangs_stops_nobody_else(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hanging = threading.Event()
        look = scan.scan_folders

        def hang(root_: Any, experiment: str, *args: Any, **options: Any) -> Any:
            if experiment == "exp":
                hanging.wait()
            return look(root_, experiment, *args, **options)

        monkeypatch.setattr(scan, "scan_folders", hang)
        async with serving(root, limits=LiveLimits(scan_s=2.0, first_retry_s=0.01)) as live:
            waiting = [asyncio.ensure_future(live.answers.catalogue("exp")) for _ in range(20)]
            assert len((await live.answers.catalogue("other")).labels) == 1
            for outcome in await asyncio.gather(*waiting, return_exceptions=True):
                assert isinstance(outcome, TooSlowError)
            monkeypatch.setattr(scan, "scan_folders", look)
            hanging.set()
            async with browsing(live) as browser:
                await assert_true(browser, root)

    async def test_no_descriptors_left_is_not_taken_for_an_empty_folder(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        limits = LiveLimits(first_retry_s=0.05)
        async with serving(root, limits=limits) as live, browsing(live) as browser:
            await assert_true(browser, root)
            with monkeypatch.context() as exhausted:
                real = os.open

                def refuse(path: Any, flags: int, *args: Any, **options: Any) -> int:
                    if "dir_fd" in options or flags & os.O_DIRECTORY:  # the server, not this test
                        raise OSError(errno.EMFILE, "Too many open files")
                    return real(path, flags, *args, **options)

                exhausted.setattr(os, "open", refuse)
                (root / "exp" / "0001" / "new.txt").touch()
                await fails(live, "exp", "Too many open files")
            assert ("texts", "a", 1) in browser.items["exp"]
            await assert_true(browser, root)
            assert ("texts", "new", 1) in browser.items["exp"]


class TestFeed:
    async def test_says_hello_first(self, root: Path) -> None:
        async with serving(root) as live:
            page = await live.answers.root_page()
            subscription = live.hub.subscribe()
            assert await subscription.next_batch() == [Hello(page.epoch, page.sequence, page.health)]
            subscription.close()
            assert await subscription.next_batch() == []

    async def test_sends_changes_of_just_what_is_looked_at(self, root: Path) -> None:
        async with serving(root) as live:
            subscription = live.hub.subscribe()
            subscription.look(Look(["exp"], ["texts"], ["loss"]))
            await live.answers.catalogue("exp")
            await live.answers.catalogue("other")
            await live.answers.series_page(SeriesRequest(["exp"], ["loss", "x/loss"]))
            append(root / "exp" / "scalars.tsv", "3\t3.0\tx/loss\t1\n")
            (root / "exp" / "b.md").touch()
            (root / "other" / "a.txt").touch()
            (root / "exp" / "a.txt").touch()
            changes: list[Any] = []
            while not any(isinstance(change, ItemsChanged) for change in changes):
                changes += await subscription.next_batch()
            items = [change for change in changes if isinstance(change, ItemsChanged)]
            assert [(each.experiment, each.changes) for each in items] == [
                ("exp", [ItemChange("texts", "a", None)])
            ]
            assert not any(isinstance(change, PointsAdded) for change in changes)
            subscription.close()

    async def test_a_browser_that_comes_back_gets_what_it_missed(self, root: Path) -> None:
        async with serving(root) as live, browsing(live) as other:
            page = await live.answers.root_page()
            (root / "exp" / "0001" / "missed.txt").touch()
            await assert_true(other, root)
            subscription = live.hub.subscribe()
            subscription.look(Look(["exp"], ["texts"], version=(page.epoch, page.sequence)))
            changes = await subscription.next_batch()
            assert ItemChange("texts", "missed", 1) in [
                change
                for message in changes
                if isinstance(message, ItemsChanged)
                for change in message.changes
            ]
            assert not any(isinstance(change, Resync) for change in changes)
            subscription.close()

    @pytest.mark.parametrize("version", [("another epoch", 0), (None, 10**6)])
    async def test_a_version_that_is_not_known_is_a_resync(
        self, root: Path, version: tuple[str | None, int]
    ) -> None:
        async with serving(root) as live:
            page = await live.answers.root_page()
            subscription = live.hub.subscribe()
            subscription.look(Look(["exp"], version=(version[0] or page.epoch, version[1])))
            hello, *_, resync = await subscription.next_batch()  # how changes are seen may come in between
            assert isinstance(hello, Hello)
            assert isinstance(resync, Resync)
            assert (resync.epoch, resync.sequence) == (page.epoch, live.hub.publisher.sequence)
            subscription.close()

    async def test_a_later_look_is_no_resync_however_old_its_version(self, root: Path) -> None:
        async with serving(root) as live:
            subscription = live.hub.subscribe()
            subscription.look(Look())
            subscription.look(Look(["exp"], ["texts"], version=("long ago", 0)))
            told = [type(message) for message in await subscription.next_batch()]
            # How changes are seen may come beside it.
            assert [each for each in told if each is not HealthChanged] == [Hello]
            subscription.close()

    async def test_a_browser_that_does_not_listen_gets_a_resync_and_costs_no_memory(self, root: Path) -> None:
        async with serving(root) as live, browsing(live) as other:
            slow = live.hub.subscribe()
            slow.look(Look(["exp"], ["scalars"], ["loss"]))
            lines = "".join(f"{step}\t1700000000.123\tloss\t0.123456789\n" for step in range(30_000))
            for number in range(1, 6):
                append(root / "exp" / "scalars.tsv", lines)
                while len(other.series.get(("exp", "loss", ""), ())) < number * 30_000:
                    await other.hears_more(1)
            messages = await slow.next_batch()
            assert any(isinstance(message, Resync) for message in messages)
            slow.close()

    async def test_a_followed_log_tells_its_size(self, root: Path) -> None:
        log = root / "other" / "x" / "out.log"
        async with serving(root) as live:
            subscription = live.hub.subscribe()
            subscription.look(Look(files=["other/x/out.log", "other/x/missing.log"]))

            async def sizes(*wanted: int) -> None:
                left = set(wanted)
                while left:
                    for message in await subscription.next_batch():
                        if isinstance(message, FileGrew) and message.path == "other/x/out.log":
                            left.discard(message.size_bytes)

            await sizes(5)
            append(log, "more\n")
            await sizes(10)
            log.unlink()
            await sizes(0)
            log.write_text("again\n")
            await sizes(6)
            (root / "other" / "x").rename(root / "other" / "y")
            await sizes(0)
            subscription.close()


class TestPolling:
    async def test_gives_the_first_changes_and_then_those_since(self, root: Path) -> None:
        async with serving(root) as live:
            look = Look(["exp"], ["texts"])
            [hello] = (await live.hub.poll(PollRequest("client", look))).messages
            assert isinstance(hello, Hello)
            await live.answers.catalogue("exp")
            since = (hello.epoch, hello.sequence)
            for number in range(3):
                (root / "exp" / f"{number}.txt").touch()
                told: list[str] = []
                while str(number) not in told:
                    messages = (await live.hub.poll(PollRequest("client", look, since))).messages
                    # In the order in which they began to wait; what they have come to meanwhile may be newer.
                    assert all(message.sequence > since[1] for message in messages)
                    since = (since[0], max((message.sequence for message in messages), default=since[1]))
                    for message in messages:
                        if isinstance(message, ItemsChanged):
                            told += [change.label for change in message.changes]
                assert set(told) <= {str(number), str(number - 1)}  # of one before, its end may be told alone

    async def test_an_answer_that_was_lost_is_given_again(self, root: Path) -> None:
        async with serving(root) as live:
            look = Look(["exp"], ["texts"])
            [hello] = (await live.hub.poll(PollRequest("client", look))).messages
            assert isinstance(hello, Hello)
            await live.answers.catalogue("exp")
            (root / "exp" / "new.txt").touch()
            since = (hello.epoch, hello.sequence)
            seen = 0
            while seen < 2:  # with the same version: as if the answer had not come through
                messages = (await live.hub.poll(PollRequest("client", look, since))).messages
                seen += any(isinstance(message, ItemsChanged) for message in messages)

    async def test_another_epoch_is_a_resync(self, root: Path) -> None:
        async with serving(root) as live:
            [resync] = (await live.hub.poll(PollRequest("client", Look(["exp"]), ("old", 5)))).messages
            assert isinstance(resync, Resync)

    async def test_without_changes_it_ends_empty(self, root: Path) -> None:
        async with serving(root, limits=LiveLimits(poll_s=0.05)) as live:
            [hello] = (await live.hub.poll(PollRequest("client", Look()))).messages
            assert isinstance(hello, Hello)
            version = (hello.epoch, 10**6)
            while messages := (await live.hub.poll(PollRequest("client", Look(), version))).messages:
                version = (hello.epoch, max(message.sequence for message in messages))


class TestWork:
    """How much is done for one change, whatever the size of the tree."""

    @pytest.fixture(params=[10, 1000])
    def tree(self, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
        root = tmp_path / "root"
        for step in range(request.param):
            folder = root / "exp" / f"{step:06}"
            folder.mkdir(parents=True)
            (folder / "loss.json").write_text('{"scalars": {"value": 1}}')
            (folder / "a.png").touch()
        (root / "exp" / "scalars.tsv").write_text(HEADER + "1\t1.0\tx/loss\t0.5\n" * request.param)
        return root

    async def counted(
        self, live: Live, change: Callable[[], object], is_seen: Callable[[FeedMessage], bool]
    ) -> tuple[Counter[str], list[FeedMessage]]:
        """The calls to the system until a change is seen, and what was sent."""
        subscription = live.hub.subscribe()
        subscription.look(Look(["exp"], ["scalars", "images"], ["loss", "x/loss"]))
        await live.answers.catalogue("exp")
        await live.answers.series_page(SeriesRequest(["exp"], ["loss", "x/loss"]))
        await live.hub.rows.read()  # or the overview's row would be read meanwhile
        while not live.hub.known.by_name[ExperimentName("exp")].tracker.is_current:
            await live.answers.catalogue("exp")
        await subscription.next_batch()
        calls: Counter[str] = Counter()
        with pytest.MonkeyPatch.context() as patching:
            for name in ("open", "stat", "scandir", "readlink"):
                real = getattr(os, name)

                def count(*args: Any, real: Any = real, name: str = name, **options: Any) -> Any:
                    calls[name] += 1
                    return real(*args, **options)

                patching.setattr(os, name, count)
            for name in ("read", "pread"):
                real = getattr(os, name)

                def weigh(*args: Any, real: Any = real, **options: Any) -> Any:
                    data = real(*args, **options)
                    calls["bytes"] += len(data)
                    return data

                patching.setattr(os, name, weigh)
            change()
            messages: list[FeedMessage] = []
            while not any(map(is_seen, messages)):
                messages += await subscription.next_batch()
        subscription.close()
        return calls, messages

    @pytest.mark.slow
    async def test_for_an_appended_value(self, tree: Path) -> None:
        async with serving(tree, poll_interval_s=1000) as live:
            calls, messages = await self.counted(
                live,
                lambda: append(tree / "exp" / "scalars.tsv", "2\t2.0\tx/loss\t0.25\n"),
                lambda message: isinstance(message, PointsAdded),
            )
        assert calls["scandir"] == 0
        assert calls["open"] <= 8
        assert calls["stat"] <= 20
        assert calls["bytes"] <= 20_000
        [points] = [message for message in messages if isinstance(message, PointsAdded)]
        assert [(series.label, series.values) for series in points.series] == [("x/loss", [0.25])]
        assert len(msgspec.json.encode(points)) < 200

    @pytest.mark.slow
    async def test_for_a_new_step_with_a_value_and_a_picture(self, tree: Path) -> None:
        def change() -> None:
            folder = tree / "exp" / "999999"
            folder.mkdir()
            (folder / "loss.json").write_text('{"scalars": {"value": 2}}')
            (folder / "a.png").touch()

        async with serving(tree, poll_interval_s=1000) as live:
            calls, messages = await self.counted(
                live, change, lambda message: isinstance(message, PointsAdded)
            )
        assert calls["scandir"] <= 4
        assert calls["open"] <= 40
        assert calls["stat"] <= 40
        assert calls["bytes"] <= 10_000
        assert sum(len(msgspec.json.encode(message)) for message in messages) < 2000

    @pytest.mark.slow
    async def test_a_second_look_at_an_unchanged_experiment_reads_nothing(self, tree: Path) -> None:
        later_s = time.time() + 10
        with pytest.MonkeyPatch.context() as later:
            later.setattr("lavdlike.disk.root.time.time", lambda: later_s)
            async with serving(tree, poll_interval_s=1000) as live:
                await live.answers.catalogue("exp")
                await live.hub.rows.read()  # or the overview's row would be read meanwhile
                opened: list[object] = []
                real = os.open

                def count(path: Any, *args: Any, **options: Any) -> int:
                    opened.append(path)
                    return real(path, *args, **options)

                later.setattr(os, "open", count)
                await live.answers.catalogue("exp")
                assert opened == []
                live.hub.known.by_name[ExperimentName("exp")].tracker.check()
                await live.answers.catalogue("exp")
                assert not [path for path in opened if str(path).endswith(".json")]


class TestBounds:
    """What is kept for experiments that nobody looks at any more."""

    @pytest.fixture
    def many(self, tmp_path: Path) -> Path:
        root = tmp_path / "many"
        for number in range(10):
            (root / f"exp{number}" / "0001").mkdir(parents=True)
            for name in range(10):
                (root / f"exp{number}" / "0001" / f"{name}.png").touch()
        return root

    async def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + LIMIT_S
        while not condition():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)

    async def test_the_least_recently_used_are_forgotten(self, many: Path) -> None:
        limits = LiveLimits(max_kept_files=35, tick_s=0.02)
        async with serving(many, limits=limits) as live, browsing(live, ["exp0"]) as browser:
            for number in range(10):
                await live.answers.catalogue(f"exp{number}")
            await self.until(lambda: live.hub.known.by_name.keys() == {"exp0", "exp7", "exp8", "exp9"})
            assert len((await live.answers.catalogue("exp3")).labels) == 10
            await assert_true(browser, many)

    @pytest.mark.slow
    @pytest.mark.usefixtures("inotify")  # the observer watches all or nothing
    async def test_their_folders_are_no_longer_watched_but_shown_as_they_are(self, many: Path) -> None:
        limits = LiveLimits(kept_watched_s=0.0, tick_s=0.02, trusted_s=0.0)
        async with serving(many, limits=limits) as live:
            async with browsing(live, ["exp0"]):
                assert live.hub.watcher.is_watched("exp0/0001")
            await self.until(lambda: not live.hub.watcher.is_watched("exp0/0001"))
            (many / "exp0" / "0001" / "new.txt").touch()
            assert len((await live.answers.catalogue("exp0")).labels) == 11
            async with browsing(live, ["exp0"]) as browser:
                await assert_true(browser, many)
                (many / "exp0" / "0001" / "newer.txt").touch()
                await assert_true(browser, many)

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "limits",
        [LiveLimits(kept_watched_s=0.0, tick_s=0.02), LiveLimits(max_kept_files=0, tick_s=0.02)],
        ids=["no longer watched", "forgotten"],
    )
    async def test_their_rows_in_the_overview_still_change_at_once(
        self, many: Path, limits: LiveLimits
    ) -> None:
        async with serving(many, poll_interval_s=1000, limits=limits) as live:
            async with browsing(live, ["exp0"]):
                assert live.hub.watcher.is_watched("exp0/0001")
            await self.until(lambda: not live.hub.watcher.is_watched("exp0/0001"))
            await live.hub.rows.read()
            assert live.hub.watcher.is_watched("exp0")
            subscription = live.hub.subscribe()
            (many / "exp0" / "experiment.json").write_text('{"tags": ["resumed"]}')
            told: list[str] = []
            while not told:
                for message in await asyncio.wait_for(subscription.next_batch(), LIMIT_S):
                    told += message.changed[0].tags if isinstance(message, ExperimentsChanged) else []
            assert told == ["resumed"]
            subscription.close()

    @pytest.mark.slow
    async def test_a_browser_that_looked_at_what_was_forgotten_gets_a_resync(self, many: Path) -> None:
        async with serving(many, limits=LiveLimits(max_kept_files=0, tick_s=0.02)) as live:
            async with browsing(live, ["exp0"]):
                page = await live.answers.root_page()
            await self.until(lambda: "exp0" not in live.hub.known.by_name)
            subscription = live.hub.subscribe()
            subscription.look(Look(["exp0"], ["images"], version=(page.epoch, page.sequence)))
            _, resync = await subscription.next_batch()
            assert isinstance(resync, Resync)
            subscription.close()

    async def test_polling_browsers_that_stay_away_are_forgotten(self, many: Path) -> None:
        async with serving(many, limits=LiveLimits(poller_s=0.0, tick_s=0.02)) as live:
            await live.hub.poll(PollRequest("client", Look(["exp0"])))
            await self.until(lambda: not live.hub.pollers.clients)
            assert not live.hub.publisher.is_looked_at("exp0")

    async def test_polling_browsers_are_only_so_many(self, many: Path) -> None:
        async with serving(many, limits=LiveLimits(max_pollers=3)) as live:
            for number in range(5):
                await live.hub.poll(PollRequest(str(number), Look([f"exp{number}"])))
            assert list(live.hub.pollers.clients) == ["2", "3", "4"]


async def test_all_objects_are_looked_through_for_garbage_once_the_last_browser_has_left(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collected = []
    monkeypatch.setattr("lavdlike.server.live.hub.gc.collect", lambda: collected.append(True))
    async with serving(root) as live:
        async with browsing(live), browsing(live, ["other"]):
            live.hub.tick()
            live.hub.tick()
            assert not collected
        live.hub.tick()
        live.hub.tick()
        assert len(collected) == 1


async def test_a_change_that_nobody_reported_is_found_after_a_while(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watcher is not believed blindly: it may lose a change without a word."""
    limits = LiveLimits(reconcile_s=0.05, tick_s=0.02)
    async with serving(root, poll_interval_s=0.02, limits=limits) as live, browsing(live) as browser:
        await assert_true(browser, root)
        monkeypatch.setattr(hints.Pending, "add", lambda *_: None)
        add_values(root)
        CHANGES["a value is written in place"](root)
        CHANGES["a text is appended"](root)
        CHANGES["a file becomes a folder"](root)
        await assert_true(browser, root)


async def test_a_hint_does_not_wait_for_a_long_look(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for step in range(1, 101):
        (root / "other" / f"{step:04}").mkdir()
    async with serving(root, limits=LiveLimits(scan_tasks=1)) as live:
        tracker = await tracked(live, "other")
        loop = asyncio.get_running_loop()
        looked: list[str] = []
        real = scan.scan_folders

        def look(root_: Any, name: str, tasks: Any, *args: Any, **options: Any) -> Any:
            looked.extend(task.folder for task in tasks)
            if len(looked) == 20:
                (root / "other" / "x" / "new.txt").touch()
                loop.call_soon_threadsafe(tracker.hint, "x", "new.txt")
            return real(root_, name, tasks, *args, **options)

        monkeypatch.setattr(scan, "scan_folders", look)
        tracker.check()
        await tracker.current()
        assert "x" in looked[20:25]


async def test_watches_go_to_what_is_on_show_and_at_once_from_what_was_left(
    root: Path, monkeypatch: pytest.MonkeyPatch, inotify: Any
) -> None:
    monkeypatch.setattr(inotify, "InotifyWatcher", partial(inotify.InotifyWatcher, max_watches=12))
    for step in range(100, 130):  # all of them before those of the other one, as steps go
        (root / "exp" / f"{step:04}").mkdir()
    for step in range(1, 6):
        (root / "other" / f"{step:04}").mkdir()
    async with serving(root) as live:
        subscription = live.hub.subscribe()

        async def show_until(name: str, condition: Callable[[set[str]], bool]) -> None:
            """`condition`: of the folders that are not watched."""
            subscription.look(Look([name], ["texts"]))
            tracker = await tracked(live, name)
            deadline = time.monotonic() + LIMIT_S
            while not condition(set(tracker.unreported())):
                assert time.monotonic() < deadline
                await asyncio.sleep(0.01)

        await show_until("exp", lambda unwatched: len(unwatched) > 20)
        await show_until("other", lambda unwatched: not unwatched)
        await show_until("exp", lambda unwatched: not unwatched & {"", "0129", "0128", "0127"})
        subscription.close()


async def test_very_many_labels_are_listed_in_parts_between_which_others_get_their_turn(root: Path) -> None:
    for number in range(95):
        (root / "other" / f"{number}.txt").touch()
    async with serving(root, limits=LiveLimits(slice_labels=10)) as live:
        await live.answers.catalogue("other")
        turns, is_listing = 0, True

        async def count_turns() -> None:
            nonlocal turns
            while is_listing:
                turns += 1
                await asyncio.sleep(0)

        counting = asyncio.create_task(count_turns())
        assert len((await live.answers.catalogue("other")).labels) == 96
        is_listing = False
        await counting
        assert turns >= 10


async def test_scalars_whose_reader_crashes_are_a_problem_wherever_they_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PanicException(BaseException):
        pass

    def crash(*_args: object) -> None:
        raise PanicException("no thread can be started")

    (tmp_path / "exp").mkdir()
    (tmp_path / "exp" / "scalars.tsv").write_text(HEADER + "1\t1.0\tloss\t0.5\n")
    monkeypatch.setattr(SeriesStore, "read_new", crash)
    expected = (
        "its scalars cannot be read now: a library has crashed: PanicException: no thread can be started"
    )
    async with serving(tmp_path) as live:
        (labels,) = await live.answers.scalar_labels([ExperimentId("exp")])
        page = await live.answers.series_page(SeriesRequest([ExperimentId("exp")], ["loss"]))
        assert [problem.reason for problem in labels.problems] == [expected]
        assert [problem.reason for problem in page.problems] == [expected]
        assert expected in [problem.reason for problem in (await live.answers.problems()).problems]
        monkeypatch.undo()
        (labels,) = await live.answers.scalar_labels([ExperimentId("exp")])
        assert not labels.problems
        assert [label.label for label in labels.labels] == ["loss"]
        assert not (await live.answers.problems()).problems


async def test_what_is_asked_for_is_read_before_what_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"run-{number:02}" for number in range(12)]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "scalars.tsv").write_text(HEADER + "1\t1.0\tloss\t0.5\n")
    read: list[str] = []
    begins, may_read = threading.Event(), threading.Event()
    real = SeriesStore.read_new

    def read_new(store: SeriesStore, experiment: ExperimentName, *args: Any) -> Any:
        if experiment not in read:
            read.append(experiment)
        begins.set()
        assert may_read.wait(LIMIT_S)
        return real(store, experiment, *args)

    monkeypatch.setattr(os, "cpu_count", lambda: 1)  # one after the other: of two at once either may be first
    monkeypatch.setattr(SeriesStore, "read_new", read_new)
    async with serving(tmp_path, limits=LiveLimits(patience_s=LIMIT_S)) as live:
        live.hub.subscribe().look(Look(names, ["scalars"], []))
        assert await asyncio.to_thread(begins.wait, LIMIT_S)
        begun = read.copy()
        others = [name for name in reversed(names) if name not in begun]
        first, later = others[:2], others[2:8]
        asked = [asyncio.create_task(live.answers.scalar_labels(each)) for each in (first, later)]
        await asyncio.sleep(0)
        assert live.hub.workers.urgency.of(later[-1]) != NOT_WAITED_FOR
        may_read.set()
        found = await asyncio.gather(*asked)
    assert [each.experiment for each in found[0]] == first
    # Before the others; which of them the loop or the thread is quicker with is nobody's promise.
    asked_for = len(begun) + len(first) + len(later)
    assert sorted(read[:asked_for]) == sorted([*begun, *first, *later])


async def test_labels_of_experiments_that_are_looked_at_cost_one_read_of_each_and_one_call_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"run-{number:02}" for number in range(12)]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "scalars.tsv").write_text(HEADER + "1\t1.0\tloss\t0.5\n")
    read: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    real_read, real_run = SeriesStore.read_new, Workers.run

    def read_new(store: SeriesStore, experiment: ExperimentName, *args: Any) -> Any:
        read[experiment] += 1
        return real_read(store, experiment, *args)

    def run(workers: Workers, subject: str, function: Callable[[], Any], **options: Any) -> Any:
        calls[getattr(function, "func", function).__name__] += 1
        return real_run(workers, subject, function, **options)

    monkeypatch.setattr(SeriesStore, "read_new", read_new)
    monkeypatch.setattr(Workers, "run", run)
    async with serving(tmp_path, poll_interval_s=1000) as live:
        await live.hub.rows.read()
        live.hub.subscribe().look(Look(names, ["scalars"], []))
        found = await live.answers.scalar_labels(names)
    assert [each.experiment for each in found] == names
    assert read == dict.fromkeys(names, 1)
    assert calls["_labels"] == 1


async def test_points_of_long_files_are_kept_for_another_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "log" / "exp" / "scalars.tsv"
    path.parent.mkdir(parents=True)
    path.write_text(HEADER + "".join(f"{step}\t1.25\tloss\t0.5\n" for step in range(70_000)))
    os.utime(path, (time.time() - 60, time.time() - 60))
    monkeypatch.setattr("lavdlike.disk.root._SETTLED_AFTER_S", -1.0)  # the other time cannot be set back
    request = SeriesRequest(["exp"], ["loss"], columns=100)
    limits = LiveLimits(keep_points_s=0.0, tick_s=0.01)
    async with serving(tmp_path / "log", limits=limits, poll_interval_s=0.01) as live:
        first = await live.answers.series_page(request)
        kept = tmp_path / "cache/lavdlike/points"
        await asyncio.to_thread(wait_until, lambda: any(kept.glob("[!.]*")))
    monkeypatch.delattr(ScalarsFile, "read_new")
    async with serving(tmp_path / "log") as live:
        assert (await live.answers.series_page(request)).series == first.series


async def test_a_file_read_right_after_its_last_line_is_kept_once_it_has_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "log/exp/scalars.tsv"
    path.parent.mkdir(parents=True)
    path.write_text(HEADER + "".join(f"{step}\t1.25\tloss\t0.5\n" for step in range(70_000)))
    monkeypatch.setattr("lavdlike.disk.root._SETTLED_AFTER_S", 3600.0)
    real_keep = SeriesStore.keep

    def keep(store: SeriesStore, experiment: ExperimentName) -> bool:
        monkeypatch.setattr("lavdlike.disk.root._SETTLED_AFTER_S", -60.0)  # meanwhile that time has passed
        return real_keep(store, experiment)

    monkeypatch.setattr(SeriesStore, "keep", keep)
    limits = LiveLimits(keep_points_s=0.0, tick_s=0.01)
    async with serving(tmp_path / "log", limits=limits, poll_interval_s=0.01) as live:
        await live.answers.series_page(SeriesRequest(["exp"], ["loss"], columns=100))
        kept = tmp_path / "cache/lavdlike/points"
        await asyncio.to_thread(wait_until, lambda: any(kept.glob("[!.]*")))
