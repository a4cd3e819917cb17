"""Artifacts that a `.wandb` file tells of: which files each has, and a table of all of them. Pure.

Tables with pictures in their cells are artifacts as well, as wandb keeps them; those are found by their ids.
"""

from __future__ import annotations

from typing import NamedTuple

from lavdlike import protobuf
from lavdlike.kinds import tables
from lavdlike.protobuf import BYTES, VARINT, Field
from lavdlike.sources.members import Member

_ARTIFACT = 8
_PATH = "artifacts.csv"
_MAX_ARTIFACTS = 100_000
_MAX_FILES = 1_000_000  # of all together
_MAX_TEXT = 2000
_SCHEME = "wandb-client-artifact"
_MAX_REFERENCES = 10
# Types of those that wandb makes of tables.
_OF_TABLES = frozenset({"run_table", "wandb-run-incremental-table"})
_COLUMNS = ("name", "type", "aliases", "files", "bytes", "description", "metadata")


class Artifact(NamedTuple):
    """`files`: by their paths in the artifact, where they lie on the disk of the script, untrusted, or the address of
    the file of another artifact that they are. `size`: bytes.
    """

    name: str
    type: str
    aliases: tuple[str, ...]
    description: str
    metadata: str
    files: dict[str, str]
    size: int


class ArtifactList:
    """Those of one file."""

    def __init__(self) -> None:
        self._by_id: dict[str, Artifact] = {}
        self._files = 0
        self._is_more = False

    def take(self, record: bytes, content: Field) -> None:
        """What a record holds. Raises BadMessageError: it is none."""
        if content.number != _ARTIFACT or len(self._by_id) >= _MAX_ARTIFACTS or self._files >= _MAX_FILES:
            return
        identity, artifact = _artifact(record, content)
        self._files += len(artifact.files)
        self._by_id[identity or artifact.name] = artifact
        self._is_more |= artifact.type not in _OF_TABLES

    def local(self, artifact: Artifact, path: str) -> str:
        """Where a file of an artifact lies, if anybody has said so; else ""."""
        local = artifact.files.get(path, "")
        for _ in range(_MAX_REFERENCES):
            if not local.startswith(f"{_SCHEME}://"):
                return local
            found = self.by_address(local)
            local = found[0].files.get(found[1], "") if found is not None else ""
        return ""

    def by_address(self, address: str) -> tuple[Artifact, str] | None:
        """What `wandb-client-artifact://<id>/<path>` names: the artifact and the path in it."""
        scheme, _, rest = address.partition("://")
        identity, _, path = rest.partition("/")
        artifact = self._by_id.get(identity) if scheme == _SCHEME else None
        return None if artifact is None else (artifact, path)

    def new_members(self) -> list[Member]:
        """The table of all but those of tables, if there is one more since this was asked."""
        if not self._is_more:
            return []
        self._is_more = False
        rows = [_row(each) for each in self._by_id.values() if each.type not in _OF_TABLES]
        return [Member(_PATH, None, (), tables.encode(rows, _COLUMNS), None)]


def _row(artifact: Artifact) -> tuple[str | int, ...]:
    aliases = ", ".join(artifact.aliases)
    count = len(artifact.files)
    return (
        artifact.name,
        artifact.type,
        aliases,
        count,
        artifact.size,
        artifact.description,
        artifact.metadata,
    )


def _artifact(record: bytes, content: Field) -> tuple[str, Artifact]:
    texts: dict[int, str] = {}
    aliases: list[str] = []
    files: dict[str, str] = {}
    size = 0
    for field in protobuf.fields(record, content.begin, content.end):
        if field.wire != BYTES:
            continue
        if field.number == 11:
            aliases.append(protobuf.text(record, field)[:_MAX_TEXT])
        elif field.number == 12:
            size += _take_manifest(record, field, files)
        elif field.number in (4, 5, 7, 8, 15):
            texts[field.number] = protobuf.text(record, field)[:_MAX_TEXT]
    type_, name, description, metadata, identity = (texts.get(number, "") for number in (4, 5, 7, 8, 15))
    return identity, Artifact(name, type_, tuple(aliases), description, metadata, files, size)


def _take_manifest(record: bytes, manifest: Field, files: dict[str, str]) -> int:
    """The files of an `ArtifactManifest`; returns how many bytes they have."""
    size = 0
    for field in protobuf.fields(record, manifest.begin, manifest.end):
        if field[:2] != (4, BYTES):
            continue
        path = local = reference = ""
        for part in protobuf.fields(record, field.begin, field.end):
            if part[:2] == (1, BYTES):
                path = protobuf.text(record, part)
            elif part[:2] == (3, BYTES):
                reference = protobuf.text(record, part)
            elif part[:2] == (6, BYTES):
                local = protobuf.text(record, part)
            elif part[:2] == (4, VARINT):
                size += max(protobuf.signed(part.value), 0)
        files[path] = local or (reference if reference.startswith(f"{_SCHEME}://") else "")
    return size
