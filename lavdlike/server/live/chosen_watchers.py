"""Which watcher follows the roots: one for all folders, where the system has such; each store has one of its own."""

from __future__ import annotations

from collections.abc import Callable

from lavdlike.disk.opening import bucket_at
from lavdlike.disk.stores.store_addresses import address_of_path
from lavdlike.named_roots import NamedRoot
from lavdlike.server.live import watcher
from lavdlike.server.live.object_watcher import ObjectWatcher
from lavdlike.server.live.several_watchers import SeveralWatchers
from lavdlike.server.live.watcher import Watcher
from lavdlike.server.settings import Settings


def watcher_of(
    settings: Settings, notify: Callable[[], object], is_looked_at: Callable[[], bool]
) -> tuple[Watcher, Callable[[NamedRoot], object]]:
    """The watcher of all roots, and who is to be told of each root before it is looked at."""

    def of_store(named: NamedRoot) -> Watcher | None:
        bucket = bucket_at(named.root, only=named.only)
        if bucket is None:
            return None
        interval_s = settings.poll_interval_s
        return ObjectWatcher(bucket, named.only, notify, interval_s=interval_s, is_looked_at=is_looked_at)

    def of_folder(named: NamedRoot) -> Watcher:
        return watcher.choose(settings.watch, named.root, notify)

    if not settings.several:
        chosen = of_store(settings.roots[0]) or watcher.choose(settings.watch, settings.root, notify)
        return chosen, lambda _: None
    if not any(address_of_path(each.root) is not None for each in settings.roots):
        of_all = watcher.of_any_folders(settings.watch, notify)
        if of_all is not None:
            return of_all, lambda _: None
    several = SeveralWatchers(lambda named: of_store(named) or of_folder(named))
    return several, several.add
