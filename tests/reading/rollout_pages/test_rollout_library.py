"""Lists of rollouts: sorted, filtered, searched, of several files, while they grow; and one of them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from lavdlike.disk.local import LocalRoot
from lavdlike.errors import LogFormatError
from lavdlike.reading.rollout_pages import read_rollout, rollout_library
from lavdlike.reading.rollout_pages.made_lines import RolloutFile
from lavdlike.reading.rollout_pages.rollout_library import RolloutLibrary
from lavdlike.rollout_messages import NumberRange, RolloutPage, RolloutRequest, RolloutsPage, RolloutsRequest
from tests.scripts import ROOT

CORPUS = ROOT / "tests" / "corpus" / "rollouts"


class World:
    """A root with one experiment, and what is asked of it."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "run"
        self.folder.mkdir(parents=True)
        self.library = RolloutLibrary(LocalRoot(root))
        self.files: list[RolloutFile] = []

    def add(self, name: str, data: bytes, step: int | None = None) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.files.append(RolloutFile(f"run/{name}", name, step))

    def page(self, **asked: Any) -> RolloutsPage:
        return self.library.page(self.files, RolloutsRequest("run", "a", **asked))

    def whole(self, **asked: Any) -> RolloutsPage:
        """An answer with all that is to be read and searched."""
        for _ in range(100):
            page = self.page(**asked)
            if page.read_bytes == page.size_bytes and page.searched == page.total:
                return page
        raise AssertionError("it comes to no end")

    def one(self, page: RolloutsPage, place: int) -> RolloutPage:
        row = page.rows[place]
        file = next(each for each in self.files if each.in_experiment == row.file)
        return self.library.read(file, RolloutRequest("run", "a", False, row.file, row.offset))


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return World(tmp_path / "log")


def lines(*records: dict[str, Any]) -> bytes:
    return b"".join(
        json.dumps({"prompt": "p", "completion": "c", **each}).encode() + b"\n" for each in records
    )


def numbers(page: RolloutsPage, name: str) -> list[Any]:
    place = [column.name for column in page.columns].index(name)
    return [row.numbers[place] for row in page.rows]


def test_rows_are_sorted_by_any_number_with_gaps_last(world: World) -> None:
    values = [0.5, None, -2.0, 7.0, None, 0.25]
    world.add("a.jsonl", lines(*({"x": value} if value is not None else {} for value in values)))
    assert numbers(world.page(), "x") == values
    assert numbers(world.page(sort="x"), "x") == [-2.0, 0.25, 0.5, 7.0, None, None]
    assert numbers(world.page(sort="x", descending=True), "x") == [7.0, 0.5, 0.25, -2.0, None, None]
    assert numbers(world.page(sort="x", first=1, count=2), "x") == [0.25, 0.5]
    column = next(column for column in world.page().columns if column.name == "x")
    assert (column.count, column.least, column.most) == (4, -2.0, 7.0)


def test_sorting_is_what_python_sorts(world: World) -> None:
    rng = random.Random(1)
    values = [rng.choice([rng.gauss(0, 1), rng.randint(-3, 3)]) for _ in range(500)]
    world.add("a.jsonl", lines(*({"x": value, "at": at} for at, value in enumerate(values))))
    order = sorted(range(500), key=lambda at: values[at])
    assert numbers(world.page(sort="x", count=500), "at") == order
    assert numbers(world.page(sort="x", descending=True, count=500), "at") == sorted(
        range(500), key=lambda at: -values[at]
    )


def test_ranges_role_and_group_leave_out(world: World) -> None:
    world.add(
        "a.jsonl",
        lines(
            {"x": 1, "group": "a"},
            {"x": 2, "group": "b"},
            {"x": 3, "group": "a", "completion": [{"role": "tool", "content": "t"}]},
            {"group": "a"},
        ),
    )
    assert numbers(world.page(ranges=[NumberRange("x", 2, None)]), "x") == [2, 3]
    assert numbers(world.page(ranges=[NumberRange("x", None, 2)]), "x") == [1, 2]
    assert numbers(world.page(ranges=[NumberRange("x", 1, 2), NumberRange("messages", 2, 2)]), "x") == [1, 2]
    assert world.page(ranges=[NumberRange("nothing", 0, 1)]).count == 0
    assert numbers(world.page(role="tool"), "x") == [3]
    group = world.page().rows[0].group
    assert numbers(world.page(group=group), "x") == [1, 3, None]
    with pytest.raises(ValueError, match="no group is called 'what'"):
        world.page(group="what")


