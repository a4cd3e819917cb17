"""The folder rules as tables of cases: path <-> (experiment, step, label), ids, labels and steps that are refused."""

from __future__ import annotations

import math
import os

import numpy as np
import pytest

from lavdlike import layout
from lavdlike.kinds import places
from lavdlike.kinds.places import Place
from lavdlike.layout import MAX_STEP
from lavdlike.layout import ExperimentName as Name


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("run/bird.png", Place("run", None, "bird", ".png")),
        ("run/0001/bird.png", Place("run", 1, "bird", ".png")),
        ("run/1/bird.png", Place("run", 1, "bird", ".png")),
        ("run/01/bird.png", Place("run", 1, "bird", ".png")),
        ("run/0/bird.png", Place("run", 0, "bird", ".png")),
        ("run/0001/a/b c/bird.PNG", Place("run", 1, "a/b c/bird", ".PNG")),
        # Only a folder directly in the experiment is a step.
        ("run/other/0001/a.md", Place("run", None, "other/0001/a", ".md")),
        ("run/0001/0002/a.md", Place("run", 1, "0002/a", ".md")),
        ("run/0001", Place("run", None, "0001", "")),
        ("run/9007199254740991/a.md", Place("run", MAX_STEP, "a", ".md")),
        ("run/9007199254740992/a.md", Place("run", None, "9007199254740992/a", ".md")),
        ("run/00000000000000001/a.md", Place("run", None, "00000000000000001/a", ".md")),
        ("run/-1/a.md", Place("run", None, "-1/a", ".md")),
        ("run/1.0/a.md", Place("run", None, "1.0/a", ".md")),
        ("run/²/a.md", Place("run", None, "²/a", ".md")),
        ("run/１/a.md", Place("run", None, "１/a", ".md")),
        ("run/1 /a.md", Place("run", None, "1 /a", ".md")),
        ("run/1\n/a.md", Place("run", None, "1\n/a", ".md")),
        # The last suffix counts, but for those of two parts.
        ("run/a.tar.gz", Place("run", None, "a.tar", ".gz")),
        ("run/loss.plotly.json", Place("run", None, "loss", ".plotly.json")),
        ("run/loss.Plotly.JSON", Place("run", None, "loss", ".Plotly.JSON")),
        ("run/a/b.plotly.json", Place("run", None, "a/b", ".plotly.json")),
        ("run/bird.mask.png", Place("run", None, "bird", ".mask.png")),
        ("run/bird.mask-truth_1.png", Place("run", None, "bird", ".mask-truth_1.png")),
        ("run/bird.mask-.png", Place("run", None, "bird.mask-", ".png")),
        ("run/bird.mask-ä.png", Place("run", None, "bird.mask-ä", ".png")),
        ("run/bird.mask.jpg", Place("run", None, "bird.mask", ".jpg")),
        ("run/mask.png", Place("run", None, "mask", ".png")),
        ("run/Makefile", Place("run", None, "Makefile", "")),
        ("run/a.", Place("run", None, "a", ".")),
        ("run/\udcff.png", Place("run", None, "\udcff", ".png")),
        ("0001/0002/a.md", Place("0001", 2, "a", ".md")),
        # No part of the tree.
        ("top-level.md", None),
        ("run/", None),
        ("run/.hidden.md", None),
        ("run/.guild/attrs/env", None),
        ("run/.guild/output", None),
        (
            "run/.guild/events.out.tfevents.1.host",
            Place("run", None, ".guild/events.out.tfevents.1", ".host"),
        ),
        ("run/.git/config", None),
        ("run/0001/.a/b.md", None),
        (".run/a.md", None),
        ("", None),
    ],
)
def test_a_path_is_of_just_one_place(path: str, place: Place | None) -> None:
    assert places.place_of(path) == place
    experiment, slash, rest = path.partition("/")
    if slash and not layout.is_hidden(experiment):
        assert places.place_in_experiment(experiment, rest) == place
    if place is not None:
        assert layout.split_step(rest)[0] == place.step
        assert places.split_label(layout.split_step(rest)[1]) == (place.label, place.suffix)


@pytest.mark.parametrize(
    ("step", "digits", "folder"),
    [(1, 4, "0001"), (12345, 4, "12345"), (0, 0, "0"), (7, 2, "07"), (MAX_STEP, 16, str(MAX_STEP))],
)
def test_the_folder_of_a_step_reads_back_as_it(step: int, digits: int, folder: str) -> None:
    assert layout.step_folder(step, digits) == folder
    assert layout.step_of_folder(folder) == step


@pytest.mark.parametrize(
    ("name", "writer"),
    [
        ("scalars.tsv", ""),
        ("scalars.rank3.tsv", "rank3"),
        ("scalars.a.b.tsv", "a.b"),
        ("scalars..tsv", None),
        ("scalars.TSV", None),
        ("my-scalars.tsv", None),
        ("scalars.csv", None),
    ],
)
def test_files_of_scalars_are_known_by_their_names(name: str, writer: str | None) -> None:
    assert layout.scalars_writer(name) == writer


