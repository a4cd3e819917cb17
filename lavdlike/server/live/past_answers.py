"""What routes ask of the past (docs/protocol.md, "The past"): what the hub knows, cut at a cursor. On the event loop.

The times of files are read when they are first asked for, and again when the experiment's tree is another one.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from functools import partial

from lavdlike.layout import ExperimentId, ExperimentName
from lavdlike.messages import Catalogue, Cursor, RootPage
from lavdlike.reading.past import FileTimes, Past, files_in, labels_at, read_times, summary_at
from lavdlike.series.slicing import sorted_in_parts
from lavdlike.server.live.answers import Answers
from lavdlike.server.live.hub import Hub
from lavdlike.server.live.known import KnownExperiment

# Experiments whose times are kept, some hundred bytes a file.
_KEPT = 64
# How long the event loop is held at a time.
_TURN_S = 0.005


class PastAnswers:
    """Answers of one hub, which is started before the first question."""

    def __init__(self, hub: Hub, answers: Answers) -> None:
        self._hub = hub
        self._answers = answers
        # With the tree's generation when they were read.
        self._times: OrderedDict[ExperimentName, tuple[int, FileTimes]] = OrderedDict()

    async def catalogue(self, experiment: ExperimentId, until: Cursor) -> Catalogue:
        """The labels that an experiment had; raises as `Answers.catalogue`."""
        known = await self._answers.current(experiment)
        publisher = self._hub.publisher
        sequence, problems = publisher.sequence, known.tracker.problems()
        past = await self._past_of(known, until)
        tree = known.tracker.tree
        found = labels_at(tree, await asyncio.to_thread(sorted_in_parts, tree.labels()), past)
        catalogue = Catalogue(
            experiment, publisher.epoch, sequence, [], problems, moment=past.moment, rewritten=[]
        )
        turn_ends = 0.0
        for labels, rewritten in found:
            catalogue.labels += labels
            catalogue.rewritten += rewritten
            if time.monotonic() > turn_ends:
                await asyncio.sleep(0)
                turn_ends = time.monotonic() + _TURN_S
        return catalogue

    async def files_by_step(
        self, experiment: ExperimentId, kind: str, label: str, until: Cursor | None
    ) -> tuple[ExperimentName, list[tuple[int | None, str]]]:
        """As `Answers.files_by_step`, of the past if one is asked about."""
        if until is None:
            return await self._answers.files_by_step(experiment, kind, label)
        known = await self._answers.current(experiment)
        past = await self._past_of(known, until)
        steps = known.tracker.tree.steps_of(kind, label)
        shown = [(step, paths) for step, paths in steps if past.state_of(step, paths) != "absent"]
        return known.name, [(step, path) for step, paths in shown for path in paths]

    async def time_of(self, experiment: ExperimentId, until: Cursor) -> float | None:
        """When the past ends in an experiment; None: it has no end."""
        if until.step is None:
            return until.time
        await self._answers.with_current_points([experiment])
        name = await self._answers.name_of(experiment)
        moment = await self._answers.read(name, partial(self._hub.known.series.moment, name, until))
        return moment.time

    async def _past_of(self, known: KnownExperiment, until: Cursor) -> Past:
        await self._answers.with_current_points([known.id])
        series, tree = self._hub.known.series, known.tracker.tree
        kept = self._times.get(known.name)
        if kept is None or kept[0] != tree.generation:
            generation = tree.generation
            read = partial(read_times, self._answers.root, known.name, files_in(tree))
            kept = self._times[known.name] = generation, await self._answers.read(known.name, read)
        self._times.move_to_end(known.name)
        while len(self._times) > _KEPT:
            self._times.popitem(last=False)
        moment = await self._answers.read(known.name, partial(series.moment, known.name, until))
        return Past(until, moment, kept[1])


def root_page_at(page: RootPage, until: Cursor) -> RootPage:
    """With the rows of a time; at a step they are as they are now, since each experiment was there at another time."""
    if until.time is not None:
        rows = (summary_at(row, until.time) for row in page.experiments)
        page.experiments = [row for row in rows if row is not None]
    return page
