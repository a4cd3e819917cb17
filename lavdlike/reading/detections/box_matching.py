"""Which predicted boxes find which expected ones, at one overlap (intersection over union), as COCO's evaluation does.

In each picture and class: predictions in the order of their scores, the best first (of equal ones the earlier), each
take the free expected box that they overlap most, if they overlap it enough (of equal ones the last). A crowd is taken
only where no other box is, by any number; who takes one counts neither as right nor as wrong. The overlap with a crowd
is the part of the prediction that lies in it. https://cocodataset.org/#detection-eval

Instead of picture by picture this is done for all at once, in rounds: whoever is the first of all that could still
take the box they want takes it. What they leave is the same as one after the other would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from lavdlike.bounded import giving_up
from lavdlike.sources.detections.detection_table import BoxTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Boxes that overlap less are nobody's.
LEAST_IOU = 0.05
# A round looks at so many pairs at a time when overlaps are computed: 60 bytes each.
_PAIRS_AT_ONCE = 2**20
# In one picture and class there can be as many as somebody likes; the product of both sides is work.
MAX_PAIRS_OF_GROUP = 4_000_000
MAX_PAIRS = 200_000_000


class Overlaps(NamedTuple):
    """The pairs of a prediction and an expected box of the same picture and class that overlap at all.

    In the order in which predictions take: by prediction, the best first; of each, what it wants most last.

    `order`: of each pair, the place of its prediction in that order. `left_out`: rows of predictions in groups that
    are too large to be matched.
    """

    predictions: NDArray[np.int64]
    expected: NDArray[np.int64]
    ious: NDArray[np.float64]
    order: NDArray[np.int64]
    is_crowd: NDArray[np.bool_]
    left_out: NDArray[np.int64]


class Matches(NamedTuple):
    """Who found what at one overlap: places in the other table, -1 for none.

    A prediction that lies in a crowd has its place in `of_predictions`; a crowd is found by nobody.
    """

    of_predictions: NDArray[np.int64]
    of_expected: NDArray[np.int64]


def overlaps_of(expected: BoxTable, predictions: BoxTable) -> Overlaps:
    """All pairs that any overlap from `LEAST_IOU` on needs. Both tables name pictures and classes alike.

    Raises:
        GivenUpError: nobody waits any more.
    """
    import numpy as np

    class_count = 1 + max(expected.classes.max(initial=0), predictions.classes.max(initial=0))
    groups = expected.pictures * class_count + expected.classes
    wanted = predictions.pictures * class_count + predictions.classes
    wanted[(predictions.pictures < 0) | (predictions.classes < 0)] = -1
    groups[(expected.pictures < 0) | (expected.classes < 0)] = -2
    by_group = np.argsort(groups, kind="stable")
    by_score = np.lexsort((-_sortable(predictions.scores), wanted))
    sorted_groups, sorted_wanted = groups[by_group], wanted[by_score]
    first = np.searchsorted(sorted_groups, sorted_wanted, "left")
    counts = np.searchsorted(sorted_groups, sorted_wanted, "right") - first
    counts, left_out = _bounded(counts, sorted_wanted)
    parts = [
        _pairs(
            expected, predictions, by_group, by_score[begin:end], first[begin:end], counts[begin:end], begin
        )
        for begin, end in _slices(counts)
    ]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else [np.empty(0)] * 5
    taker, taken, ious, order, position = columns
    is_crowd = expected.crowds[taken.astype(np.int64)]
    wish = np.lexsort((position, ious, ~is_crowd, order))
    return Overlaps(
        taker[wish].astype(np.int64),
        taken[wish].astype(np.int64),
        ious[wish].astype(np.float64),
        order[wish].astype(np.int64),
        is_crowd[wish],
        by_score[left_out],
    )


def matches_at(overlaps: Overlaps, iou: float, expected_count: int, prediction_count: int) -> Matches:
    """Who takes what if they have to overlap so much.

    Args:
        iou: from `LEAST_IOU` to 1.

    Raises:
        GivenUpError: nobody waits any more.
    """
    import numpy as np

    enough = overlaps.ious >= min(iou, 1 - 1e-10)
    taker, taken = overlaps.predictions[enough], overlaps.expected[enough]
    order, is_crowd = overlaps.order[enough], overlaps.is_crowd[enough]
    of_predictions = np.full(prediction_count, -1, np.int64)
    of_expected = np.full(expected_count, -1, np.int64)
    first = np.empty(expected_count, np.int64)
    while len(taker):
        giving_up.check()
        first[taken[::-1]] = order[::-1]  # of those that could take it: what is written last stays
        wanted = np.flatnonzero(np.append(order[1:] != order[:-1], True))
        sure = wanted[is_crowd[wanted] | (first[taken[wanted]] == order[wanted])]
        of_predictions[taker[sure]] = taken[sure]
        found = sure[~is_crowd[sure]]
        of_expected[taken[found]] = taker[found]
        still = (of_predictions[taker] < 0) & (is_crowd | (of_expected[taken] < 0))
        taker, taken, order, is_crowd = taker[still], taken[still], order[still], is_crowd[still]
    return Matches(of_predictions, of_expected)


def ious_of(
    boxes: NDArray[np.float64], others: NDArray[np.float64], are_crowds: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Of each box with the other one of its row; of a crowd, the part of the box that lies in it."""
    import numpy as np

    left, top, width, height = boxes.T
    other_left, other_top, other_width, other_height = others.T
    across = np.minimum(left + width, other_left + other_width) - np.maximum(left, other_left)
    down = np.minimum(top + height, other_top + other_height) - np.maximum(top, other_top)
    shared = np.where((across > 0) & (down > 0), across * down, 0.0)
    area = width * height
    union = np.where(are_crowds, area, area + other_width * other_height - shared)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(shared > 0, shared / union, 0.0)


