"""What lies in a `.wandb` file beside numbers: pictures and other media, tables, histograms, artifacts, the output.

The log says of media at which step they were logged and which files of the run's folder they are.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from lavdlike.disk.tail import Tail
from lavdlike.errors import LogFormatError
from lavdlike.kinds import audio, histograms, html, images, meshes, plots, tables, videos
from lavdlike.protobuf import BadMessageError
from lavdlike.sources.members import Beside, Member
from lavdlike.sources.wandb_files import wandb_history
from lavdlike.sources.wandb_files.wandb_artifacts import ArtifactList
from lavdlike.sources.wandb_files.wandb_files import WandbFiles
from lavdlike.sources.wandb_files.wandb_media import Made, MediaReader
from lavdlike.sources.wandb_files.wandb_output import OutputLog
from lavdlike.sources.wandb_files.wandb_records import HEADER, RecordReader

# Of a file; and of what is kept of them, beside some 500 bytes for each.
MAX_MEMBERS = 250_000
MAX_KEPT_BYTES = 64 * 2**20

_GLANCES = (
    (images.KIND, b'"image'),
    (audio.KIND, b'"audio'),
    (videos.KIND, b'"video'),
    (html.KIND, b'"html'),
    (plots.KIND, b'"plotly-file"'),
    (meshes.KIND, b'"object3D'),
    (meshes.KIND, b'"molecule'),
    (tables.KIND, b'table-file"'),
    (tables.KIND, b'"joined-table"'),
    (histograms.KIND, b'"histogram"'),
)


class WandbMembers:
    """See `members.Members`."""

    title = WandbFiles.title
    is_document = False

    def __init__(self) -> None:
        self._points = WandbFiles()

    def names(self, name: str) -> bool:
        return self._points.names(name)

    def claims(self, name: str, begin: bytes) -> bool:
        return self.names(name) and begin.startswith(HEADER)

    def kinds_at_a_glance(self, part: bytes) -> set[str]:
        return {kind.name for kind, type_ in _GLANCES if type_ in part}

    def file(self, name: str, beside: Beside, run: str = "") -> WandbMembersFile:  # noqa: ARG002 - a key says it all
        return WandbMembersFile(beside)

    def content(self, descriptor: int, member: Member, shown: str, beside: Beside) -> bytes:  # noqa: ARG002 - what the log says of it is known
        if member.form is None:
            return member.where
        made: Made = member.form
        try:
            return made(member.where, shown, beside)
        except (
            ValueError,
            TypeError,
            KeyError,
            IndexError,
            AttributeError,
            RecursionError,
            msgspec.MsgspecError,
        ) as error:
            raise LogFormatError(shown, f"not as wandb writes it: {error}") from None


class WandbMembersFile:
    """One such file, and how far it was looked through."""

    def __init__(self, beside: Beside) -> None:
        self._tail = Tail()
        self._records = RecordReader()
        self._output = OutputLog()
        self._artifacts = ArtifactList()
        self._media = MediaReader(self._artifacts, beside)
        self._count = 0
        self._kept_bytes = 0

    def is_unchanged(self, descriptor: int) -> bool:
        return self._tail.is_unchanged(descriptor)

    def continues(self, descriptor: int) -> bool:
        return self._tail.continues(descriptor)

    def find_new(self, descriptor: int) -> Iterator[list[Member]]:
        """The output and the list of artifacts come again, whenever there is more of them."""
        for offset, data, _ in self._tail.new_bytes(descriptor):
            begin = 0
            if offset == 0:
                if not data.startswith(HEADER):
                    return
                begin = len(HEADER)
            records, taken = self._records.split(data[begin:] if begin else data, offset + begin)
            self._records.broken.clear()  # who reads the points says so
            self._tail.take(descriptor, data[: begin + taken])
            members: list[Member] = []
            for record in records:
                members += self._take(record)
            yield [*members, *self._artifacts.new_members(), *self._output.new_members()]

    def problems(self) -> list[str]:
        said = [*self._output.problems(), *self._media.problems()]
        if self._count > MAX_MEMBERS or self._kept_bytes > MAX_KEPT_BYTES:
            limits = f"{MAX_MEMBERS:,} items, or of {MAX_KEPT_BYTES // 2**20} MiB that is said of them"
            said.append(f"more than {limits}: the others are not shown")
        return said

    def _take(self, record: bytes) -> list[Member]:
        try:
            content = wandb_history.content_of(record)
            self._output.take(record, content)
            self._artifacts.take(record, content)
            members = self._media.take(record, content)
        except BadMessageError:
            return []  # whoever reads the points says so
        kept = []
        for member in members:
            self._count += 1
            self._kept_bytes += len(member.where) + len(member.same_as)
            if self._count <= MAX_MEMBERS and self._kept_bytes <= MAX_KEPT_BYTES:
                kept.append(member)
        return kept
