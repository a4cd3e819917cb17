"""Boxes of many pictures as columns: what a set of annotations or predictions comes to, whatever file it is from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class BoxTable:
    """One row a box, in the order in which they were read.

    `pictures`, `classes`: the places of its picture and its class among those of the set; -1: it has none that is
    known. `boxes`: n x 4, left, top, width and height, in one unit for each picture. `scores`: NaN where none is
    given. `crowds`: whether it stands for many things.
    """

    pictures: NDArray[np.int64]
    classes: NDArray[np.int64]
    boxes: NDArray[np.float64]
    scores: NDArray[np.float64]
    crowds: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.pictures)

    def rows(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> BoxTable:
        """Some of them, by their places or a mask."""
        return BoxTable(
            self.pictures[which],
            self.classes[which],
            self.boxes[which],
            self.scores[which],
            self.crowds[which],
        )


def table_of(
    pictures: list[int],
    classes: list[int],
    boxes: list[tuple[float, float, float, float]],
    scores: list[float],
    crowds: list[bool],
) -> BoxTable:
    """The same from lists."""
    import numpy as np

    return BoxTable(
        np.array(pictures, np.int64),
        np.array(classes, np.int64),
        np.array(boxes, np.float64).reshape(-1, 4),
        np.array(scores, np.float64),
        np.array(crowds, np.bool_),
    )
