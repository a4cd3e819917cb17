"""What is known of the lines of a file: each looked at once, whatever is in it, also when it grows."""

from __future__ import annotations

import json
import math
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lavdlike.bounded import giving_up
from lavdlike.reading.rollout_pages import kept_index, rollout_columns, rollout_index
from lavdlike.reading.rollout_pages.line_facts import ROLES, LineFacts, facts_of
from lavdlike.reading.rollout_pages.rollout_columns import RolloutColumns
from lavdlike.reading.rollout_pages.rollout_index import RolloutIndex


def line(**fields: Any) -> bytes:
    return json.dumps({"prompt": "p", "completion": "c", **fields}).encode() + b"\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.rollouts.jsonl"
    path.touch()
    return path


def follow(index: RolloutIndex, path: Path, seconds: float = 60) -> bool:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return index.follow(descriptor, time.monotonic() + seconds)
    finally:
        os.close(descriptor)


def column(index: RolloutIndex, name: str) -> list[float]:
    found = index.columns.column(name)
    assert found is not None
    values: list[float] = found.tolist()
    return values


def test_numbers_are_columns_with_gaps(file: Path) -> None:
    file.write_bytes(line(reward=1.5, step=2) + line(metrics={"kl": 0.25}) + line(reward="text", right=True))
    index = RolloutIndex("a", None)
    assert follow(index, file)
    assert index.columns.names == ["step", "reward", "kl", "right", "messages"]
    assert column(index, "reward")[0] == 1.5
    assert all(math.isnan(value) for value in column(index, "reward")[1:])
    assert column(index, "messages") == [2, 2, 2]
    assert index.columns.offsets.tolist()[1] == len(line(reward=1.5, step=2))


def test_lines_without_a_step_have_that_of_their_place(file: Path) -> None:
    file.write_bytes(line() + line(step=7))
    index = RolloutIndex("a", 3)
    follow(index, file)
    assert column(index, "step") == [3, 7]


