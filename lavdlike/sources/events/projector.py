"""Embeddings as TensorBoard's projector has them: a configuration names tables beside it (`projector_config.proto`).

torch's and tensorboardX's `add_embedding` write it: of each step a table of vectors, one of what is known of them, and
a picture of all pictures. Of these an item of ours is made.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from lavdlike import layout
from lavdlike.disk.filling import pread
from lavdlike.disk.tail import Stamp, settled_stamp
from lavdlike.errors import LogFormatError
from lavdlike.kinds import embeddings
from lavdlike.sources.members import Beside, Member, path_in_step

NAME = "projector_config.pbtxt"
_MAX_BYTES = 2**20
_MAX_EMBEDDINGS = 1000
_MAX_DEPTH = 10
# Nothing is tried twice, so that no file takes long.
_TOKEN = re.compile(rb'\b(\w++)\s*+:?+\s*+\{|\b(\w++)\s*+:\s*+(?:"((?:[^"\\]|\\.)*+)"|([-\w.]++))|(\})')
_OF_STEP = re.compile(r":\d+\Z")


class Embedding(NamedTuple):
    """One of a configuration: its name, and the paths of its files relative to the configuration, untrusted."""

    name: str
    vectors: str
    shape: tuple[int, ...] = ()
    labels: str = ""
    sprite: str = ""


class ProjectorConfigs:
    """See `members.Members`."""

    title = "TensorBoard's projector"
    is_document = False

    def names(self, name: str) -> bool:
        return name == NAME

    def claims(self, name: str, begin: bytes) -> bool:
        return name == NAME and b"tensor_path" in begin

    def kinds_at_a_glance(self, part: bytes) -> set[str]:
        return {embeddings.KIND.name} if embeddings_in(part) else set()

    def file(self, name: str, beside: Beside, run: str = "") -> ProjectorConfig:  # noqa: ARG002 - read when it is shown
        return ProjectorConfig()

    def content(self, descriptor: int, member: Member, shown: str, beside: Beside) -> bytes:  # noqa: ARG002
        embedding, part = member.form
        if part == ".json":
            named = [member.path.rpartition("/")[2], *(path.rpartition("/")[2] for path in member.parts)]
            by_end = {
                end: next((name for name in named if name.endswith(end)), "")
                for end in (embeddings.VECTORS, embeddings.LABELS, embeddings.SPRITE)
            }
            return msgspec.json.encode(embeddings.to_json(*by_end.values()))
        if part == embeddings.SPRITE:
            return beside(embedding.sprite)
        if part == embeddings.LABELS:
            return _with_header(beside(embedding.labels))
        try:
            return _vectors(beside(embedding.vectors), embedding)
        except ValueError as error:
            raise LogFormatError(shown, f"{embedding.vectors}: {error}") from None


class ProjectorConfig:
    """See `members.MembersFile`. It is written anew, and read as a whole."""

    def __init__(self) -> None:
        self._stamp: Stamp | None = None
        self._content: bytes | None = None  # as it was read
        self._is_too_many = False

    def is_unchanged(self, descriptor: int) -> bool:
        return self._stamp is not None and settled_stamp(descriptor) == self._stamp

    def continues(self, descriptor: int) -> bool:
        return self._content is None or pread(descriptor, _MAX_BYTES, 0) == self._content

    def find_new(self, descriptor: int) -> Iterator[list[Member]]:
        stamp, content = settled_stamp(descriptor), pread(descriptor, _MAX_BYTES, 0)
        is_known = content == self._content
        self._stamp, self._content = stamp, content
        if is_known:
            return
        found = embeddings_in(content)
        self._is_too_many = len(found) > _MAX_EMBEDDINGS
        yield [member for each in found[:_MAX_EMBEDDINGS] for member in _members(each)]

    def problems(self) -> list[str]:
        return [f"more than {_MAX_EMBEDDINGS:,} embeddings: the others are not shown"] * self._is_too_many


def embeddings_in(config: bytes) -> list[Embedding]:
    """Those of a configuration in text form that have a file of vectors."""
    found: list[Embedding] = []
    where: list[str] = []
    known: dict[str, list[str]] = {}
    for opened, name, text, bare, closed in _TOKEN.findall(config):
        if opened:
            where.append(opened.decode())
            if where == ["embeddings"]:
                known = {}
        elif closed:
            if where == ["embeddings"] and known.get("tensor_path"):
                found.append(_embedding(known))
            del where[-1:]
        elif where[:1] == ["embeddings"] and len(where) <= _MAX_DEPTH:
            known.setdefault("/".join([*where[1:], name.decode()]), []).append(
                (text or bare).decode(errors="replace")
            )
    return found


def _embedding(known: dict[str, list[str]]) -> Embedding:
    def last(name: str) -> str:
        return known.get(name, [""])[-1]

    vectors = last("tensor_path")
    shape = tuple(int(size) for size in known.get("tensor_shape", ()) if size.isdecimal())
    name = _OF_STEP.sub("", last("tensor_name")) or vectors
    return Embedding(name, vectors, shape, last("metadata_path"), last("sprite/image_path"))


def _members(embedding: Embedding) -> Iterator[Member]:
    """Its files, as ours are; at the step of the folder that its vectors are in."""
    step, _ = layout.split_step(embedding.vectors)
    before = "" if step is None else f"{layout.step_folder(step)}/"
    ends = [embeddings.VECTORS]
    ends += [embeddings.LABELS] if embedding.labels else []
    ends += [embeddings.SPRITE] if embedding.sprite else []
    parts = tuple(before + path_in_step(embedding.name, end) for end in ends)
    where = repr(embedding).encode(errors="backslashreplace")
    path = before + path_in_step(embedding.name, ".json")
    yield Member(path, None, (embeddings.KIND.name,), where, (embedding, ".json"), parts)
    for end, part in zip(ends, parts, strict=True):
        yield Member(part, None, (), where, (embedding, end))


def _vectors(data: bytes, embedding: Embedding) -> bytes:
    """A table of numbers, or bare floats of 32 bits with their shape in the configuration."""
    import numpy as np

    if embedding.vectors.endswith(".bytes"):
        if len(data) % 4 or math.prod(embedding.shape) != len(data) // 4:
            raise ValueError("not as many numbers as the configuration says")
        return embeddings.encode_vectors(np.frombuffer(data, "<f4").reshape(embedding.shape))
    rows = [np.array(line.split(b"\t"), dtype="S").astype("f4") for line in data.splitlines() if line.strip()]
    if len({len(row) for row in rows}) != 1:
        raise ValueError("not a table of numbers")
    return embeddings.encode_vectors(np.stack(rows))


def _with_header(data: bytes) -> bytes:
    """As TensorBoard has it, a table of one column has none."""
    return data if b"\t" in data.partition(b"\n")[0] else b"label\n" + data
