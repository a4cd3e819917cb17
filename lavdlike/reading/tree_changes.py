"""Which item is meant, and what came of looks at an experiment. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from lavdlike.messages import Problem


class Address(NamedTuple):
    """Which item of the experiment. `step` None: global."""

    kind: str
    label: str
    step: int | None


@dataclass
class TreeChanges:
    """What came of one or more looks. A removed folder's folders are removed with it, named or not.

    `further`: those new ones that were looked at with the folder that holds them.
    """

    items: set[Address] = field(default_factory=set)
    new_folders: list[str] = field(default_factory=list)
    removed_folders: list[str] = field(default_factory=list)
    scalars: bool = False  # files that hold scalars came, went or changed
    problems: list[Problem] = field(default_factory=list)  # that are new
    further: set[str] = field(default_factory=set)

    def unseen_folders(self) -> list[str]:
        """The new ones that are still to be looked at."""
        return [folder for folder in self.new_folders if folder not in self.further]
