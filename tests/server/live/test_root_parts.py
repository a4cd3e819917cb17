"""Several roots in one page."""

from __future__ import annotations

import asyncio
import gzip
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lavdlike import Logger
from lavdlike.edit_messages import Mark, Rename, SaveFilter, Target, Trash, Undo
from lavdlike.errors import NotServedError
from lavdlike.layout import ExperimentName as Name
from lavdlike.messages import Look, SavedFilter
from lavdlike.named_roots import NamedRoot
from lavdlike.server.live import watcher
from lavdlike.server.live.edits import Edits
from lavdlike.server.live.limits import LiveLimits
from lavdlike.server.settings import WatchOption
from tests.limits import LIMIT_S
from tests.reading.test_run_folders import EVENTS
from tests.scripts import ROOT
from tests.server.live_hub import Live, serving

pytestmark = pytest.mark.anyio

MLFLOW = ROOT / "tests" / "corpus" / "stores" / "mlflow_database" / "mlflow.db.gz"
MLFLOW = ROOT / "tests" / "corpus" / "stores" / "mlflow_database" / "mlflow.db.gz"
WAYS: list[WatchOption] = ["auto", "poll"]


def roots(folder: Path, *names: str) -> tuple[NamedRoot, ...]:
    return tuple(NamedRoot(name, folder / name) for name in names)


def experiment(folder: Path, step: int = 1) -> Path:
    with Logger(folder.name, str(folder.parent)) as logger:
        logger.log_scalar(0.5, "loss", step)
    return folder


def run(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / EVENTS).touch()
    return folder


