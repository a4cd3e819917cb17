"""JSON files that are tables as pandas splits them (`{"columns": [...], "data": [[...]]}`): MLflow's `log_table`.

Cells with pictures name these by their paths in the artifacts.
"""

from __future__ import annotations

import re
from typing import Any

from lavdlike import layout
from lavdlike.kinds import places, tables
from lavdlike.sources import document_members, json_tables
from lavdlike.sources.document_members import Document, Shape
from lavdlike.sources.members import Beside, Member

_BEGIN = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"columns"\s*:\s*\[')
_ARTIFACTS = "/artifacts/"
# Of wandb, whose log says at which step and label they are.
_OF_LOGS = ".table.json"


class TableDocuments:
    """See `members.Members`."""

    title = "tables in JSON"
    is_document = True

    def names(self, name: str) -> bool:
        return places.split_suffix(name)[1].lower() == ".json" and not name.lower().endswith(_OF_LOGS)

    def claims(self, name: str, begin: bytes) -> bool:
        return self.names(name) and _BEGIN.match(begin) is not None

    def kinds_at_a_glance(self, part: bytes) -> set[str]:
        return {tables.KIND.name} if _BEGIN.match(part) else set()

    def file(self, name: str, beside: Beside, run: str = "") -> Document:  # noqa: ARG002 - it names none but pictures, which are items themselves
        return Document(lambda _: Shape(".csv"))

    def content(self, descriptor: int, member: Member, shown: str, beside: Beside) -> bytes:  # noqa: ARG002 - it is in the file
        columns, rows = json_tables.rows_of(document_members.whole(descriptor, shown), shown)
        up = _up_to_artifacts(shown)
        return json_tables.csv_of(columns, rows, shown, lambda value: _picture(value, up))


def _up_to_artifacts(shown: str) -> str:
    """From the folder of the table to that of the artifacts.

    >>> _up_to_artifacts("run/artifacts/tables/deep/a.json!/item.csv")
    '../../'
    """
    file = layout.file_of_inside(shown.rpartition("/")[0])
    return "../" * file.rpartition(_ARTIFACTS)[2].count("/") if _ARTIFACTS in file else ""


def _picture(value: dict[str, Any], up: str) -> str | None:
    path = value.get("filepath")
    return f"{up}{path}" if value.get("type") == "image" and isinstance(path, str) else None
