"""How late changes are seen in an experiment of very many folders, and how long the event loop is held.

    python -m tests.soak.many_folders [--folders 30000] [--watches N] [--changes 100] [--values]

Runs the server's hub in this process, with a watch for every folder or with N watches at most. A browser looks at the
experiment; files are made in folders chosen at random, and each time it is measured how long it takes until the
browser is told. Fails if that is ever more than 10 s, or more than the page says at that moment.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from lavdlike.messages import FeedMessage, ItemsChanged, Look
from lavdlike.server.host.process_memory import collect_garbage_seldom
from lavdlike.server.live import inotify, watcher
from lavdlike.server.live.hub import Hub
from lavdlike.server.live.subscriptions import Subscription
from lavdlike.server.settings import Settings, WatchOption

_LIMIT_S = 10.0
_EXPERIMENT = "many"


class _Clock:
    """The longest time between two turns of its own on the event loop: what others had to wait."""

    def __init__(self) -> None:
        self._ticking = asyncio.create_task(self._tick())
        self._longest = (0.0, 0.0)

    def longest_ms(self) -> str:
        """Since the last call."""
        longest, self._longest = self._longest, (0.0, 0.0)
        return f"the loop was held {longest[1]:.0f} ms, {longest[0]:.0f} ms of CPU"

    def stop(self) -> None:
        self._ticking.cancel()

    async def _tick(self) -> None:
        while True:
            cpu, wall = time.thread_time(), time.perf_counter()
            await asyncio.sleep(0.001)
            now = (time.thread_time() - cpu) * 1e3, (time.perf_counter() - wall) * 1e3
            self._longest = max(self._longest[0], now[0]), max(self._longest[1], now[1])


def _make(root: Path, folders: int, *, has_values: bool) -> None:
    for step in range(folders):
        folder = root / _EXPERIMENT / f"{step:06}"
        folder.mkdir(parents=True)
        (folder / "a.txt").touch()
        if has_values:
            (folder / "loss.json").write_text('{"scalars": {"value": 0.5}}')


async def _until(condition: Callable[[], bool]) -> float:
    begun = time.monotonic()
    while not condition():  # noqa: ASYNC110 - there is no event for it
        await asyncio.sleep(0.01)
    return time.monotonic() - begun


async def _told_of(subscription: Subscription, label: str) -> None:
    def is_it(message: FeedMessage) -> bool:
        return isinstance(message, ItemsChanged) and any(change.label == label for change in message.changes)

    while not any(map(is_it, await subscription.next_batch())):
        pass


async def _change(hub: Hub, root: Path, subscription: Subscription, folders: int, changes: int) -> None:
    chosen = random.Random(7)
    late_s: dict[bool, list[float]] = {True: [], False: []}
    too_late_s = -_LIMIT_S
    for number in range(changes):
        step = f"{chosen.randrange(folders):06}"
        is_watched = hub.watcher.is_watched(f"{_EXPERIMENT}/{step}")
        said_s = hub.health.health.delay_s or 1.0
        begun = time.monotonic()
        (root / _EXPERIMENT / step / f"new{number}.txt").touch()
        await asyncio.wait_for(_told_of(subscription, f"new{number}"), 10 * _LIMIT_S)
        late_s[is_watched].append(time.monotonic() - begun)
        too_late_s = max(too_late_s, late_s[is_watched][-1] - said_s)
        await asyncio.sleep(chosen.random() / 10 if is_watched else chosen.random())
    for is_watched, times_s in late_s.items():
        if times_s:
            median_ms, most_ms = statistics.median(times_s) * 1e3, max(times_s) * 1e3
            name = "watched" if is_watched else "not watched"
            print(
                f"{len(times_s)} changes in folders {name}: median {median_ms:,.0f} ms, most {most_ms:,.0f} ms"
            )
    print(f"against what the page said: {too_late_s:+.1f} s")
    assert max(itertools.chain(*late_s.values())) < _LIMIT_S
    assert too_late_s <= 0


async def _measure(root: Path, folders: int, changes: int) -> None:
    hub = Hub(Settings(root))
    await hub.start()
    try:
        await _look(hub, root, folders, changes)
    finally:
        begun = time.monotonic()
        await hub.stop()
        print(f"stopped after {time.monotonic() - begun:.1f} s")


async def _look(hub: Hub, root: Path, folders: int, changes: int) -> None:
    clock = _Clock()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    subscription = hub.subscribe()
    subscription.look(Look([_EXPERIMENT], ["texts"]))
    tracker = hub.known.all()[0].tracker
    took_s = await _until(lambda: tracker.is_current)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    print(
        f"looked at after {took_s:.1f} s, {hub.watcher.watched_count:,} folders watched, {grown / 1024:.0f} MiB"
    )
    print(f"meanwhile {clock.longest_ms()}")
    await asyncio.sleep(hub.limits.health_s + 2)
    clock.longest_ms()
    cpu_s, begun = time.process_time(), time.monotonic()
    await _change(hub, root, subscription, folders, changes)
    busy = (time.process_time() - cpu_s) / (time.monotonic() - begun)
    print(f"meanwhile {clock.longest_ms()}; busy {busy:.1%}; {hub.health.health}")
    subscription.close()
    hub.known.all()[0].last_used -= hub.limits.kept_watched_s
    took_s = await _until(lambda: hub.watcher.watched_count <= 2)
    print(f"no longer watched {took_s:.1f} s after it was left; meanwhile {clock.longest_ms()}")
    await asyncio.sleep(3)
    assert not hub.watcher.take().lost
    clock.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--folders", type=int, default=30_000)
    parser.add_argument("--watches", type=int)
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--values", action="store_true", help="a JSON file with a value in each folder")
    args = parser.parse_args()
    if args.watches is not None:
        few = partial(inotify.InotifyWatcher, max_watches=args.watches)

        def choose(option: WatchOption, root: Path, notify: Callable[[], object]) -> watcher.Watcher:
            del option, root
            return few(notify)

        watcher.choose = choose
    collect_garbage_seldom()
    with tempfile.TemporaryDirectory() as folder:
        _make(Path(folder), args.folders, has_values=args.values)
        asyncio.run(_measure(Path(folder), args.folders, args.changes))


if __name__ == "__main__":
    main()
