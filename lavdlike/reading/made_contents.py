"""Contents that were made of others (a table in JSON as CSV), kept for who asks for more parts of them. Thread-safe."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

# Of one: what is smaller is made again as soon. Of all together.
_LEAST_BYTES = 256 * 2**10
_MAX_BYTES = 64 * 2**20

# Another one for another content.
Key = tuple[int, ...]


class MadeContents:
    """The last ones that were asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, bytes] = OrderedDict()

    def get(self, key: Key, make: Callable[[], bytes]) -> bytes:
        """The content of that key, made if it is not here; raises what `make` does."""
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return known
        made = make()
        if len(made) >= _LEAST_BYTES:
            with self._lock:
                self._kept[key] = made
                while sum(map(len, self._kept.values())) > _MAX_BYTES:
                    self._kept.popitem(last=False)
        return made