@pytest.mark.parametrize(
    ("path", "identifier", "shown"),
    [
        ("a/b c.png", "a/b%20c.png", "a/b c.png"),
        ("ä~%", "%C3%A4~%25", "ä~%"),
        ("\udcff", "%FF", r"\xff"),
        ("a?b#c", "a%3Fb%23c", "a?b#c"),
    ],
)
def test_an_id_names_just_one_path(path: str, identifier: str, shown: str) -> None:
    assert layout.to_id(path) == identifier
    assert layout.from_id(identifier) == path
    assert layout.experiment_name(layout.experiment_id(Name(path))) == path
    assert layout.usual_experiment_id(identifier.replace("~", "%7e")) == identifier.replace("/", "%2F")
    assert layout.shown(path) == shown
    assert os.fsdecode(os.fsencode(path)) == path


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        *((name, True) for name in ("run", "0001", "a/b", "mlruns/0/ab12")),
        *((name, False) for name in ("", ".run", "a/.run", "a\0", "a/", "/a", "a//b", "..")),
    ],
)
def test_names_of_experiments(name: str, is_one: bool) -> None:  # noqa: FBT001 - a column of the table
    assert layout.is_experiment_name(name) is is_one


def test_the_id_of_an_experiment_is_one_part_of_an_address() -> None:
    assert layout.experiment_id(Name("mlruns/0/ä b")) == "mlruns%2F0%2F%C3%A4%20b"
    assert layout.file_id(Name("a/b"), "0001/x y.png") == "a%2Fb/0001/x%20y.png"
    assert layout.file_of_id("a%2fb/0001/x%20y.png") == ("a/b", "0001/x y.png")
    assert layout.path_of_file("a%2Fb/0001/x%20y.png") == "a/b/0001/x y.png"
    assert layout.outer_names("a/b/c") == ["a/b", "a"]
    assert layout.outer_names("a") == []


LONGEST = "x" * (layout.MAX_NAME_BYTES - 40)


@pytest.mark.parametrize(
    ("label", "step"),
    [
        ("a", None),
        ("a/b.c", 1),
        ("ä 漢", None),
        (LONGEST, None),
        (f"{LONGEST}/{LONGEST}", 1),
        ("0001", None),
        ("a/0001", None),
        ("0001/a", 1),
        ("scalars", 1),
        ("a/command", None),
    ],
)
def test_labels_that_are_taken(label: str, step: int | None) -> None:
    assert layout.check_label(label, step=step) == label


@pytest.mark.parametrize(
    ("label", "step", "rule"),
    [
        (None, 1, "must be a string, not NoneType"),
        (3, 1, "must be a string, not int"),
        ("", 1, "must not be empty"),
        ("a\tb", 1, "must not contain a tab"),
        ("a\nb", 1, "must not contain a newline"),
        ("a\rb", 1, "must not contain a carriage return"),
        ("a\0b", 1, "must not contain a NUL"),
        ("\ud800", 1, "must be valid Unicode"),
        ("/a", 1, "must be relative"),
        ("a//b", 1, "must not contain empty names"),
        ("a/", 1, "must not contain empty names"),
        ("../a", 1, "must not contain empty names, '.' or '..'"),
        ("a/./b", 1, "must not contain empty names, '.' or '..'"),
        (".a", 1, "must not begin with a dot"),
        ("a/.b", 1, "must not begin with a dot"),
        (LONGEST + "x", 1, "has a part longer than 215 bytes"),
        ("ä" * 108, 1, "has a part longer than 215 bytes"),
        ("0001/a", None, "would be read as step 1"),
        ("experiment", None, "is reserved without a step"),
        ("command", None, "is reserved without a step"),
        *(
            (label, None, "is reserved without a step")
            for label in ("scalars", "marks", "my-notes", "annotations")
        ),
    ],
)
def test_labels_that_are_refused(label: object, step: int | None, rule: str) -> None:
    with pytest.raises(ValueError, match=rf"^name .*{rule}"):
        layout.check_label(label, step=step)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "step"),
    [
        (None, None),
        (0, 0),
        (MAX_STEP, MAX_STEP),
        (3.0, 3),
        (np.int64(3), 3),
        (np.uint8(3), 3),
        (np.array(3), 3),
    ],
)
def test_steps_that_are_taken(given: object, step: int | None) -> None:
    taken = layout.check_step(given)
    assert taken == step
    assert type(taken) is type(step)


@pytest.mark.parametrize("given", [-1, 1.5, "1", True, MAX_STEP + 1, math.nan, math.inf, b"1", [], object()])
def test_steps_that_are_refused(given: object) -> None:
    with pytest.raises(ValueError, match=r"^step must be"):
        layout.check_step(given)


@pytest.mark.parametrize("name", ["a/b", "..", ".a", "", "a\nb"])
def test_names_of_experiments_that_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"^experiment must"):
        layout.check_experiment(name, argument="experiment")


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("experiment.alice.json", True),
        ("experiment.rank3.alice.json", True),
        ("experiment.json", False),
        ("experiment..json", False),
        ("experiment.alice.json.broken", False),
        ("0001/experiment.alice.json", False),
        ("my-experiment.alice.json", False),
    ],
)
def test_files_with_the_sessions_of_a_user(name: str, is_one: bool) -> None:  # noqa: FBT001 - a column of the table
    assert layout.is_users_experiment_file(name) is is_one
