"""Names of other programs that say a step; all others stay what their paths say."""

from __future__ import annotations

import pytest

from lavdlike.kinds import places
from lavdlike.layout import MAX_STEP
from lavdlike.reading.origins import place_of, split_path

UUID = "7213fbd3-f82f-4001-b33b-c64bf180ac7c"


@pytest.mark.parametrize(
    ("path", "step", "label", "kinds"),
    [
        (f"artifacts/images/dogs+step+12+timestamp+1796078769691+{UUID}.png", 12, "dogs", ("images",)),
        (f"artifacts/images/val~cats%step%7%timestamp%1796078769691%{UUID}.png", 7, "val/cats", ("images",)),
        (f"artifacts/images/a#b%step%7%timestamp%1796078769691%{UUID}.png", 7, "a/b", ("images",)),
        (f"artifacts/images/dogs+step+12+timestamp+1796078769691+{UUID}+compressed.webp", 12, "dogs", ()),
        (f"artifacts/table_images/t/{UUID}.webp", None, f"artifacts/table_images/t/{UUID}", ()),
        ("plots/images/predictions/0012.png", 12, "predictions", ("images",)),
        ("dvclive/plots/images/a/b/3.jpg", 3, "a/b", ("images",)),
        ("completions/completions_00010.parquet", 10, "completions/completions", ("files",)),
        ("it/iteration_000002/a_rollout_summaries.jsonl", 2, "it/a_rollout_summaries", ("files",)),
        ("weights/epoch10.pt", 10, "weights/epoch", ("models",)),
    ],
)
def test_names_that_say_a_step(path: str, step: int | None, label: str, kinds: tuple[str, ...]) -> None:
    place = place_of(*split_path(path))
    assert (place.step, place.label, place.kinds) == (step, label, kinds)
    assert place.origin(path).path_of(label) == path


@pytest.mark.parametrize(
    "path",
    [
        *("artifacts/images/dogs.png", "artifacts/images/dogs+step+1+timestamp+2+3.png"),
        f"artifacts/images/a+step+{MAX_STEP + 1}+timestamp+1+{UUID}.png",
        *("plots/images/roc.png", "plots/images/12.png", "weights/last.pt", "weights/epoch.pt", "a/3.png"),
        f"artifacts/table_images/t/{UUID}.png",
    ],
)
def test_others_are_what_their_paths_say(path: str) -> None:
    place = place_of(*split_path(path))
    assert (place.step, place.label) == (None, places.split_label(path)[0])


def test_in_a_step_of_ours_a_path_is_a_label() -> None:
    place = place_of("0003/plots/images/a", "7.png")
    assert (place.step, place.label) == (3, "plots/images/a/7")