def test_only_new_lines_are_looked_at(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = []

    def look(content: bytes) -> LineFacts:
        looked_at.append(content)
        return facts_of(content)

    monkeypatch.setattr(rollout_index, "facts_of", look)
    index = RolloutIndex("a", None)
    with file.open("ab", buffering=0) as written:
        for number in range(5):
            written.write(line(reward=number))
            follow(index, file)
    assert len(looked_at) == 5
    assert column(index, "reward") == [0, 1, 2, 3, 4]
    assert index.generation == 1


def test_a_file_that_is_written_anew_is_read_anew(file: Path) -> None:
    index = RolloutIndex("a", None)
    file.write_bytes(line(reward=1) + line(reward=2))
    follow(index, file)
    file.write_bytes(line(reward=3))
    follow(index, file)
    assert column(index, "reward") == [3]
    assert index.generation == 2


def test_a_last_line_without_its_end_is_there_once_it_is_whole(file: Path) -> None:
    index = RolloutIndex("a", None)
    whole = line(reward=1)
    file.write_bytes(whole + whole[:20])
    follow(index, file)
    assert index.columns.count == 1
    file.write_bytes(whole + whole.rstrip())
    follow(index, file)
    assert column(index, "reward") == [1, 1]
    with file.open("ab") as written:
        written.write(b"\n" + line(reward=2))
    follow(index, file)
    assert column(index, "reward") == [1, 1, 2]


def test_what_is_wrong_is_said_with_its_place_and_the_rest_is_there(file: Path) -> None:
    deep = b'{"messages": ' + b"[" * 200_000 + b"\n"
    broken = [b"{cut\n", b"[1]\n", b"\xff\xfe\n", deep, b"\n", b"{}\n"]
    file.write_bytes(
        line(reward=1) + b"".join(broken) + b'{"prompt": "a", "completion": "b", "reward": NaN}\n'
    )
    index = RolloutIndex("run/a.jsonl", None)
    follow(index, file)
    assert index.columns.count == 3  # `{}` is one, of which there is nothing to say
    assert len(index.problems) == 4
    assert index.problems[0].path == "run/a.jsonl"
    assert index.problems[0].position == f"line 2, byte {len(line(reward=1))}"
    assert "no JSON" in index.problems[0].reason
    assert "no JSON object" in index.problems[1].reason
    assert "not UTF-8" in index.problems[2].reason
    assert math.isnan(column(index, "reward")[2])


def test_a_line_that_is_too_long_is_passed_over(file: Path) -> None:
    file.write_bytes(line(completion="x" * (17 * 2**20)) + line(reward=1))
    index = RolloutIndex("a", None)
    assert follow(index, file)
    assert index.columns.count == 1
    assert "longer than 16 MiB" in index.problems[0].reason


def test_a_hundred_thousand_messages_are_one_rollout(file: Path) -> None:
    messages = [{"role": "user", "content": "a"}] * 100_000
    file.write_bytes(json.dumps({"messages": messages}).encode() + b"\n")
    index = RolloutIndex("a", None)
    follow(index, file)
    assert column(index, "messages") == [100_000]


def test_there_is_a_limit_to_columns(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollout_columns, "MAX_COLUMNS", 5)
    file.write_bytes(line(reward=1, **{f"n{number}": number for number in range(20)}) + line(late=1))
    index = RolloutIndex("a", None)
    follow(index, file)
    assert len(index.columns.numbers) == 5
    assert {"n19", "late"} <= index.columns.left_out


def test_it_stops_when_the_time_is_over_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    count = 30_000
    path.write_bytes(b"".join(line(reward=number, note="x" * 300) for number in range(count)))
    index = RolloutIndex("a", None)
    rounds = 1
    while not follow(index, path, seconds=0):
        rounds += 1
    assert rounds > 2
    assert column(index, "reward") == list(range(count))


def test_nothing_is_lost_when_nobody_waits_any_more(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    count = 30_000
    path.write_bytes(b"".join(line(reward=number, note="x" * 300) for number in range(count)))
    index = RolloutIndex("a", None)
    twice = iter([True, True])
    with giving_up.when(lambda: next(twice, False)):
        for _ in range(2):
            with pytest.raises(giving_up.GivenUpError):
                follow(index, path)
        assert follow(index, path)
    assert column(index, "reward") == list(range(count))


def test_numbers_that_no_double_has_are_infinite(file: Path) -> None:
    file.write_bytes(b'{"messages": [], "a": ' + b"9" * 400 + b', "b": -' + b"9" * 400 + b"}\n")
    index = RolloutIndex("a", None)
    follow(index, file)
    assert (column(index, "a"), column(index, "b")) == ([math.inf], [-math.inf])


@pytest.mark.parametrize(
    ("record", "role"),
    [
        ({"messages": [{"role": "user"}, {"role": "assistant"}]}, "assistant"),
        ({"messages": [{"role": "assistant"}, {"role": "tool"}]}, "tool"),
        ({"messages": [{"role": "critic"}]}, "other"),
        ({"messages": [3]}, "other"),
        ({"conversations": [{"from": "human"}, {"from": "gpt"}]}, "assistant"),
        ({"prompt": "a", "completion": "b"}, "assistant"),
        ({"prompt": "a", "completion": []}, "user"),
        ({"reward": 1}, ""),
    ],
)
def test_who_has_the_last_word(record: dict[str, Any], role: str) -> None:
    assert ROLES[facts_of(json.dumps(record).encode()).role] == role


def test_rollouts_of_one_prompt_have_one_group() -> None:
    def group(**record: Any) -> int:
        return facts_of(json.dumps(record).encode()).group

    asked = {"role": "user", "content": "2+2?"}
    one = group(messages=[asked, {"role": "assistant", "content": "4"}])
    assert one == group(
        messages=[asked, {"role": "assistant", "content": "5"}, {"role": "user", "content": "no"}]
    )
    assert one != group(messages=[{**asked, "content": "3+3?"}, {"role": "assistant", "content": "4"}])
    spaced = json.dumps({"messages": [asked, {"role": "assistant"}], "x": math.nan}, indent=1)
    assert one == facts_of(spaced.encode()).group
    assert group(prompt="p", completion="a") == group(prompt="p", completion="b")
    assert group(group="g", prompt="p", completion="a") == group(group="g", prompt="q", completion="a")
    assert group(reward=1) == 0


_LINES = st.lists(
    st.binary(max_size=40)
    | st.builds(
        lambda fields: json.dumps(fields).encode(),
        st.dictionaries(
            st.sampled_from(["messages", "prompt", "completion", "traces", "group", "reward", "metrics"]),
            st.none()
            | st.floats()
            | st.text(max_size=5)
            | st.lists(st.dictionaries(st.just("role"), st.text())),
        ),
    ),
    max_size=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=_LINES, cuts=st.lists(st.floats(0, 1), max_size=3))
def test_a_file_that_comes_in_pieces_is_the_same(file: Path, lines: list[bytes], cuts: list[float]) -> None:
    data = b"\n".join(lines) + b"\n"
    file.write_bytes(data)
    whole = RolloutIndex("a", None)
    follow(whole, file)
    pieces = RolloutIndex("a", None)
    for cut in [*sorted(cuts), 1.0]:
        file.write_bytes(data[: int(cut * len(data))])
        follow(pieces, file)
    assert pieces.columns.offsets.tolist() == whole.columns.offsets.tolist()
    assert pieces.columns.groups.tolist() == whole.columns.groups.tolist()


def test_word_is_left_for_other_processes(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(kept_index, "WORTH_KEEPING_BYTES", 10)
    file.write_bytes(line(reward=1, step=2) + line(reward=2))
    long_ago = time.time() - 100
    os.utime(file, (long_ago, long_ago))
    monkeypatch.setattr("lavdlike.disk.tail.is_settled", lambda _: True)
    first, second = RolloutIndex("a", None), RolloutIndex("a", None)
    follow(first, file)
    kept_index.keep(first)
    descriptor = os.open(file, os.O_RDONLY)
    try:
        assert kept_index.resume(second, descriptor)
        assert column(second, "reward") == [1, 2]
        assert second.columns.groups.tolist() == first.columns.groups.tolist()
        assert second.read_bytes == first.read_bytes
        with file.open("ab") as written:
            written.write(line(reward=3))
        assert second.follow(descriptor, time.monotonic() + 60)
        assert column(second, "reward") == [1, 2, 3]
        assert not kept_index.resume(RolloutIndex("a", None), descriptor)  # it is another file now
    finally:
        os.close(descriptor)
    (kept,) = kept_index.folder().iterdir()
    kept.write_bytes(b"broken")
    descriptor = os.open(file, os.O_RDONLY)
    assert not kept_index.resume(RolloutIndex("a", None), descriptor)
    os.close(descriptor)


def test_columns_of_another_length_are_refused() -> None:
    columns = RolloutColumns()
    state = columns.state()
    with pytest.raises(ValueError, match="other lengths"):
        RolloutColumns().restore({**state, "count": 3})