@pytest.mark.parametrize(
    "text",
    [
        "needle",
        "NEEDLE",
        "größer",
        "日本",
        "tab\tand",
        'say "hi"',
        "a/b",
        "<b>",
        "the answer",
        "thought of",
        "Called",
    ],
)
def test_a_text_is_found_wherever_it_stands(world: World, text: str) -> None:
    haystack = 'needle Größer 日本 tab\tand say "hi" a/b <b>the answer'
    record = {
        "messages": [
            {"role": "user", "content": "x", "reasoning_content": "thought of"},
            {"role": "assistant", "content": haystack, "tool_calls": [{"function": {"name": "called"}}]},
        ]
    }
    ascii_only, as_it_is = json.dumps(record), json.dumps(record, ensure_ascii=False)
    other = json.dumps({"messages": [{"role": "user", "content": "nothing"}]})
    world.add("a.jsonl", "\n".join([other, ascii_only, as_it_is, other, ""]).encode())
    assert world.whole(text=text).count == 2
    assert world.whole(text="content").count == 0  # names of fields are no text


def test_a_search_goes_on_where_it_stopped_and_when_the_file_grows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollout_library, "ANSWER_S", 0.0)
    world.add("a.jsonl", lines(*({"completion": f"word{number}"} for number in range(1000))))
    page, seen = world.page(text="word99"), []
    for _ in range(200):
        page = world.page(text="word99")
        seen.append(page.searched)
        if page.read_bytes == page.size_bytes and page.searched == page.total:
            break
        # Without time each answer reads a block, and then nothing is searched: time is given to the rest.
        monkeypatch.setattr(rollout_library, "ANSWER_S", 0.001)
    assert page.count == 11
    assert seen == sorted(seen)
    with (world.folder / "a.jsonl").open("ab") as file:
        file.write(lines({"completion": "word99 again"}))
    assert world.whole(text="word99").count == 12


def test_several_files_are_one_list(world: World) -> None:
    for step in (1, 2, 3):
        world.add(f"000{step}/a.rollouts.jsonl", lines({"x": step * 10}, {"x": step}), step)
    page = world.page(sort="x", descending=True)
    assert numbers(page, "x") == [30, 20, 10, 3, 2, 1]
    assert numbers(page, "step") == [3, 2, 1, 3, 2, 1]
    assert {row.file for row in page.rows} == {f"000{step}/a.rollouts.jsonl" for step in (1, 2, 3)}
    assert world.one(page, 0).rollout.numbers["x"] == 30
    (world.folder / "0002/a.rollouts.jsonl").unlink()
    assert numbers(world.page(sort="x"), "x") == [1, 3, 10, 30]


def test_a_file_that_grows_while_it_is_asked_for(world: World) -> None:
    world.add("a.jsonl", lines({"x": 5}))
    for number in range(4):
        assert numbers(world.page(sort="x"), "x") == [*range(number), 5]
        with (world.folder / "a.jsonl").open("ab") as file:
            file.write(lines({"x": number}))


def test_rows_say_how_question_and_answer_begin(world: World) -> None:
    messages = [
        {"role": "system", "content": "be kind"},
        {"role": "user", "content": "  a\n  question " + "x" * 1000},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"function": {"name": "run", "arguments": "{}"}}],
        },
    ]
    world.add("a.jsonl", json.dumps({"messages": messages}).encode() + b"\n")
    (row,) = world.page().rows
    assert row.prompt.startswith("a question xx")
    assert len(row.prompt) == 200
    assert row.answer == "run({})"
    assert row.role == "assistant"


@pytest.mark.slow
def test_a_very_long_rollout_is_sent_in_part_and_says_so(world: World) -> None:
    messages = [{"role": "user", "content": str(number)} for number in range(100_000)]
    long_one = {"messages": [{"role": "user", "content": "x" * 3_000_000}]}
    world.add(
        "a.jsonl", b"".join(json.dumps(each).encode() + b"\n" for each in ({"messages": messages}, long_one))
    )
    page = world.page()
    many, long = world.one(page, 0), world.one(page, 1)
    assert (len(many.rollout.messages), many.left_out, many.cut) == (1000, 99_000, False)
    assert many.rollout.messages[-1].content == "99999"
    assert (len(long.rollout.messages[0].content), long.cut) == (read_rollout.MAX_LETTERS - len("user"), True)


def test_numbers_that_json_cannot_carry_are_texts(world: World) -> None:
    world.add(
        "a.jsonl", b'{"prompt": "p", "completion": "c", "x": Infinity, "y": 9007199254740993, "z": NaN}\n'
    )
    one = world.one(world.page(), 0)
    assert one.rollout.numbers["x"] == "inf"
    assert one.rollout.numbers["y"] == "9007199254740993"
    assert one.rollout.numbers["z"] == "nan"
    assert numbers(world.page(), "x") == ["inf"]


