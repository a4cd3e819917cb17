"""What matches come to: boxes that are right, wrong or missed, counted by class and by picture, filtered and sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lavdlike.detection_messages import MatchedClass, MatchOrder, Only
from lavdlike.reading.detections.box_matching import Matches
from lavdlike.sources.detections.detection_table import BoxTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Counts(NamedTuple):
    """Of each picture, how many boxes there are of each sort. `score`: of the most probable wrong one."""

    expected: NDArray[np.int64]
    tp: NDArray[np.int64]
    fp: NDArray[np.int64]
    fn: NDArray[np.int64]
    score: NDArray[np.float64]  # NaN: none is wrong


class Outcomes(NamedTuple):
    """Of each row of both tables. A row of which nothing is true does not count: a crowd, or too improbable."""

    is_right: NDArray[np.bool_]
    is_wrong: NDArray[np.bool_]
    is_found: NDArray[np.bool_]
    is_missed: NDArray[np.bool_]


def outcomes_of(
    expected: BoxTable, predictions: BoxTable, matches: Matches, min_probability: float
) -> Outcomes:
    """Who is less probable finds nothing, which leaves all others what they found: the more probable came before.

    Nor does who lies on a picture of which nobody says what is expected.
    """
    import numpy as np

    is_sure = ~(predictions.scores < min_probability) & (predictions.pictures >= 0)  # also without a score
    takes = matches.of_predictions >= 0
    is_in_crowd = np.zeros(len(predictions), np.bool_)
    is_in_crowd[takes] = expected.crowds[matches.of_predictions[takes]]
    by = matches.of_expected
    is_found = by >= 0
    is_found[is_found] = is_sure[by[is_found]]
    return Outcomes(
        is_sure & takes & ~is_in_crowd,
        is_sure & ~takes,
        is_found & ~expected.crowds,
        ~is_found & ~expected.crowds,
    )


def by_class(
    names: list[str], expected: BoxTable, predictions: BoxTable, outcomes: Outcomes
) -> list[MatchedClass]:
    """Those of which there are any, in the order of the names."""
    there = _counts(expected.classes, outcomes.is_found | outcomes.is_missed, len(names))
    right = _counts(predictions.classes, outcomes.is_right, len(names))
    wrong = _counts(predictions.classes, outcomes.is_wrong, len(names))
    missed = _counts(expected.classes, outcomes.is_missed, len(names))
    return [
        MatchedClass(name, *map(int, counts))
        for name, *counts in zip(names, there, right, wrong, missed, strict=True)
        if any(counts)
    ]


def by_picture(
    count: int,
    expected: BoxTable,
    predictions: BoxTable,
    outcomes: Outcomes,
    classes: NDArray[np.bool_] | None,
) -> Counts:
    """Of each of so many pictures.

    Args:
        classes: of each class whether it counts; None: all do.
    """
    import numpy as np

    of_expected = _of_classes(expected, classes)
    of_predictions = _of_classes(predictions, classes)
    wrong = outcomes.is_wrong & of_predictions & (predictions.pictures >= 0)
    score = np.full(count, np.nan)
    np.fmax.at(score, predictions.pictures[wrong], predictions.scores[wrong])
    there = outcomes.is_found | outcomes.is_missed
    return Counts(
        _counts(expected.pictures, there & of_expected, count),
        _counts(predictions.pictures, outcomes.is_right & of_predictions, count),
        _counts(predictions.pictures, wrong, count),
        _counts(expected.pictures, outcomes.is_missed & of_expected, count),
        score,
    )


def chosen(counts: Counts, only: Only, order: MatchOrder, by_name: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places of the pictures that are meant, in their order.

    Args:
        by_name: the places of all pictures in the order of their names, which decides between equal ones.
    """
    import numpy as np

    has = {
        "tp": counts.tp > 0,
        "fp": counts.fp > 0,
        "fn": counts.fn > 0,
        "": counts.expected + counts.tp + counts.fp > 0,
    }[only]
    places = by_name[has[by_name]]
    if order == "name":
        return places
    of = {"tp": counts.tp, "fp": counts.fp, "fn": counts.fn, "score": counts.score}[order][places]
    return places[np.argsort(-np.where(np.isnan(of), -np.inf, of), kind="stable")]


def _of_classes(table: BoxTable, classes: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    import numpy as np

    if classes is None:
        return np.ones(len(table), np.bool_)
    return (table.classes >= 0) & classes[table.classes]


def _counts(places: NDArray[np.int64], which: NDArray[np.bool_], count: int) -> NDArray[np.int64]:
    """How often each place stands in the rows that are meant."""
    import numpy as np

    meant = places[which]
    return np.bincount(meant[meant >= 0], minlength=count)[:count]
