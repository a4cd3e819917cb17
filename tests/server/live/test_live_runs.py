from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from lavdlike.bounded import giving_up
from lavdlike.bounded.giving_up import GivenUpError
from lavdlike.layout import ExperimentName
from lavdlike.messages import LabelDefinition
from lavdlike.reading.filter.facets import Pair, counted_pairs
from lavdlike.reading.filter.parser import parse_field
from lavdlike.reading.kept_results import Results
from lavdlike.server.live.live_runs import Known, LiveRuns
from lavdlike.server.live.row import Row


class World:
    """Rows, and what else is known of them; all of it can be changed."""

    def __init__(self, configs: dict[str, Any], **options: int) -> None:
        self.rows = {ExperimentName(name): row_of(name, config) for name, config in configs.items()}
        self.results: dict[str, Results] = {}
        self.definitions: list[LabelDefinition] = []
        self.runs = LiveRuns(
            self.rows,
            lambda row: Known(None, self.results.get(row.name)),
            lambda: self.definitions,
            **options,
        )

    def change(self, name: str, **fields: Any) -> None:
        row = self.rows[ExperimentName(name)]
        row.summary = msgspec.structs.replace(row.summary, **fields)


def row_of(name: str, config: Any) -> Row:
    row = Row(ExperimentName(name), (0, 0))
    row.summary.config = config
    return row


def results(last: float) -> Results:
    numbers = struct.pack("<8d", 1, last, 0, last, 0, last, 0, last)
    return Results(b"", (), (), {"loss": 0}, numbers, True, {("loss", 0): last})


def counts(pairs: Sequence[tuple[Pair, int]]) -> dict[Pair, int]:
    return {pair: count for pair, count in pairs if count}


def test_runs_are_in_the_order_of_their_names() -> None:
    world = World({"run-10": {}, "run-2": {}})
    assert [run.name for run in world.runs.now()] == ["run-2", "run-10"]
    world.rows[ExperimentName("run-3")] = row_of("run-3", {})
    world.change("run-10", title="a title")
    assert [run.name for run in world.runs.now()] == ["run-10", "run-2", "run-3"]
    del world.rows[ExperimentName("run-2")]
    assert [run.name for run in world.runs.now()] == ["run-10", "run-3"]


def test_nothing_is_computed_again_of_what_has_not_changed() -> None:
    world = World({"a": {"x": {"y": 1}}, "b": {}})
    before = world.runs.now()
    assert world.runs.now() == before
    assert world.runs.flattened_count == 2
    # A heartbeat is another row with the same settings.
    world.change("a", changed=5.0, config={"x": {"y": 1}})
    after = world.runs.now()
    assert after[0] is not before[0]
    assert after[1] is before[1]
    assert world.runs.flattened_count == 2
    world.change("a", config={"x": 2})
    assert world.runs.now()[0].settings == {"x": 2}
    assert world.runs.flattened_count == 3


def test_what_is_known_of_labels_is_that_of_the_moment() -> None:
    world = World({"a": {}})
    field = parse_field("loss")
    (run,) = world.runs.now()
    assert (run.knows(field), run.label("loss"), run.value_at("loss", 0)) == (False, None, None)
    world.results["a"] = results(3.0)
    (run,) = world.runs.now()
    assert (run.knows(field), run.value_at("loss", 0)) == (True, 3.0)
    assert run.label("loss") is not None
    assert not run.knows(parse_field("at(loss, 7)"))
    assert run.goal("loss") == ""
    world.definitions = [LabelDefinition("loss", goal="min")]
    assert world.runs.now()[0].goal("loss") == "min"
    assert world.runs.flattened_count == 1


def test_settings_are_counted_as_they_are_without_being_kept() -> None:
    configs = {
        f"run-{number}": {"lr": number % 3 / 10, "on": number % 2 == 0, "one": 1, "list": [1, number % 2]}
        for number in range(20)
    }
    world = World(configs)
    runs = world.runs.now()
    for some in (runs, runs[:7], runs[3:4], []):
        assert counts([*world.runs.counted(some)]) == dict(counted_pairs(some))
    world.change("run-0", config={"lr": 5})
    runs = world.runs.now()
    assert counts([*world.runs.counted(runs)]) == dict(counted_pairs(runs))


def test_beyond_the_limit_settings_are_read_each_time() -> None:
    world = World(
        {f"run-{number}": {f"key-{key}": key for key in range(10)} for number in range(5)}, most_settings=25
    )
    runs = world.runs.now()
    assert [run.own_settings is not None for run in runs] == [True, True, False, False, False]
    assert all(run.setting("key-3") == (3.0,) for run in runs)
    assert counts([*world.runs.counted(runs)]) == dict(counted_pairs(runs))
    del world.rows[ExperimentName("run-0")]
    world.change("run-4", config={"key-0": 1})
    assert world.runs.now()[-1].own_settings == {"key-0": 1}


def test_codes_begin_anew_where_there_are_too_many() -> None:
    world = World({"a": {"x": 1}, "b": {"x": 2}}, most_settings=3)
    for number in range(10):
        world.change("a", config={"x": f"value {number}"})
        runs = world.runs.now()
        assert counts([*world.runs.counted(runs)]) == {("x", f"value {number}"): 1, ("x", 2.0): 1}


def test_a_large_configuration_is_still_json_in_its_row() -> None:
    world = World({"a": msgspec.Raw(b'{"x": {"y": [1, 2]}}')})
    (run,) = world.runs.now()
    assert run.setting("x.y") == ("[1, 2]", 1.0, 2.0)


def test_runs_that_nobody_waits_for_are_given_up() -> None:
    with giving_up.when(lambda: True), pytest.raises(GivenUpError):
        World({"a": {}}).runs.now()
