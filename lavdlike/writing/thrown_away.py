"""What a script takes back goes to the trash of its root, from where a person can restore it (docs/format.md, "Trash").

The page's own edits are `edits/trash.py`; a script has no journal, and nobody else's files to look after.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from lavdlike import layout
from lavdlike.disk import changes

_NOTE, _CONTENT = "trashed.json", "content"


def throw_away(root: Path, name: str, files: Sequence[Path] | None, *, what: str = "") -> None:
    """Move an experiment, or files of it, to the trash, by renaming.

    Args:
        root: the folder that holds the experiment `name`.
        files: which of its files; None: its folder as a whole. What is not there any more is left out.
        what: which files, in words.

    Raises:
        OSError: the disk refuses; what was moved before is in the trash.
    """
    source = root / layout.native(name)
    there = [source] if files is None else [file for file in files if file.exists()]
    if not there or not source.exists():
        return
    now = time.time()
    entry = (
        root
        / layout.TRASH_FOLDER
        / f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(now))}-{secrets.token_hex(4)}"
    )
    entry.mkdir(parents=True)
    sizes = [
        each.stat().st_blocks * 512
        for file in there
        for each in (file.rglob("*") if file.is_dir() else (file,))
        if each.is_file()
    ]
    note = {"name": name, "time": now, "by": "", "what": what, "files": len(sizes), "sizeBytes": sum(sizes)}
    (entry / _NOTE).write_text(json.dumps(note, ensure_ascii=False, indent=2) + "\n", "utf-8", "replace")
    for file in there:
        target = entry / _CONTENT / file.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        changes.going(file, is_folder=file.is_dir())
        with suppress(FileNotFoundError):
            file.rename(target)
