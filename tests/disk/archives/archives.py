"""Archives for tests, made by the standard library's writers and by tar."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from lavdlike.disk.root import Root


def zipped(folder: Path, target: Path, *, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(target, "w", method) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return target


def tarred(folder: Path, target: Path) -> Path:
    with tarfile.open(target, "w:gz" if target.name.endswith("gz") else "w") as archive:
        archive.add(folder, ".")
    return target


def with_names(target: Path, contents: Mapping[str, bytes]) -> Path:
    """A zip file with these names, whatever they are."""
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6)), content)
    return target


Make = Callable[[Path, Path], Path]
# By what is made of a folder.
MAKERS: Mapping[str, Make] = {
    "logs.zip": zipped,
    "stored.zip": lambda folder, target: zipped(folder, target, method=zipfile.ZIP_STORED),
    "logs.tar": tarred,
    "logs.tar.gz": tarred,
    "logs.tgz": tarred,
}


def all_in(root: Root, folder: str = "") -> dict[str, bytes | None]:
    """Each path below a folder with its content; None of folders."""
    found: dict[str, bytes | None] = {}
    with root.folder(folder) as opened:
        for entry in opened.entries():
            path = f"{folder}/{entry.name}" if folder else entry.name
            status = opened.status_of(entry.name)
            if entry.type == "folder":
                found[path] = None
                found |= all_in(root, path)
                continue
            with root.file(path) as file:
                found[path] = file.read(2**26)
                assert status == file.status
                assert status.st_size == len(found[path] or b"")
    return found
