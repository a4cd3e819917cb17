"""Annotations and predictions of pictures, and which of them match."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from lavdlike import layout
from lavdlike.detection_messages import (
    DetectionRef,
    DetectionSource,
    DetectionsPage,
    DetectionsRequest,
    MatchesRequest,
    PicturesRequest,
)
from lavdlike.disk.root import Root
from lavdlike.kinds import images
from lavdlike.layout import ExperimentId, ExperimentName
from lavdlike.reading.detections import box_matching
from lavdlike.reading.detections.detection_answers import DetectionAnswers, SetAt
from lavdlike.reading.detections.kept_sets import KeptSets, kept_sets_folder
from lavdlike.reading.detections.known_sets import KnownSets, TreeFiles
from lavdlike.reading.tree import ExperimentTree, File
from lavdlike.server.live.answers import Answers
from lavdlike.server.live.hub import Hub
from lavdlike.server.web.endpoints import answering
from lavdlike.server.web.responses import RefusedError, read_json
from lavdlike.server.web.routes.subject import Subject

T = TypeVar("T")


class DetectionRoutes(Subject):
    def __init__(self, hub: Hub, answers: Answers) -> None:
        super().__init__(hub, answers)
        self._known = KnownSets(KeptSets(kept_sets_folder()))
        self._sets = DetectionAnswers(self._known)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/detections", answering(self._sources), methods=["POST"]),
            Route("/api/detections/pictures", answering(self._pictures), methods=["POST"]),
            Route("/api/detections/matches", answering(self._matches), methods=["POST"]),
        ]

    async def close(self) -> None:
        self._known.close()

    async def _sources(self, request: Request) -> DetectionsPage:
        wanted = await read_json(request, DetectionsRequest)
        found: list[DetectionSource] = []
        for experiment in dict.fromkeys(wanted.experiments):
            try:
                files = await self._files(experiment)
            except FileNotFoundError:
                continue
            found += await self._read(files, partial(self._sets.sources, files, reads=wanted.reads))
        return DetectionsPage(found)

    async def _pictures(self, request: Request) -> Any:
        wanted = await read_json(request, PicturesRequest)
        files = await self._files(wanted.experiment)
        expected, predicted = await self._at(wanted.expected), await self._at(wanted.predicted)
        paths = [layout.from_id(path) for path in wanted.paths]
        return await self._read(files, partial(self._sets.pictures, files, paths, expected, predicted))

    async def _matches(self, request: Request) -> Any:
        wanted = await read_json(request, MatchesRequest)
        if not box_matching.LEAST_IOU <= wanted.iou <= 1:
            raise RefusedError(400, f"An overlap is from {box_matching.LEAST_IOU} to 1.")
        expected, predicted = await self._at(wanted.expected), await self._at(wanted.predicted)
        if expected is None:
            raise FileNotFoundError(2, "nothing is expected")
        return await self._read(expected.files, partial(self._sets.matches, wanted, expected, predicted))

    async def _read(self, files: TreeFiles, function: Callable[[], T]) -> T:
        return await self._answers.read(files.name, function)

    async def _at(self, ref: DetectionRef | None) -> SetAt | None:
        if ref is None:
            return None
        return SetAt(await self._files(ref.experiment), layout.from_id(ref.path))

    async def _files(self, experiment: ExperimentId) -> TreeFiles:
        name, tree = await self._answers.tree_of(experiment)
        return await self._answers.read(name, partial(_files_of, self._answers.root, name, tree))


def _files_of(root: Root, name: ExperimentName, tree: ExperimentTree) -> TreeFiles:
    """What the tree knows now. In a thread, while the tree may change: each of its dicts is copied in one step."""
    changes = tree.other_changes
    free: dict[str, int] = {}
    described: dict[str, int] = {}
    folders: dict[str, tuple[str, ...]] = {}
    for folder, known in list(tree.folders.items()):
        if known.inside:
            continue
        files = [(file, node) for file, node in list(known.nodes.items()) if isinstance(node, File)]
        folders[folder] = tuple(file for file, _ in files)
        for file, node in files:
            if not file.lower().endswith(".json"):
                continue
            path = f"{folder}/{file}" if folder else file
            if images.KIND.name in (node.kinds or ()):
                described[path] = node.fingerprint
            elif not node.kinds:
                free[path] = node.fingerprint
    return TreeFiles(root, name, folders, free, described, changes)