def _sortable(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """What has no score comes last."""
    import numpy as np

    return np.where(np.isnan(scores), -np.inf, scores)


def _bounded(
    counts: NDArray[np.int64], groups: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of sorted predictions: how many boxes each is compared with, and the places of those that are left out."""
    import numpy as np

    begins = (
        np.flatnonzero(np.append(True, groups[1:] != groups[:-1])) if len(groups) else np.empty(0, np.int64)
    )
    sizes = np.diff(np.append(begins, len(groups)))
    pairs_of_group = np.add.reduceat(counts, begins) if len(begins) else counts
    too_many = (pairs_of_group > MAX_PAIRS_OF_GROUP) | (np.cumsum(pairs_of_group) > MAX_PAIRS)
    is_out = np.repeat(too_many, sizes)
    return np.where(is_out, 0, counts), np.flatnonzero(is_out)


def _slices(counts: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Of the predictions, such that each has a bounded number of pairs."""
    import numpy as np

    if not len(counts):
        return []
    turns = np.cumsum(counts) // _PAIRS_AT_ONCE
    begins = np.flatnonzero(np.append(True, turns[1:] != turns[:-1])).tolist()
    return list(zip(begins, [*begins[1:], len(counts)], strict=True))


def _pairs(
    expected: BoxTable,
    predictions: BoxTable,
    by_group: NDArray[np.int64],
    takers: NDArray[np.int64],
    first: NDArray[np.int64],
    counts: NDArray[np.int64],
    begin: int,
) -> tuple[NDArray[Any], ...]:
    """Of some predictions: prediction, expected box, overlap, place of the prediction, place of the expected box."""
    import numpy as np

    giving_up.check()
    which = np.repeat(np.arange(len(takers)), counts)
    within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    position = first[which] + within
    taker, taken = takers[which], by_group[position]
    ious = ious_of(predictions.boxes[taker], expected.boxes[taken], expected.crowds[taken])
    near = ious >= LEAST_IOU
    return taker[near], taken[near], ious[near], (begin + which)[near], position[near]
