"""Files of no other kind: name, size, time and a download, so that nothing in the tree is invisible."""

from __future__ import annotations

from lavdlike.kinds.kind import Kind

KIND = Kind("files")
