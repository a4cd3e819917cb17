"""What is asked of sets of boxes (`detection_messages`), answered from `known_sets`: in threads, as it may block."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from lavdlike import layout
from lavdlike.detection_messages import (
    MAX_MATCHED,
    DetectionSource,
    MatchedPicture,
    MatchesPage,
    MatchesRequest,
    PictureDetections,
    PicturesPage,
    ReadingState,
    Region,
)
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.kinds import places
from lavdlike.kinds.images import Box
from lavdlike.kinds.overlays import Keypoints, Polygon
from lavdlike.reading.detections import box_matching, matched_pictures
from lavdlike.reading.detections.joined_sets import Joined, joined
from lavdlike.reading.detections.known_sets import Asked, KnownSets, TreeFiles
from lavdlike.reading.detections.own_boxes import EXPECTED, PREDICTED
from lavdlike.reading.detections.picture_paths import PicturePaths, place_of
from lavdlike.sources.detections.detection_format import Things, left_out
from lavdlike.sources.detections.detection_set import DetectionSet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")

# How long an answer waits for a set to be read, before it says how far that is.
PATIENCE_S = 2.0
# Of what was computed of two sets, or of a set and the tree.
_KEPT = 8
_MAX_CLASSES = 500


class SetAt(NamedTuple):
    """A set that is asked for: its path among the files of its experiment."""

    files: TreeFiles
    path: str


class DetectionAnswers:
    """Thread-safe."""

    def __init__(self, known: KnownSets) -> None:
        self._known = known
        self._computed: OrderedDict[Hashable, object] = OrderedDict()
        self._lock = threading.Lock()

    def sources(self, files: TreeFiles, *, reads: bool) -> list[DetectionSource]:
        """The sets of an experiment, and what is known of each."""
        found = []
        for path, format_name in self._known.paths_in(files):
            # Those of ours are many small files, which only matches ask for: on pictures they are anyway.
            asked = self._known.ask(files, path, reads=reads and path not in (EXPECTED, PREDICTED))
            source = DetectionSource(
                layout.to_id(files.name), layout.to_id(path), format_name, asked.state, done=asked.done
            )
            detections = asked.detections
            if detections is not None:
                source.version = f"{hash(asked.version) & 0xFFFFFFFFFFFF:x}"
                source.role = detections.role
                source.pictures, source.boxes = len(detections.pictures), len(detections.table)
                source.classes = [entry.name for entry in detections.classes][:_MAX_CLASSES]
                source.problems = detections.problems
            elif asked.reason:
                source.problems = [asked.reason]
            found.append(source)
        return found

    def pictures(
        self, files: TreeFiles, paths: Iterable[str], expected: SetAt | None, predicted: SetAt | None
    ) -> PicturesPage:
        """What the sets say of pictures, by their paths in the experiment."""
        sides = {at: self._asked(at) for at in (expected, predicted) if at is not None}
        if any(asked.detections is None for asked in sides.values()):
            return PicturesPage(*_unread(sides.values()), [])
        both = self._joined(expected, predicted, sides) if expected and predicted else None
        found = [self._picture(files, path, expected, predicted, sides, both) for path in paths]
        return PicturesPage("ready", 1.0, found)

    def matches(self, request: MatchesRequest, expected: SetAt, predicted: SetAt | None) -> MatchesPage:
        """Which pictures have boxes that are right, wrong or missed."""
        sides = {at: self._asked(at) for at in (expected, predicted) if at is not None}
        page = MatchesPage(*_unread(sides.values()), experiment=request.expected.experiment)
        detections = sides[expected].detections
        if any(asked.detections is None for asked in sides.values()) or detections is None:
            page.problems = [asked.reason for asked in sides.values() if asked.reason]
            return page
        both = self._joined(expected, predicted, sides) if predicted else _alone(detections)
        versions = tuple((at.files.name, at.path, asked.version) for at, asked in sides.items())
        overlaps = self._once(
            ("overlaps", versions), lambda: box_matching.overlaps_of(both.boxes, both.predicted)
        )
        matches = self._once(
            ("matches", versions, request.iou),
            lambda: box_matching.matches_at(overlaps, request.iou, len(both.boxes), len(both.predicted)),
        )
        outcomes = matched_pictures.outcomes_of(both.boxes, both.predicted, matches, request.min_probability)
        page.classes = matched_pictures.by_class(both.classes, both.boxes, both.predicted, outcomes)
        counts = matched_pictures.by_picture(
            len(detections.pictures),
            both.boxes,
            both.predicted,
            outcomes,
            _chosen_classes(both.classes, request.classes),
        )
        by_name = self._once(("names", versions[0]), lambda: _by_name(detections))
        chosen = matched_pictures.chosen(counts, request.only, request.order, by_name)
        self._add_pictures(page, expected, detections, chosen, counts, versions[0])
        page.problems = _problems(both, len(overlaps.left_out))
        return page

    def _add_pictures(
        self,
        page: MatchesPage,
        at: SetAt,
        detections: DetectionSet,
        chosen: NDArray[np.int64],
        counts: matched_pictures.Counts,
        version: Hashable,
    ) -> None:
        paths = self._paths_of(at, detections, version)
        for place in chosen.tolist():
            path = paths[place]
            if path is None:
                page.absent += 1
                continue
            page.found += 1
            where = places.place_in_experiment(at.files.name, path)
            if where is None or len(page.pictures) >= MAX_MATCHED:
                continue
            score = float(counts.score[place])
            expected_count, right, wrong, missed = (int(of[place]) for of in counts[:4])
            page.pictures.append(
                MatchedPicture(
                    layout.shown(where.label),
                    where.step,
                    expected_count,
                    right,
                    wrong,
                    missed,
                    None if math.isnan(score) else score,
                )
            )

    def _asked(self, at: SetAt) -> Asked:
        return self._known.ask(at.files, at.path, patience_s=PATIENCE_S)

    def _joined(self, expected: SetAt, predicted: SetAt, sides: dict[SetAt, Asked]) -> Joined:
        one, other = sides[expected], sides[predicted]
        assert one.detections is not None and other.detections is not None  # noqa: S101, PT018 - both were looked at
        first, second = one.detections, other.detections
        names = (expected.files.name, expected.path, predicted.files.name, predicted.path)
        return self._once(("joined", names, one.version, other.version), lambda: joined(first, second))

    def _paths_of(self, at: SetAt, detections: DetectionSet, version: Hashable) -> list[str | None]:
        """Of each picture of a set, its path in the experiment."""

        def resolved() -> list[str | None]:
            paths = PicturePaths(at.files.folders, at.path)
            return [paths.of(entry.name or entry.key) for entry in detections.pictures]

        return self._once(("paths", version, at.files.names_hash), resolved)

    def _picture(
        self,
        files: TreeFiles,
        path: str,
        expected: SetAt | None,
        predicted: SetAt | None,
        sides: dict[SetAt, Asked],
        both: Joined | None,
    ) -> PictureDetections | None:
        found: dict[SetAt, Things] = {}
        classes: list[str] = both.classes if both else []
        named: int | None = (
            None  # the place in what is expected: it names pictures, predictions may have their ids alone
        )
        for at, asked in sides.items():
            detections = asked.detections
            if detections is None or at.path in (EXPECTED, PREDICTED):
                continue
            if both is not None and at is predicted:
                place = both.picture_of[named] if named is not None else None
            else:
                place = named = self._place(files, path, at, detections, asked.version)
            if place is None or place < 0:
                continue
            found[at] = self._things(at, detections, place)
            classes = classes or [entry.name for entry in detections.classes]
        if not found:
            return None
        truth = found.get(expected) if expected else None
        guess = found.get(predicted) if predicted else None
        if both is not None and guess is not None:
            _rename(guess, both.renamed)
        every = [each for each in (truth, guess) if each is not None]
        boxes = guess if predicted else truth
        return PictureDetections(
            boxes.boxes if boxes else [],
            (truth.boxes if truth else []) if expected and predicted else None,
            [polygon for each in every for polygon in each.polygons],
            [thing for each in every for thing in each.keypoints],
            [region for each in every for region in each.regions],
            classes if len(classes) <= _MAX_CLASSES else [],
            list(dict.fromkeys(problem for each in every for problem in each.problems)),
            in_parts=any(each.in_parts for each in every),
        )

    def _place(
        self, files: TreeFiles, path: str, at: SetAt, detections: DetectionSet, version: Hashable
    ) -> int | None:
        """Of a picture in a set: the one that the set means by that name, where it means one of this experiment."""
        place = place_of(detections, path)
        if place is None or at.files.name != files.name:
            return place
        meant = self._once(
            ("paths of", at.files.name, at.path, version, files.names_hash),
            lambda: PicturePaths(files.folders, at.path),
        ).of(detections.pictures[place].name or detections.pictures[place].key)
        return place if meant == path else None

    def _things(self, at: SetAt, detections: DetectionSet, place: int) -> Things:
        try:
            things = self._known.things(at.files, at.path, detections, place)
        except (OSError, LogFormatError, NotServedError) as error:
            things = Things()
            left_out(things, f"{layout.shown(at.path)} cannot be read: {error}")
        things.in_parts = detections.in_parts
        return things

    def _once(self, key: Hashable, compute: Callable[[], T]) -> T:
        """What was computed before, if that was not long ago."""
        with self._lock:
            if key in self._computed:
                self._computed.move_to_end(key)
                return self._computed[key]  # type: ignore[return-value]  # it was put there under this key
        value = compute()
        with self._lock:
            self._computed[key] = value
            while len(self._computed) > _KEPT:
                self._computed.popitem(last=False)
        return value


def _unread(sides: Iterable[Asked]) -> tuple[ReadingState, float]:
    """The state of all together, and how far they are."""
    every = list(sides)
    if any(asked.state == "failed" for asked in every):
        return "failed", 1.0
    if all(asked.state == "ready" for asked in every):
        return "ready", 1.0
    return "reading", min(asked.done for asked in every)


def _alone(detections: DetectionSet) -> Joined:
    """A set beside nothing: all of it is expected."""
    import numpy as np

    none = detections.table.rows(np.zeros(len(detections.table), np.bool_))
    names = [entry.name for entry in detections.classes]
    return Joined(detections.table, none, [], names, {}, 0)


def _chosen_classes(names: list[str], chosen: list[str]) -> NDArray[np.bool_] | None:
    import numpy as np

    return np.array([name in chosen for name in names], np.bool_) if chosen else None


def _by_name(detections: DetectionSet) -> NDArray[np.int64]:
    import numpy as np

    names = [entry.name or entry.key for entry in detections.pictures]
    return np.array(sorted(range(len(names)), key=names.__getitem__), np.int64)


def _problems(both: Joined, left_out_boxes: int) -> list[str]:
    found = []
    if both.unknown_pictures:
        found.append(f"{both.unknown_pictures:,} pictures have predictions and are not in the annotations")
    if left_out_boxes:
        found.append(f"{left_out_boxes:,} boxes are not matched: too many are of one class in one picture")
    return found


def _rename(things: Things, names: dict[str, str]) -> None:
    named: list[Box | Polygon | Keypoints | Region] = [
        *things.boxes,
        *things.polygons,
        *things.keypoints,
        *things.regions,
    ]
    for thing in named:
        if thing.class_name is not None:
            thing.class_name = names.get(str(thing.class_name), thing.class_name)
