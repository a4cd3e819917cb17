from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike import root_settings
from lavdlike.edit_messages import Annotation
from lavdlike.marks import Marks
from lavdlike.match import match_of
from lavdlike.messages import LabelDefinition, RootSettings, SavedFilter
from lavdlike.root_settings import RootFile

EXAMPLE = b"""
# people's words
labels:
  "*/loss": {goal: min, unit: nats}
  train/*: {x: epoch, description: Counts from 1}
filters:
  best runs: tag:best -tag:bad
view:
  smoothing: [0.6]
  theme: dark
experiments:
  run of mlflow:
    title: 12:30
    tagsAdded: [no, 3]
    starred: true
    notes: |
      Two
      lines
    annotations:
      - {id: a1, step: 3, endStep: 9, label: loss, author: ada, time: 1.5, text: jumps}
unknown: {kept: yes}
"""


def read(data: bytes) -> RootFile:
    return root_settings.read(data, "lavdlike.yaml")


def problem_of(data: bytes) -> str:
    problem = read(data).settings.problem
    assert problem is not None
    return f"{problem.position}: {problem.reason}"


def test_everything_that_people_say_of_a_root_is_read() -> None:
    found = read(EXAMPLE)
    assert found.settings == RootSettings(
        match=match_of(EXAMPLE),
        labels=[
            LabelDefinition("*/loss", goal="min", unit="nats"),
            LabelDefinition("train/*", x="epoch", description="Counts from 1"),
        ],
        filters=[SavedFilter("best runs", "tag:best -tag:bad")],
        view={"smoothing": ["0.6"], "theme": ["dark"]},
    )
    assert found.marks == {"run of mlflow": Marks(title="12:30", tags_added=("no", "3"), starred=True)}
    assert found.notes == {"run of mlflow": "Two\nlines\n"}
    assert found.annotations == {
        "run of mlflow": [
            Annotation(step=3, end_step=9, label="loss", author="ada", time=1.5, text="jumps", id="a1")
        ]
    }


@pytest.mark.parametrize("data", [None, b"", b"# nothing\n", b"{}", b"labels:\nexperiments: ~\n"])
def test_nothing_said_is_no_problem(data: bytes | None) -> None:
    found = root_settings.read(data, "lavdlike.yaml")
    assert found == RootFile(RootSettings(match=match_of(data)), {}, {}, {})


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"- a\n", ": a mapping is expected"),
        (b"a: [\n", "line 2: not YAML: "),
        (b"\xff\xfea\x00", "byte 0: not UTF-8"),
        (b"a: !!python/object/apply:os.system [true]", "line 1: the tag tag:yaml.org,2002:python/object"),
        (b"a: !mine x", "line 1: the tag !mine is not read"),
        (b"? [a]\n: 1", "line 1: a key is not text"),
        (b"a: " + b"x" * 10 * 2**20, "larger than 1 MiB"),
        pytest.param(b"a: [" + b"1," * 100_000 + b"]", "more than 100,000 entries", marks=pytest.mark.slow),
    ],
)
def test_hostile_files_are_a_problem_and_say_nothing(data: bytes, problem: str) -> None:
    assert problem in problem_of(data)
    assert read(data) == RootFile(read(data).settings, {}, {}, {})


def test_an_alias_repeats_what_it_names() -> None:
    found = read(b"labels: {a: &same {goal: max}, b: *same}")
    assert [definition.goal for definition in found.settings.labels] == ["max", "max"]
    assert found.settings.problem is None


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"labels: {a: {goal: up}}", "labels.a"),
        (b"labels: {a: {unit: " + b"x" * 50 + b"}}", "labels.a: unit must not be longer"),
        (b"labels: 3", "labels: a mapping is expected"),
        (b"filters: {a: [b]}", "filters.a"),
        (b"experiments: {a: {starred: perhaps}}", "experiments.a.starred"),
        (b"experiments: {a: {annotations: [{id: x}]}}", "experiments.a.annotations[0]"),
        (b"experiments: {a: {annotations: [{id: x, step: -1, text: t}]}}", "experiments.a.annotations[0]"),
        (b"experiments: {a: {annotations: 3}}", "experiments.a.annotations: a list is expected"),
        (b"view: {}\nview: {a: b}", "line 2: a key comes twice; the first one holds"),
    ],
)
def test_a_part_that_is_wrong_is_a_problem_and_the_rest_holds(data: bytes, problem: str) -> None:
    data += b"\nlast: x\n" if b"{a: b}" in data else b"\nview: {theme: dark}\n"
    assert problem_of(data).startswith(problem)
    if b"view: {}" not in data:
        assert read(data).settings.view == {"theme": ["dark"]}


@given(st.binary())
def test_no_bytes_raise(data: bytes) -> None:
    read(data)


@given(st.text(alphabet="a:-[]{}&*!|>#\"' \n\t?,%@`<~", max_size=60))
def test_no_text_raises(text: str) -> None:
    read(text.encode())
