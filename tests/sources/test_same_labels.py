from __future__ import annotations

import pytest

from lavdlike.sources.choice import LeftOut
from lavdlike.sources.same_labels import Standing, hidden, in_order, left_out, standing_of
from lavdlike.sources.source import Form
from lavdlike.sources.source_registry import source_for

RUN = {
    "": Standing("scalars.tsv"),
    "run-1": Standing("run-1.wandb", Form.RUN_LOG),
    "tfevents": Standing("events.out.tfevents.1.h", Form.EVENTS),
    "a.jsonl": Standing("a.jsonl", Form.JSON_LINES),
    "b.jsonl": Standing("b.jsonl", Form.JSON_LINES),
    "metrics.csv": Standing("metrics.csv", Form.TABLE),
    "rank1": standing_of("metrics_rank1.jsonl", Form.JSON_LINES),
    "chosen.csv": Standing("chosen.csv", Form.TABLE, is_preferred=True),
}


@pytest.mark.parametrize(
    ("writers", "hides"),
    [
        ([""], {}),
        (["metrics.csv"], {}),
        (["tfevents", "metrics.csv"], {"metrics.csv": "tfevents"}),
        (["run-1", "tfevents", "a.jsonl"], {"tfevents": "run-1", "a.jsonl": "run-1"}),
        (["", "run-1"], {"run-1": ""}),
        (["a.jsonl", "b.jsonl"], {}),  # two files of one form: nobody says that they hold the same
        (["a.jsonl", "b.jsonl", "metrics.csv"], {"metrics.csv": "a.jsonl"}),
        (["tfevents", "rank1"], {}),  # another process
        (["tfevents", "rank1", "a.jsonl"], {"a.jsonl": "tfevents"}),
        (["", "tfevents", "chosen.csv"], {"": "chosen.csv", "tfevents": "chosen.csv"}),
    ],
)
def test_of_several_forms_the_first_shows_a_label(writers: list[str], hides: dict[str, str]) -> None:
    assert hidden(writers, RUN) == hides


def test_the_order_is_that_of_the_documentation() -> None:
    paths = [
        "scalars.tsv",
        "run-1.wandb",
        "events.out.tfevents.1.h",
        "metrics.jsonl",
        "metrics.csv",
        "trainer_state.json",
    ]
    begins = {"metrics.jsonl": b'{"step": 1, "loss": 1}\n', "metrics.csv": b"step,loss\n1,1\n"}
    forms = [source_for(path, begins.get(path, b"")).form for path in paths]
    assert forms == sorted(forms)
    assert len(set(forms)) == len(paths)


def test_files_that_are_not_shown_are_named_with_what_both_have() -> None:
    labels = {f"l{number}": ["tfevents", "metrics.csv"] for number in range(5)}
    [left] = left_out(labels, RUN)
    assert left == LeftOut(
        "metrics.csv",
        "events.out.tfevents.1.h",
        "both have l0, l1, l2 and 2 more",
        labels=("l0", "l1", "l2", "l3", "l4"),
    )
    [left] = left_out({**labels, "own": ["metrics.csv"]}, RUN)
    assert left.why == "both have l0, l1, l2 and 2 more; all other labels of this file are shown"
    [left] = left_out({"loss": ["", "chosen.csv"]}, RUN)
    assert (left.path, left.instead, left.is_usual) == ("scalars.tsv", "chosen.csv", True)
    assert left_out({"loss": ["a.jsonl", "b.jsonl"]}, RUN) == []


def test_who_shows_a_label_comes_first() -> None:
    assert in_order(["metrics.csv", "tfevents", "chosen.csv", "other"], RUN) == [
        "chosen.csv",
        "other",  # values of steps
        "tfevents",
        "metrics.csv",
    ]