async def until(condition: Callable[[], bool], state: Callable[[], object]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, state()
        await asyncio.sleep(0.01)


async def shows(live: Live, *names: str) -> None:
    await until(lambda: sorted(live.hub.rows.rows) == sorted(names), lambda: sorted(live.hub.rows.rows))


async def labels(live: Live, experiment: str) -> list[str]:
    return sorted(entry.label for entry in (await live.answers.catalogue(experiment)).labels)


@pytest.mark.parametrize("watch", WAYS)
async def test_names_begin_with_that_of_the_root_and_all_of_them_are_live(
    tmp_path: Path, watch: WatchOption
) -> None:
    experiment(tmp_path / "a" / "one")
    experiment(tmp_path / "b" / "one")
    run(tmp_path / "b" / "sweep" / "x")
    run(tmp_path / "b" / "sweep" / "y")
    several = roots(tmp_path, "a", "b")
    limits = LiveLimits(tick_s=0.05)
    async with serving(tmp_path, several=several, watch=watch, poll_interval_s=0.1, limits=limits) as live:
        await shows(live, "a/one", "b/one", "b/sweep/x", "b/sweep/y")
        live.hub.subscribe().look(Look(["a%2Fone", "b%2Fone"], kinds=["scalars"]))
        assert [labels.experiment for labels in await live.answers.scalar_labels(["a%2Fone", "b%2Fone"])]
        run(tmp_path / "a" / "new")
        run(tmp_path / "b" / "sweep" / "z")
        await shows(live, "a/one", "a/new", "b/one", "b/sweep/x", "b/sweep/y", "b/sweep/z")
        for name in "ab":
            experiment(tmp_path / name / "one", step=2)
            await _has_step(live, Name(f"{name}/one"), 2)
        shutil.rmtree(tmp_path / "b" / "sweep" / "x")
        await shows(live, "a/one", "a/new", "b/one", "b/sweep/y", "b/sweep/z")


async def _has_step(live: Live, name: Name, step: int) -> None:
    """Without being asked."""

    def last() -> object:
        return [entry.last_step for entry in live.hub.known.series.labels(name, sequence=0).labels]

    await until(lambda: last() == [step], last)


async def test_a_root_that_is_a_run_has_the_name_of_its_root(tmp_path: Path) -> None:
    (experiment(tmp_path / "runs" / "first") / "notes.md").write_text("# mine")
    run(tmp_path / "runs" / "first" / "inner")
    experiment(tmp_path / "runs" / "beside")
    experiment(tmp_path / "b" / "one")
    several = (NamedRoot("a", tmp_path / "runs", "first"), *roots(tmp_path, "b"))
    async with serving(tmp_path, several=several) as live:
        await shows(live, "a", "a/inner", "b/one")
        assert "notes" in await labels(live, "a")
        with pytest.raises(FileNotFoundError):
            await live.answers.catalogue("a%2Fbeside")
        page = await live.answers.root_page()
        assert [(each.name, each.is_run, each.home) for each in page.roots] == [
            ("a", True, ""),
            ("b", False, "b"),
        ]
        shutil.rmtree(tmp_path / "runs" / "first")
        await shows(live, "b/one")


async def test_one_that_goes_is_named_and_the_others_live_on(tmp_path: Path) -> None:
    experiment(tmp_path / "a" / "one")
    experiment(tmp_path / "b" / "one")
    async with serving(tmp_path, several=roots(tmp_path, "a", "b"), limits=LiveLimits(tick_s=0.05)) as live:
        await shows(live, "a/one", "b/one")
        (tmp_path / "a").rename(tmp_path / "gone")
        await shows(live, "b/one")
        await until(lambda: _reasons(live) == ["it is not there", ""], lambda: _reasons(live))
        assert live.hub.health.health.root_present
        assert live.hub.health.health.delay_s == (0 if live.hub.watcher.mode == "inotify" else 5.05)
        problems = (await live.answers.problems()).problems
        said = f"the folder {tmp_path / 'a'}: it is not there"
        assert [(each.path, each.reason) for each in problems] == [("a", said)]
        experiment(tmp_path / "b" / "two")
        await shows(live, "b/one", "b/two")
        (tmp_path / "gone").rename(tmp_path / "a")
        await shows(live, "a/one", "b/one", "b/two")
        await until(lambda: _reasons(live) == ["", ""], lambda: _reasons(live))


def _reasons(live: Live) -> list[str]:
    live.hub.health.renew_if_due(time.monotonic(), live.hub.watcher, live.hub.rows, live.hub.known.on_show)
    return [each.reason for each in live.hub.health.health.roots]


async def test_what_comes_later_is_a_root_or_a_run_by_what_it_holds_then(tmp_path: Path) -> None:
    experiment(tmp_path / "b" / "one")
    late = tuple(root._replace(is_decided=False) for root in roots(tmp_path, "run", "root"))
    several = (*late, *roots(tmp_path, "b"))
    async with serving(tmp_path, several=several, limits=LiveLimits(tick_s=0.05)) as live:
        await shows(live, "b/one")
        assert _reasons(live) == ["it is not there", "it is not there", ""]
        (tmp_path / "run").mkdir()
        experiment(tmp_path / "root" / "one")
        await shows(live, "b/one", "root/one")
        experiment(tmp_path / "run")
        await shows(live, "b/one", "root/one", "run")
        edit = SaveFilter(live.hub.parts.words.match, SavedFilter("best", "loss<1"))
        assert (await Edits(live.hub).do(edit, by="")).id
        assert [root.name for root in (await live.answers.root_page()).roots] == ["run", "root", "b"]
        live.hub.subscribe().look(Look(["run"], kinds=["scalars"]))
        assert [entry.labels[0].label for entry in await live.answers.scalar_labels(["run"])] == ["loss"]


async def test_nothing_leads_out_of_a_root(tmp_path: Path) -> None:
    for name in "ab":
        (experiment(tmp_path / name / "one") / "secret.txt").write_text(name)
    (tmp_path / "a" / "link").symlink_to(tmp_path / "b" / "one")
    (tmp_path / "a" / "one" / "out").symlink_to(tmp_path / "b")
    async with serving(tmp_path, several=roots(tmp_path, "a", "b")) as live:
        await shows(live, "a/one", "b/one")
        for path in ("a/link/secret.txt", "a/one/out/one/secret.txt"):
            with pytest.raises(NotServedError), live.hub.root.file(path):
                pass
        for path in ("one/secret.txt", "a/../b/one/secret.txt", "c/one/secret.txt"):
            with pytest.raises(FileNotFoundError), live.hub.root.file(path):
                pass
        problems = {each.path for each in (await live.answers.problems()).problems}
        assert "a/link" in problems


async def test_one_that_hangs_holds_no_other_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment(tmp_path / "a" / "one")
    experiment(tmp_path / "b" / "one")
    async with serving(tmp_path, several=roots(tmp_path, "a", "b")) as live:
        await shows(live, "a/one", "b/one")
        released = asyncio.Event()
        hanging = live.hub.parts.all[0].rows
        run_call = live.hub.workers.run

        async def run_unless_of_a(subject: str, *arguments: object, **options: float) -> object:
            if subject == "/a":
                await released.wait()
            return await run_call(subject, *arguments, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(live.hub.workers, "run", run_unless_of_a)
        hanging.hint(None)
        hanging.read_all()
        experiment(tmp_path / "b" / "two")
        await shows(live, "a/one", "b/one", "b/two")
        answer = await Edits(live.hub).do(Mark([Target("b%2Ftwo", "")], title="Two"), by="")
        assert answer.id
        assert live.hub.rows.rows[Name("b/two")].summary.title == "Two"
        released.set()


class TestEdits:
    async def test_each_goes_to_the_files_of_its_root(self, tmp_path: Path) -> None:
        for name in "ab":
            experiment(tmp_path / name / "one")
        run(tmp_path / "b" / "theirs")
        async with serving(tmp_path, several=roots(tmp_path, "a", "b")) as live:
            await shows(live, "a/one", "b/one", "b/theirs")
            await live.hub.rows.read()
            edits = Edits(live.hub)
            targets = [
                Target(each, live.hub.rows.rows[Name(each.replace("%2F", "/"))].summary.marks)
                for each in ("a%2Fone", "b%2Fone", "b%2Ftheirs")
            ]
            answer = await edits.do(Mark(targets, add_tags=["good"]), by="ada")
            assert answer.refused == []
            tags = {name: row.summary.tags for name, row in live.hub.rows.rows.items()}
            assert tags == {"a/one": ["good"], "b/one": ["good"], "b/theirs": ["good"]}
            assert "good" in (tmp_path / "a" / "one" / "marks.json").read_text()
            assert "theirs" in (tmp_path / "b" / "lavdlike.yaml").read_text()
            assert not (tmp_path / "a" / "lavdlike.yaml").exists()
            done = await edits.done()
            assert sorted(each.what for each in done) == [
                "tagged 2 experiments: good (in b)",
                "tagged one: good (in a)",
            ]
            await edits.do(Undo(answer.id), by="ada")
            assert not any(row.summary.tags for row in live.hub.rows.rows.values())

    async def test_the_trash_and_other_names_are_those_of_the_root(self, tmp_path: Path) -> None:
        for name in "ab":
            experiment(tmp_path / name / "one")
        async with serving(tmp_path, several=roots(tmp_path, "a", "b")) as live:
            await shows(live, "a/one", "b/one")
            await live.hub.rows.read()
            edits = Edits(live.hub)
            identity = {name: row.summary.identity for name, row in live.hub.rows.rows.items()}
            await edits.do(Rename(Target("b%2Fone", identity[Name("b/one")]), "two"), by="")
            await shows(live, "a/one", "b/two")
            targets = [
                Target("a%2Fone", identity[Name("a/one")]),
                Target("b%2Ftwo", identity[Name("b/one")]),
            ]
            answer = await edits.do(Trash(targets), by="")
            await shows(live)
            assert sorted(each.name for each in await edits.trashed()) == ["a/one", "b/two"]
            assert (tmp_path / "a" / ".lavdlike-trash").is_dir()
            assert (tmp_path / "b" / ".lavdlike-trash").is_dir()
            await edits.do(Undo(answer.id), by="")
            await shows(live, "a/one", "b/two")

    async def test_what_is_said_of_all_stands_in_the_first_that_can_be_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in "ab":
            experiment(tmp_path / name / "one")
        async with serving(tmp_path, several=roots(tmp_path, "a", "b")) as live:
            edits = Edits(live.hub)
            first = live.hub.parts.all[0]
            monkeypatch.setattr("os.access", lambda path, _: path != first.editable.path)
            page = await live.answers.root_page()
            assert [each.unwritable for each in page.roots] == ["its folder cannot be written to", ""]
            match = live.hub.parts.words.match
            await edits.do(SaveFilter(match, SavedFilter("best", "loss<1")), by="")
            assert [each.name for each in live.hub.parts.words.filters] == ["best"]
            assert "best" in (tmp_path / "b" / "lavdlike.yaml").read_text()
            assert not (tmp_path / "a" / "lavdlike.yaml").exists()


async def test_runs_in_files_of_many_are_runs_of_their_root(tmp_path: Path) -> None:
    database = gzip.decompress(MLFLOW.read_bytes())
    experiment(tmp_path / "a" / "one")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mlflow.db").write_bytes(database)
    async with serving(tmp_path, several=roots(tmp_path, "a", "b")) as live:
        await until(lambda: bool(_stored(live, "b")), lambda: list(live.hub.rows.rows))
        [labels] = await live.answers.scalar_labels([live.hub.rows.rows[_stored(live, "b")[0]].summary.id])
        assert labels.labels
        (tmp_path / "a" / "mlflow.db").write_bytes(database)
        await until(lambda: len(_stored(live, "a")) == len(_stored(live, "b")), lambda: _stored(live, "a"))


def _stored(live: Live, root: str) -> list[Name]:
    return [name for name in live.hub.rows.rows if name.startswith(f"{root}/mlflow.db/")]


class TestFilesOfARoot:
    @pytest.mark.parametrize("is_alone", [True, False])
    async def test_they_are_shown_as_those_of_an_experiment_without_the_experiments(
        self, tmp_path: Path, *, is_alone: bool
    ) -> None:
        root = tmp_path / "a"
        experiment(root / "one")
        run(root / "sweep" / "x")
        (root / "sweep" / "of_the_sweep.md").write_text("not of the root")
        (root / "readme.md").write_text("# mine")
        (root / "link").symlink_to(root / "one")
        several = () if is_alone else roots(tmp_path, "a")
        home = ".root" if is_alone else "a"
        async with serving(root, several=several) as live:
            assert await labels(live, home) == ["readme"]
            folder = await live.answers.folder(home, "")
            assert [each.name for each in folder.entries if not each.is_folder] == ["readme.md"]
            assert live.hub.rows.roots()[0].files == 1
            live.hub.subscribe().look(Look([home]))
            (root / "sweep" / "more_of_the_sweep.md").write_text("not of the root")
            (root / "more.md").write_text("# more")
            await until(
                lambda: _home_labels(live, home) == ["more", "readme"], lambda: _home_labels(live, home)
            )
            (root / "readme.md").unlink()
            await until(lambda: _home_labels(live, home) == ["more"], lambda: _home_labels(live, home))
            await until(lambda: live.hub.rows.roots()[0].files == 1, live.hub.rows.roots)
            assert Name(home) not in live.hub.rows.rows

    async def test_of_one_run_there_are_none(self, tmp_path: Path) -> None:
        experiment(tmp_path / "one")
        (tmp_path / "beside.md").write_text("not shown")
        async with serving(tmp_path, only="one") as live:
            with pytest.raises(FileNotFoundError):
                await live.answers.catalogue(".root")
            with pytest.raises((FileNotFoundError, NotServedError)), live.hub.root.file(".root/beside.md"):
                pass
            assert [each.files for each in live.hub.rows.roots()] == [0]


def _home_labels(live: Live, home: str) -> list[str]:
    known = live.hub.known.by_name.get(Name(home))
    return sorted({address.label for address in known.tracker.tree.items()}) if known else []


async def test_where_folders_are_not_watched_one_by_one_each_root_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "of_any_folders", lambda *_: None)
    for name in ("a", "runs"):
        experiment(tmp_path / name / "one")
    # Where several folders come at once, watchdog may miss what comes in them.
    run(tmp_path / "a" / "sweep" / "w")
    several = (*roots(tmp_path, "a"), NamedRoot("b", tmp_path / "runs", "one"))
    async with serving(tmp_path, several=several, poll_interval_s=3600) as live:
        await shows(live, "a/one", "a/sweep/w", "b")
        assert (live.hub.watcher.mode, live.hub.watcher.watched_count) == ("observer", 2)
        run(tmp_path / "a" / "sweep" / "x")
        run(tmp_path / "runs" / "one" / "inner")
        await shows(live, "a/one", "a/sweep/w", "a/sweep/x", "b", "b/inner")


async def test_a_root_in_another_one_is_live_in_both(tmp_path: Path) -> None:
    experiment(tmp_path / "a" / "sweep" / "one")
    several = (*roots(tmp_path, "a"), NamedRoot("b", tmp_path / "a" / "sweep"))
    async with serving(tmp_path, several=several, poll_interval_s=3600) as live:
        await shows(live, "a/sweep/one", "b/one")
        live.hub.subscribe().look(Look(["a%2Fsweep%2Fone", "b%2Fone"], kinds=["scalars"]))
        await live.answers.scalar_labels(["a%2Fsweep%2Fone", "b%2Fone"])
        experiment(tmp_path / "a" / "sweep" / "one", step=2)
        await _has_step(live, Name("a/sweep/one"), 2)
        await _has_step(live, Name("b/one"), 2)
        experiment(tmp_path / "a" / "sweep" / "two")
        await shows(live, "a/sweep/one", "a/sweep/two", "b/one", "b/two")
