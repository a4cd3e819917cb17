"""The store of an address. In a process, all who name one place of memory share its objects."""

from __future__ import annotations

import threading

from lavdlike.disk.stores.fsspec_store import FsspecStore
from lavdlike.disk.stores.memory_store import MemoryStore
from lavdlike.disk.stores.object_store import ObjectStore
from lavdlike.disk.stores.obstore_store import ObstoreStore
from lavdlike.disk.stores.request_meter import RequestMeter
from lavdlike.disk.stores.retry_policy import RetryPolicy
from lavdlike.disk.stores.steady_store import SteadyStore
from lavdlike.disk.stores.store_addresses import MEMORY_SCHEME, OBSTORE_SCHEMES, checked_address

_in_memory: dict[str, MemoryStore] = {}
_lock = threading.Lock()


def open_store(
    address: str,
    *,
    requests_per_minute: int = 0,
    policy: RetryPolicy = RetryPolicy(),  # noqa: B008 - a tuple
) -> SteadyStore:
    """A store whose requests are counted and repeated. Asks it nothing yet.

    Args:
        address: `s3://bucket/folder` and so on.
        requests_per_minute: more than that wait; 0: none do.

    Raises:
        UsageError: it is the address of no store, or holds credentials.
        MissingLibraryError: a library is not installed.
        StoreError: nobody knows such an address.
    """
    address = checked_address(address)
    return SteadyStore(_plain_store(address), RequestMeter(requests_per_minute), policy)


def _plain_store(address: str) -> ObjectStore:
    scheme = address.partition("://")[0]
    if scheme in OBSTORE_SCHEMES:
        return ObstoreStore(address)
    if scheme == MEMORY_SCHEME:
        name = "/".join(address.split("/")[:3])
        with _lock:
            return MemoryStore(address, _in_memory.setdefault(name, MemoryStore(name)))
    return FsspecStore(address)
