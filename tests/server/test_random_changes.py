"""Whatever happens to the tree, in whatever order: after every quiet moment a browser shows what is on disk."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from lavdlike.kinds.scalars import HEADER
from lavdlike.server.settings import Settings, WatchOption
from tests.server.browser_model import Browser, assert_true
from tests.server.live_hub import Live

EXPERIMENTS = ["one", "two", "three"]
experiments = st.sampled_from(EXPERIMENTS)
folders = st.builds(
    lambda *names: "/".join(filter(None, names)),
    experiments,
    st.sampled_from(["", "1", "01", "0002", "x", "x/1", "1/y", "0002/x/y"]),
)
names = st.sampled_from(
    ["a.txt", "a.json", "loss.json", "a.png", "a.jpg", "a.md", "a.log", "a.bin", "scalars.tsv"]
)
files = st.builds("{}/{}".format, folders, names)
targets = st.sampled_from(
    ["a.txt", "../a.json", "1", "../two", "x", "/etc/passwd", "gone", ".", "../one/1/a.txt"]
)
texts = st.one_of(
    st.sampled_from(
        [
            "",
            "text",
            '{"scalars": {"value": 1}}',
            '{"scalars": {"value": NaN}, "texts": {"actual": "a"}}',
            '{"texts": {"actual": "a", "expected": "b"}}',
            '{"images": {"source": "a.png", "boxes": []}}',
            '{"images": {"source": "a.jpg"}, "scalars": {"value": 2.5}}',
            '{"other": 1}',
            '{"scalars": ',
            HEADER,
            HEADER + "1\t1.0\tloss\t0.5\n",
            HEADER + "1\t1.0\tloss\t0.5\n2\t2.0\tx/loss\t0.25\n3\t3.0\tlo",
        ]
    ),
    st.text(max_size=5),
)
lines = st.sampled_from(
    ["1\t1.0\tloss\t3\n", "7\t2.0\tx/loss\tnan\n", "8\t3.0\ta\t1e400\nno value\n", "9\t1.0\tlo", "ss\t5\n"]
)


class RandomChanges(RuleBasedStateMachine):
    watch: WatchOption = "auto"
    poll_interval_s = 5.0

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="lavdlike-random-"))
        self.root = self.folder / "root"
        self.loop = asyncio.new_event_loop()

    @initialize()
    def serve(self) -> None:
        (self.root / "one" / "1").mkdir(parents=True)
        (self.root / "one" / "1" / "a.txt").write_text("first")
        self.live = Live(Settings(self.root, watch=self.watch, poll_interval_s=self.poll_interval_s))
        self.loop.run_until_complete(self.begin())

    async def begin(self) -> None:
        await self.live.hub.start()
        self.browser = Browser(self.live, EXPERIMENTS)
        await self.browser.open()

    # --- changes -----------------------------------------------------------------------------------------------------

    @rule(path=files, text=texts)
    def write(self, path: str, text: str) -> None:
        file = self.root / path
        if self.can_be(file):
            file.write_text(text)

    @rule(path=files, text=lines)
    def append(self, path: str, text: str) -> None:
        file = self.root / path
        if self.can_be(file):
            with file.open("a") as opened:
                opened.write(text)

    @rule(path=files, text=texts)
    def replace(self, path: str, text: str) -> None:
        file = self.root / path
        if self.can_be(file):
            temporary = file.with_name(".temporary")
            temporary.write_text(text)
            temporary.replace(file)

    @rule(path=files, length=st.integers(0, 40))
    def truncate(self, path: str, length: int) -> None:
        file = self.root / path
        if file.is_file():
            os.truncate(file, min(length, file.stat().st_size))

    @rule(source=files, new=files)
    def rename_file(self, source: str, new: str) -> None:
        if (self.root / source).is_file() and self.can_be(self.root / new):
            (self.root / source).rename(self.root / new)

    @rule(path=files)
    def delete_file(self, path: str) -> None:
        if (self.root / path).is_file() or (self.root / path).is_symlink():
            (self.root / path).unlink()

    @rule(path=st.one_of(files, folders), leads_to=targets)
    def link(self, path: str, leads_to: str) -> None:
        link = self.root / path
        if not os.path.lexists(link) and self.can_be(link):
            link.symlink_to(leads_to)

    @rule(path=folders)
    def make_folder(self, path: str) -> None:
        self.can_be(self.root / path / "inside")

    @rule(path=st.one_of(folders, experiments))
    def delete_folder(self, path: str) -> None:
        folder = self.root / path
        if folder.is_symlink():
            folder.unlink()
        elif folder.is_dir():
            shutil.rmtree(folder)

    @rule(source=st.one_of(folders, experiments), new=st.one_of(folders, experiments))
    def rename_folder(self, source: str, new: str) -> None:
        if self.is_folder(source) and not os.path.lexists(self.root / new):
            inside = (self.root / new).resolve().is_relative_to((self.root / source).resolve())
            if not inside and self.can_be(self.root / new):
                (self.root / source).rename(self.root / new)

    @rule(path=st.one_of(folders, experiments))
    def move_out_or_in(self, path: str) -> None:
        outside = self.folder / path.replace("/", "-")
        if outside.exists():
            if not os.path.lexists(self.root / path) and self.can_be(self.root / path):
                outside.rename(self.root / path)
        elif self.is_folder(path):
            (self.root / path).rename(outside)

    @rule(path=files)
    def turn_into_a_folder(self, path: str) -> None:
        file = self.root / path
        if file.is_file() and not file.is_symlink():
            file.unlink()
            file.mkdir()
            (file / "a.txt").write_text("inside")
        elif file.is_dir() and not file.is_symlink():
            shutil.rmtree(file)
            file.write_text("no longer a folder")

    @precondition(lambda self: self.root.exists())
    @rule()
    def remove_root(self) -> None:
        shutil.rmtree(self.root)

    @precondition(lambda self: self.root.exists())
    @rule()
    def put_another_root(self) -> None:
        old = Path(tempfile.mkdtemp(dir=self.folder))
        self.root.rename(old / "root")
        (self.root / "two" / "0002").mkdir(parents=True)
        (self.root / "two" / "0002" / "a.md").write_text("another root")

    # --- looks -------------------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0, 0.001, 0.02]))
    def go_on(self, seconds: float) -> None:
        self.loop.run_until_complete(asyncio.sleep(seconds))

    @rule()
    def be_quiet(self) -> None:
        self.loop.run_until_complete(assert_true(self.browser, self.root))

    def teardown(self) -> None:
        if hasattr(self, "browser"):
            try:
                self.be_quiet()
            finally:
                self.loop.run_until_complete(self.end())
        self.loop.close()
        shutil.rmtree(self.folder)

    async def end(self) -> None:
        await self.browser.close()
        await self.live.hub.stop()

    def is_folder(self, path: str) -> bool:
        return (self.root / path).is_dir() and not (self.root / path).is_symlink()

    def can_be(self, path: Path) -> bool:
        """Make the folders above; False if a file stands in the way, or a link leads out."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError, FileNotFoundError, OSError):
            return False
        return path.parent.resolve().is_relative_to(self.root) and not path.is_dir()


class RandomChangesSeenByPolling(RandomChanges):
    watch = "poll"
    poll_interval_s = 0.05


# Without shrinking: every attempt waits for what never comes.
few = settings(
    max_examples=max(3, settings().max_examples * 15 // 100),
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)

TestRandomChanges = RandomChanges.TestCase
TestRandomChanges.settings = few
TestRandomChangesSeenByPolling = RandomChangesSeenByPolling.TestCase
TestRandomChangesSeenByPolling.settings = settings(few, max_examples=few.max_examples // 2 + 1)