def test_where_no_rollout_stands_it_is_said(world: World) -> None:
    world.add("a.jsonl", lines({"x": 1}))
    with pytest.raises(LogFormatError, match="no rollout stands there"):
        world.library.read(world.files[0], RolloutRequest("run", "a", False, "a.jsonl", 5))
    with pytest.raises(LogFormatError, match="no rollout stands there"):
        world.library.read(world.files[0], RolloutRequest("run", "a", False, "a.jsonl", 10**9))


def test_a_pattern_is_searched_for_in_each_text(world: World) -> None:
    records = [{"prompt": f"{n} + {n}?", "completion": f"It is\n{2 * n}."} for n in range(500)]
    world.add("a.jsonl", lines(*records) + b"{broken\n")
    page = world.whole(text=r"^it is\n99[02]\.$", regex=True)
    assert [row.answer for row in page.rows] == ["It is 990.", "It is 992."]
    assert world.whole(text=r"\+ 49[0-9]\?", regex=True).count == 10
    assert world.whole(text="+ 49").count == 11
    assert world.whole(text=r"\+ 49").count == 0
    wrong = world.whole(text="(", regex=True)
    assert (wrong.count, bool(wrong.pattern_error)) == (500, True)
    assert "too large" in world.whole(text="(?:a?){5000}a{5000}", regex=True).pattern_error


@pytest.mark.parametrize("asked", [{"count": 0}, {"count": 501}, {"first": -1}])
def test_numbers_outside_of_their_range_are_refused(world: World, asked: dict[str, int]) -> None:
    world.add("a.jsonl", lines({"x": 1}))
    with pytest.raises(ValueError, match="count must be from 1 to 500"):
        world.page(**asked)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "count", "reward"),
    [
        ("inspect_zip.eval", 3, "reward"),
        ("inspect.json", 3, "reward"),
        ("completions/completions_00010.parquet", 6, "accuracy_reward"),
    ],
)
def test_files_of_other_forms_are_made_into_lines(world: World, name: str, count: int, reward: str) -> None:
    world.add(name, (CORPUS / name).read_bytes())
    page = world.whole(sort=reward, descending=True)
    assert page.problems == []
    assert page.count == count
    last = world.one(page, 0).rollout.messages[-1].content
    assert last in {"The sum is 4.", "Madrid ", "long " * 400 + "answer: Paris"}
    before = page.rows
    assert world.whole(sort=reward, descending=True).rows == before
    world.library.close()


@pytest.mark.slow
def test_steps_of_trl_are_one_list(world: World) -> None:
    for step in (10, 20):
        name = f"completions/completions_{step:05d}.parquet"
        world.add(name, (CORPUS / name).read_bytes(), step)
    page = world.whole(sort="step", descending=True)
    assert numbers(page, "step") == [20] * 6 + [10] * 6
    same = world.whole(group=page.rows[0].group)
    assert (same.count, {row.prompt for row in same.rows}) == (4, {page.rows[0].prompt})
    world.library.close()


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.eval", b"PK\x03\x04 and nothing", "a broken ZIP"),
        ("completions_1.parquet", b"PAR1" + bytes(100) + b"PAR1", "cannot be read"),
        (
            "b.json",
            b'{"version": 2, "status": "success", "eval": {}, "samples": ' + b"[" * 100_000,
            "nested too deep",
        ),
        ("c.jsonl", b"nothing of the kind\n", "holds no rollouts"),
    ],
)
def test_a_broken_file_is_a_problem_and_others_are_shown(
    world: World, name: str, data: bytes, reason: str
) -> None:
    world.add("a.rollouts.jsonl", lines({"x": 1}))
    world.add(name, data)
    page = world.whole()
    assert page.count == 1
    (problem,) = page.problems
    assert problem.path == f"run/{name}"
    assert reason in problem.reason


def test_what_was_asked_for_longest_ago_is_forgotten_first(tmp_path: Path) -> None:
    root = tmp_path / "log"
    (root / "run").mkdir(parents=True)
    library = RolloutLibrary(LocalRoot(root), budget_bytes=1)
    for number in range(3):
        (root / "run" / f"{number}.jsonl").write_bytes(lines({"x": number}))
        file = RolloutFile(f"run/{number}.jsonl", f"{number}.jsonl", None)
        page = library.page([file], RolloutsRequest("run", str(number)))
        assert numbers(page, "x") == [number]
    assert len(library._labels) == 1
