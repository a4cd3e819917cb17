"""`Artifact`: of files that belong together, which they are. Their content stays where it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from lavdlike.compat.wandb.errors import UsageError


class Artifact:
    """A list of files with a name and a type."""

    def __init__(
        self,
        name: str,
        type: str,
        description: str | None = None,
        metadata: dict[str, Any] | None = None,
        incremental: bool = False,
        use_as: str | None = None,
        storage_region: str | None = None,
        digest_algorithm: str = "MD5",
        **_: Any,
    ) -> None:
        self.name, self.type, self.description = str(name), str(type), description
        self.metadata = dict(metadata or {})
        self.incremental, self.use_as = incremental, use_as
        self.aliases: list[str] = []
        self.tags: list[str] = []
        self.entries: dict[str, dict[str, Any]] = {}
        self.version = "v0"

    def add_file(self, local_path: Any, name: str | None = None, *_: Any, **__: Any) -> None:
        """Note a file.

        Raises:
            ValueError: it is not there.
        """
        path = Path(local_path)
        if not path.is_file():
            raise ValueError(f"Artifact: {str(local_path)!r} is not a file")
        self.entries[name or path.name] = {"path": str(path.absolute()), "sizeBytes": path.stat().st_size}

    def add_dir(self, local_path: Any, name: str | None = None, *_: Any, **__: Any) -> None:
        """Note all files of a folder."""
        root = Path(local_path)
        if not root.is_dir():
            raise ValueError(f"Artifact: {str(local_path)!r} is not a folder")
        for parent, _folders, names in os.walk(root):
            for file in sorted(names):
                path = Path(parent, file)
                inner = path.relative_to(root).as_posix()
                self.add_file(path, f"{name}/{inner}" if name else inner)

    def add_reference(self, uri: Any, name: str | None = None, *_: Any, **__: Any) -> None:
        """Note something that is elsewhere."""
        text = str(getattr(uri, "ref_url", lambda: uri)())
        self.entries[name or text.rpartition("/")[2] or text] = {"path": text}

    def add(self, obj: Any, name: str, *_: Any, **__: Any) -> Any:
        """Note an object of the original; it is written where it is logged itself."""
        self.entries[name] = {"path": type(obj).__name__}
        return obj

    @contextmanager
    def new_file(
        self, name: str, mode: str = "x", encoding: str | None = None, policy: str = "mutable"
    ) -> Iterator[IO[Any]]:
        """A file to be written now, beside the others of the run."""
        from lavdlike.compat import wandb

        folder = (
            Path(wandb.run.dir if wandb.run is not None else ".") / "artifacts" / self.name.replace("/", "_")
        )
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = mode.replace("x", "w")  # of an earlier run under the same name
        with path.open(mode, encoding=encoding) as file:
            yield file
        self.add_file(path, name)

    def remove(self, item: Any) -> None:
        self.entries.pop(str(item), None)

    def wait(self, timeout: int | None = None) -> Artifact:
        return self

    def save(self, *_: Any, **__: Any) -> None:
        """Nothing: `log_artifact` writes it."""

    def finalize(self) -> None:
        """Nothing: it may still be changed."""

    def is_draft(self) -> bool:
        return False

    def download(self, *_: Any, **__: Any) -> str:
        """Refused: nothing of it was sent anywhere.

        Raises:
            UsageError: always.
        """
        raise UsageError(
            f"the files of {self.name!r} stay where they are, nothing is to be downloaded: use the paths in `entries`"
        )

    @property
    def size(self) -> int:
        return sum(entry.get("sizeBytes", 0) for entry in self.entries.values())

    @property
    def file_count(self) -> int:
        return len(self.entries)

    def to_json(self) -> dict[str, Any]:
        """What is kept of it."""
        return {
            "name": self.name,
            "type": self.type,
            "description": self.description or "",
            "metadata": self.metadata,
            "aliases": self.aliases,
            "files": [{"name": name, **entry} for name, entry in self.entries.items()],
        }
