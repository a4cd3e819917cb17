from __future__ import annotations

from collections.abc import Callable

import pytest

from lavdlike.sources.choice import LeftOut, left_out, with_preferred


def shown(paths: list[str], begin_of: Callable[[str], bytes]) -> list[str]:
    others = {each.path for each in left_out(paths, begin_of)}
    return [path for path in paths if path not in others]


def begins(steps: dict[str, int]) -> Callable[[str], bytes]:
    return lambda path: f'{{"global_step": {steps[path]},'.encode()


@pytest.mark.parametrize(
    ("paths", "left_out"),
    [
        (["scalars.tsv", "history.csv"], []),
        (["progress.csv", "result.json"], ["progress.csv"]),  # Ray Tune
        (["progress.csv", "sub/result.json"], []),
        (["progress.csv", "progress.json"], ["progress.csv"]),  # Stable-Baselines3
        (["vis_data/20260101_120000.json", "vis_data/scalars.json"], ["vis_data/20260101_120000.json"]),
        (["vis_data/20260101_120000.json"], []),
        (["dvclive/metrics.json", "dvclive/plots/metrics/a.tsv"], ["dvclive/metrics.json"]),
        (["events.out.tfevents.1.h", "metrics.json"], ["metrics.json"]),  # detectron2
        (["events.out.tfevents.1.h", "metrics.csv"], []),  # nobody says that they hold the same
        (["all_results.json", "trainer_state.json"], ["all_results.json"]),
        (["metrics.csv", "metrics.jsonl"], []),
    ],
)
def test_of_two_files_that_hold_the_same_one_is_read(paths: list[str], left_out: list[str]) -> None:
    assert shown(paths, lambda _: b"") == [path for path in paths if path not in left_out]


def test_the_newest_state_of_a_training_is_read() -> None:
    states = {
        "out/checkpoint-500/trainer_state.json": 500,
        "out/checkpoint-1000/trainer_state.json": 1000,
        "out/trainer_state.json": 500,
        "other/trainer_state.json": 3,
    }
    newest = shown(list(states), begins(states))
    assert newest == ["out/checkpoint-1000/trainer_state.json", "other/trainer_state.json"]


def test_of_states_that_are_equally_far_the_one_at_the_end_is_read() -> None:
    states = {"checkpoint-500/trainer_state.json": 500, "trainer_state.json": 500}
    assert shown(list(states), begins(states)) == ["trainer_state.json"]


def test_it_is_said_what_is_read_instead() -> None:
    [left] = left_out(["events.out.tfevents.1.h", "events.out.tfevents.2.h", "progress.csv"], lambda _: b"")
    assert (left.path, left.instead) == ("progress.csv", "events.out.tfevents.1.h")
    assert "event files" in left.why
    states = {"checkpoint-500/trainer_state.json": 500, "trainer_state.json": 800}
    [older] = left_out(list(states), begins(states))
    assert (older.path, older.instead) == ("checkpoint-500/trainer_state.json", "trainer_state.json")


def chosen(paths: list[str], *preferred: str) -> list[LeftOut]:
    return with_preferred(left_out(paths, lambda _: b""), paths, preferred)


def test_a_file_is_read_in_place_of_the_one_that_is_usual() -> None:
    paths = ["progress.csv", "result.json"]
    [usual] = chosen(paths)
    assert (usual.path, usual.is_usual) == ("progress.csv", False)
    [other] = chosen(paths, "progress.csv")
    assert other == LeftOut("result.json", "progress.csv", usual.why, is_usual=True)
    assert chosen(paths, "result.json", "no such file") == [usual]


def test_files_that_are_read_together_are_left_out_together() -> None:
    events = ["events.out.tfevents.1.h", "events.out.tfevents.2.h"]
    paths = [*events, "metrics.json", "progress.csv", "scalars.tsv"]
    found = chosen(paths, "metrics.json")
    assert [each.path for each in found] == [*events, "progress.csv"]
    assert {each.instead for each in found} == {"metrics.json"}
    tables = ["dvclive/plots/metrics/a.tsv", "dvclive/plots/metrics/train/b.tsv"]
    found = chosen(["dvclive/metrics.json", *tables], "dvclive/metrics.json")
    assert [each.path for each in found] == tables


def test_of_several_states_another_one_is_read() -> None:
    states = [f"checkpoint-{step}/trainer_state.json" for step in (1, 2, 3)]
    found = left_out(states, begins({path: step for step, path in enumerate(states)}))
    assert {each.instead for each in found} == {states[2]}
    found = with_preferred(found, states, [states[0]])
    assert [(each.path, each.instead, each.is_usual) for each in found] == [
        (states[1], states[0], False),
        (states[2], states[0], True),
    ]
