"""Which family does which action. A new one is a module, and a line here for each of its actions."""

from __future__ import annotations

from collections.abc import Mapping

from lavdlike.edits.annotating import Annotating
from lavdlike.edits.board_writing import BoardWriting
from lavdlike.edits.closing import Closing
from lavdlike.edits.desk import Family
from lavdlike.edits.making import Making
from lavdlike.edits.marking import Marking
from lavdlike.edits.noting import Noting
from lavdlike.edits.renaming import Renaming
from lavdlike.edits.root_words import RootWords
from lavdlike.edits.thinning import Thinning
from lavdlike.edits.trashing import Trashing

# By the tag of the message (`edit_messages`).
FAMILIES: Mapping[str, Family] = {
    "mark": Marking(),
    "notes": Noting(),
    "annotate": Annotating(),
    "board": BoardWriting(),
    "define": RootWords(),
    "filter": RootWords(),
    "view": RootWords(),
    "media": RootWords(),
    "trash": Trashing(),
    "restore": Trashing(),
    "empty-trash": Trashing(),
    "rename": Renaming(),
    "thin": Thinning(),
    "close": Closing(),
    "make": Making(),
    "fork": Making(),
}
