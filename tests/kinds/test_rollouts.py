"""Rollouts in the forms in which programs write them (`tests/corpus/rollouts`), ours, and hostile ones."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.kinds import registry, rollouts
from lavdlike.kinds.rollout_records import inspect_logs, trl_completions
from lavdlike.kinds.rollout_records.rollout_begins import Form, form_of, is_rollout
from lavdlike.kinds.rollouts import Rollout, from_record
from tests.scripts import ROOT

CORPUS = ROOT / "tests" / "corpus" / "rollouts"
EXPECTED = json.loads((CORPUS / "expected.json").read_text())


def lines_of(name: str) -> list[Rollout]:
    return [from_record(json.loads(line)) for line in (CORPUS / name).read_text().splitlines()]


def said(rollout: Rollout) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in rollout.messages]


# --- other programs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["eval", "json"])
def test_samples_of_inspect_are_what_its_own_reader_says(form: str) -> None:
    data = (CORPUS / ("inspect_zip.eval" if form == "eval" else "inspect.json")).read_bytes()
    assert form_of(f"logs/inspect.{form}", data[:65536]) is (
        Form.INSPECT_ZIP if form == "eval" else Form.INSPECT
    )
    records = (
        inspect_logs.records_in_zip(io.BytesIO(data))
        if form == "eval"
        else inspect_logs.records_in_json(data)
    )
    found = {rollout.group: rollout for rollout in map(from_record, records)}
    assert found.keys() == {sample["id"] for sample in EXPECTED[form]}
    for sample in EXPECTED[form]:
        rollout = found[sample["id"]]
        assert rollout.numbers["reward"] == sample["score"]
        assert [list(each) for each in said(rollout)] == sample["said"]
        assert rollout.texts["target"] == sample["target"]
    (call,) = found["sum"].messages[2].tool_calls
    assert (call.name, json.loads(call.arguments)) == ("add", {"x": 2, "y": 2})
    assert found["sum"].messages[3].name == "add"


def test_attachments_of_inspect_are_put_back_and_nan_is_taken() -> None:
    sample = {
        "id": 7,
        "epoch": 1,
        "messages": [{"role": "assistant", "content": "attachment://ab"}],
        "attachments": {"ab": "a long text"},
        "scores": {"judge": {"value": {"style": 0.5, "facts": float("nan")}}, "grade": {"value": "C"}},
    }
    (record,) = inspect_logs.records_in_json(json.dumps({"samples": [sample]}).encode())
    rollout = from_record(record)
    assert said(rollout) == [("assistant", "a long text")]
    assert rollout.numbers["judge/style"] == 0.5
    assert rollout.numbers["grade"] == 1


def test_completions_of_trl_are_rows_of_their_step() -> None:
    path = "completions/completions_00010.parquet"
    data = (CORPUS / path).read_bytes()
    assert form_of(path, data[:65536]) is Form.TRL
    records = list(trl_completions.records_in(data))
    first = from_record(records[0])
    assert said(first) == [("user", "<|user|>What is 2 + 2?<|assistant|>"), ("assistant", "4")]
    assert first.numbers == {"step": 10, "accuracy_reward": 0.0, "advantage": 0.25}
    assert [record["accuracy_reward"] for record in records] == [number / 8 for number in range(6)]


def test_results_of_verifiers_have_their_metrics_and_examples() -> None:
    found = lines_of("verifiers/results.jsonl")
    assert [each.group for each in found] == ["0", "1", "2"]
    assert said(found[2])[-1] == ("assistant", "Rome?")
    assert found[2].answer_from == 2
    assert found[1].numbers["reward"] == 1.0
    assert (found[1].numbers["is_truncated"], found[1].numbers["timing/generation_ms"]) == (1, 12.5)
    assert found[0].texts["answer"] == "4"


def test_episodes_of_verifiers_have_the_messages_of_all_agents() -> None:
    alone, judged = lines_of("episodes/traces.jsonl")
    assert [role for role, _ in said(alone)] == ["user", "assistant", "tool", "assistant"]
    assert alone.messages[1].reasoning == "I look."
    assert alone.messages[1].tool_calls[0].arguments == '{"what": "sum"}'
    assert alone.numbers["reward"] == 1.0 * 0.5 + 1.0 * 0.25
    assert alone.group == "group-0"
    assert [message.name for message in judged.messages] == ["solver"] * 4 + ["judge"] * 2
    assert (judged.numbers["solver/reward"], judged.numbers["judge/reward"]) == (0.75, 0.25)


def test_files_of_tinker_cookbook_have_step_group_and_reward() -> None:
    path = "iteration_000002/train_rollout_summaries.jsonl"
    summaries = lines_of(f"tinker/{path}")
    assert [each.numbers["reward"] for each in summaries] == [0.0, 0.5, 1.0]
    assert [each.group for each in summaries] == ["2/0", "2/0", "2/1"]
    assert summaries[0].numbers["step"] == 2
    (first, *_) = lines_of("tinker/trajectories.jsonl")
    assert said(first) == [("user", "What is 2 + 2?"), ("assistant", "4")]
    assert (first.group, first.numbers["correct"]) == ("small-sum", 1.0)


@pytest.mark.parametrize(
    ("path", "begin", "form"),
    [
        ("a/chat.jsonl", b'{"messages": [{"role": "user", "content": "hi"}]}\n', Form.LINES),
        ("a/chat.jsonl", b'{"messages": [{"role": "user", "content": "hi"}]}', Form.LINES),
        ("a/long.jsonl", b'{"messages": [{"role": "user", "content": "' + b"x" * 65_000, Form.LINES),
        ("a/share.jsonl", b'{"conversations": [{"from": "human", "value": "hi"}]}\n', Form.LINES),
        ("a/x.rollouts.jsonl", b"", Form.LINES),
        ("metrics.jsonl", b'{"step": 1, "loss": 0.5}\n', None),
        ("metrics.jsonl", b'{"step": 1, "messages": 3}\n', None),
        ("a/cut.jsonl", b'{"text": "messages', None),
        ("a/deep.jsonl", b"[" * 60_000, None),
        ("a/x.json", b'{"version": 2, "status": "what"}', None),
        ("a/x.eval", b"print(1)", None),
        ("completions/other.parquet", b"PAR1", None),
    ],
)
def test_a_file_is_told_by_how_it_begins(path: str, begin: bytes, form: Form | None) -> None:
    assert form_of(path, begin) is form
    assert (registry.kind_of_begin(path, begin) is rollouts.KIND) == (form is not None)


# --- ours ----------------------------------------------------------------------------------------------------------


def test_our_lines_are_read_as_they_were_given() -> None:
    given_ones = [
        {"prompt": "2+2?", "completion": "4", "reward": 1.0, "note": "ü"},
        {"messages": [{"role": "user", "content": "a\nb"}], "metrics": {"kl": 0.5, "right": True}, "step": 9},
    ]
    first, second = map(json.loads, rollouts.to_lines(given_ones, 3).splitlines())
    assert from_record(first).numbers == {"step": 3, "reward": 1.0}
    assert from_record(first).texts == {"note": "ü"}
    assert from_record(second).numbers == {"kl": 0.5, "right": 1, "step": 9}
    assert said(from_record(second)) == [("user", "a\nb")]
    assert is_rollout(first)
    assert is_rollout(second)


@pytest.mark.parametrize(
    ("given_one", "reason"),
    [
        ("text", "must be a dict, not str"),
        ({"reward": 1}, "must have 'messages', or 'prompt' and 'completion'"),
        ({"prompt": "a"}, "must have 'messages', or 'prompt' and 'completion'"),
        ({"messages": "hi"}, r"\['messages'\] must be a list of messages"),
        ({"messages": [{"content": "hi"}]}, r"\['messages'\] must be a list of messages"),
        ({"prompt": "a", "completion": 3}, r"\['completion'\] must be a list of messages.* or a string"),
        ({"prompt": "a", "completion": "b", "x": object()}, "is object, which JSON has not"),
        ({"prompt": "a", "completion": "b" * (16 * 2**20)}, "at most 16 MiB of a rollout are read"),
    ],
)
def test_what_is_no_rollout_is_named(given_one: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=r"rollouts\[1\].*" + reason):
        rollouts.to_lines([{"prompt": "a", "completion": "b"}, given_one], None)


# --- hostile -------------------------------------------------------------------------------------------------------


def test_content_in_every_form_becomes_text() -> None:
    parts = [
        {"type": "text", "text": "see"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 9000}},
        {"type": "image", "image": "https://example.org/a.png"},
        {"type": "tool_use", "id": "1", "name": "run", "input": {"x": 1}},
        {"type": "reasoning", "reasoning": "hm"},
        {"type": ["odd"], "what": 3},
        7,
        None,
    ]
    (message,) = from_record({"messages": [{"role": "assistant", "content": parts}]}).messages
    assert (
        message.content == 'see\n[image]\n[image https://example.org/a.png]\n{"type": ["odd"], "what": 3}\n7'
    )
    assert message.reasoning == "hm"
    assert (message.tool_calls[0].name, message.tool_calls[0].arguments) == ("run", '{"x": 1}')


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *[
                        "role",
                        "content",
                        "type",
                        "text",
                        "tool_calls",
                        "function",
                        "name",
                        "arguments",
                        "from",
                    ],
                    *[
                        "score",
                        "weight",
                        "nodes",
                        "message",
                        "agent",
                        "metrics",
                        "rewards",
                        "value",
                        "id",
                        "idx",
                    ],
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
_NAMES = st.sampled_from(
    [
        *["messages", "turns", "conversations", "prompt", "completion", "traces", "reward", "step", "group"],
        *[
            "group_idx",
            "iteration",
            "total_reward",
            "metrics",
            "scores",
            "task",
            "run",
            "samples",
            "attachments",
        ],
    ]
)


@given(st.dictionaries(_NAMES, _VALUES, max_size=5))
def test_any_record_is_read(record: dict[str, Any]) -> None:
    rollout = from_record(record)
    assert 0 <= rollout.answer_from <= len(rollout.messages)
    msgspec.json.encode(rollout)
    is_rollout(record)
    msgspec.json.encode(from_record(inspect_logs.record_of(record)))


@given(st.integers(0, 12_000), st.binary(max_size=12), st.integers(0, 3000))
def test_a_broken_zip_is_said(place: int, added: bytes, cut: int) -> None:
    data = (CORPUS / "inspect_zip.eval").read_bytes()
    broken = data[:place] + added + data[place + cut :]
    try:
        for record in inspect_logs.records_in_zip(io.BytesIO(broken)):
            msgspec.json.encode(from_record(record))
    except (ValueError, MemoryError):
        pass


@pytest.mark.slow
def test_a_sample_that_says_to_be_huge_is_not_read(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.eval"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("samples/a_epoch_1.json", b"0" * (inspect_logs.MAX_SAMPLE_BYTES + 1))
    with bomb.open("rb") as file, pytest.raises(ValueError, match="larger than 256 MiB"):
        list(inspect_logs.records_in_zip(file))
